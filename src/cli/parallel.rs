//! Work on several things at the same time.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Does all jobs, on as many threads as there are processors; the results keep their order. The jobs
/// are begun in that order too.
pub(super) fn map<J: Sync, R: Send>(jobs: &[J], work: impl Fn(&J) -> R + Sync) -> Vec<R> {
    // To ask for the processors takes longer than to check a small object.
    if jobs.len() < 2 {
        return jobs.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let done = Mutex::new(BTreeMap::new());
    let work = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(job) = jobs.get(index) else { break };
            let result = work(job);
            done.lock().unwrap_or_else(PoisonError::into_inner).insert(index, result);
        }
    };
    let workers = thread::available_parallelism().map_or(1, usize::from).min(jobs.len());
    thread::scope(|scope| {
        (1..workers).for_each(|_| {
            scope.spawn(work);
        });
        work();
    });
    done.into_inner().unwrap_or_else(PoisonError::into_inner).into_values().collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn results_keep_the_order_of_the_jobs() {
        for jobs in [0, 1, 2, 1000] {
            let jobs: Vec<u32> = (0..jobs).collect();
            let expected: Vec<u32> = jobs.iter().map(|job| job * 2).collect();
            assert_eq!(super::map(&jobs, |job| job * 2), expected);
        }
    }
}

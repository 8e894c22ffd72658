//! Runs the data of the real tools and says how much agrees.
//!
//! The directory comes from `--dir`, from `CHARTC_CONFORMANCE`, or is `../shared/conformance`. Where there
//! is none, nothing runs, and that is said. `tests/suite/conformance.rs` includes this module, so
//! that `cargo test` and `cargo xtask conformance` cannot differ.

mod case;
mod charts;
mod manifests;
mod score;
mod snippets;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What to run.
pub(crate) struct Options {
    pub(crate) dir: PathBuf,
    /// All of them, if None.
    pub(crate) family: Option<String>,
    /// Only cases whose id holds this text.
    pub(crate) filter: String,
    /// The binary under test, for cases that are command lines.
    pub(crate) binary: PathBuf,
}

/// What became of one case.
pub(crate) struct Outcome {
    pub(crate) id: String,
    pub(crate) group: String,
    /// None if it agrees; otherwise what differs, for people.
    pub(crate) difference: Option<String>,
}

/// The results of one family.
pub(crate) struct Family {
    pub(crate) name: &'static str,
    pub(crate) outcomes: Vec<Outcome>,
}

type Runner = fn(&Options) -> Result<Vec<Outcome>, String>;

const FAMILIES: &[(&str, Runner)] = &[
    ("snippets", snippets::run),
    ("charts", charts::run),
    ("kubernetes", manifests::kubernetes),
    ("objects", manifests::objects),
    ("lint", manifests::lint),
];

/// The directory with the data, unless there is none.
pub(crate) fn directory(flag: Option<PathBuf>) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .map(|folder| folder.join("shared/conformance"));
    let named = flag.or_else(|| std::env::var_os("CHARTC_CONFORMANCE").map(PathBuf::from));
    named.or_else(|| beside.into_iter().find(|folder| folder.is_dir()))
}

/// Runs the families asked for, in parallel over their cases.
pub(crate) fn run(options: &Options) -> Result<Vec<Family>, String> {
    let asked = |name: &str| options.family.as_deref().is_none_or(|family| family == name);
    FAMILIES
        .iter()
        .filter(|(name, _)| asked(name))
        .map(|(name, run)| Ok(Family { name, outcomes: run(options)? }))
        .collect()
}

impl Family {
    /// `(agree, total)` of each group, by name.
    pub(crate) fn groups(&self) -> BTreeMap<&str, (usize, usize)> {
        let mut groups = BTreeMap::new();
        for outcome in &self.outcomes {
            let (agree, total) = groups.entry(outcome.group.as_str()).or_insert((0, 0));
            *agree += usize::from(outcome.difference.is_none());
            *total += 1;
        }
        groups
    }

    /// The lines of the report: one a group, one for all.
    pub(crate) fn lines(&self) -> Vec<String> {
        let groups = self.groups();
        let mut lines: Vec<String> = groups
            .iter()
            .map(|(group, (agree, total))| format!("{} {group} {agree}/{total}", self.name))
            .collect();
        let (agree, total) =
            groups.values().fold((0, 0), |sum, group| (sum.0 + group.0, sum.1 + group.1));
        lines.push(format!("{} total {agree}/{total}", self.name));
        lines
    }
}

impl Family {
    /// What is not as the score and the list of known differences say, each on a line.
    pub(crate) fn complaints(&self) -> Vec<String> {
        score::complaints(self)
    }
}

/// Calls `judge` on every item, on all cores; the results keep the order of the items.
pub(crate) fn parallel<T: Sync, R: Send>(items: &[T], judge: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(items.len()));
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(index) else { break };
                    let result = (index, judge(item));
                    done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(result);
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

/// What the real tool said and what we say, as the lines that differ.
fn difference(expected: &[u8], found: &[u8]) -> String {
    let (expected, found) = (String::from_utf8_lossy(expected), String::from_utf8_lossy(found));
    let diff = similar::TextDiff::from_lines(expected.as_ref(), found.as_ref());
    let text = diff.unified_diff().context_radius(2).header("real", "ours").to_string();
    text.lines().take(40).map(|line| format!("{line}\n")).collect()
}

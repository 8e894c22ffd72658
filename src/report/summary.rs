//! How much was looked at, and what was found.

use std::time::Duration;

use crate::diagnostic::Severity;
use crate::report::Finding;

#[derive(Clone, Debug, Default)]
pub struct Summary {
    pub charts: usize,
    pub cases: usize,
    pub objects: usize,
    pub errors: usize,
    pub warnings: usize,
    pub infos: usize,
    /// Wall-clock time of the run; not part of machine-readable reports.
    pub elapsed: Duration,
}

impl Summary {
    pub(super) fn count(&mut self, findings: &[Finding]) {
        let of = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
        self.errors = of(Severity::Error);
        self.warnings = of(Severity::Warning);
        self.infos = of(Severity::Info);
    }

    /// One line for people: `1 chart, 9 cases, 84 objects: no findings (7 ms)`.
    pub fn line(&self) -> String {
        let found = [(self.errors, "error"), (self.warnings, "warning"), (self.infos, "info")];
        let found: Vec<String> = found
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, noun)| plural(count, noun))
            .collect();
        let found = if found.is_empty() { "no findings".to_owned() } else { found.join(", ") };
        let mut seen = Vec::new();
        if self.charts > 0 {
            seen.push(plural(self.charts, "chart"));
            seen.push(plural(self.cases, "case"));
        }
        seen.push(plural(self.objects, "object"));
        format!("{}: {found} ({})", seen.join(", "), duration(self.elapsed))
    }
}

fn plural(count: usize, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{ending}")
}

fn duration(elapsed: Duration) -> String {
    match elapsed.as_millis() {
        0..10 => format!("{:.1} ms", elapsed.as_secs_f64() * 1e3),
        10..10_000 => format!("{} ms", elapsed.as_millis()),
        _ => format!("{:.1} s", elapsed.as_secs_f64()),
    }
}

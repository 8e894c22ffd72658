//! Findings and changes in words: one file per format.

use std::io::{self, Write};

mod concise;
mod finding;
mod full;
mod json;
mod summary;

pub use finding::{Finding, Location, Rendered, StackFrame, ValueLocation};
pub use summary::Summary;

/// Everything that a run has to say.
#[derive(Default)]
pub struct Report {
    /// In the order of charts, files and lines; each problem once.
    pub findings: Vec<Finding>,
    pub summary: Summary,
}

/// The forms that a report can take.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Format {
    Full,
    Concise,
    Json,
}

/// How to draw on a terminal.
#[derive(Copy, Clone, Debug)]
pub struct Style {
    pub color: bool,
    /// Columns of the terminal.
    pub width: usize,
}

impl Report {
    /// Puts equal findings of several cases together: same problem, same place, once.
    pub fn new(findings: Vec<Finding>, mut summary: Summary) -> Report {
        let findings = merge(findings);
        summary.count(&findings);
        Report { findings, summary }
    }

    /// # Errors
    /// Those of `out`.
    pub fn write(&self, format: Format, style: Style, out: &mut dyn Write) -> io::Result<()> {
        match format {
            Format::Full => full::write(self, style, out),
            Format::Concise => concise::write(self, style, out),
            Format::Json => json::write(self, out),
        }
    }
}

fn merge(findings: Vec<Finding>) -> Vec<Finding> {
    let mut merged: indexmap::IndexMap<String, Finding> = indexmap::IndexMap::new();
    for finding in findings {
        let key = identity(&finding);
        match merged.entry(key) {
            indexmap::map::Entry::Vacant(free) => {
                free.insert(finding);
            }
            indexmap::map::Entry::Occupied(mut taken) => {
                let cases = &mut taken.get_mut().cases;
                cases.extend(
                    finding
                        .cases
                        .into_iter()
                        .filter(|case| !cases.contains(case))
                        .collect::<Vec<_>>(),
                );
            }
        }
    }
    merged.into_values().collect()
}

/// Two findings with one identity are one problem, seen in two cases.
fn identity(finding: &Finding) -> String {
    let Finding { rule, message, location, object, field, chart, .. } = finding;
    format!("{chart:?} {rule} {location:?} {object:?} {field:?} {message}")
}

/// The page of the finding's rule.
fn url(finding: &Finding) -> Option<String> {
    let _ = finding;
    None
}

//! Findings and changes in words: one file per format.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::diagnostic::Severity;

mod changes;
mod concise;
mod excerpt;
mod finding;
mod full;
mod github;
mod gitlab;
mod grouped;
mod json;
mod junit;
mod note;
mod rdjson;
mod sarif;
mod summary;
pub mod values;
mod why;

pub use changes::{Change, FieldChange};
pub use finding::{ChartRef, Finding, Location, Rendered, StackFrame, ValueLocation};
pub use full::write_finding;
pub use summary::Summary;
pub use why::Why;

/// Everything that a run has to say.
pub struct Report {
    /// In the order of charts, files and lines; each problem once.
    pub findings: Vec<Finding>,
    pub summary: Summary,
    /// What was looked at, by name: charts and manifest files.
    pub checked: Vec<String>,
    /// The least severity that fails the run.
    pub fail_on: Severity,
    /// The differences of two renders; None for commands that compare nothing.
    pub changes: Option<Vec<Change>>,
}

/// Where the project lives, and the pages of its rules.
const HOME: &str = "https://chartc.dev";

/// The forms that a report can take.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Format {
    Full,
    Concise,
    Grouped,
    Json,
    JsonLines,
    Sarif,
    Github,
    Gitlab,
    Junit,
    Rdjson,
}

/// How to draw on a terminal.
#[derive(Copy, Clone, Debug)]
pub struct Style {
    pub color: bool,
    /// Columns of the terminal.
    pub width: usize,
}

impl Format {
    pub const ALL: [Format; 10] = [
        Format::Full,
        Format::Concise,
        Format::Grouped,
        Format::Json,
        Format::JsonLines,
        Format::Sarif,
        Format::Github,
        Format::Gitlab,
        Format::Junit,
        Format::Rdjson,
    ];

    /// As users write it.
    pub fn name(self) -> &'static str {
        match self {
            Format::Full => "full",
            Format::Concise => "concise",
            Format::Grouped => "grouped",
            Format::Json => "json",
            Format::JsonLines => "json-lines",
            Format::Sarif => "sarif",
            Format::Github => "github",
            Format::Gitlab => "gitlab",
            Format::Junit => "junit",
            Format::Rdjson => "rdjson",
        }
    }
}

impl Report {
    /// Of findings that were merged.
    pub fn new(findings: Vec<Finding>, checked: Vec<String>, mut summary: Summary) -> Report {
        summary.count(&findings);
        Report { findings, summary, checked, fail_on: Severity::Warning, changes: None }
    }

    /// Whether a chart has several cases, so that it is worth a word which of them a finding is in.
    fn tells_cases(&self) -> bool {
        self.summary.cases > self.summary.charts
    }

    /// # Errors
    /// Those of `out`.
    pub fn write(&self, format: Format, style: Style, out: &mut dyn Write) -> io::Result<()> {
        if let (Format::Full | Format::Concise | Format::Grouped, Some(changes)) =
            (format, &self.changes)
        {
            changes::write(changes, style, out)?;
        }
        match format {
            Format::Full => full::write(self, style, out),
            Format::Concise => concise::write(self, style, out),
            Format::Grouped => grouped::write(self, style, out),
            Format::Json => json::write(self, out),
            Format::JsonLines => json::write_lines(self, out),
            Format::Sarif => sarif::write(self, out),
            Format::Github => github::write(self, out),
            Format::Gitlab => gitlab::write(self, out),
            Format::Junit => junit::write(self, out),
            Format::Rdjson => rdjson::write(self, out),
        }
    }
}

/// Puts equal findings of several cases together: one problem at one place, once. Numbers those that
/// a fingerprint could not tell apart.
pub fn merge(findings: Vec<Finding>) -> Vec<Finding> {
    let mut merged: indexmap::IndexMap<String, Finding> = indexmap::IndexMap::new();
    for finding in findings {
        match merged.entry(identity(&finding)) {
            indexmap::map::Entry::Vacant(free) => {
                free.insert(finding);
            }
            indexmap::map::Entry::Occupied(mut known) => known.get_mut().absorb(finding),
        }
    }
    let mut merged: Vec<Finding> = merged.into_values().collect();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for finding in &mut merged {
        let count = seen.entry(finding.lasting()).or_default();
        finding.occurrence = *count;
        *count += 1;
    }
    merged
}

/// Two findings with one identity are one problem, seen in two cases.
pub(crate) fn identity(finding: &Finding) -> String {
    let Finding { rule, message, location, object, field, chart, rendered, .. } = finding;
    // Without a template line, the rendered one tells problems apart.
    let rendered = rendered.as_ref().filter(|_| location.is_none());
    format!("{chart:?} {rule} {location:?} {rendered:?} {object:?} {field:?} {message}")
}

/// The page of the finding's rule; None for problems that no rule is behind.
fn url(finding: &Finding) -> Option<String> {
    crate::rules::find(&finding.rule).map(|rule| page(rule.name))
}

fn page(rule: &str) -> String {
    format!("{HOME}/rules/{rule}")
}

/// The finding for readers that have one text field only: message, context, help.
fn paragraph(finding: &Finding) -> String {
    let mut lines = vec![finding.message.clone()];
    lines.extend(finding.object.as_ref().map(|object| match &finding.field {
        Some(field) => format!("{}: {field}", full::object(object)),
        None => full::object(object),
    }));
    lines.extend(finding.values.iter().map(full::value));
    for frame in &finding.stack {
        lines.push(format!("included from {}:{}", frame.location.file, frame.location.line));
    }
    if finding.cases.len() > 1 {
        lines.push(format!("cases: {}", finding.cases.join(", ")));
    }
    lines.extend(finding.help.clone());
    lines.join("\n")
}

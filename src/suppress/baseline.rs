//! Findings that were there before: a file of fingerprints.

use std::collections::{BTreeMap, BTreeSet};

use memchr::memmem;
use serde_json::{Value, json};

use super::Ran;
use crate::diagnostic::{Diagnostic, Group, Place, Severity};
use crate::report::{Finding, Location};
use crate::source::{FileId, Sources, Span};

/// The fingerprints of accepted findings.
#[derive(Debug)]
pub struct Baseline {
    entries: BTreeMap<String, Entry>,
}

#[derive(Debug)]
struct Entry {
    rule: String,
    /// In the file.
    location: Location,
}

/// Why a file is no baseline.
#[derive(Debug, PartialEq, Eq)]
pub enum BaselineError {
    Json(String),
    /// The key `version` is missing, or another than 1.
    Version,
}

impl std::fmt::Display for BaselineError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            BaselineError::Json(error) => write!(f, "not JSON: {error}"),
            BaselineError::Version => {
                f.write_str("not a baseline of version 1; write a new one with --write-baseline")
            }
        }
    }
}

impl Baseline {
    /// # Errors
    /// If the text is not what [`Baseline::text`] writes.
    pub fn read(file: FileId, sources: &Sources) -> Result<Baseline, BaselineError> {
        let text = sources.text(file);
        let document: Value =
            serde_json::from_slice(text).map_err(|error| BaselineError::Json(error.to_string()))?;
        if document.get("version") != Some(&json!(1)) {
            return Err(BaselineError::Version);
        }
        let findings = document.get("findings").and_then(Value::as_array);
        let entry = |one: &Value| {
            let fingerprint = one.get("fingerprint")?.as_str()?;
            let rule = one.get("rule").and_then(Value::as_str).unwrap_or_default().to_owned();
            let start = memmem::find(text, fingerprint.as_bytes()).unwrap_or(0) as u32;
            let span = Span { file, start, end: start + fingerprint.len() as u32 };
            let location = Location::new(sources, span);
            Some((fingerprint.to_owned(), Entry { rule, location }))
        };
        Ok(Baseline { entries: findings.into_iter().flatten().filter_map(entry).collect() })
    }

    /// The findings that are not in the baseline.
    pub fn filter(&self, mut findings: Vec<Finding>) -> Vec<Finding> {
        findings.retain(|finding| !self.entries.contains_key(&finding.fingerprint()));
        findings
    }

    /// The entries that none of the findings needs, of rules that ran.
    pub fn stale(&self, findings: &[Finding], ran: &Ran<'_>) -> Vec<Finding> {
        let needed: BTreeSet<String> = findings.iter().map(Finding::fingerprint).collect();
        let gone = self.entries.iter().filter(|(fingerprint, _)| !needed.contains(*fingerprint));
        gone.filter(|(_, entry)| ran.rule(&entry.rule))
            .map(|(_, entry)| Finding::at(stale_entry(&entry.rule), entry.location.clone()))
            .collect()
    }

    /// The baseline that accepts these findings: one a line, sorted, so that a diff of it can be read.
    pub fn text(findings: &[&Finding]) -> String {
        let mut lines: Vec<String> = findings.iter().map(|finding| line(finding)).collect();
        lines.sort();
        lines.dedup();
        let lines =
            if lines.is_empty() { String::new() } else { format!("\n{}\n  ", lines.join(",\n")) };
        format!("{{\n  \"version\": 1,\n  \"findings\": [{lines}]\n}}\n")
    }
}

/// Being repaired must not fail a run, so it is only told.
fn stale_entry(rule: &str) -> Diagnostic {
    let message = format!("the baseline accepts a finding of `{rule}` that is gone");
    Diagnostic::new(Group::Chart, "unused-ignore", Severity::Info, Place::default(), message)
        .help("write the baseline anew with --write-baseline, so that it cannot hide a new problem")
}

fn line(finding: &Finding) -> String {
    let line = json!({
        "rule": finding.rule,
        "chart": finding.chart.as_ref().map(|chart| &chart.below_config),
        "object": finding.object.as_ref().map(|object| format!("{}/{}", object.kind, object.name.as_deref().unwrap_or_default())),
        "field": finding.field,
        "fingerprint": finding.fingerprint(),
    });
    format!("    {line}")
}

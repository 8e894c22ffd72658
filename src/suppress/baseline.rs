//! Findings that were there before: a file of fingerprints.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::report::Finding;

/// The fingerprints of accepted findings.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    fingerprints: BTreeSet<String>,
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
    pub fn read(text: &[u8]) -> Result<Baseline, BaselineError> {
        let document: Value =
            serde_json::from_slice(text).map_err(|error| BaselineError::Json(error.to_string()))?;
        if document.get("version") != Some(&json!(1)) {
            return Err(BaselineError::Version);
        }
        let findings =
            document.get("findings").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let fingerprints =
            findings.iter().filter_map(|one| one.get("fingerprint")?.as_str().map(str::to_owned));
        Ok(Baseline { fingerprints: fingerprints.collect() })
    }

    pub fn accepts(&self, finding: &Finding) -> bool {
        self.fingerprints.contains(&finding.fingerprint())
    }

    /// The baseline that accepts these findings: one a line, sorted, so that a diff of it can be read.
    pub fn text(findings: &[Finding]) -> String {
        let mut lines: Vec<String> = findings.iter().map(line).collect();
        lines.sort();
        lines.dedup();
        format!("{{\n  \"version\": 1,\n  \"findings\": [\n{}\n  ]\n}}\n", lines.join(",\n"))
    }
}

fn line(finding: &Finding) -> String {
    let line = json!({
        "rule": finding.rule,
        "chart": finding.chart,
        "object": finding.object.as_ref().map(|object| format!("{}/{}", object.kind, object.name.as_deref().unwrap_or_default())),
        "field": finding.field,
        "fingerprint": finding.fingerprint(),
    });
    format!("    {line}")
}

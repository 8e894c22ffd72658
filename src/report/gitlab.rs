//! GitLab's code quality report: the part of the Code Climate format that GitLab reads.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::diagnostic::Severity;
use crate::report::{Finding, Report};

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let issues: Vec<Value> = report.findings.iter().map(issue).collect();
    serde_json::to_writer_pretty(&mut *out, &issues)?;
    writeln!(out)
}

fn issue(finding: &Finding) -> Value {
    // GitLab drops issues without a path and a line.
    let (path, line) = finding.anchor();
    json!({
        "description": super::paragraph(finding),
        "check_name": finding.rule,
        "fingerprint": finding.fingerprint(),
        "severity": match finding.severity {
            Severity::Info => "info",
            Severity::Warning => "minor",
            Severity::Error => "major",
        },
        "location": {"path": path, "lines": {"begin": line}},
    })
}

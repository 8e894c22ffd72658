//! Workflow commands of GitHub Actions, which show a finding at its line of a pull request.

use std::io::{self, Write};

use crate::diagnostic::Severity;
use crate::report::{Finding, Report};

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    report.findings.iter().try_for_each(|finding| writeln!(out, "{}", command(finding)))
}

fn command(finding: &Finding) -> String {
    let kind = match finding.severity {
        Severity::Info => "notice",
        Severity::Warning => "warning",
        Severity::Error => "error",
    };
    let mut properties = Vec::new();
    if let Some(at) = finding.in_file() {
        properties.push(format!("file={}", property(&at.file)));
        properties.push(format!("line={},endLine={}", at.line, at.end_line));
        // GitHub refuses columns of an annotation over several lines.
        if at.line == at.end_line {
            properties.push(format!("col={},endColumn={}", at.column, at.end_column));
        }
    }
    properties.push(format!("title={}", property(&format!("chartc: {}", finding.rule))));
    format!("::{kind} {}::{}", properties.join(","), data(&super::paragraph(finding)))
}

/// `escapeData` of GitHub's `@actions/core`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// `escapeProperty` of GitHub's `@actions/core`.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

//! Findings by file, a line each below the file's name.

use std::io::{self, Write};

use crate::report::{Finding, Report, Style};

pub(super) fn write(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let mut files: indexmap::IndexMap<&str, Vec<&Finding>> = indexmap::IndexMap::new();
    for finding in &report.findings {
        let file = finding.location.as_ref().map(|at| at.file.as_str());
        files
            .entry(file.or(finding.chart_path()).unwrap_or("(no file)"))
            .or_default()
            .push(finding);
    }
    for (file, findings) in &files {
        writeln!(out, "{file}:")?;
        for finding in findings {
            let at = finding
                .location
                .as_ref()
                .map_or_else(String::new, |at| format!("{}:{} ", at.line, at.column));
            let severity = super::full::severity(finding.severity, style);
            writeln!(out, "  {at}{severity}[{}] {}", finding.rule, finding.message)?;
        }
        writeln!(out)?;
    }
    writeln!(out, "{}", report.summary.line())
}

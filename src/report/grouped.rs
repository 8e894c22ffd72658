//! Findings by file, a line each below the file's name.

use std::io::{self, Write};

use crate::report::{Finding, Report, Style};

pub(super) fn write(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let mut files: indexmap::IndexMap<&str, Vec<&Finding>> = indexmap::IndexMap::new();
    for finding in &report.findings {
        files.entry(file(finding)).or_default().push(finding);
    }
    let (bold, end) = if style.color { ("\x1b[1m", "\x1b[0m") } else { ("", "") };
    for (file, mut findings) in files {
        findings.sort_by_key(|finding| finding.location.as_ref().map(|at| (at.line, at.column)));
        let places: Vec<String> = findings.iter().map(|finding| place(finding)).collect();
        let width = places.iter().map(String::len).max().unwrap_or_default();
        writeln!(out, "{bold}{file}{end}")?;
        for (finding, place) in findings.iter().zip(places) {
            let line = super::concise::line(finding, report.tells_cases(), style);
            writeln!(out, "  {place:width$}  {line}")?;
        }
        writeln!(out)?;
    }
    writeln!(out, "{}", report.summary.line())
}

fn file(finding: &Finding) -> &str {
    let rendered = finding.rendered.as_ref().map(|rendered| rendered.document.as_str());
    let file = finding.location.as_ref().map(|at| at.file.as_str());
    file.or(rendered).or(finding.chart_path()).unwrap_or("(no file)")
}

fn place(finding: &Finding) -> String {
    let rendered = finding.rendered.as_ref().map(|rendered| &rendered.location);
    let at = finding.location.as_ref().or(rendered);
    at.map_or_else(String::new, |at| format!("{}:{}", at.line, at.column))
}

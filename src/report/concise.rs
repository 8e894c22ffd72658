//! One line per finding: `file:line:column: severity[rule] message (object, field; case)`.

use std::io::{self, Write};

use crate::report::{Finding, Report, Style};

pub(super) fn write(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    for finding in &report.findings {
        writeln!(out, "{}", line(finding, style))?;
    }
    writeln!(out, "{}", report.summary.line())
}

fn line(finding: &Finding, style: Style) -> String {
    let place = match (&finding.location, &finding.rendered) {
        (Some(at), _) => format!("{}:{}:{}", at.file, at.line, at.column),
        (None, Some(at)) => format!("{}:{}:{}", at.document, at.location.line, at.location.column),
        (None, None) => finding.chart_path().unwrap_or_default().to_owned(),
    };
    let severity = super::full::severity(finding.severity, style);
    let mut context: Vec<String> = Vec::new();
    context.extend(finding.object.as_ref().map(super::full::object));
    context.extend(finding.field.clone());
    context.extend(finding.values.iter().map(super::full::value));
    let context =
        if context.is_empty() { String::new() } else { format!(" ({})", context.join(", ")) };
    format!("{place}: {severity}[{}] {}{context}", finding.rule, finding.message)
}

//! One line per finding: `file:line:column: severity[rule] message (object, field; cases)`.

use std::io::{self, Write};

use crate::report::{Finding, Report, Style};

/// How many cases of one finding are named.
const SHOWN_CASES: usize = 3;

pub(super) fn write(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    for finding in &report.findings {
        let line = line(finding, report.tells_cases(), style);
        match place(finding) {
            Some(place) => writeln!(out, "{place}: {line}")?,
            None => writeln!(out, "{line}")?,
        }
    }
    writeln!(out, "{}", report.summary.line())
}

fn place(finding: &Finding) -> Option<String> {
    match (&finding.location, &finding.rendered) {
        (Some(at), _) => Some(format!("{}:{}:{}", at.file, at.line, at.column)),
        (None, Some(rendered)) => {
            let at = &rendered.location;
            Some(format!("{}:{}:{}", rendered.document, at.line, at.column))
        }
        (None, None) => finding.chart_path().map(str::to_owned),
    }
}

/// The finding without its place.
pub(super) fn line(finding: &Finding, tells_cases: bool, style: Style) -> String {
    let severity = super::full::severity(finding.severity, style);
    let message = finding.message.lines().collect::<Vec<_>>().join(" ");
    // Messages mostly name the object by themselves.
    let object = finding.object.as_ref().filter(|object| {
        object.name.as_deref().is_none_or(|name| !message.contains(&format!("`{name}`")))
    });
    let mut context: Vec<String> = object.map(super::full::object).into_iter().collect();
    let field = finding.field.iter().filter(|field| !message.contains(&format!("`{field}`")));
    context.extend(field.filter(|field| !field.is_empty()).cloned());
    let mut context = context.join(", ");
    if let Some(cases) = super::full::cases(finding, SHOWN_CASES).filter(|_| tells_cases) {
        if !context.is_empty() {
            context.push_str("; ");
        }
        context.push_str(&cases);
    }
    let context = if context.is_empty() { context } else { format!(" ({context})") };
    format!("{severity}[{}] {message}{context}", finding.rule)
}

//! The picture for a terminal: message, template excerpt with caret, the chain of includes, the
//! values and where they were set, the rendered line, and what to do.

use std::io::{self, Write};

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, NamedSource};

use crate::diagnostic::{ObjectRef, Severity};
use crate::report::{Finding, Location, Report, Style, ValueLocation};

pub(super) fn write(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    for finding in &report.findings {
        writeln!(out, "{}", picture(finding, style))?;
        if let Some(detail) = &finding.detail {
            write_diff(detail, style, out)?;
        }
    }
    writeln!(out, "{}", report.summary.line())
}

fn picture(finding: &Finding, style: Style) -> String {
    let theme =
        if style.color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler =
        GraphicalReportHandler::new_themed(theme).with_width(style.width).with_context_lines(1);
    let mut picture = String::new();
    let diagnostic = Shown::new(finding);
    if handler.render_report(&mut picture, &diagnostic).is_err() {
        picture.push_str(&finding.message);
    }
    picture
}

/// A unified diff, red and green.
fn write_diff(diff: &str, style: Style, out: &mut dyn Write) -> io::Result<()> {
    for line in diff.lines() {
        let color = match line.as_bytes().first() {
            Some(b'-') if style.color => "\x1b[31m",
            Some(b'+') if style.color => "\x1b[32m",
            Some(b'@') if style.color => "\x1b[36m",
            _ => {
                writeln!(out, "{line}")?;
                continue;
            }
        };
        writeln!(out, "{color}{line}\x1b[0m")?;
    }
    writeln!(out)
}

/// A finding as miette draws it.
#[derive(Debug)]
struct Shown {
    diagnostic: MietteDiagnostic,
    source: Option<NamedSource<String>>,
}

impl Shown {
    fn new(finding: &Finding) -> Shown {
        let mut diagnostic = MietteDiagnostic::new(finding.message.clone())
            .with_code(finding.rule.clone())
            .with_severity(match finding.severity {
                Severity::Info => miette::Severity::Advice,
                Severity::Warning => miette::Severity::Warning,
                Severity::Error => miette::Severity::Error,
            });
        let shown = finding
            .location
            .as_ref()
            .or(finding.rendered.as_ref().map(|rendered| &rendered.location));
        if let Some(at) = shown {
            diagnostic = diagnostic.with_label(label(at, finding.field.clone()));
        }
        diagnostic = diagnostic.with_help(notes(finding));
        Shown { diagnostic, source: shown.map(source) }
    }
}

impl std::fmt::Display for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.diagnostic.fmt(f)
    }
}

impl std::error::Error for Shown {}

impl miette::Diagnostic for Shown {
    fn code<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        self.diagnostic.code()
    }

    fn severity(&self) -> Option<miette::Severity> {
        self.diagnostic.severity()
    }

    fn help<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        self.diagnostic.help()
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.diagnostic.labels()
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        self.source.as_ref().map(|source| source as &dyn miette::SourceCode)
    }
}

fn source(at: &Location) -> NamedSource<String> {
    NamedSource::new(&at.file, String::from_utf8_lossy(&at.text).into_owned())
}

fn label(at: &Location, text: Option<String>) -> LabeledSpan {
    let (start, end) = at.range;
    LabeledSpan::new(text, start as usize, (end - start) as usize)
}

/// Everything below the excerpt, a line each.
fn notes(finding: &Finding) -> String {
    let mut notes = Vec::new();
    notes.extend(finding.help.clone());
    for frame in &finding.stack {
        let at = &frame.location;
        notes.push(format!("called by `{}` at {}:{}:{}", frame.call, at.file, at.line, at.column));
    }
    notes.extend(finding.values.iter().map(|one| format!("values: {}", value(one))));
    for (at, note) in &finding.labels {
        notes.push(format!("{}:{}:{}: {note}", at.file, at.line, at.column));
    }
    if let Some(of) = &finding.object {
        notes.push(format!("in {}", object(of)));
    }
    if let (Some(rendered), Some(_)) = (&finding.rendered, &finding.location) {
        let at = &rendered.location;
        notes.push(format!("rendered at {}:{}:{}", rendered.document, at.line, at.column));
    }
    if !finding.cases.is_empty() {
        notes.push(format!("cases: {}", finding.cases.join(", ")));
    }
    notes.join("\n")
}

pub(super) fn object(object: &ObjectRef) -> String {
    let name = object.name.as_deref().unwrap_or("(no name)");
    match &object.namespace {
        Some(namespace) => format!("{} {namespace}/{name}", object.kind),
        None => format!("{} {name}", object.kind),
    }
}

pub(super) fn value(value: &ValueLocation) -> String {
    let at = &value.location;
    if value.flag {
        return format!("{} set by {}", value.key, at.file);
    }
    format!("{} set in {}:{}:{}", value.key, at.file, at.line, at.column)
}

pub(super) fn severity(severity: Severity, style: Style) -> String {
    if !style.color {
        return severity.name().to_owned();
    }
    let color = match severity {
        Severity::Info => 36,
        Severity::Warning => 33,
        Severity::Error => 31,
    };
    format!("\x1b[{color}m{}\x1b[0m", severity.name())
}

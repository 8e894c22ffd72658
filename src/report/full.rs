//! The picture for a terminal: message, template excerpt with caret, the chain of includes, the
//! values and where they were set, the rendered line, and what to do.

use std::io::{self, Write};

use miette::{GraphicalReportHandler, GraphicalTheme};

use super::excerpt::Excerpt;
use super::note::Note;
use crate::diagnostic::{ObjectRef, Severity};
use crate::report::{Finding, Report, Style, ValueLocation};

/// How many values or cases of one finding are shown.
const SHOWN: usize = 6;

pub(super) fn write(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    for finding in &report.findings {
        write_finding(finding, report.tells_cases(), style, out)?;
    }
    writeln!(out, "{}", report.summary.line())
}

/// Writes one finding, with the cases that it is found in or without.
///
/// # Errors
/// Those of `out`.
pub fn write_finding(
    finding: &Finding,
    cases: bool,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    out.write_all(picture(finding, style).as_bytes())?;
    notes(finding, cases).iter().try_for_each(|note| note.write(style, out))?;
    writeln!(out)?;
    match &finding.detail {
        Some(detail) => write_diff(detail, style, out),
        None => Ok(()),
    }
}

fn picture(finding: &Finding, style: Style) -> String {
    let theme =
        if style.color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler =
        GraphicalReportHandler::new_themed(theme).with_width(style.width).with_context_lines(1);
    let mut picture = String::new();
    if handler.render_report(&mut picture, &Excerpt::new(finding, style)).is_err() {
        // A formatter of text does not fail; the message is what must not be lost.
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

/// Everything below the excerpt.
fn notes(finding: &Finding, tells_cases: bool) -> Vec<Note> {
    let mut notes = Vec::new();
    notes.extend(subject(finding).map(|subject| Note::new("in", subject)));
    notes.extend(finding.stack.iter().map(|frame| Note::at("included from", &frame.location)));
    notes.extend(set_in(finding));
    for (at, note) in &finding.labels {
        notes.push(Note::new("see", format!("{}:{}:{}: {note}", at.file, at.line, at.column)));
    }
    notes.extend(rendered(finding));
    let cases = cases(finding, SHOWN).filter(|_| tells_cases);
    notes.extend(cases.map(|cases| Note::new("cases", cases)));
    if !finding.kube_versions.is_empty() {
        notes.push(Note::new("Kubernetes", finding.kube_versions.join(", ")));
    }
    notes.extend(finding.help.clone().map(|help| Note::new("help", help)));
    notes
}

/// The object and the field.
fn subject(finding: &Finding) -> Option<String> {
    match (&finding.object, &finding.field) {
        (Some(of), Some(field)) if !field.is_empty() => Some(format!("{}: {field}", object(of))),
        (Some(of), _) => Some(object(of)),
        (None, _) => None,
    }
}

/// Where the values were set. What a value holds is not shown where it may be secret.
fn set_in(finding: &Finding) -> Vec<Note> {
    let note = |value: &ValueLocation| match is_secret(finding) || value.location.is_flag {
        true => Note::new("set in", value.place()),
        false => Note::with("set in", value.place(), value.location.whole_line().trim()),
    };
    // What the excerpt shows already needs no second mention.
    let is_shown = |value: &ValueLocation| {
        finding.location.as_ref().is_some_and(|at| at.is_same(&value.location))
    };
    let values: Vec<&ValueLocation> =
        finding.values.iter().filter(|value| !is_shown(value)).collect();
    let mut notes: Vec<Note> = values.iter().take(SHOWN).map(|value| note(value)).collect();
    let more = values.len().saturating_sub(SHOWN);
    if more > 0 {
        notes.push(Note::new("set in", format!("and {more} more")));
    }
    notes
}

/// The rendered line, unless the excerpt shows it already.
fn rendered(finding: &Finding) -> Option<Note> {
    let rendered = finding.rendered.as_ref()?;
    let at = &rendered.location;
    if finding.location.as_ref().is_none_or(|shown| shown.file == at.file) {
        return None;
    }
    let place = format!("{}:{}:{}", rendered.document, at.line, at.column);
    Some(match is_secret(finding) {
        true => Note::new("rendered in", place),
        false => Note::with("rendered in", place, at.whole_line().trim()),
    })
}

fn is_secret(finding: &Finding) -> bool {
    finding.object.as_ref().is_some_and(|object| object.kind == "Secret")
}

/// The names of the cases, the first of many.
pub(super) fn cases(finding: &Finding, shown: usize) -> Option<String> {
    let names = finding.cases.iter().take(shown).map(String::as_str);
    let mut text = names.collect::<Vec<_>>().join(", ");
    let more = finding.cases.len().saturating_sub(shown);
    if more > 0 {
        text.extend([" and ", &more.to_string(), " more"]);
    }
    (!text.is_empty()).then_some(text)
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
    if at.is_flag {
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

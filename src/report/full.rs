//! The picture for a terminal: message, template excerpt with caret, the chain of includes, the
//! values and where they were set, the rendered line, and what to do.

use std::io::{self, Write};

use miette::{GraphicalReportHandler, GraphicalTheme};

use super::excerpt::Excerpt;
use crate::diagnostic::{ObjectRef, Severity};
use crate::report::{Finding, Report, Style, ValueLocation};

/// How many values or cases of one finding are shown.
const SHOWN: usize = 6;

pub(super) fn write(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    for finding in &report.findings {
        out.write_all(picture(finding, style).as_bytes())?;
        notes(finding).iter().try_for_each(|note| note.write(style, out))?;
        writeln!(out)?;
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

/// A line below the excerpt.
struct Note {
    name: &'static str,
    text: String,
    /// The line of source that the text speaks of.
    source: Option<String>,
}

/// Names of notes are as wide as the widest of them.
const NAME_WIDTH: usize = "included from".len();

impl Note {
    fn new(name: &'static str, text: String) -> Note {
        Note { name, text, source: None }
    }

    fn write(&self, style: Style, out: &mut dyn Write) -> io::Result<()> {
        let indent = " ".repeat(NAME_WIDTH + 4);
        let (dim, end) = if style.color { ("\x1b[2m", "\x1b[0m") } else { ("", "") };
        let name = format!("  {dim}{:NAME_WIDTH$}{end}  ", self.name);
        let room = style.width.saturating_sub(indent.len()).max(20);
        for (nth, line) in wrapped(&self.text, room).iter().enumerate() {
            writeln!(out, "{}{line}", if nth == 0 { &name } else { &indent })?;
        }
        match &self.source {
            Some(source) => writeln!(out, "{indent}{dim}│{end} {}", cut(source, room)),
            None => Ok(()),
        }
    }
}

/// A text in lines of so many characters; a longer word stays whole.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        lines.push(String::new());
        for word in line.split(' ') {
            let Some(last) = lines.last_mut() else { continue };
            if last.is_empty() {
                last.push_str(word);
            } else if last.chars().count() + 1 + word.chars().count() <= width {
                last.push(' ');
                last.push_str(word);
            } else {
                lines.push(word.to_owned());
            }
        }
    }
    lines
}

/// The beginning of a text that is too long.
fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}

/// Everything below the excerpt.
fn notes(finding: &Finding) -> Vec<Note> {
    let mut notes = Vec::new();
    notes.extend(subject(finding).map(|subject| Note::new("in", subject)));
    for frame in &finding.stack {
        let at = &frame.location;
        let text = format!("{}:{}:{}", at.file, at.line, at.column);
        let source = Some(at.whole_line().trim().to_owned());
        notes.push(Note { name: "included from", text, source });
    }
    notes.extend(set_in(finding));
    for (at, note) in &finding.labels {
        notes.push(Note::new("see", format!("{}:{}:{}: {note}", at.file, at.line, at.column)));
    }
    notes.extend(rendered(finding));
    notes.extend(cases(finding, SHOWN).map(|cases| Note::new("cases", cases)));
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
    let mut notes = Vec::new();
    for value in finding.values.iter().take(SHOWN) {
        let at = &value.location;
        let text = if value.flag {
            format!("{} of {}", value.key, at.file)
        } else {
            format!("{}:{}:{}", at.file, at.line, at.column)
        };
        let shown = || match is_secret(finding) {
            true => value.key.clone(),
            false => format!("{}: {}", value.key, at.excerpt()),
        };
        notes.push(Note { name: "set in", text, source: (!value.flag).then(shown) });
    }
    let more = finding.values.len().saturating_sub(SHOWN);
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
    let text = format!("{}:{}:{}", rendered.document, at.line, at.column);
    let source = (!is_secret(finding)).then(|| at.whole_line().trim().to_owned());
    Some(Note { name: "rendered in", text, source })
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

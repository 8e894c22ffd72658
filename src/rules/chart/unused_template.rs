//! Named templates that nobody includes.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::chart_files::ChartFiles;
use crate::rules::{Check, Level, Rule};
use crate::template::{Define, Tree};

pub(crate) const RULE: Rule = Rule {
    name: "unused-template",
    group: Group::Chart,
    summary: "Named templates that nobody includes",
    severity: Severity::Info,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("unused_template.md"),
    check: Check::Chart(check),
};

fn check(files: &ChartFiles<'_>, sink: &mut Sink) {
    let Some(used) = used(files).filter(|_| !files.chart.is_library()) else { return };
    for template in files.templates() {
        for define in named(&template.tree).filter(|define| !used.contains(&*define.name)) {
            sink.report(unused(define));
        }
    }
}

/// The templates that a file defines, itself left out.
fn named(tree: &Tree) -> impl Iterator<Item = &Define> {
    tree.defines.iter().filter(|define| *define.name != *tree.name.as_bytes())
}

/// Every text that a template or a value of the chart has as a literal; None if names of templates
/// are put together at run time.
fn used<'a>(files: &ChartFiles<'a>) -> Option<HashSet<&'a [u8]>> {
    let mut used = HashSet::new();
    let defaults = files.chart.defaults.iter().map(|document| document.file());
    let others = files.chart.files.iter().map(|file| file.id);
    let texts = files.chart.templates.iter().map(|file| file.id).chain(others).chain(defaults);
    for text in texts.map(|file| files.text(file)) {
        for call in [&b"include ("[..], b"include .", b"include $", b"template ("] {
            if memchr::memmem::find(text, call).is_some() {
                return None;
            }
        }
        add_literals(text, &mut used);
    }
    Some(used)
}

/// Adds what stands between quotes on one line, but for the names in `define`.
fn add_literals<'a>(text: &'a [u8], used: &mut HashSet<&'a [u8]>) {
    for line in text.split(|byte| *byte == b'\n') {
        for quote in [b'"', b'`'] {
            let mut quotes = memchr::memchr_iter(quote, line);
            let mut start = quotes.next();
            while let (Some(from), Some(to)) = (start, quotes.next()) {
                if names_template(&line[..from], quote) {
                    used.insert(&line[from + 1..to]);
                }
                start = quotes.next();
            }
        }
    }
}

/// Whether a literal behind such a text may be the name of a template that is wanted. Backquotes also
/// stand in comments.
fn names_template(before: &[u8], quote: u8) -> bool {
    let word = before.trim_ascii_end();
    let called = || word.ends_with(b"include") || word.ends_with(b"template");
    if quote == b'`' { called() } else { !word.ends_with(b"define") }
}

fn unused(define: &Define) -> Diagnostic {
    let name = String::from_utf8_lossy(&define.name);
    RULE.finding_in(define.clause, format!("nobody includes `{name}`"))
        .help("take it out, or include it where it was meant")
}

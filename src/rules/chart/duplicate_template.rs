//! Named templates that two files of a chart define.

use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::chart_files::ChartFiles;
use crate::rules::{Check, Level, Rule};
use crate::source::Span;
use crate::template::Define;

pub(crate) const RULE: Rule = Rule {
    name: "duplicate-template",
    group: Group::Chart,
    summary: "Named templates that two files of a chart define",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("duplicate_template.md"),
    check: Check::Chart(check),
};

fn check(files: &ChartFiles<'_>, sink: &mut Sink) {
    let mut first: HashMap<&[u8], (Span, &str, &[u8])> = HashMap::new();
    for template in files.templates() {
        let own = template.tree.name.as_bytes();
        for define in template.tree.defines.iter().filter(|one| !one.empty && *one.name != *own) {
            let body = template.tree.span(define.body);
            let body = template.tree.slice(body.start, body.end).trim_ascii();
            match first.get(&*define.name) {
                // It does not matter which of two equal ones counts.
                Some((.., other)) if *other == body => {}
                Some((span, path, _)) => sink.report(twice(define, *span, path)),
                None => {
                    let path = template.member.path.as_str();
                    first.insert(&define.name, (define.clause, path, body));
                }
            }
        }
    }
}

fn twice(define: &Define, first: Span, path: &str) -> Diagnostic {
    let name = String::from_utf8_lossy(&define.name);
    let message = format!("`{path}` defines the template `{name}` too");
    RULE.finding_in(define.clause, message)
        .label(first, "here first")
        .help("keep one: which of them counts, Helm decides by the names of the files")
}

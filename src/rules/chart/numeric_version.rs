//! Versions in `values.yaml` that YAML reads as numbers.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::chart_files::ChartFiles;
use crate::rules::{Check, Level, Rule};
use crate::yaml::{Kind, Node};

pub(crate) const RULE: Rule = Rule {
    name: "numeric-version",
    group: Group::Chart,
    summary: "Versions in `values.yaml` that YAML reads as numbers",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("numeric_version.md"),
    check: Check::Chart(check),
};

fn check(files: &ChartFiles<'_>, sink: &mut Sink) {
    let mut open: Vec<Node<'_>> = files.defaults().collect();
    while let Some(node) = open.pop() {
        open.extend(node.items());
        for entry in node.entries() {
            open.push(entry.value);
            let name = entry.key.as_str().unwrap_or_default();
            if is_version(name) {
                sink.report_all(lost_digits(files, entry.value));
            }
        }
    }
}

/// A key whose values look like numbers and are none.
fn is_version(name: &str) -> bool {
    name == "tag" || name == "version" || name.ends_with("Tag") || name.ends_with("Version")
}

/// A number that is printed otherwise than it was written: `1.10`, `1e3`, `0x10`.
fn lost_digits(files: &ChartFiles<'_>, value: Node<'_>) -> Option<Diagnostic> {
    let number = value.as_f64().filter(|_| value.kind() == Kind::Number)?;
    let written = std::str::from_utf8(files.sources.slice(value.span())).ok()?;
    let printed = number.to_string();
    let message = format!("`{written}` is the number {printed}");
    let finding = RULE.finding_in(value.span(), message).help("write it in quotes");
    (written != printed).then_some(finding)
}

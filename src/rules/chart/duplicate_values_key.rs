//! Keys that stand twice in a mapping of `values.yaml`.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::chart_files::ChartFiles;
use crate::rules::{Check, Level, Rule};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "duplicate-values-key",
    group: Group::Chart,
    summary: "Keys that stand twice in a mapping of `values.yaml`",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("duplicate_values_key.md"),
    check: Check::Chart(check),
};

fn check(files: &ChartFiles<'_>, sink: &mut Sink) {
    for document in &files.chart.defaults {
        for key in document.duplicates() {
            sink.report(lost(key));
        }
    }
}

fn lost(key: Node<'_>) -> Diagnostic {
    let name = key.as_str().unwrap_or_default();
    let message = format!("`{name}` stands twice in its mapping, and this one is lost");
    RULE.finding_in(key.span(), message).help("put what both hold under one key")
}

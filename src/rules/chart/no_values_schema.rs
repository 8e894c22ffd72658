//! Charts that take any value.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::chart_files::ChartFiles;
use crate::rules::{Check, Level, Rule};

pub(crate) const RULE: Rule = Rule {
    name: "no-values-schema",
    group: Group::Chart,
    summary: "Charts that take any value",
    severity: Severity::Info,
    level: Level::Strict,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("no_values_schema.md"),
    check: Check::Chart(check),
};

fn check(files: &ChartFiles<'_>, sink: &mut Sink) {
    let has_values = files.defaults().any(|root| root.entries().len() > 0);
    if files.chart.schema.is_none() && has_values && !files.chart.is_library() {
        sink.report(no_schema(files));
    }
}

fn no_schema(files: &ChartFiles<'_>) -> Diagnostic {
    let message = "the chart has no `values.schema.json`: mistyped values pass in silence";
    RULE.finding_in(files.metadata_key("name"), message)
}

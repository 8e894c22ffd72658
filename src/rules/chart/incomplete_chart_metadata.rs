//! Charts that do not say what they are, or whose.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::chart_files::ChartFiles;
use crate::rules::{Check, Level, Rule};

pub(crate) const RULE: Rule = Rule {
    name: "incomplete-chart-metadata",
    group: Group::Chart,
    summary: "Charts that do not say what they are, or whose",
    severity: Severity::Info,
    level: Level::Strict,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("incomplete_chart_metadata.md"),
    check: Check::Chart(check),
};

fn check(files: &ChartFiles<'_>, sink: &mut Sink) {
    let metadata = &files.chart.metadata;
    let missing = [
        ("description", metadata.description.is_empty()),
        ("maintainers", metadata.maintainers.is_empty()),
        ("icon", metadata.icon.is_empty()),
    ];
    for (key, _) in missing.into_iter().filter(|(_, missing)| *missing) {
        sink.report(incomplete(files, key));
    }
}

fn incomplete(files: &ChartFiles<'_>, key: &str) -> Diagnostic {
    RULE.finding_in(files.metadata_key("name"), format!("`Chart.yaml` has no `{key}`"))
}

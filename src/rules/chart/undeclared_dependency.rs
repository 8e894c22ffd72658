//! Charts in `charts/` that `Chart.yaml` does not name.

use crate::chart::Chart;
use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::chart_files::{ChartFiles, start};
use crate::rules::{Check, Level, Rule};

pub(crate) const RULE: Rule = Rule {
    name: "undeclared-dependency",
    group: Group::Chart,
    summary: "Charts in `charts/` that `Chart.yaml` does not name",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("undeclared_dependency.md"),
    check: Check::Chart(check),
};

fn check(files: &ChartFiles<'_>, sink: &mut Sink) {
    for chart in &files.chart.dependencies {
        if !files.dependencies().any(|(_, dependency)| dependency.name == chart.name()) {
            sink.report(undeclared(chart));
        }
    }
}

fn undeclared(chart: &Chart) -> Diagnostic {
    let name = chart.name();
    let message = format!("chart `{name}` is rendered, but `Chart.yaml` does not name it");
    RULE.finding_in(start(chart.chart_yaml), message)
        .help("name it among the `dependencies`, or delete it: `helm dependency update` will")
}

//! Dependencies that nobody maintains.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::chart_files::ChartFiles;
use crate::rules::{Check, Level, Rule};

pub(crate) const RULE: Rule = Rule {
    name: "deprecated-chart",
    group: Group::Chart,
    summary: "Dependencies that nobody maintains",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("deprecated_chart.md"),
    check: Check::Chart(check),
};

fn check(files: &ChartFiles<'_>, sink: &mut Sink) {
    for (index, dependency) in files.dependencies() {
        let charts = files.chart.dependencies.iter();
        let mut deprecated = charts.filter(|chart| chart.metadata.deprecated);
        if deprecated.any(|chart| chart.name() == dependency.name) {
            sink.report(given_up(files, index, &dependency.name));
        }
    }
}

fn given_up(files: &ChartFiles<'_>, index: usize, name: &str) -> Diagnostic {
    let message = format!("the authors of chart `{name}` have deprecated it");
    RULE.finding_in(files.dependency(index), message).help("look for the chart that replaces it")
}

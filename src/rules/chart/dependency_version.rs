//! Charts in `charts/` of another version than `Chart.yaml` asks for.

use crate::chart::Dependency;
use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::chart_files::ChartFiles;
use crate::rules::{Check, Level, Rule};
use crate::values::is_compatible;

pub(crate) const RULE: Rule = Rule {
    name: "dependency-version",
    group: Group::Chart,
    summary: "Charts in `charts/` of another version than `Chart.yaml` asks for",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("dependency_version.md"),
    check: Check::Chart(check),
};

fn check(files: &ChartFiles<'_>, sink: &mut Sink) {
    for (index, dependency) in files.dependencies() {
        let charts = files.chart.dependencies.iter();
        let found: Vec<&str> = charts
            .filter(|chart| chart.name() == dependency.name)
            .map(|chart| chart.metadata.version.as_str())
            .collect();
        let fits = found.iter().any(|found| is_compatible(&dependency.version, found));
        if let (Some(found), false) = (found.first(), fits) {
            sink.report(other_version(files, index, dependency, found));
        }
    }
}

fn other_version(
    files: &ChartFiles<'_>,
    index: usize,
    dependency: &Dependency,
    found: &str,
) -> Diagnostic {
    let Dependency { name, version, .. } = dependency;
    let message = format!("`charts/` has `{name}` {found}, which is not `{version}`");
    RULE.finding_in(files.dependency(index), message)
        .help("run `helm dependency update`: Helm ignores the alias and the condition meanwhile")
}

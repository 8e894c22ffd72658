//! Conditions of dependencies that no value decides.

use crate::chart::Dependency;
use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::chart_files::ChartFiles;
use crate::rules::{Check, Level, Rule};

pub(crate) const RULE: Rule = Rule {
    name: "dependency-condition",
    group: Group::Chart,
    summary: "Conditions of dependencies that no value decides",
    severity: Severity::Info,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("dependency_condition.md"),
    check: Check::Chart(check),
};

fn check(files: &ChartFiles<'_>, sink: &mut Sink) {
    for (index, dependency) in files.dependencies() {
        let mut paths =
            dependency.condition.split(',').map(str::trim).filter(|one| !one.is_empty());
        let Some(first) = paths.clone().next() else { continue };
        if !paths.any(|path| is_set(files, path)) && !is_set_by_chart(files, dependency) {
            sink.report(undecided(files, index, first));
        }
    }
}

fn is_set(files: &ChartFiles<'_>, path: &str) -> bool {
    let keys: Vec<&str> = path.split('.').collect();
    files.defaults().any(|root| root.at(&keys).is_some())
}

/// The dependency's own values decide too, where the condition is one of them.
fn is_set_by_chart(files: &ChartFiles<'_>, dependency: &Dependency) -> bool {
    let key = dependency.key();
    let own = dependency.condition.split(',').filter_map(|path| {
        path.trim().strip_prefix(key)?.strip_prefix('.').map(|rest| rest.split('.').collect())
    });
    let own: Vec<Vec<&str>> = own.collect();
    let charts = files.chart.dependencies.iter().filter(|one| one.name() == dependency.name);
    charts
        .flat_map(|chart| &chart.defaults)
        .any(|document| own.iter().any(|keys| document.root().at(keys).is_some()))
}

fn undecided(files: &ChartFiles<'_>, index: usize, path: &str) -> Diagnostic {
    let message = format!("`values.yaml` has no `{path}`: the dependency is always rendered");
    RULE.finding_in(files.dependency(index), message)
        .help(format!("set `{path}` in `values.yaml`, so that users find it"))
}

//! Dependencies whose version no lock file fixes.

use crate::chart::{Api, Dependency};
use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::chart_files::ChartFiles;
use crate::rules::{Check, Level, Rule};
use crate::values::is_compatible;
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "dependency-unlocked",
    group: Group::Chart,
    summary: "Dependencies whose version no lock file fixes",
    severity: Severity::Info,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("dependency_unlocked.md"),
    check: Check::Chart(check),
};

fn check(files: &ChartFiles<'_>, sink: &mut Sink) {
    let mut remote = files.dependencies().filter(|(_, one)| is_remote(one)).peekable();
    let Some(&(first, _)) = remote.peek() else { return };
    let lock = if files.chart.api == Api::V1 { "requirements.lock" } else { "Chart.lock" };
    let Some(document) = files.beside(lock) else {
        return sink.report(unlocked(files, first, lock));
    };
    let locked = document.root().get("dependencies");
    for (index, dependency) in remote {
        let entries = locked.into_iter().flat_map(|list| list.items());
        let mut fitting = entries.filter(|entry| fits(*entry, dependency));
        if fitting.next().is_none() {
            sink.report(outdated(files, index, dependency, lock));
        }
    }
}

/// Comes from a repository, not from a folder beside the chart.
fn is_remote(dependency: &Dependency) -> bool {
    let repository = dependency.repository.as_str();
    !repository.is_empty() && !repository.starts_with("file://")
}

fn fits(entry: Node<'_>, dependency: &Dependency) -> bool {
    let text = |key| entry.get(key).and_then(Node::as_str).unwrap_or_default();
    text("name") == dependency.name && is_compatible(&dependency.version, text("version"))
}

fn unlocked(files: &ChartFiles<'_>, index: usize, lock: &str) -> Diagnostic {
    let message = format!("the chart has no `{lock}`: the next update may bring other versions");
    RULE.finding_in(files.dependency(index), message)
        .help("run `helm dependency update`, and check the file in")
}

fn outdated(
    files: &ChartFiles<'_>,
    index: usize,
    dependency: &Dependency,
    lock: &str,
) -> Diagnostic {
    let Dependency { name, version, .. } = dependency;
    let message = format!("`{lock}` has no `{name}` of version `{version}`");
    let finding = RULE.finding_in(files.dependency(index), message);
    Diagnostic { severity: Severity::Warning, ..finding }
        .help("run `helm dependency update`: `helm dependency build` refuses the lock file")
}

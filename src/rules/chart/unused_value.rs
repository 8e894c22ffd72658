//! Values that no template reads.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::chart_files::ChartFiles;
use crate::rules::{Check, Level, Rule};
use crate::yaml::Entry;

pub(crate) const RULE: Rule = Rule {
    name: "unused-value",
    group: Group::Chart,
    summary: "Values that no template reads",
    severity: Severity::Info,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("unused_value.md"),
    check: Check::Chart(check),
};

fn check(files: &ChartFiles<'_>, sink: &mut Sink) {
    if files.chart.is_library() {
        return;
    }
    let for_others =
        |name: &str| matches!(name, "global" | "tags" | "exports") || is_dependency(files, name);
    for root in files.defaults() {
        for (path, entry) in files.reads().unread(root, for_others) {
            sink.report(unread(entry, &path));
        }
    }
}

/// What stands under the name of a dependency is read there.
fn is_dependency(files: &ChartFiles<'_>, name: &str) -> bool {
    files.dependencies().any(|(_, one)| one.key() == name || one.name == name)
        || files.chart.dependencies.iter().any(|chart| chart.name() == name)
}

fn unread(entry: Entry<'_>, path: &str) -> Diagnostic {
    RULE.finding_in(entry.key.span(), format!("no template reads `{path}`"))
        .help("read it where it was meant, or take it out")
}

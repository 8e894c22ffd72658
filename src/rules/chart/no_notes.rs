//! Charts that tell nothing after the installation.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::chart_files::ChartFiles;
use crate::rules::{Check, Level, Rule};

pub(crate) const RULE: Rule = Rule {
    name: "no-notes",
    group: Group::Chart,
    summary: "Charts that tell nothing after the installation",
    severity: Severity::Info,
    level: Level::Strict,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("no_notes.md"),
    check: Check::Chart(check),
};

fn check(files: &ChartFiles<'_>, sink: &mut Sink) {
    let notes = |path: &str| path.ends_with("NOTES.txt");
    if !files.chart.is_library() && !files.chart.templates.iter().any(|one| notes(&one.path)) {
        sink.report(silent(files));
    }
}

fn silent(files: &ChartFiles<'_>) -> Diagnostic {
    let message = "the chart has no `templates/NOTES.txt`";
    RULE.finding_in(files.metadata_key("name"), message)
        .help("tell users how they reach what they have installed")
}

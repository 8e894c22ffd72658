//! Keys of `Chart.yaml` that Helm does not read.

use crate::chart::Metadata;
use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::nearest::nearest;
use crate::rules::chart_files::ChartFiles;
use crate::rules::{Check, Level, Rule};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "unknown-chart-key",
    group: Group::Chart,
    summary: "Keys of `Chart.yaml` that Helm does not read",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("unknown_chart_key.md"),
    check: Check::Chart(check),
};

fn check(files: &ChartFiles<'_>, sink: &mut Sink) {
    let Some(root) = files.metadata() else { return };
    for entry in root.entries() {
        let name = entry.key.as_str().unwrap_or_default();
        if !Metadata::has_field(name) {
            sink.report(unknown(entry.key, name));
        }
    }
}

fn unknown(key: Node<'_>, name: &str) -> Diagnostic {
    let finding = RULE.finding_in(key.span(), format!("Helm knows no key `{name}` here"));
    match nearest(name, Metadata::KEYS.iter().copied()) {
        Some(near) => finding.help(format!("did you mean `{near}`?")),
        None => finding.help("put what is your own below `annotations`"),
    }
}

//! Values that templates cannot name with a dot.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::chart_files::ChartFiles;
use crate::rules::{Check, Level, Rule};
use crate::yaml::Entry;

pub(crate) const RULE: Rule = Rule {
    name: "values-key-style",
    group: Group::Chart,
    summary: "Values that templates cannot name with a dot",
    severity: Severity::Info,
    level: Level::Optional,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("values_key_style.md"),
    check: Check::Chart(check),
};

fn check(files: &ChartFiles<'_>, sink: &mut Sink) {
    for root in files.defaults() {
        for entry in root.entries() {
            let name = entry.key.as_str().unwrap_or_default();
            let subchart = files.chart.dependencies.iter().any(|chart| chart.name() == name);
            if name.contains(['-', '.']) && !subchart {
                sink.report(unwieldy(entry, name));
            }
        }
    }
}

fn unwieldy(entry: Entry<'_>, name: &str) -> Diagnostic {
    RULE.finding_in(entry.key.span(), format!("`.Values.{name}` means something else"))
        .help("use camelCase: other names need `index .Values \"…\"`")
}

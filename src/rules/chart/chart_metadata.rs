//! What `Chart.yaml` gets wrong.

use crate::chart::{self, Fault};
use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::chart_files::ChartFiles;
use crate::rules::{Check, Level, Rule};

pub(crate) const RULE: Rule = Rule {
    name: "chart-metadata",
    group: Group::Chart,
    summary: "What `Chart.yaml` gets wrong",
    severity: Severity::Error,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("chart_metadata.md"),
    check: Check::Chart(check),
};

fn check(files: &ChartFiles<'_>, sink: &mut Sink) {
    let faults = chart::lint(files.text(files.chart.chart_yaml)).unwrap_or_default();
    // What the strict reader finds, `unknown-chart-key` tells key by key.
    let told = |fault: &Fault| !fault.key.is_empty() && fault.severity > Severity::Info;
    for fault in faults.into_iter().filter(told) {
        sink.report(wrong(files, fault));
    }
}

fn wrong(files: &ChartFiles<'_>, fault: Fault) -> Diagnostic {
    let severity = fault.severity;
    Diagnostic { severity, ..RULE.finding_in(files.metadata_key(fault.key), fault.text) }
}

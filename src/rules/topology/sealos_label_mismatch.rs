//! Sealos labels that name another application.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::Workload;
use crate::rules::{Check, Context, Level, Rule};

pub(crate) const RULE: Rule = Rule {
    name: "sealos-label-mismatch",
    group: Group::Topology,
    summary: "Sealos labels that name another application",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("sealos_label_mismatch.md"),
    check: Check::Render(check),
};

/// Sealos finds what belongs to an application by this label.
const LABEL: &str = "cloud.sealos.io/app-deploy-manager";

fn check(context: &Context<'_>, sink: &mut Sink) {
    for workload in &context.index.workloads {
        let labels = workload.object.root().at(&["metadata", "labels"]);
        let Some(label) = labels.and_then(|labels| labels.get(LABEL)?.as_str()) else { continue };
        if label != workload.name() {
            sink.report(another(workload, label));
        }
    }
}

fn another(workload: &Workload<'_>, label: &str) -> Diagnostic {
    let message = format!(
        "the label names `{label}`, the {} is `{}`",
        workload.object.kind(),
        workload.name()
    );
    RULE.finding(workload.at(&["metadata", "labels"]).name(LABEL), message)
        .help("give it the name of the workload: Sealos shows and deletes what has its label")
}

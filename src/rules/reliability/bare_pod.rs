//! Pods that nobody starts again.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::{Workload, WorkloadKind};
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "bare-pod",
    group: Group::Reliability,
    summary: "Pods that nobody starts again",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("bare_pod.md"),
    check: Check::Workload(Scope::Released, check),
};

fn check(workload: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    let owners = workload.object.root().at(&["metadata", "ownerReferences"]);
    if workload.kind == WorkloadKind::Pod && owners.is_none() {
        sink.report(alone(workload));
    }
}

fn alone(workload: &Workload<'_>) -> Diagnostic {
    let message = format!("Pod `{}` belongs to no controller", workload.name());
    RULE.finding(workload.at(&["kind"]), message)
        .help("use a Deployment or a Job: when its node fails, the pod is gone")
}

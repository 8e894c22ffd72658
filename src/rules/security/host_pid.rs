//! Pods that share the process list of their node.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::Workload;
use crate::rules::{Check, Context, Level, PodSecurity, Rule, Scope};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "host-pid",
    group: Group::Security,
    summary: "Pods that share the process list of their node",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: Some(PodSecurity::Baseline),
    aliases: &["host-pid", "hostPIDSet", "CKV_K8S_17", "KSV-0010"],
    parameters: &[],
    page: include_str!("host_pid.md"),
    check: Check::Workload(Scope::All, check),
};

fn check(workload: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    if workload.pod.get("hostPID").and_then(Node::as_bool) == Some(true) {
        sink.report(shared(workload));
    }
}

fn shared(workload: &Workload<'_>) -> Diagnostic {
    let message = format!("the pods of {} share the process list of their node", workload.title());
    RULE.finding(workload.pod_at(&["hostPID"]), message)
        .help("leave `hostPID` out, unless the pod manages its node")
}

//! Pods that share the shared memory of their node.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::Workload;
use crate::rules::{Check, Context, Level, PodSecurity, Rule, Scope};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "host-ipc",
    group: Group::Security,
    summary: "Pods that share the shared memory of their node",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: Some(PodSecurity::Baseline),
    aliases: &["host-ipc", "hostIPCSet", "CKV_K8S_18", "KSV-0008"],
    parameters: &[],
    page: include_str!("host_ipc.md"),
    check: Check::Workload(Scope::All, check),
};

fn check(workload: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    if workload.pod.get("hostIPC").and_then(Node::as_bool) == Some(true) {
        sink.report(shared(workload));
    }
}

fn shared(workload: &Workload<'_>) -> Diagnostic {
    let message = format!("the pods of {} share the shared memory of their node", workload.title());
    RULE.finding(workload.pod_at(&["hostIPC"]), message)
        .help("leave `hostIPC` out, unless the pod manages its node")
}

//! Pods that share the network of their node.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::Workload;
use crate::rules::{Check, Context, Level, PodSecurity, Rule, Scope};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "host-network",
    group: Group::Security,
    summary: "Pods that share the network of their node",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: Some(PodSecurity::Baseline),
    aliases: &["host-network", "hostNetworkSet", "CKV_K8S_19", "KSV-0009"],
    parameters: &[],
    page: include_str!("host_network.md"),
    check: Check::Workload(Scope::All, check),
};

fn check(workload: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    if workload.pod.get("hostNetwork").and_then(Node::as_bool) == Some(true) {
        sink.report(shared(workload));
    }
}

fn shared(workload: &Workload<'_>) -> Diagnostic {
    let message = format!("the pods of {} share the network of their node", workload.title());
    RULE.finding(workload.pod_at(&["hostNetwork"]), message)
        .help("leave `hostNetwork` out, unless the pod manages its node")
}

//! Pods that run on any node.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::Workload;
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "no-node-affinity",
    group: Group::Reliability,
    summary: "Pods that run on any node",
    severity: Severity::Info,
    level: Level::Optional,
    pod_security: None,
    aliases: &["no-node-affinity"],
    parameters: &[],
    page: include_str!("no_node_affinity.md"),
    check: Check::Workload(Scope::Installed, check),
};

fn check(workload: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    let affinity = workload.pod.at(&["affinity", "nodeAffinity"]);
    if affinity.is_none() && workload.pod.get("nodeSelector").is_none() {
        sink.report(anywhere(workload));
    }
}

fn anywhere(workload: &Workload<'_>) -> Diagnostic {
    let message = format!("{} runs on any node", workload.title());
    RULE.finding(workload.pod_at(&["affinity", "nodeAffinity"]), message)
        .help("choose nodes by their labels, with `nodeAffinity` or `nodeSelector`")
}

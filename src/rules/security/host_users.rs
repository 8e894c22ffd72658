//! Pods whose users are users of the node.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::Workload;
use crate::rules::{Check, Context, Level, Rule, Scope};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "host-users",
    group: Group::Security,
    summary: "Pods whose users are users of the node",
    severity: Severity::Info,
    level: Level::Optional,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("host_users.md"),
    check: Check::Workload(Scope::Installed, check),
};

fn check(workload: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    if workload.pod.get("hostUsers").and_then(Node::as_bool) != Some(false) {
        sink.report(shared(workload));
    }
}

fn shared(workload: &Workload<'_>) -> Diagnostic {
    let message = format!("the users of {} are users of the node", workload.title());
    RULE.finding(workload.pod_at(&["hostUsers"]), message)
        .help("set `hostUsers: false`, if nodes and volumes support user namespaces")
}

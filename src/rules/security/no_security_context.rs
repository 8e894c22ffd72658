//! Containers that say nothing about their rights.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::{Container, Workload};
use crate::rules::{Check, Context, Level, Rule, Scope};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "no-security-context",
    group: Group::Security,
    summary: "Containers that say nothing about their rights",
    severity: Severity::Info,
    level: Level::Optional,
    pod_security: None,
    aliases: &["CKV_K8S_29", "CKV_K8S_30", "KSV-0118"],
    parameters: &[],
    page: include_str!("no_security_context.md"),
    check: Check::Container(Scope::Installed, check),
};

fn check(container: &Container<'_>, workload: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    let empty = |node: Option<Node<'_>>| node.is_none_or(|node| node.entries().len() == 0);
    if empty(container.security) && empty(workload.pod.get("securityContext")) {
        sink.report(silent(container));
    }
}

fn silent(container: &Container<'_>) -> Diagnostic {
    let message = format!("container `{}` has no security context", container.name);
    RULE.finding(container.at(&["securityContext"]), message)
        .help("add a `securityContext` to the container or to the pod")
}

//! Containers with every right that the node has.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::{Container, Workload};
use crate::rules::{Check, Context, Level, PodSecurity, Rule, Scope};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "privileged-container",
    group: Group::Security,
    summary: "Containers with every right that the node has",
    severity: Severity::Error,
    level: Level::Recommended,
    pod_security: Some(PodSecurity::Baseline),
    aliases: &[
        "privileged-container",
        "container-security-context-privileged",
        "runAsPrivileged",
        "CKV_K8S_16",
        "KSV-0017",
    ],
    parameters: &[],
    page: include_str!("privileged_container.md"),
    check: Check::Container(Scope::All, check),
};

fn check(container: &Container<'_>, _: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    let privileged = container.security.and_then(|security| security.get("privileged"));
    if privileged.and_then(Node::as_bool) == Some(true) {
        sink.report(unconfined(container));
    }
}

fn unconfined(container: &Container<'_>) -> Diagnostic {
    let message = format!("container `{}` is privileged", container.name);
    RULE.finding(container.at(&["securityContext", "privileged"]), message).help(
        "a privileged container owns its node: name the capabilities that it needs under \
         `capabilities.add` instead",
    )
}

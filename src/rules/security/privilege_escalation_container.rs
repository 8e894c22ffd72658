//! Processes that may gain more rights than their container started with.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::{Container, Workload};
use crate::rules::{Check, Context, Level, PodSecurity, Rule, Scope};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "privilege-escalation-container",
    group: Group::Security,
    summary: "Processes that may gain more rights than their container started with",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: Some(PodSecurity::Restricted),
    aliases: &[
        "privilege-escalation-container",
        "privilegeEscalationAllowed",
        "CKV_K8S_20",
        "KSV-0001",
    ],
    parameters: &[],
    page: include_str!("privilege_escalation_container.md"),
    check: Check::Container(Scope::Installed, check),
};

fn check(container: &Container<'_>, workload: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    let key =
        |key| container.security.and_then(|security| security.get(key)).and_then(Node::as_bool);
    // What is privileged has all rights already, and a rule of its own.
    if workload.is_windows() || key("privileged") == Some(true) {
        return;
    }
    match key("allowPrivilegeEscalation") {
        Some(true) => sink.report(allowed(container)),
        Some(false) => {}
        None => sink.report(not_forbidden(container)),
    }
}

fn allowed(container: &Container<'_>) -> Diagnostic {
    let message = format!("container `{}` may gain privileges", container.name);
    RULE.finding(container.at(FIELD), message).help("set `allowPrivilegeEscalation: false`")
}

fn not_forbidden(container: &Container<'_>) -> Diagnostic {
    let message = format!("container `{}` may gain privileges by default", container.name);
    RULE.finding_as(Severity::Info, container.at(FIELD), message)
        .help("set `allowPrivilegeEscalation: false`")
}

const FIELD: &[&str] = &["securityContext", "allowPrivilegeEscalation"];

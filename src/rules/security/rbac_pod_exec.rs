//! Roles that allow commands in other pods.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::manifest::Object;
use crate::rules::rbac::{Grant, grants};
use crate::rules::{Check, Context, Level, Rule};

pub(crate) const RULE: Rule = Rule {
    name: "rbac-pod-exec",
    group: Group::Security,
    summary: "Roles that allow commands in other pods",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &["clusterrolePodExecAttach", "rolePodExecAttach", "KSV-0053", "KSV-0054"],
    parameters: &[],
    page: include_str!("rbac_pod_exec.md"),
    check: Check::Object(&["Role", "ClusterRole"], check),
};

const RESOURCES: &[&str] = &["pods/exec", "pods/attach", "pods/*", "pods/ephemeralcontainers"];
const VERBS: &[&str] = &["create", "get", "update", "patch"];

fn check(role: Object<'_>, _: &Context<'_>, sink: &mut Sink) {
    for grant in grants(role) {
        let named = grant.list("resources").any(|name| RESOURCES.contains(&name));
        if named && grant.allows("", RESOURCES, VERBS) && !grant.is_narrow() {
            sink.report(remote_control(grant));
        }
    }
}

fn remote_control(grant: Grant<'_>) -> Diagnostic {
    RULE.finding(grant.at("resources"), "the rule allows commands in other pods")
        .help("leave it out: who runs commands in a pod has its secrets and its service account")
}

//! Roles that start pods.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::manifest::Object;
use crate::rules::rbac::{Grant, grants};
use crate::rules::{Check, Context, Level, Rule};

pub(crate) const RULE: Rule = Rule {
    name: "rbac-create-pods",
    group: Group::Security,
    summary: "Roles that start pods",
    severity: Severity::Info,
    level: Level::Recommended,
    pod_security: None,
    aliases: &["access-to-create-pods"],
    parameters: &[],
    page: include_str!("rbac_create_pods.md"),
    check: Check::Object(&["Role", "ClusterRole"], check),
};

/// What makes pods: groups and their resources.
const MAKERS: &[(&str, &[&str])] = &[
    ("", &["pods", "replicationcontrollers"]),
    ("apps", &["deployments", "statefulsets", "daemonsets", "replicasets"]),
    ("batch", &["jobs", "cronjobs"]),
];

fn check(role: Object<'_>, context: &Context<'_>, sink: &mut Sink) {
    if !context.index.rights.is_bound(role, context.index.namespace_of(role)) {
        return;
    }
    for grant in grants(role).filter(|grant| !grant.is_wild()) {
        if MAKERS.iter().any(|(group, resources)| grant.allows(group, resources, &["create"])) {
            sink.report(starts_pods(grant));
        }
    }
}

fn starts_pods(grant: Grant<'_>) -> Diagnostic {
    RULE.finding(grant.at("resources"), "the rule allows starting pods")
        .help("leave it out, unless the program is there to start others: a pod may mount any Secret and run as any service account of its namespace")
}

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
    aliases: &["access-to-create-pods", "KSV-0048"],
    parameters: &[],
    page: include_str!("rbac_create_pods.md"),
    check: Check::Object(&["Role", "ClusterRole"], check),
};

fn check(role: Object<'_>, context: &Context<'_>, sink: &mut Sink) {
    if !context.index.rights.is_bound(role, context.index.namespace_of(role)) {
        return;
    }
    for grant in grants(role).filter(|grant| !grant.is_wild()) {
        if grant.makes_pods() {
            sink.report(starts_pods(grant));
        }
    }
}

fn starts_pods(grant: Grant<'_>) -> Diagnostic {
    RULE.finding(grant.at("resources"), "the rule allows starting pods")
        .help("leave it out, unless the program is there to start others: a pod may mount any Secret and run as any service account of its namespace")
}

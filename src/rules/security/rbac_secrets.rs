//! Roles that read or change all Secrets of a namespace.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::manifest::Object;
use crate::rules::rbac::{Grant, grants};
use crate::rules::{Check, Context, Level, Rule};

pub(crate) const RULE: Rule = Rule {
    name: "rbac-secrets",
    group: Group::Security,
    summary: "Roles that read or change all Secrets of a namespace",
    severity: Severity::Info,
    level: Level::Recommended,
    pod_security: None,
    aliases: &["access-to-secrets", "KSV-0041", "KSV-0113"],
    parameters: &[],
    page: include_str!("rbac_secrets.md"),
    check: Check::Object(&["Role", "ClusterRole"], check),
};

const VERBS: &[&str] = &["get", "list", "watch", "create", "update", "patch", "delete"];

fn check(role: Object<'_>, context: &Context<'_>, sink: &mut Sink) {
    if !context.index.rights.is_bound(role, context.index.namespace_of(role)) {
        return;
    }
    for grant in grants(role) {
        let all = grant.allows("", &["secrets"], VERBS) && !grant.is_narrow();
        if all && !grant.is_wild() {
            sink.report(all_secrets(grant));
        }
    }
}

fn all_secrets(grant: Grant<'_>) -> Diagnostic {
    RULE.finding(grant.at("resources"), "the rule allows access to all Secrets")
        .help("name the Secrets under `resourceNames`")
}

//! Roles with which one can get other rights.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::manifest::Object;
use crate::rules::rbac::{Grant, grants};
use crate::rules::{Check, Context, Level, Rule};

pub(crate) const RULE: Rule = Rule {
    name: "rbac-escalation",
    group: Group::Security,
    summary: "Roles with which one can get other rights",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &["CKV_K8S_157", "CKV_K8S_158", "KSV-0043", "KSV-0050"],
    parameters: &[],
    page: include_str!("rbac_escalation.md"),
    check: Check::Object(&["Role", "ClusterRole"], check),
};

/// Group, resources, verbs: what each allows in the end.
const WAYS: &[(&str, &[&str], &[&str], &str)] = &[
    (
        "rbac.authorization.k8s.io",
        &["roles", "clusterroles"],
        &["escalate", "bind"],
        "rights that its holder does not have",
    ),
    ("", &["users", "groups", "serviceaccounts"], &["impersonate"], "acting as somebody else"),
    (
        "certificates.k8s.io",
        &["certificatesigningrequests/approval"],
        &["update", "patch"],
        "approving certificates for anybody",
    ),
];

fn check(role: Object<'_>, _: &Context<'_>, sink: &mut Sink) {
    for grant in grants(role).filter(|grant| !grant.is_wild() && !grant.is_narrow()) {
        let way =
            WAYS.iter().find(|(group, resources, verbs, _)| grant.allows(group, resources, verbs));
        if let Some((.., what)) = way {
            sink.report(way_up(grant, what));
        }
    }
}

fn way_up(grant: Grant<'_>, what: &str) -> Diagnostic {
    RULE.finding(grant.at("verbs"), format!("the rule allows {what}"))
        .help("leave it out, or name the objects under `resourceNames`")
}

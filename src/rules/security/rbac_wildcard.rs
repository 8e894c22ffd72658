//! Roles that allow what nobody has named.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::manifest::Object;
use crate::rules::rbac::{Grant, grants};
use crate::rules::{Check, Context, Level, Rule};

pub(crate) const RULE: Rule = Rule {
    name: "rbac-wildcard",
    group: Group::Security,
    summary: "Roles that allow what nobody has named",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &["wildcard-in-rules", "CKV_K8S_49", "KSV-0044", "KSV-0045", "KSV-0046"],
    parameters: &[],
    page: include_str!("rbac_wildcard.md"),
    check: Check::Object(&["Role", "ClusterRole"], check),
};

fn check(role: Object<'_>, _: &Context<'_>, sink: &mut Sink) {
    for grant in grants(role) {
        let wild = |key: &&str| grant.list(key).any(|name| name == "*");
        if let Some(key) = ["resources", "verbs", "apiGroups"].into_iter().find(wild) {
            sink.report(unlimited(grant, key));
        }
    }
}

fn unlimited(grant: Grant<'_>, key: &str) -> Diagnostic {
    let what = match key {
        "resources" => "all resources of its groups",
        "verbs" => "all that can be done with its resources",
        _ => "its resources in all groups",
    };
    RULE.finding(grant.at(key), format!("the rule allows {what}, future ones included"))
        .help("name what is needed")
}

//! Bindings that give all rights.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::manifest::Object;
use crate::rules::field::Field;
use crate::rules::{Check, Context, Level, Rule};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "rbac-cluster-admin",
    group: Group::Security,
    summary: "Bindings that give all rights",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[
        "cluster-admin-role-binding",
        "clusterrolebindingClusterAdmin",
        "rolebindingClusterAdminClusterRole",
        "rolebindingClusterAdminRole",
        "KSV-0111",
    ],
    parameters: &[],
    page: include_str!("rbac_cluster_admin.md"),
    check: Check::Object(&["RoleBinding", "ClusterRoleBinding"], check),
};

fn check(binding: Object<'_>, _: &Context<'_>, sink: &mut Sink) {
    let role = binding.root().get("roleRef");
    let is = |key, text| role.and_then(|role| role.get(key)).and_then(Node::as_str) == Some(text);
    if is("kind", "ClusterRole") && is("name", "cluster-admin") {
        sink.report(all_rights(binding));
    }
}

fn all_rights(binding: Object<'_>) -> Diagnostic {
    let place = if binding.kind() == "RoleBinding" { "its namespace" } else { "the cluster" };
    let field = Field::root(binding).keys(&["roleRef", "name"]);
    RULE.finding(field, format!("the binding gives all rights in {place}"))
        .help("bind a role that names what is needed")
}

//! Bindings of a role nobody makes.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::manifest::Object;
use crate::rules::field::Field;
use crate::rules::{Check, Context, Level, Rule};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "dangling-role-ref",
    group: Group::Correctness,
    summary: "Bindings of a role nobody makes",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("dangling_role_ref.md"),
    check: Check::Object(&["RoleBinding", "ClusterRoleBinding"], check),
};

/// Roles that every cluster has.
const BUILT_IN: &[&str] =
    &["admin", "cluster-admin", "edit", "view", "extension-apiserver-authentication-reader"];

fn check(binding: Object<'_>, context: &Context<'_>, sink: &mut Sink) {
    let role = binding.root().get("roleRef");
    let text = |key| role.and_then(|role| role.get(key)).and_then(Node::as_str);
    let (Some(kind), Some(name)) = (text("kind"), text("name")) else { return };
    let given = BUILT_IN.contains(&name) || name.starts_with("system:");
    if !given && !exists(binding, kind, name, context) {
        sink.report(nobody_makes(binding, kind, name));
    }
}

fn exists(binding: Object<'_>, kind: &str, name: &str, context: &Context<'_>) -> bool {
    let index = context.index;
    match kind {
        "ClusterRole" => index.rights.has_cluster_role(name),
        _ => index.has(kind, index.namespace_of(binding), name),
    }
}

fn nobody_makes(binding: Object<'_>, kind: &str, name: &str) -> Diagnostic {
    let field = Field::root(binding).keys(&["roleRef", "name"]);
    // ClusterRoles may belong to another release.
    let severity = if kind == "ClusterRole" { Severity::Info } else { RULE.severity };
    RULE.finding_as(severity, field, format!("the render has no {kind} `{name}`"))
        .help("add it or correct its name: until it is there the binding gives no rights")
}

//! Bindings that give rights to a service account nobody makes.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::manifest::Object;
use crate::rules::field::Field;
use crate::rules::{Check, Context, Level, Rule};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "dangling-rbac-subject",
    group: Group::Correctness,
    summary: "Bindings that give rights to a service account nobody makes",
    severity: Severity::Info,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("dangling_rbac_subject.md"),
    check: Check::Object(&["RoleBinding", "ClusterRoleBinding"], check),
};

fn check(binding: Object<'_>, context: &Context<'_>, sink: &mut Sink) {
    let own = context.index.namespace_of(binding);
    let subjects = binding.root().get("subjects").into_iter().flat_map(Node::items);
    for (index, subject) in subjects.enumerate() {
        let text = |key| subject.get(key).and_then(Node::as_str);
        let (Some("ServiceAccount"), Some(name)) = (text("kind"), text("name")) else { continue };
        let namespace = text("namespace").unwrap_or(own);
        // Accounts of other namespaces belong to other releases.
        let known = name == "default"
            || !context.index.has_namespace(namespace)
            || context.index.find("ServiceAccount", namespace, name).is_some();
        if !known {
            sink.report(nobody_makes(binding, index, name));
        }
    }
}

fn nobody_makes(binding: Object<'_>, index: usize, name: &str) -> Diagnostic {
    let field = Field::root(binding).key("subjects").index(index).key("name");
    RULE.finding(field, format!("the render has no ServiceAccount `{name}`"))
        .help("correct the name, or leave the binding out")
}

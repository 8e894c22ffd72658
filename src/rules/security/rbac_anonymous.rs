//! Bindings that give rights to everybody.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::manifest::Object;
use crate::rules::field::Field;
use crate::rules::{Check, Context, Level, Rule};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "rbac-anonymous",
    group: Group::Security,
    summary: "Bindings that give rights to everybody",
    severity: Severity::Error,
    level: Level::Recommended,
    pod_security: None,
    aliases: &["KSV-0122", "KSV-0123"],
    parameters: &[],
    page: include_str!("rbac_anonymous.md"),
    check: Check::Object(&["RoleBinding", "ClusterRoleBinding"], check),
};

/// Who has not said who he is, and the group that no rule holds back.
const EVERYBODY: &[&str] = &["system:anonymous", "system:unauthenticated", "system:masters"];

fn check(binding: Object<'_>, _: &Context<'_>, sink: &mut Sink) {
    let subjects = binding.root().get("subjects").into_iter().flat_map(Node::items);
    for (index, subject) in subjects.enumerate() {
        let name = subject.get("name").and_then(Node::as_str);
        if let Some(name) = name.filter(|name| EVERYBODY.contains(name)) {
            sink.report(anybody(binding, index, name));
        }
    }
}

fn anybody(binding: Object<'_>, index: usize, name: &str) -> Diagnostic {
    let field = Field::root(binding).key("subjects").index(index).key("name");
    RULE.finding(field, format!("the binding gives rights to `{name}`"))
        .help("bind a user, a group or a service account that has an identity")
}

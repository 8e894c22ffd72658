//! Capabilities that the restricted Pod Security Standard forbids.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::{Container, Workload};
use crate::rules::{Check, Context, Level, PodSecurity, Rule, Scope};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "added-capability",
    group: Group::Security,
    summary: "Capabilities that the restricted Pod Security Standard forbids",
    severity: Severity::Info,
    level: Level::Optional,
    pod_security: Some(PodSecurity::Restricted),
    aliases: &["CKV_K8S_25"],
    parameters: &[],
    page: include_str!("added_capability.md"),
    check: Check::Container(Scope::All, check),
};

fn check(container: &Container<'_>, _: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    let added = container.security.and_then(|security| security.at(&["capabilities", "add"]));
    for (index, node) in added.into_iter().flat_map(Node::items).enumerate() {
        if let Some(name) = node.as_str().filter(|name| *name != "NET_BIND_SERVICE") {
            sink.report(added_capability(container, index, name));
        }
    }
}

fn added_capability(container: &Container<'_>, index: usize, name: &str) -> Diagnostic {
    let field = container.at(&["securityContext", "capabilities", "add"]).index(index);
    RULE.finding(field, format!("container `{}` adds the capability {name}", container.name))
        .help("the restricted Pod Security Standard allows `NET_BIND_SERVICE` only")
}

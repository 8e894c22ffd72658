//! Containers that keep capabilities they do not name.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::{Container, Workload};
use crate::rules::{Check, Context, Level, PodSecurity, Rule, Scope};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "drop-all-capabilities",
    group: Group::Security,
    summary: "Containers that keep capabilities they do not name",
    severity: Severity::Info,
    level: Level::Recommended,
    pod_security: Some(PodSecurity::Restricted),
    aliases: &["insecureCapabilities", "CKV_K8S_37", "KSV-0003", "KSV-0106"],
    parameters: &[],
    page: include_str!("drop_all_capabilities.md"),
    check: Check::Container(Scope::Installed, check),
};

fn check(container: &Container<'_>, workload: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    if !workload.is_windows() && !dropped(container).any(|name| name == "ALL") {
        sink.report(kept(container));
    }
}

/// The capabilities that a container drops.
pub(crate) fn dropped<'a>(container: &Container<'a>) -> impl Iterator<Item = &'a str> + use<'a> {
    let list = container.security.and_then(|security| security.at(&["capabilities", "drop"]));
    list.into_iter().flat_map(Node::items).filter_map(Node::as_str)
}

fn kept(container: &Container<'_>) -> Diagnostic {
    let message = format!("container `{}` does not drop all capabilities", container.name);
    RULE.finding(container.at(&["securityContext", "capabilities", "drop"]), message)
        .help("set `capabilities.drop: [ALL]` and add back by name what the program needs")
}

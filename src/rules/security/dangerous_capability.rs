//! Capabilities beyond those that container runtimes give.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::{Container, Workload};
use crate::rules::{Check, Context, Level, PodSecurity, Rule, Scope};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "dangerous-capability",
    group: Group::Security,
    summary: "Capabilities beyond those that container runtimes give",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: Some(PodSecurity::Baseline),
    aliases: &["dangerousCapabilities", "CKV_K8S_39", "KSV-0005", "KSV-0022", "KSV-0120"],
    parameters: &[],
    page: include_str!("dangerous_capability.md"),
    check: Check::Container(Scope::All, check),
};

/// What the baseline Pod Security Standard lets a container add.
const HARMLESS: &[&str] = &[
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

fn check(container: &Container<'_>, _: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    let added = container.security.and_then(|security| security.at(&["capabilities", "add"]));
    let names =
        added.into_iter().flat_map(Node::items).map(|node| node.as_str().unwrap_or_default());
    let dangerous = names.enumerate().filter(|(_, name)| !HARMLESS.contains(name));
    let (positions, names): (Vec<usize>, Vec<&str>) = dangerous.unzip();
    if let Some(first) = positions.first() {
        sink.report(added_capabilities(container, *first, &names));
    }
}

fn added_capabilities(container: &Container<'_>, first: usize, names: &[&str]) -> Diagnostic {
    let field = container.at(&["securityContext", "capabilities", "add"]).index(first);
    RULE.finding(field, format!("container `{}` adds {}", container.name, names.join(", ")))
        .help("leave it out, unless the container manages the node or its network")
}

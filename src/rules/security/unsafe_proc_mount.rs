//! Containers that see all of `/proc`.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::{Container, Workload};
use crate::rules::{Check, Context, Level, PodSecurity, Rule, Scope};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "unsafe-proc-mount",
    group: Group::Security,
    summary: "Containers that see all of `/proc`",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: Some(PodSecurity::Baseline),
    aliases: &["unsafe-proc-mount", "procMount", "KSV-0027"],
    parameters: &[],
    page: include_str!("unsafe_proc_mount.md"),
    check: Check::Container(Scope::All, check),
};

fn check(container: &Container<'_>, _: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    let mount = container.security.and_then(|security| security.get("procMount"));
    if mount.and_then(Node::as_str).is_some_and(|mount| mount != "Default") {
        sink.report(unmasked(container));
    }
}

fn unmasked(container: &Container<'_>) -> Diagnostic {
    let message =
        format!("container `{}` sees parts of `/proc` that the runtime hides", container.name);
    RULE.finding(container.at(&["securityContext", "procMount"]), message)
        .help("leave `procMount` out, unless the container starts containers of its own")
}

//! SELinux labels of their own.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::{Container, Workload};
use crate::rules::{Check, Context, Level, PodSecurity, Rule, Scope};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "selinux-options",
    group: Group::Security,
    summary: "SELinux labels of their own",
    severity: Severity::Info,
    level: Level::Optional,
    pod_security: Some(PodSecurity::Baseline),
    aliases: &["KSV-0025"],
    parameters: &[],
    page: include_str!("selinux_options.md"),
    check: Check::Container(Scope::All, check),
};

/// The types that the baseline Pod Security Standard allows.
const TYPES: &[&str] =
    &["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

fn check(container: &Container<'_>, workload: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    let Some(options) = workload.security(container, "seLinuxOptions") else { return };
    if !workload.speaks_for(container, "seLinuxOptions") {
        return;
    }
    let text = |key| options.get(key).and_then(Node::as_str).unwrap_or_default();
    if !TYPES.contains(&text("type")) || !text("user").is_empty() || !text("role").is_empty() {
        sink.report(own_label(container, workload));
    }
}

fn own_label(container: &Container<'_>, workload: &Workload<'_>) -> Diagnostic {
    let message = format!("container `{}` sets its own SELinux user, role or type", container.name);
    RULE.finding(workload.security_at(container, "seLinuxOptions"), message)
        .help("leave the label to the container runtime")
}

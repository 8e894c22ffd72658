//! Containers that switch the filter of system calls off.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::{Container, Workload};
use crate::rules::{Check, Context, Level, PodSecurity, Rule, Scope};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "seccomp-unconfined",
    group: Group::Security,
    summary: "Containers that switch the filter of system calls off",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: Some(PodSecurity::Baseline),
    aliases: &["KSV-0104"],
    parameters: &[],
    page: include_str!("seccomp_unconfined.md"),
    check: Check::Container(Scope::All, check),
};

fn check(container: &Container<'_>, workload: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    let profile = workload.security(container, "seccompProfile");
    let kind = profile.and_then(|profile| profile.get("type"));
    if kind.and_then(Node::as_str) == Some("Unconfined")
        && workload.speaks_for(container, "seccompProfile")
    {
        sink.report(unconfined(container, workload));
    }
}

fn unconfined(container: &Container<'_>, workload: &Workload<'_>) -> Diagnostic {
    let message = format!("container `{}` switches seccomp off", container.name);
    RULE.finding(workload.security_at(container, "seccompProfile").key("type"), message)
        .help("use `RuntimeDefault`, or a `Localhost` profile with the calls that it needs")
}

//! Containers that may make every system call.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::{Container, Workload};
use crate::rules::{Check, Context, Level, PodSecurity, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "no-seccomp-profile",
    group: Group::Security,
    summary: "Containers that may make every system call",
    severity: Severity::Info,
    level: Level::Recommended,
    pod_security: Some(PodSecurity::Restricted),
    aliases: &["container-seccomp-profile", "linuxHardening", "CKV_K8S_31", "KSV-0030"],
    parameters: &[],
    page: include_str!("no_seccomp_profile.md"),
    check: Check::Container(Scope::Installed, check),
};

fn check(container: &Container<'_>, workload: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    if !workload.is_windows() && workload.security(container, "seccompProfile").is_none() {
        sink.report(unfiltered(container));
    }
}

fn unfiltered(container: &Container<'_>) -> Diagnostic {
    let message = format!("container `{}` has no seccomp profile", container.name);
    RULE.finding(container.at(&["securityContext", "seccompProfile"]), message)
        .help("set `seccompProfile.type: RuntimeDefault`, in the container or for the whole pod")
}

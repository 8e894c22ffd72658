//! Containers without an AppArmor profile of their own.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::security::apparmor_unconfined::ANNOTATION;
use crate::rules::workload::{Container, Workload};
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "no-apparmor",
    group: Group::Security,
    summary: "Containers without an AppArmor profile of their own",
    severity: Severity::Info,
    level: Level::Optional,
    pod_security: None,
    aliases: &["KSV-0002"],
    parameters: &[],
    page: include_str!("no_apparmor.md"),
    check: Check::Container(Scope::Installed, check),
};

fn check(container: &Container<'_>, workload: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    let annotation = format!("{ANNOTATION}{}", container.name);
    let annotated = workload.annotations.and_then(|annotations| annotations.get(&annotation));
    let profile = workload.security(container, "appArmorProfile");
    if !workload.is_windows() && profile.is_none() && annotated.is_none() {
        sink.report(unnamed(container));
    }
}

fn unnamed(container: &Container<'_>) -> Diagnostic {
    let message = format!("container `{}` names no AppArmor profile", container.name);
    RULE.finding(container.at(&["securityContext", "appArmorProfile"]), message)
        .help("set `appArmorProfile.type: RuntimeDefault`, in the container or for the whole pod")
}

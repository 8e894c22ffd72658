//! Containers that switch AppArmor off.

use crate::diagnostic::{Group, Severity, Sink};
use crate::rules::workload::{Container, Workload};
use crate::rules::{Check, Context, Level, PodSecurity, Rule, Scope};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "apparmor-unconfined",
    group: Group::Security,
    summary: "Containers that switch AppArmor off",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: Some(PodSecurity::Baseline),
    aliases: &[],
    parameters: &[],
    page: include_str!("apparmor_unconfined.md"),
    check: Check::Container(Scope::All, check),
};

fn check(container: &Container<'_>, workload: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    let profile = workload.security(container, "appArmorProfile");
    let kind = profile.and_then(|profile| profile.get("type"));
    if kind.and_then(Node::as_str) == Some("Unconfined")
        && workload.speaks_for(container, "appArmorProfile")
    {
        let field = workload.security_at(container, "appArmorProfile").key("type");
        sink.report(RULE.finding(field, unconfined(container)).help(HELP));
    }
    let annotation = format!("{ANNOTATION}{}", container.name);
    let annotated = workload.annotations.and_then(|annotations| annotations.get(&annotation));
    if annotated.and_then(Node::as_str) == Some("unconfined") {
        let field = workload.pod_metadata_at(&["annotations"]).name(&annotation);
        sink.report(RULE.finding(field, unconfined(container)).help(HELP));
    }
}

/// Before the field, of Kubernetes 1.30.
pub(crate) const ANNOTATION: &str = "container.apparmor.security.beta.kubernetes.io/";

const HELP: &str = "use `RuntimeDefault`, or a `Localhost` profile";

fn unconfined(container: &Container<'_>) -> String {
    format!("container `{}` switches AppArmor off", container.name)
}

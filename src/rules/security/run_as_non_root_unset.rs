//! Containers that do not forbid root by name.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::{Container, Workload};
use crate::rules::{Check, Context, Level, PodSecurity, Rule, Scope};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "run-as-non-root-unset",
    group: Group::Security,
    summary: "Containers that do not forbid root by name",
    severity: Severity::Info,
    level: Level::Optional,
    pod_security: Some(PodSecurity::Restricted),
    aliases: &[],
    parameters: &[],
    page: include_str!("run_as_non_root_unset.md"),
    check: Check::Container(Scope::All, check),
};

fn check(container: &Container<'_>, workload: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    let non_root = workload.security(container, "runAsNonRoot").and_then(Node::as_bool);
    let user = workload.security(container, "runAsUser").and_then(Node::as_i64);
    if !workload.is_windows() && (non_root != Some(true) || user == Some(0)) {
        sink.report(unset(container, workload));
    }
}

fn unset(container: &Container<'_>, workload: &Workload<'_>) -> Diagnostic {
    let message = format!("container `{}` does not set `runAsNonRoot: true`", container.name);
    RULE.finding(workload.security_at(container, "runAsNonRoot"), message)
        .help("set it in the container or for the whole pod, and no `runAsUser: 0`")
}

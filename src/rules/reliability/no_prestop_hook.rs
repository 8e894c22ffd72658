//! Serving containers that end before the traffic does.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::{Container, Workload};
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "no-prestop-hook",
    group: Group::Reliability,
    summary: "Serving containers that end before the traffic does",
    severity: Severity::Info,
    level: Level::Strict,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("no_prestop_hook.md"),
    check: Check::Container(Scope::Lasting, check),
};

fn check(
    container: &Container<'_>,
    workload: &Workload<'_>,
    context: &Context<'_>,
    sink: &mut Sink,
) {
    if container.is_running()
        && container.pre_stop.is_none()
        && context.index.service_of(container, workload).is_some()
    {
        sink.report(missing(container));
    }
}

fn missing(container: &Container<'_>) -> Diagnostic {
    let message = format!("container `{}` has no `preStop`", container.name);
    RULE.finding(container.at(&["lifecycle", "preStop"]), message)
        .help("add a `preStop` hook that sleeps a few seconds")
}

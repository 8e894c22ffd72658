//! Serving containers without a startup probe.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::{Container, Workload};
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "no-startup-probe",
    group: Group::Reliability,
    summary: "Serving containers without a startup probe",
    severity: Severity::Info,
    level: Level::Strict,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("no_startup_probe.md"),
    check: Check::Container(Scope::Lasting, check),
};

fn check(
    container: &Container<'_>,
    workload: &Workload<'_>,
    context: &Context<'_>,
    sink: &mut Sink,
) {
    if container.is_running()
        && container.probes.startup.is_none()
        && context.index.service_of(container, workload).is_some()
    {
        sink.report(missing(container));
    }
}

fn missing(container: &Container<'_>) -> Diagnostic {
    let message = format!("container `{}` has no `startupProbe`", container.name);
    RULE.finding(container.at(&["startupProbe"]), message).help(
        "add a `startupProbe`, so that the liveness probe need not wait for the slowest start",
    )
}

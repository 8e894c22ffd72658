//! Containers that get a Service's traffic before they say that they are ready.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::index::Service;
use crate::rules::workload::{Container, Workload};
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "no-readiness-probe",
    group: Group::Reliability,
    summary: "Containers that get a Service's traffic before they are ready",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &["pod-probes", "readinessProbeMissing", "CKV_K8S_9"],
    parameters: &[],
    page: include_str!("no_readiness_probe.md"),
    check: Check::Container(Scope::Lasting, check),
};

fn check(
    container: &Container<'_>,
    workload: &Workload<'_>,
    context: &Context<'_>,
    sink: &mut Sink,
) {
    if !container.is_running() || container.probes.readiness.is_some() {
        return;
    }
    if let Some(service) = context.index.service_of(container, workload) {
        sink.report(unguarded(container, service));
    }
}

fn unguarded(container: &Container<'_>, service: &Service<'_>) -> Diagnostic {
    let service = service.object.name().unwrap_or_default();
    let message = format!(
        "container `{}` has no readiness probe: Service `{service}` sends it requests as soon as \
         it runs",
        container.name
    );
    RULE.finding(container.at(&["readinessProbe"]), message)
        .help("add a `readinessProbe` that fails until the container can serve")
}

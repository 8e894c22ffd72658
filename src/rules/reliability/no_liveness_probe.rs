//! Containers that nobody restarts when they hang.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::{Container, Workload};
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "no-liveness-probe",
    group: Group::Reliability,
    summary: "Serving containers that nobody restarts when they hang",
    severity: Severity::Info,
    level: Level::Recommended,
    pod_security: None,
    aliases: &["pod-probes", "livenessProbeMissing", "CKV_K8S_8"],
    parameters: &[],
    page: include_str!("no_liveness_probe.md"),
    check: Check::Container(Scope::Lasting, check),
};

fn check(
    container: &Container<'_>,
    workload: &Workload<'_>,
    context: &Context<'_>,
    sink: &mut Sink,
) {
    if container.is_running()
        && container.probes.liveness.is_none()
        && context.index.service_of(container, workload).is_some()
    {
        sink.report(unwatched(container));
    }
}

fn unwatched(container: &Container<'_>) -> Diagnostic {
    let message = format!(
        "container `{}` has no liveness probe: if it hangs, it hangs until somebody looks",
        container.name
    );
    RULE.finding(container.at(&["livenessProbe"]), message)
        .help("add a `livenessProbe` that fails only when a restart is the cure")
}

//! Containers whose CPU need the scheduler does not know.

use crate::diagnostic::{Group, Severity, Sink};
use crate::rules::resources::amount;
use crate::rules::workload::{Container, Workload};
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "no-cpu-request",
    group: Group::Resources,
    summary: "Containers whose CPU need the scheduler does not know",
    severity: Severity::Info,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[
        "unset-cpu-requirements",
        "container-resources",
        "cpuRequestsMissing",
        "CKV_K8S_10",
        "KSV-0015",
    ],
    parameters: &[],
    page: include_str!("no_cpu_request.md"),
    check: Check::Container(Scope::Released, check),
};

fn check(
    container: &Container<'_>,
    workload: &Workload<'_>,
    context: &Context<'_>,
    sink: &mut Sink,
) {
    if let Some(found) = amount::unset_request(&RULE, container, workload, context, ("cpu", "CPU"))
    {
        sink.report(found);
    }
}

//! Containers that may take all memory of their node.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::resources::amount;
use crate::rules::workload::{Container, Workload};
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "no-memory-limit",
    group: Group::Resources,
    summary: "Containers that may take all memory of their node",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[
        "unset-memory-requirements",
        "container-resources",
        "memoryLimitsMissing",
        "CKV_K8S_13",
        "KSV-0018",
    ],
    parameters: &[],
    page: include_str!("no_memory_limit.md"),
    check: Check::Container(Scope::Released, check),
};

fn check(
    container: &Container<'_>,
    workload: &Workload<'_>,
    context: &Context<'_>,
    sink: &mut Sink,
) {
    if container.is_running() && !amount::limits(container, workload, context, "memory") {
        sink.report(unset(container));
    }
}

/// Where no resources are set at all, a chart leaves them to its users.
fn unset(container: &Container<'_>) -> Diagnostic {
    let open = container.resources.is_none_or(|resources| resources.entries().len() == 0);
    let severity = if open { Severity::Info } else { RULE.severity };
    let message = format!("container `{}` has no memory limit", container.name);
    RULE.finding_as(severity, container.at(&["resources", "limits", "memory"]), message)
        .help("set `resources.limits.memory`: a leak then ends the container, not its neighbours")
}

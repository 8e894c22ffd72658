//! Containers that may take all CPU of their node.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::resources::amount;
use crate::rules::workload::{Container, Workload};
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "no-cpu-limit",
    group: Group::Resources,
    summary: "Containers that may take all CPU of their node",
    severity: Severity::Info,
    level: Level::Optional,
    pod_security: None,
    aliases: &["container-resources", "cpuLimitsMissing", "CKV_K8S_11", "KSV-0011"],
    parameters: &[],
    page: include_str!("no_cpu_limit.md"),
    check: Check::Container(Scope::Released, check),
};

fn check(
    container: &Container<'_>,
    workload: &Workload<'_>,
    context: &Context<'_>,
    sink: &mut Sink,
) {
    if container.is_running() && !amount::limits(container, workload, context, "cpu") {
        sink.report(unset(container));
    }
}

fn unset(container: &Container<'_>) -> Diagnostic {
    let message = format!("container `{}` has no CPU limit", container.name);
    RULE.finding(container.at(&["resources", "limits", "cpu"]), message)
        .help("set `resources.limits.cpu`, if even times matter more than idle CPU")
}

//! Containers that may use more than they request.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::kube::quantity::Quantity;
use crate::rules::workload::{Container, Workload};
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "requests-equal-limits",
    group: Group::Resources,
    summary: "Containers that may use more than they request",
    severity: Severity::Info,
    level: Level::Optional,
    pod_security: None,
    aliases: &[
        "container-resource-requests-equal-limits",
        "container-cpu-requests-equal-limits",
        "container-memory-requests-equal-limits",
    ],
    parameters: &[],
    page: include_str!("requests_equal_limits.md"),
    check: Check::Container(Scope::Released, check),
};

fn check(container: &Container<'_>, _: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    for resource in ["cpu", "memory"] {
        let limit = container.quantity("limits", resource);
        let request = container.quantity("requests", resource).or(limit);
        if Quantity::read(request).ok() != Quantity::read(limit).ok() {
            sink.report(apart(container, resource));
        }
    }
}

fn apart(container: &Container<'_>, resource: &str) -> Diagnostic {
    let message =
        format!("container `{}` requests other {resource} than its limit", container.name);
    RULE.finding(container.at(&["resources", "requests", resource]), message)
        .help("make both the same, so that the pod is of class Guaranteed")
}

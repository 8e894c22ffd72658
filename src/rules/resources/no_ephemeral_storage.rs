//! Containers that may fill the disk of their node.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::resources::amount;
use crate::rules::workload::{Container, Workload};
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "no-ephemeral-storage",
    group: Group::Resources,
    summary: "Containers that may fill the disk of their node",
    severity: Severity::Info,
    level: Level::Optional,
    pod_security: None,
    aliases: &["container-ephemeral-storage-request-and-limit"],
    parameters: &[],
    page: include_str!("no_ephemeral_storage.md"),
    check: Check::Container(Scope::Released, check),
};

fn check(
    container: &Container<'_>,
    workload: &Workload<'_>,
    context: &Context<'_>,
    sink: &mut Sink,
) {
    if container.is_running() && !amount::limits(container, workload, context, "ephemeral-storage")
    {
        sink.report(unset(container));
    }
}

fn unset(container: &Container<'_>) -> Diagnostic {
    let message = format!("container `{}` has no limit for ephemeral storage", container.name);
    RULE.finding(container.at(&["resources", "limits", "ephemeral-storage"]), message)
        .help("set `resources.limits.ephemeral-storage`")
}

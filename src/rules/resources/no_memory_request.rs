//! Containers whose memory need the scheduler does not know.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::resources::amount;
use crate::rules::workload::{Container, Workload};
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "no-memory-request",
    group: Group::Resources,
    summary: "Containers whose memory need the scheduler does not know",
    severity: Severity::Info,
    level: Level::Recommended,
    pod_security: None,
    aliases: &["container-resources", "memoryRequestsMissing", "CKV_K8S_12", "KSV-0016"],
    parameters: &[],
    page: include_str!("no_memory_request.md"),
    check: Check::Container(Scope::Released, check),
};

fn check(
    container: &Container<'_>,
    workload: &Workload<'_>,
    context: &Context<'_>,
    sink: &mut Sink,
) {
    if !container.is_running() || container.quantity("requests", "memory").is_some() {
        return;
    }
    if container.quantity("limits", "memory").is_some() {
        sink.report(whole_limit(container));
    } else if !amount::requests(container, workload, context, "memory") {
        sink.report(unset(container));
    }
}

fn unset(container: &Container<'_>) -> Diagnostic {
    let message = format!("container `{}` requests no memory", container.name);
    RULE.finding(container.at(&["resources", "requests", "memory"]), message)
        .help("set `resources.requests.memory` to what it needs under load")
}

fn whole_limit(container: &Container<'_>) -> Diagnostic {
    let message = format!("container `{}` requests its whole memory limit", container.name);
    RULE.finding(container.at(&["resources", "requests", "memory"]), message).help(
        "set `resources.requests.memory`, if it needs less than the limit that stands in for it",
    )
}

//! Containers whose CPU need the scheduler does not know.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
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
    if !container.is_running() || container.quantity("requests", "cpu").is_some() {
        return;
    }
    if container.quantity("limits", "cpu").is_some() {
        sink.report(whole_limit(container));
    } else if !amount::requests(container, workload, context, "cpu") {
        sink.report(unset(container));
    }
}

fn unset(container: &Container<'_>) -> Diagnostic {
    let message = format!("container `{}` requests no CPU", container.name);
    RULE.finding(container.at(&["resources", "requests", "cpu"]), message)
        .help("set `resources.requests.cpu` to what it needs under load")
}

fn whole_limit(container: &Container<'_>) -> Diagnostic {
    let message = format!("container `{}` requests its whole CPU limit", container.name);
    RULE.finding(container.at(&["resources", "requests", "cpu"]), message)
        .help("set `resources.requests.cpu`, if it needs less than the limit that stands in for it")
}

//! StatefulSets without the headless Service that gives their pods names in DNS.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::index::Service;
use crate::rules::workload::{Workload, WorkloadKind};
use crate::rules::{Check, Context, Level, Rule, Scope};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "statefulset-service-name",
    group: Group::Reliability,
    summary: "StatefulSets whose `serviceName` is not a headless Service of their pods",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &["statefulset-has-servicename"],
    parameters: &[],
    page: include_str!("statefulset_service_name.md"),
    check: Check::Workload(Scope::Installed, check),
};

fn check(workload: &Workload<'_>, context: &Context<'_>, sink: &mut Sink) {
    if workload.kind != WorkloadKind::StatefulSet {
        return;
    }
    let name = workload.spec.get("serviceName").and_then(Node::as_str).unwrap_or_default();
    if name.is_empty() {
        return sink.report(unnamed(workload));
    }
    match context.index.find_service(workload.namespace, name) {
        None => sink.report(missing(workload, name)),
        Some(service) if !service.is_headless() => sink.report(with_address(workload, name)),
        Some(service) if !selects(service, workload) => sink.report(elsewhere(workload, name)),
        Some(_) => {}
    }
}

fn selects(service: &Service<'_>, workload: &Workload<'_>) -> bool {
    service.selector.as_ref().is_none_or(|selector| selector.matches(&workload.labels))
}

fn unnamed(workload: &Workload<'_>) -> Diagnostic {
    hint(workload, "the StatefulSet names no Service, so its pods have no names in DNS".to_owned())
        .help("set `serviceName` to a Service with `clusterIP: None` that selects the pods")
}

fn missing(workload: &Workload<'_>, name: &str) -> Diagnostic {
    finding(workload, format!("the render has no Service `{name}` in the StatefulSet's namespace"))
        .help("add a Service with `clusterIP: None` of that name: without it the pods have no names in DNS")
}

fn with_address(workload: &Workload<'_>, name: &str) -> Diagnostic {
    hint(
        workload,
        format!("Service `{name}` is not headless, so it gives the pods no names in DNS"),
    )
    .help("name a Service with `clusterIP: None`")
}

fn elsewhere(workload: &Workload<'_>, name: &str) -> Diagnostic {
    finding(workload, format!("Service `{name}` does not select the pods of the StatefulSet"))
        .help("make the Service's selector match the labels of the pod template")
}

/// Members that do not look for each other by name do without.
fn hint(workload: &Workload<'_>, message: String) -> Diagnostic {
    RULE.finding_as(Severity::Info, workload.at(&["spec", "serviceName"]), message)
}

fn finding(workload: &Workload<'_>, message: impl Into<String>) -> Diagnostic {
    RULE.finding(workload.at(&["spec", "serviceName"]), message)
}

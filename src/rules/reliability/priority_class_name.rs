//! Priority classes that are not allowed.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::Workload;
use crate::rules::{Check, Context, Level, Parameter, Rule, Scope, Setting};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "priority-class-name",
    group: Group::Reliability,
    summary: "Priority classes that are not allowed",
    severity: Severity::Info,
    level: Level::Optional,
    pod_security: None,
    aliases: &["priority-class-name", "priorityClassNotSet"],
    parameters: &[CLASSES],
    page: include_str!("priority_class_name.md"),
    check: Check::Workload(Scope::Installed, check),
};

const CLASSES: Parameter = Parameter {
    name: "classes",
    summary: "Priority classes that are allowed",
    default: Setting::Texts(&["system-cluster-critical", "system-node-critical"]),
};

fn check(workload: &Workload<'_>, context: &Context<'_>, sink: &mut Sink) {
    let class = workload.pod.get("priorityClassName").and_then(Node::as_str);
    let allowed = context.tuning.texts(&CLASSES);
    if let Some(class) = class.filter(|class| !class.is_empty() && !allowed.contains(class)) {
        sink.report(not_allowed(workload, class));
    }
}

fn not_allowed(workload: &Workload<'_>, class: &str) -> Diagnostic {
    let message = format!("priority class `{class}` is not among those allowed");
    RULE.finding(workload.pod_at(&["priorityClassName"]), message)
        .help("use one of the allowed classes")
}

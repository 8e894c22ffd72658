//! Deployments that serve from one pod.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::{Workload, WorkloadKind, replicas_text};
use crate::rules::{Check, Context, Level, Parameter, Rule, Scope, Setting};

pub(crate) const RULE: Rule = Rule {
    name: "single-replica",
    group: Group::Reliability,
    summary: "Deployments that serve from one pod",
    severity: Severity::Info,
    level: Level::Recommended,
    pod_security: None,
    aliases: &["minimum-three-replicas", "deployment-replicas", "deploymentMissingReplicas"],
    parameters: &[MIN_REPLICAS],
    page: include_str!("single_replica.md"),
    check: Check::Workload(Scope::Lasting, check),
};

const MIN_REPLICAS: Parameter = Parameter {
    name: "min-replicas",
    summary: "Replicas that a Deployment behind a Service should have",
    default: Setting::Int(2),
};

fn check(workload: &Workload<'_>, context: &Context<'_>, sink: &mut Sink) {
    let index = context.index;
    let replicas = workload.replicas().unwrap_or(1);
    let few = (1..context.tuning.int(&MIN_REPLICAS)).contains(&replicas);
    if workload.kind == WorkloadKind::Deployment
        && few
        && index.scalers_of(workload.object).is_empty()
        && index.services_of(workload).next().is_some()
    {
        sink.report(alone(workload, replicas));
    }
}

fn alone(workload: &Workload<'_>, replicas: i64) -> Diagnostic {
    let message = format!("{} serves with {}", workload.title(), replicas_text(replicas));
    RULE.finding(workload.at(&["spec", "replicas"]), message)
        .help("run at least two, or scale it, so that a node may fail or be drained")
}

//! Replicas that a drain may take all at once.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::{Workload, WorkloadKind};
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "no-pdb",
    group: Group::Reliability,
    summary: "Replicas that a drain may take all at once",
    severity: Severity::Info,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[
        "deployment-has-poddisruptionbudget",
        "statefulset-has-poddisruptionbudget",
        "missingPodDisruptionBudget",
    ],
    parameters: &[],
    page: include_str!("no_pdb.md"),
    check: Check::Workload(Scope::Lasting, check),
};

fn check(workload: &Workload<'_>, context: &Context<'_>, sink: &mut Sink) {
    let replicated = matches!(workload.kind, WorkloadKind::Deployment | WorkloadKind::StatefulSet);
    if replicated
        && context.index.least_replicas(workload) > 1
        && context.index.budgets_of(workload).next().is_none()
    {
        sink.report(unprotected(workload));
    }
}

fn unprotected(workload: &Workload<'_>) -> Diagnostic {
    let message = format!("no PodDisruptionBudget protects the replicas of {}", workload.title());
    RULE.finding(workload.pod_metadata_at(&["labels"]), message)
        .help("add a PodDisruptionBudget that selects the pods, with `maxUnavailable: 1`")
}

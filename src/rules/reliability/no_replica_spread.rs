//! Replicas that may all end up on one node.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::affinity::spread_terms;
use crate::rules::workload::Workload;
use crate::rules::{Check, Context, Level, Parameter, Rule, Scope, Setting};

pub(crate) const RULE: Rule = Rule {
    name: "no-replica-spread",
    group: Group::Reliability,
    summary: "Replicas that may all run on one node",
    severity: Severity::Info,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[
        "no-anti-affinity",
        "deployment-has-host-podantiaffinity",
        "statefulset-has-host-podantiaffinity",
    ],
    parameters: &[MIN_REPLICAS],
    page: include_str!("no_replica_spread.md"),
    check: Check::Workload(Scope::Lasting, check),
};

const MIN_REPLICAS: Parameter = Parameter {
    name: "min-replicas",
    summary: "Workloads with fewer replicas are not judged",
    default: Setting::Int(2),
};

fn check(workload: &Workload<'_>, context: &Context<'_>, sink: &mut Sink) {
    let replicas = context.index.least_replicas(workload);
    if !workload.kind.is_replicated() || replicas < context.tuning.int(&MIN_REPLICAS) {
        return;
    }
    if !spread_terms(workload).iter().any(|term| term.selects_own(workload)) {
        sink.report(unspread(workload, replicas));
    }
}

fn unspread(workload: &Workload<'_>, replicas: i64) -> Diagnostic {
    let message = format!(
        "nothing keeps the {replicas} replicas of {} from running on one node",
        workload.title()
    );
    RULE.finding(workload.pod_at(&["affinity", "podAntiAffinity"]), message).help(
        "add `podAntiAffinity` or `topologySpreadConstraints` that select the pods' own labels",
    )
}

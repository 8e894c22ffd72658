//! Replicas without topology spread constraints.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::Workload;
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "no-topology-spread",
    group: Group::Reliability,
    summary: "Replicas without topology spread constraints",
    severity: Severity::Info,
    level: Level::Optional,
    pod_security: None,
    aliases: &["topologySpreadConstraint"],
    parameters: &[],
    page: include_str!("no_topology_spread.md"),
    check: Check::Workload(Scope::Lasting, check),
};

fn check(workload: &Workload<'_>, context: &Context<'_>, sink: &mut Sink) {
    let constraints = workload.pod.get("topologySpreadConstraints");
    if workload.kind.is_replicated()
        && context.index.least_replicas(workload) > 1
        && constraints.is_none_or(|list| list.items().len() == 0)
    {
        sink.report(unspread(workload));
    }
}

fn unspread(workload: &Workload<'_>) -> Diagnostic {
    let message = format!("{} has no topology spread constraints", workload.title());
    RULE.finding(workload.pod_at(&["topologySpreadConstraints"]), message)
        .help("spread the pods over zones and nodes")
}

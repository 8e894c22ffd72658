//! Members of a cluster that may share a node.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::affinity::{SpreadList, SpreadTerm, spread_terms};
use crate::rules::topology::erlang;
use crate::rules::workload::Workload;
use crate::rules::{Check, Context, Level, Parameter, Rule, Scope, Setting};

pub(crate) const RULE: Rule = Rule {
    name: "no-cluster-anti-affinity",
    group: Group::Topology,
    summary: "Members of a cluster that may share a node",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[TOPOLOGY_KEYS],
    page: include_str!("no_cluster_anti_affinity.md"),
    check: Check::Workload(Scope::Lasting, check),
};

const TOPOLOGY_KEYS: Parameter = Parameter {
    name: "topology-keys",
    summary: "Topology keys that keep members on different nodes",
    default: Setting::Texts(&["kubernetes.io/hostname", "topology.kubernetes.io/zone"]),
};

fn check(workload: &Workload<'_>, context: &Context<'_>, sink: &mut Sink) {
    if !erlang::is_cluster(workload) || context.index.most_replicas(workload) < 2 {
        return;
    }
    let apart = |term: &SpreadTerm<'_>| {
        let key = term.topology_key.unwrap_or_default();
        term.required
            && term.selects_own(workload)
            && context.tuning.texts(&TOPOLOGY_KEYS).contains(&key)
    };
    if !spread_terms(workload).iter().any(apart) {
        sink.report(together(workload));
    }
}

fn together(workload: &Workload<'_>) -> Diagnostic {
    let message = format!("members of the cluster {} may share a node", workload.title());
    let field = workload.pod_at(SpreadList::RequiredAntiAffinity.keys());
    RULE.finding(field, message).help(
        "require anti-affinity on `kubernetes.io/hostname` that selects the pods' own labels: \
         one node's failure must not take the majority",
    )
}

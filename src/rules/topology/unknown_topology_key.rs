//! Topology keys that no node has, or that all nodes share.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::nearest::nearest;
use crate::rules::affinity::{SpreadTerm, spread_terms};
use crate::rules::workload::Workload;
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "unknown-topology-key",
    group: Group::Topology,
    summary: "Topology keys that no node has, or that all nodes share",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("unknown_topology_key.md"),
    check: Check::Workload(Scope::Installed, check),
};

/// What kubelets and cloud providers label nodes with, besides what they have given up.
const WELL_KNOWN: &[&str] = &[
    "kubernetes.io/hostname",
    "topology.kubernetes.io/zone",
    "topology.kubernetes.io/region",
    "node.kubernetes.io/instance-type",
];

/// The same on most nodes of a cluster.
const SHARED: &[&str] = &["kubernetes.io/os", "kubernetes.io/arch"];

fn check(workload: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    for term in spread_terms(workload) {
        let Some(key) = term.topology_key else { continue };
        if SHARED.contains(&key) {
            sink.report(shared(workload, &term, key));
        } else if is_mistyped(key) {
            sink.report(unknown(workload, &term, key));
        }
    }
}

/// A key in a domain of Kubernetes' that Kubernetes does not set, or a well-known one without its
/// domain. Other keys are labels that the owners of a cluster give.
fn is_mistyped(key: &str) -> bool {
    match key.split_once('/') {
        Some(("kubernetes.io" | "topology.kubernetes.io" | "node.kubernetes.io", _)) => {
            !WELL_KNOWN.contains(&key)
        }
        Some(_) => false,
        None => matches!(key, "hostname" | "zone" | "region"),
    }
}

fn shared(workload: &Workload<'_>, term: &SpreadTerm<'_>, key: &str) -> Diagnostic {
    finding(workload, term, format!("most nodes have the same `{key}`: it keeps no pods apart"))
        .help("use `kubernetes.io/hostname`, or `topology.kubernetes.io/zone`")
}

fn unknown(workload: &Workload<'_>, term: &SpreadTerm<'_>, key: &str) -> Diagnostic {
    let finding = finding(workload, term, format!("nodes have no label `{key}`"));
    match nearest(key, WELL_KNOWN.iter().copied()) {
        Some(near) => finding.help(format!("did you mean `{near}`?")),
        None => finding.help(format!("nodes have {}", WELL_KNOWN.join(", "))),
    }
}

fn finding(workload: &Workload<'_>, term: &SpreadTerm<'_>, message: String) -> Diagnostic {
    let item = workload.pod_at(term.list.keys()).index(term.index);
    RULE.finding(item.keys(term.list.term_keys()).key("topologyKey"), message)
}

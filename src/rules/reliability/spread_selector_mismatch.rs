//! Anti-affinity and spread constraints that miss the pods they should keep apart.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::affinity::{SpreadList, SpreadTerm, spread_terms};
use crate::rules::workload::Workload;
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "spread-selector-mismatch",
    group: Group::Reliability,
    summary: "Anti-affinity or spread constraints that select no pod they could keep apart",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("spread_selector_mismatch.md"),
    check: Check::Workload(Scope::Installed, check),
};

fn check(workload: &Workload<'_>, context: &Context<'_>, sink: &mut Sink) {
    for term in spread_terms(workload) {
        if term.selector.is_none() || term.selects_own(workload) {
            continue;
        }
        match term.list {
            SpreadList::TopologySpread => sink.report(misses_own(workload, &term)),
            // To keep away from other pods of the render is a purpose too.
            SpreadList::RequiredAntiAffinity | SpreadList::PreferredAntiAffinity => {
                if !term.selects_any(context.index, workload.namespace) {
                    sink.report(misses_all(workload, &term));
                }
            }
        }
    }
}

fn misses_own(workload: &Workload<'_>, term: &SpreadTerm<'_>) -> Diagnostic {
    at_selector(workload, term, "the constraint does not select the pods that it stands in")
        .help("use labels of the pod template: pods that are not selected are not spread")
}

fn misses_all(workload: &Workload<'_>, term: &SpreadTerm<'_>) -> Diagnostic {
    at_selector(workload, term, "the anti-affinity selects neither its own pods nor any others")
        .help("use labels of the pod template, so that the replicas keep away from each other")
}

fn at_selector(workload: &Workload<'_>, term: &SpreadTerm<'_>, message: &str) -> Diagnostic {
    let item = workload.pod_at(term.list.keys()).index(term.index);
    RULE.finding(item.keys(term.list.term_keys()).key("labelSelector"), message)
}

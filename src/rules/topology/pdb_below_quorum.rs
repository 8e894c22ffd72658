//! Budgets that let a cluster lose its majority.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::budget::Budget;
use crate::rules::field::Field;
use crate::rules::topology::erlang;
use crate::rules::workload::Workload;
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "pdb-below-quorum",
    group: Group::Topology,
    summary: "Budgets that let a cluster lose its majority",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("pdb_below_quorum.md"),
    check: Check::Workload(Scope::Lasting, check),
};

fn check(workload: &Workload<'_>, context: &Context<'_>, sink: &mut Sink) {
    let members = context.index.least_replicas(workload);
    if !erlang::is_cluster(workload) || members < 3 {
        return;
    }
    let may_go = (members - 1) / 2;
    for budget in context.index.budgets_of(workload) {
        let allowed = match (budget.max_unavailable, budget.min_available) {
            (Some(max), _) => max.of(members),
            (None, Some(min)) => members - min.of(members),
            (None, None) => continue,
        };
        if allowed > may_go {
            sink.report(loses_majority(budget, members, allowed));
        }
    }
}

fn loses_majority(budget: &Budget<'_>, members: i64, allowed: i64) -> Diagnostic {
    let key = if budget.max_unavailable.is_some() { "maxUnavailable" } else { "minAvailable" };
    let message = format!(
        "the budget lets {allowed} of {members} members go at once, the majority with them"
    );
    RULE.finding(Field::root(budget.object).keys(&["spec", key]), message)
        .help("set `maxUnavailable: 1`")
}

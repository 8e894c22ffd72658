//! Budgets that protect pods which do not work.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::budget::Budget;
use crate::rules::field::Field;
use crate::rules::{Check, Context, Level, Rule};

pub(crate) const RULE: Rule = Rule {
    name: "pdb-unhealthy-pod-eviction-policy",
    group: Group::Reliability,
    summary: "Budgets that protect pods which do not work",
    severity: Severity::Info,
    level: Level::Recommended,
    pod_security: None,
    aliases: &["pdb-unhealthy-pod-eviction-policy"],
    parameters: &[],
    page: include_str!("pdb_unhealthy_pod_eviction_policy.md"),
    check: Check::Render(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    for budget in &context.index.budgets {
        let policy = budget.object.root().at(&["spec", "unhealthyPodEvictionPolicy"]);
        if budget.object.api_version() == "policy/v1" && policy.is_none() {
            sink.report(protects_broken_pods(budget));
        }
    }
}

fn protects_broken_pods(budget: &Budget<'_>) -> Diagnostic {
    let field = Field::root(budget.object).keys(&["spec", "unhealthyPodEvictionPolicy"]);
    RULE.finding(field, "the budget also keeps pods that are not healthy")
        .help("set `unhealthyPodEvictionPolicy: AlwaysAllow`")
}

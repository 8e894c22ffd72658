//! Budgets that say nothing.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::budget::Budget;
use crate::rules::field::Field;
use crate::rules::{Check, Context, Level, Rule};

pub(crate) const RULE: Rule = Rule {
    name: "pdb-no-policy",
    group: Group::Reliability,
    summary: "Budgets that say nothing",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &["poddisruptionbudget-has-policy"],
    parameters: &[],
    page: include_str!("pdb_no_policy.md"),
    check: Check::Render(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    for budget in &context.index.budgets {
        if budget.min_available.is_none() && budget.max_unavailable.is_none() {
            sink.report(says_nothing(budget));
        }
    }
}

fn says_nothing(budget: &Budget<'_>) -> Diagnostic {
    let field = Field::root(budget.object).keys(&["spec", "maxUnavailable"]);
    RULE.finding(field, "the budget sets neither `minAvailable` nor `maxUnavailable`")
        .help("set `maxUnavailable: 1`")
}

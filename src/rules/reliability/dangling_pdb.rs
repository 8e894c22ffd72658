//! Budgets that protect no pod.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::budget::Budget;
use crate::rules::field::Field;
use crate::rules::miss::{self, Miss};
use crate::rules::{Check, Context, Level, Rule};

pub(crate) const RULE: Rule = Rule {
    name: "dangling-pdb",
    group: Group::Reliability,
    summary: "Budgets that protect no pod",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("dangling_pdb.md"),
    check: Check::Render(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    for budget in &context.index.budgets {
        let Some(selector) = budget.selector.as_ref().filter(|one| !one.is_empty()) else {
            continue;
        };
        if let Some(Miss::Certain) = miss::explain(budget.namespace, selector, context.index) {
            sink.report(protects_nothing(budget));
        }
    }
}

fn protects_nothing(budget: &Budget<'_>) -> Diagnostic {
    let field = Field::root(budget.object).keys(&["spec", "selector"]);
    RULE.finding(field, "no pod of the render has the labels that the budget selects")
        .help("make the selector match the labels of a pod template in the same namespace")
}

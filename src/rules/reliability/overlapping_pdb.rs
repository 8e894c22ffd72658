//! Pods that two budgets protect.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::budget::Budget;
use crate::rules::field::Field;
use crate::rules::workload::Workload;
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "overlapping-pdb",
    group: Group::Reliability,
    summary: "Pods that two budgets protect",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("overlapping_pdb.md"),
    check: Check::Workload(Scope::Installed, check),
};

/// How many budgets are told for one workload: where all select all, the rest is the same mistake.
const MOST: usize = 8;

fn check(workload: &Workload<'_>, context: &Context<'_>, sink: &mut Sink) {
    let mut budgets = context.index.budgets_of(workload);
    let Some(first) = budgets.next() else { return };
    for second in budgets.take(MOST) {
        sink.report(twice(workload, first, second));
    }
}

fn twice(workload: &Workload<'_>, first: &Budget<'_>, second: &Budget<'_>) -> Diagnostic {
    let first = first.object.name().unwrap_or_default();
    let message = format!("budget `{first}` selects the pods of {} too", workload.title());
    RULE.finding(Field::root(second.object).keys(&["spec", "selector"]), message)
        .help("let each pod have one budget: the API server refuses to evict a pod that has two")
}

//! Budgets that allow no eviction.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::budget::{Amount, Budget};
use crate::rules::field::Field;
use crate::rules::{Check, Context, Level, Rule};

pub(crate) const RULE: Rule = Rule {
    name: "pdb-blocks-eviction",
    group: Group::Reliability,
    summary: "Budgets that allow no eviction",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[
        "pdb-max-unavailable",
        "pdb-min-available",
        "pdbDisruptionsIsZero",
        "pdbMinAvailableGreaterThanHPAMinReplicas",
    ],
    parameters: &[],
    page: include_str!("pdb_blocks_eviction.md"),
    check: Check::Render(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    for budget in &context.index.budgets {
        let replicas = context.index.guarded_replicas(budget);
        if let Some(max) = budget.max_unavailable {
            if max.is_zero() {
                sink.report(none_unavailable(budget));
            }
        } else if let Some(min) = budget.min_available {
            match replicas {
                _ if min == Amount::Percent(100) => sink.report(all_available(budget)),
                Some(replicas) if replicas > 0 && min.of(replicas) >= replicas => {
                    sink.report(too_many(budget, min.of(replicas), replicas));
                }
                Some(_) | None => {}
            }
        }
    }
}

fn none_unavailable(budget: &Budget<'_>) -> Diagnostic {
    finding(budget, "maxUnavailable", "the budget allows no pod to be evicted".to_owned())
}

fn all_available(budget: &Budget<'_>) -> Diagnostic {
    finding(budget, "minAvailable", "the budget wants every pod to stay".to_owned())
}

fn too_many(budget: &Budget<'_>, min: i64, replicas: i64) -> Diagnostic {
    let message = format!("the budget wants {min} pods to stay, of {replicas}");
    finding(budget, "minAvailable", message)
}

fn finding(budget: &Budget<'_>, key: &str, message: String) -> Diagnostic {
    RULE.finding(Field::root(budget.object).keys(&["spec", key]), message)
        .help("allow one pod to go (`maxUnavailable: 1`): until then no node with such a pod can be drained")
}

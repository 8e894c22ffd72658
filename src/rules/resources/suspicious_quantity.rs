//! Amounts that were meant in another unit.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::kube::quantity::Quantity;
use crate::rules::workload::{Container, Workload};
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "suspicious-quantity",
    group: Group::Resources,
    summary: "Amounts that were meant in another unit",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("suspicious_quantity.md"),
    check: Check::Container(Scope::All, check),
};

fn check(container: &Container<'_>, _: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    for list in ["requests", "limits"] {
        for resource in ["cpu", "memory"] {
            let Some(node) = container.quantity(list, resource) else { continue };
            let Ok(amount) = Quantity::read(Some(node)) else { continue };
            let odd = match resource {
                "cpu" => amount > Quantity::units(MANY_CPUS),
                _ => !amount.is_zero() && amount < Quantity::units(LITTLE_MEMORY),
            };
            if odd {
                sink.report(odd_amount(container, list, resource, amount));
            }
        }
    }
}

/// More than nodes have.
const MANY_CPUS: i64 = 256;

/// Less than any process can start with: 4 MiB.
const LITTLE_MEMORY: i64 = 4 << 20;

fn odd_amount(
    container: &Container<'_>,
    list: &str,
    resource: &str,
    amount: Quantity,
) -> Diagnostic {
    let (message, help) = match resource {
        "cpu" => (
            format!("{} CPUs are more than a node has", amount.value()),
            "did you mean thousandths (`m`)?",
        ),
        _ => (
            format!("{} bytes of memory are too few to start with", amount.value()),
            "did you mean `Mi`?",
        ),
    };
    RULE.finding(container.at(&["resources", list, resource]), message).help(help)
}

//! Workloads that two autoscalers scale.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::field::Field;
use crate::rules::index::Scaler;
use crate::rules::workload::Workload;
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "duplicate-hpa-target",
    group: Group::Reliability,
    summary: "Workloads that two autoscalers scale",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("duplicate_hpa_target.md"),
    check: Check::Workload(Scope::Installed, check),
};

fn check(workload: &Workload<'_>, context: &Context<'_>, sink: &mut Sink) {
    if let [first, others @ ..] = context.index.scalers_of(workload.object) {
        for other in others {
            sink.report(against_each_other(workload, first, other));
        }
    }
}

fn against_each_other(
    workload: &Workload<'_>,
    first: &Scaler<'_>,
    other: &Scaler<'_>,
) -> Diagnostic {
    let first = first.object.name().unwrap_or_default();
    let message = format!("`{first}` scales {} too", workload.title());
    RULE.finding(Field::root(other.object).keys(&["spec", "scaleTargetRef"]), message)
        .help("put all metrics into one autoscaler: two undo each other's work")
}

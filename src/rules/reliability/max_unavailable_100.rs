//! Rolling updates that may end all pods at once.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::budget::Amount;
use crate::rules::workload::{Workload, WorkloadKind};
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "max-unavailable-100",
    group: Group::Reliability,
    summary: "Rolling updates that may end all pods at once",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("max_unavailable_100.md"),
    check: Check::Workload(Scope::Lasting, check),
};

fn check(workload: &Workload<'_>, context: &Context<'_>, sink: &mut Sink) {
    if workload.kind != WorkloadKind::Deployment {
        return;
    }
    let Some(max) = workload.spec.at(FIELD.get(1..).unwrap_or_default()) else { return };
    let replicas = context.index.least_replicas(workload);
    let all = match Amount::read(max) {
        Some(Amount::Percent(share)) => share >= 100,
        Some(Amount::Count(count)) => replicas > 1 && count >= replicas,
        None => false,
    };
    if all && context.index.services_of(workload).next().is_some() {
        sink.report(all_at_once(workload));
    }
}

const FIELD: &[&str] = &["spec", "strategy", "rollingUpdate", "maxUnavailable"];

fn all_at_once(workload: &Workload<'_>) -> Diagnostic {
    let message = format!("an update may end all pods of {} at once", workload.title());
    RULE.finding(workload.at(FIELD), message)
        .help("leave some to serve: `maxUnavailable: 25%` is the default, 0 with a surge is safest")
}

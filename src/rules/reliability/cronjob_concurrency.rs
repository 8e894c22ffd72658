//! CronJobs whose runs may overlap.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::{Workload, WorkloadKind};
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "cronjob-concurrency",
    group: Group::Reliability,
    summary: "CronJobs whose runs may overlap",
    severity: Severity::Info,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("cronjob_concurrency.md"),
    check: Check::Workload(Scope::Released, check),
};

fn check(workload: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    if workload.kind == WorkloadKind::CronJob && workload.spec.get("concurrencyPolicy").is_none() {
        sink.report(unset(workload));
    }
}

fn unset(workload: &Workload<'_>) -> Diagnostic {
    RULE.finding(workload.at(&["spec", "concurrencyPolicy"]), "runs of the CronJob may overlap")
        .help("set `concurrencyPolicy` to `Forbid` or `Replace`, or to `Allow` if they may")
}

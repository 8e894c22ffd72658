//! CronJobs that may be given up after an outage.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::{Workload, WorkloadKind};
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "cronjob-no-deadline",
    group: Group::Reliability,
    summary: "CronJobs that may be given up after an outage",
    severity: Severity::Info,
    level: Level::Recommended,
    pod_security: None,
    aliases: &["cronjob-has-deadline"],
    parameters: &[],
    page: include_str!("cronjob_no_deadline.md"),
    check: Check::Workload(Scope::Released, check),
};

fn check(workload: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    if workload.kind == WorkloadKind::CronJob
        && workload.spec.get("startingDeadlineSeconds").is_none()
    {
        sink.report(unset(workload));
    }
}

fn unset(workload: &Workload<'_>) -> Diagnostic {
    RULE.finding(
        workload.at(&["spec", "startingDeadlineSeconds"]),
        "the CronJob has no deadline for a late start",
    )
    .help("set `startingDeadlineSeconds`, of some minutes")
}

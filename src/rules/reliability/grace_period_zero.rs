//! Pods that are killed without notice.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::Workload;
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "grace-period-zero",
    group: Group::Reliability,
    summary: "Pods that are killed without notice",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("grace_period_zero.md"),
    check: Check::Workload(Scope::Lasting, check),
};

fn check(workload: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    if workload.grace_period() == 0 {
        sink.report(killed(workload));
    }
}

fn killed(workload: &Workload<'_>) -> Diagnostic {
    let message = format!("the pods of {} are killed without notice", workload.title());
    RULE.finding(workload.pod_at(&["terminationGracePeriodSeconds"]), message)
        .help("allow as many seconds as the program needs to end; 30 is the default")
}

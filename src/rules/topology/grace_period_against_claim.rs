//! Pods that are killed before they give their ID back.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::topology::claim;
use crate::rules::workload::Workload;
use crate::rules::{Check, Context, Level, Parameter, Rule, Scope, Setting};

pub(crate) const RULE: Rule = Rule {
    name: "grace-period-against-claim",
    group: Group::Topology,
    summary: "Pods that are killed before they give their ID back",
    severity: Severity::Info,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[TTL],
    page: include_str!("grace_period_against_claim.md"),
    check: Check::Workload(Scope::Lasting, check),
};

const TTL: Parameter = Parameter {
    name: "ttl",
    summary: "Seconds after which a claim that nobody renews is free, where no variable says so",
    default: Setting::Int(30),
};

fn check(workload: &Workload<'_>, context: &Context<'_>, sink: &mut Sink) {
    let Some(claim) = claim::of(workload) else { return };
    let ttl = claim.ttl().unwrap_or(context.tuning.int(&TTL));
    let grace = workload.grace_period();
    if grace < ttl {
        sink.report(keeps_id(workload, grace, ttl));
    }
}

fn keeps_id(workload: &Workload<'_>, grace: i64, ttl: i64) -> Diagnostic {
    let message = format!("a pod killed after {grace} s holds its ID for up to {ttl} s more");
    RULE.finding(workload.pod_at(&["terminationGracePeriodSeconds"]), message).help(
        "allow at least the time to live of a claim, so that the pod can finish and release its ID",
    )
}

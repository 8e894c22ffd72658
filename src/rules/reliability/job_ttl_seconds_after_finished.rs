//! Jobs that nobody clears away.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::{Workload, WorkloadKind};
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "job-ttl-seconds-after-finished",
    group: Group::Reliability,
    summary: "Jobs that nobody clears away",
    severity: Severity::Info,
    level: Level::Recommended,
    pod_security: None,
    aliases: &["job-ttl-seconds-after-finished"],
    parameters: &[],
    page: include_str!("job_ttl_seconds_after_finished.md"),
    check: Check::Workload(Scope::Released, check),
};

const KEY: &str = "ttlSecondsAfterFinished";

fn check(workload: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    let of_cron_job = workload.spec.at(&["jobTemplate", "spec", KEY]);
    match workload.kind {
        WorkloadKind::Job if workload.spec.get(KEY).is_none() => sink.report(stays(workload)),
        WorkloadKind::CronJob if of_cron_job.is_some() => sink.report(vanishes(workload)),
        WorkloadKind::Job
        | WorkloadKind::CronJob
        | WorkloadKind::Deployment
        | WorkloadKind::StatefulSet
        | WorkloadKind::DaemonSet
        | WorkloadKind::ReplicaSet
        | WorkloadKind::ReplicationController
        | WorkloadKind::Pod => {}
    }
}

fn stays(workload: &Workload<'_>) -> Diagnostic {
    RULE.finding(workload.at(&["spec", KEY]), "the Job stays when it has finished")
        .help("set `ttlSecondsAfterFinished`, or make it a hook with a delete policy")
}

fn vanishes(workload: &Workload<'_>) -> Diagnostic {
    let field = workload.at(&["spec", "jobTemplate", "spec", KEY]);
    RULE.finding(field, "finished Jobs vanish whatever the history limits say")
        .help("leave it out, and set `successfulJobsHistoryLimit` and `failedJobsHistoryLimit`")
}

//! Stateful storage that nothing backs up.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::topology::backup;
use crate::rules::workload::{Workload, WorkloadKind};
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "no-backup",
    group: Group::Topology,
    summary: "Stateful storage that nothing backs up",
    severity: Severity::Info,
    level: Level::Strict,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("no_backup.md"),
    check: Check::Workload(Scope::Lasting, check),
};

fn check(workload: &Workload<'_>, context: &Context<'_>, sink: &mut Sink) {
    let templates = workload.spec.get("volumeClaimTemplates").filter(|list| list.items().len() > 0);
    if workload.kind == WorkloadKind::StatefulSet
        && templates.is_some()
        && !backup::is_annotated(workload)
        && !backup::is_scheduled(context.index)
    {
        sink.report(unprotected(workload));
    }
}

fn unprotected(workload: &Workload<'_>) -> Diagnostic {
    let message = format!("nothing in the render backs up the volumes of {}", workload.title());
    RULE.finding(workload.at(&["spec", "volumeClaimTemplates"]), message)
        .help("add a backup CronJob, or the annotation of the tool that backs up the cluster")
}

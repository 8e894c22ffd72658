//! Backups that pile up.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::topology::backup;
use crate::rules::workload::Workload;
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "backup-without-retention",
    group: Group::Topology,
    summary: "Backups that pile up",
    severity: Severity::Info,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("backup_without_retention.md"),
    check: Check::Workload(Scope::Released, check),
};

fn check(workload: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    if backup::is_backup(workload) && !backup::has_retention(workload) {
        sink.report(for_ever(workload));
    }
}

fn for_ever(workload: &Workload<'_>) -> Diagnostic {
    let message = format!("nothing says how long the backups of {} are kept", workload.title());
    RULE.finding(workload.pod_at(&["containers"]), message)
        .help("set a retention, in the environment or the arguments")
}

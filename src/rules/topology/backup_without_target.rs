//! Backups that are thrown away.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::topology::backup;
use crate::rules::workload::Workload;
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "backup-without-target",
    group: Group::Topology,
    summary: "Backups that are thrown away",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("backup_without_target.md"),
    check: Check::Workload(Scope::Released, check),
};

fn check(workload: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    if backup::is_backup(workload) && !backup::has_target(workload) {
        sink.report(nowhere(workload));
    }
}

fn nowhere(workload: &Workload<'_>) -> Diagnostic {
    let message = format!("the backup of {} is written to nothing that stays", workload.title());
    RULE.finding(workload.pod_at(&["volumes"]), message)
        .help("mount a volume claim, or name a bucket in the environment or the arguments")
}

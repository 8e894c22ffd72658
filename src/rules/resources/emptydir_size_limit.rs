//! Temporary volumes without a limit.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::{Volume, Workload};
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "emptydir-size-limit",
    group: Group::Resources,
    summary: "Temporary volumes without a limit",
    severity: Severity::Info,
    level: Level::Optional,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("emptydir_size_limit.md"),
    check: Check::Workload(Scope::Released, check),
};

fn check(workload: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    for volume in workload.volumes() {
        let limit = volume.node.get("emptyDir").map(|dir| dir.get("sizeLimit"));
        if matches!(limit, Some(None)) {
            sink.report(without_end(workload, volume));
        }
    }
}

fn without_end(workload: &Workload<'_>, volume: Volume<'_>) -> Diagnostic {
    let message = format!("volume `{}` may fill the disk of the node", volume.name);
    RULE.finding(workload.volume_at(volume, &["emptyDir", "sizeLimit"]), message)
        .help("set `sizeLimit`")
}

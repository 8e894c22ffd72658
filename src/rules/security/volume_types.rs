//! Volumes that the restricted Pod Security Standard forbids.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::{Volume, Workload};
use crate::rules::{Check, Context, Level, PodSecurity, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "volume-types",
    group: Group::Security,
    summary: "Volumes that the restricted Pod Security Standard forbids",
    severity: Severity::Info,
    level: Level::Optional,
    pod_security: Some(PodSecurity::Restricted),
    aliases: &["KSV-0028"],
    parameters: &[],
    page: include_str!("volume_types.md"),
    check: Check::Workload(Scope::All, check),
};

const ALLOWED: &[&str] = &[
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "image",
    "name",
    "persistentVolumeClaim",
    "projected",
    "secret",
];

fn check(workload: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    for volume in workload.volumes() {
        let keys = volume.node.entries().filter_map(|entry| entry.key.as_str());
        if let Some(kind) = keys.into_iter().find(|key| !ALLOWED.contains(key)) {
            sink.report(forbidden(workload, volume, kind));
        }
    }
}

fn forbidden(workload: &Workload<'_>, volume: Volume<'_>, kind: &str) -> Diagnostic {
    let message = format!("volume `{}` has the type `{kind}`", volume.name);
    RULE.finding(workload.volume_at(volume, &[kind]), message)
        .help("use a volume claim, or a type that the restricted standard allows")
}

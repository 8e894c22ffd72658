//! Volumes that no container mounts.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::{Container, Volume, Workload};
use crate::rules::{Check, Context, Level, Rule, Scope};
use crate::yaml::Node;
use std::collections::HashSet;

pub(crate) const RULE: Rule = Rule {
    name: "unused-volume",
    group: Group::Correctness,
    summary: "Volumes that no container mounts",
    severity: Severity::Info,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("unused_volume.md"),
    check: Check::Workload(Scope::All, check),
};

fn check(workload: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    let used: HashSet<&str> = workload.containers.iter().flat_map(used_volumes).collect();
    for volume in workload.volumes().filter(|volume| !used.contains(volume.name)) {
        sink.report(unmounted(workload, volume));
    }
}

/// The volumes that a container mounts, or takes as block devices.
fn used_volumes<'a>(container: &Container<'a>) -> impl Iterator<Item = &'a str> + use<'a> {
    let devices = container.node.get("volumeDevices").into_iter().flat_map(Node::items);
    let devices = devices.filter_map(|device| device.get("name")?.as_str());
    container.mounts().map(|(_, name, _)| name).chain(devices)
}

fn unmounted(workload: &Workload<'_>, volume: Volume<'_>) -> Diagnostic {
    let message = format!("no container mounts volume `{}`", volume.name);
    RULE.finding(workload.volume_at(volume, &["name"]), message)
        .help("mount it or leave it out: the pod still waits for it")
}

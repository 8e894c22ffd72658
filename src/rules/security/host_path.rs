//! Volumes that are directories of the node.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::security::runtime_socket::is_runtime_socket;
use crate::rules::security::sensitive_host_mounts::is_sensitive;
use crate::rules::workload::{Volume, Workload};
use crate::rules::{Check, Context, Level, PodSecurity, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "host-path",
    group: Group::Security,
    summary: "Volumes that are directories of the node",
    severity: Severity::Info,
    level: Level::Recommended,
    pod_security: Some(PodSecurity::Baseline),
    aliases: &["hostPathSet", "KSV-0023"],
    parameters: &[],
    page: include_str!("host_path.md"),
    check: Check::Workload(Scope::All, check),
};

fn check(workload: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    for volume in workload.volumes() {
        let Some(path) = volume.host_path() else { continue };
        if !is_sensitive(path) && !is_runtime_socket(path) {
            sink.report(of_the_node(workload, volume, path));
        }
    }
}

fn of_the_node(workload: &Workload<'_>, volume: Volume<'_>, path: &str) -> Diagnostic {
    let message = format!("volume `{}` is `{path}` of the node", volume.name);
    RULE.finding(workload.volume_at(volume, &["hostPath", "path"]), message)
        .help("use a volume of the cluster, unless the pod manages its node")
}

//! Volumes that are system directories of the node.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::{Volume, Workload};
use crate::rules::{Check, Context, Level, PodSecurity, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "sensitive-host-mounts",
    group: Group::Security,
    summary: "Volumes that are system directories of the node",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: Some(PodSecurity::Baseline),
    aliases: &["sensitive-host-mounts", "KSV-0121"],
    parameters: &[],
    page: include_str!("sensitive_host_mounts.md"),
    check: Check::Workload(Scope::All, check),
};

/// Directories whose contents make a node what it is.
const SENSITIVE: &[&str] =
    &["/boot", "/dev", "/etc", "/lib", "/lib64", "/proc", "/root", "/sbin", "/bin", "/sys", "/usr"];

fn check(workload: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    for volume in workload.volumes() {
        if let Some(path) = volume.host_path().filter(|path| is_sensitive(path)) {
            sink.report(of_the_system(workload, volume, path));
        }
    }
}

/// The root of the node, a directory of its system, or something in one.
pub(crate) fn is_sensitive(path: &str) -> bool {
    let path = path.trim_end_matches('/');
    let inside = |directory: &str| {
        path.strip_prefix(directory).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    path.is_empty() || SENSITIVE.iter().any(|directory| inside(directory))
}

fn of_the_system(workload: &Workload<'_>, volume: Volume<'_>, path: &str) -> Diagnostic {
    let message = format!("volume `{}` is the node's system directory `{path}`", volume.name);
    RULE.finding(workload.volume_at(volume, &["hostPath", "path"]), message)
        .help("mount only what the pod needs of it, and read-only")
}

//! Volumes that are the socket of the container runtime.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::{Volume, Workload};
use crate::rules::{Check, Context, Level, PodSecurity, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "runtime-socket",
    group: Group::Security,
    summary: "Volumes that are the socket of the container runtime",
    severity: Severity::Error,
    level: Level::Recommended,
    pod_security: Some(PodSecurity::Baseline),
    aliases: &["docker-sock", "CKV_K8S_27", "KSV-0006"],
    parameters: &[],
    page: include_str!("runtime_socket.md"),
    check: Check::Workload(Scope::All, check),
};

const SOCKETS: &[&str] = &["docker.sock", "containerd.sock", "crio.sock", "cri-dockerd.sock"];

fn check(workload: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    for volume in workload.volumes() {
        if let Some(path) = volume.host_path().filter(|path| is_runtime_socket(path)) {
            sink.report(reachable(workload, volume, path));
        }
    }
}

pub(crate) fn is_runtime_socket(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|file| SOCKETS.contains(&file))
}

fn reachable(workload: &Workload<'_>, volume: Volume<'_>, path: &str) -> Diagnostic {
    let message = format!("volume `{}` is the container runtime's socket `{path}`", volume.name);
    RULE.finding(workload.volume_at(volume, &["hostPath", "path"]), message)
        .help("who can talk to the runtime owns the node: use the Kubernetes API, or a builder without a daemon")
}

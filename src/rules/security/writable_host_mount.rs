//! Directories of the node that a container can write to.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::security::runtime_socket::is_runtime_socket;
use crate::rules::workload::{Container, Volume, Workload};
use crate::rules::{Check, Context, Level, Rule, Scope};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "writable-host-mount",
    group: Group::Security,
    summary: "Directories of the node that a container can write to",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &["writable-host-mount"],
    parameters: &[],
    page: include_str!("writable_host_mount.md"),
    check: Check::Container(Scope::All, check),
};

fn check(container: &Container<'_>, workload: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    for (index, name, mount) in container.mounts() {
        let read_only = mount.get("readOnly").and_then(Node::as_bool) == Some(true);
        let volume = workload.volumes().find(|volume| volume.name == name);
        let path = volume.and_then(Volume::host_path).filter(|_| !read_only);
        if let Some(path) = path.filter(|path| !is_runtime_socket(path)) {
            sink.report(writable(container, index, path));
        }
    }
}

fn writable(container: &Container<'_>, index: usize, path: &str) -> Diagnostic {
    let message = format!("container `{}` can write to `{path}` of its node", container.name);
    RULE.finding(container.at(&["volumeMounts"]).index(index).key("readOnly"), message)
        .help("set `readOnly: true`, unless the pod is there to change its node")
}

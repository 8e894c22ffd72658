//! Containers that can write to their own image.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::{Container, Workload};
use crate::rules::{Check, Context, Level, Rule, Scope};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "no-read-only-root-fs",
    group: Group::Security,
    summary: "Containers that can write to their own image",
    severity: Severity::Info,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[
        "no-read-only-root-fs",
        "container-security-context-readonlyrootfilesystem",
        "notReadOnlyRootFilesystem",
        "CKV_K8S_22",
        "KSV-0014",
    ],
    parameters: &[],
    page: include_str!("no_read_only_root_fs.md"),
    check: Check::Container(Scope::Installed, check),
};

fn check(container: &Container<'_>, workload: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    let read_only = container.security.and_then(|security| security.get("readOnlyRootFilesystem"));
    if !workload.is_windows() && read_only.and_then(Node::as_bool) != Some(true) {
        sink.report(writable(container));
    }
}

fn writable(container: &Container<'_>) -> Diagnostic {
    let message = format!("container `{}` can write to its root file system", container.name);
    RULE.finding(container.at(&["securityContext", "readOnlyRootFilesystem"]), message)
        .help("set `readOnlyRootFilesystem: true` and mount an `emptyDir` where the program writes")
}

//! Containers that may run as root.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::{Container, ContainerRole, Workload};
use crate::rules::{Check, Context, Level, Rule, Scope};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "run-as-non-root",
    group: Group::Security,
    summary: "Containers that may run as root",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &["run-as-non-root", "runAsRootAllowed", "CKV_K8S_23", "KSV-0012"],
    parameters: &[],
    page: include_str!("run_as_non_root.md"),
    check: Check::Container(Scope::Installed, check),
};

fn check(container: &Container<'_>, workload: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    let user = workload.security(container, "runAsUser").and_then(Node::as_i64);
    let non_root = workload.security(container, "runAsNonRoot").and_then(Node::as_bool);
    if workload.is_windows() || non_root == Some(true) {
        return;
    }
    match user {
        Some(0) if workload.speaks_for(container, "runAsUser") => {
            sink.report(as_root(container, workload));
        }
        Some(_) => {}
        None => sink.report(maybe_as_root(container)),
    }
}

fn as_root(container: &Container<'_>, workload: &Workload<'_>) -> Diagnostic {
    let message = format!("container `{}` runs as root", container.name);
    // What prepares volumes or the node needs root for a moment.
    let severity = match container.role {
        ContainerRole::Init => Severity::Info,
        ContainerRole::Regular | ContainerRole::Sidecar | ContainerRole::Ephemeral => RULE.severity,
    };
    RULE.finding_as(severity, workload.security_at(container, "runAsUser"), message)
        .help("set `runAsUser` to another user and `runAsNonRoot: true`")
}

fn maybe_as_root(container: &Container<'_>) -> Diagnostic {
    let message = format!("container `{}` runs as root if its image says so", container.name);
    RULE.finding_as(Severity::Info, container.at(&["securityContext", "runAsNonRoot"]), message)
        .help("set `runAsNonRoot: true`, in the container or for the whole pod")
}

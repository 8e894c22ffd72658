//! Containers in the group of root.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::{Container, Workload};
use crate::rules::{Check, Context, Level, Rule, Scope};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "root-group",
    group: Group::Security,
    summary: "Containers in the group of root",
    severity: Severity::Info,
    level: Level::Recommended,
    pod_security: None,
    aliases: &["run-as-non-root", "KSV-0116"],
    parameters: &[],
    page: include_str!("root_group.md"),
    check: Check::Container(Scope::Installed, check),
};

fn check(container: &Container<'_>, workload: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    let group = workload.security(container, "runAsGroup").and_then(Node::as_i64);
    if group == Some(0) && workload.speaks_for(container, "runAsGroup") {
        sink.report(in_root_group(container, workload));
    }
}

fn in_root_group(container: &Container<'_>, workload: &Workload<'_>) -> Diagnostic {
    let message = format!("container `{}` runs in the group of root", container.name);
    RULE.finding(workload.security_at(container, "runAsGroup"), message)
        .help("set `runAsGroup` to another group; use `fsGroup` to share volumes")
}

//! Containers that must not run as root, but shall.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::{Container, Workload};
use crate::rules::{Check, Context, Level, Rule, Scope};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "run-as-non-root-uid-0",
    group: Group::Security,
    summary: "Containers that must not run as root, but shall",
    severity: Severity::Error,
    level: Level::Recommended,
    pod_security: None,
    aliases: &["run-as-non-root"],
    parameters: &[],
    page: include_str!("run_as_non_root_uid_0.md"),
    check: Check::Container(Scope::All, check),
};

fn check(container: &Container<'_>, workload: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    let user = workload.security(container, "runAsUser").and_then(Node::as_i64);
    let non_root = workload.security(container, "runAsNonRoot").and_then(Node::as_bool);
    if non_root == Some(true) && user == Some(0) && workload.speaks_for(container, "runAsUser") {
        sink.report(contradiction(container, workload));
    }
}

fn contradiction(container: &Container<'_>, workload: &Workload<'_>) -> Diagnostic {
    let name = container.name;
    let message = format!("container `{name}` has `runAsNonRoot: true` and runs as user 0");
    RULE.finding(workload.security_at(container, "runAsUser"), message)
        .help("the kubelet refuses to start it: give it a user other than 0")
}

//! Windows containers that run as processes of the node.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::{Container, Workload};
use crate::rules::{Check, Context, Level, PodSecurity, Rule, Scope};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "host-process",
    group: Group::Security,
    summary: "Windows containers that run as processes of the node",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: Some(PodSecurity::Baseline),
    aliases: &["hostProcess", "KSV-0103"],
    parameters: &[],
    page: include_str!("host_process.md"),
    check: Check::Container(Scope::All, check),
};

fn check(container: &Container<'_>, workload: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    let options = workload.security(container, "windowsOptions");
    let host_process = options.and_then(|options| options.get("hostProcess"));
    if host_process.and_then(Node::as_bool) == Some(true)
        && workload.speaks_for(container, "windowsOptions")
    {
        sink.report(on_the_node(container, workload));
    }
}

fn on_the_node(container: &Container<'_>, workload: &Workload<'_>) -> Diagnostic {
    let message = format!("container `{}` runs as a process of its node", container.name);
    RULE.finding(workload.security_at(container, "windowsOptions").key("hostProcess"), message)
        .help("leave `hostProcess` out, unless the container manages its node")
}

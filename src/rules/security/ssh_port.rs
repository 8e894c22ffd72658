//! Containers that offer SSH.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::{Container, Port, Workload};
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "ssh-port",
    group: Group::Security,
    summary: "Containers that offer SSH",
    severity: Severity::Info,
    level: Level::Recommended,
    pod_security: None,
    aliases: &["ssh-port"],
    parameters: &[],
    page: include_str!("ssh_port.md"),
    check: Check::Container(Scope::Installed, check),
};

fn check(container: &Container<'_>, _: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    let ssh = |port: &Port<'_>| port.number == Some(22) && port.protocol == "TCP";
    if let Some(index) = container.ports.iter().position(ssh) {
        sink.report(open(container, index));
    }
}

fn open(container: &Container<'_>, index: usize) -> Diagnostic {
    let message = format!("container `{}` offers SSH on port 22", container.name);
    RULE.finding(container.at(&["ports"]).index(index).key("containerPort"), message)
        .help("use `kubectl exec`: it asks for rights in the cluster and leaves a trace")
}

//! Ports for which a process needs rights.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::{Container, Workload};
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "privileged-ports",
    group: Group::Security,
    summary: "Ports for which a process needs rights",
    severity: Severity::Info,
    level: Level::Optional,
    pod_security: None,
    aliases: &["privileged-ports", "KSV-0117"],
    parameters: &[],
    page: include_str!("privileged_ports.md"),
    check: Check::Container(Scope::Installed, check),
};

fn check(container: &Container<'_>, _: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    for (index, port) in container.ports.iter().enumerate() {
        if let Some(number) = port.number.filter(|number| (1..1024).contains(number)) {
            sink.report(low(container, index, number));
        }
    }
}

fn low(container: &Container<'_>, index: usize, number: i64) -> Diagnostic {
    let message = format!("container `{}` listens on port {number}, below 1024", container.name);
    RULE.finding(container.at(&["ports"]).index(index).key("containerPort"), message)
        .help("listen above 1023 and let the Service translate")
}

//! Service ports that lead to no port of a container.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::field::Field;
use crate::rules::index::{Service, ServicePort, target};
use crate::rules::workload::{ContainerRole, PortRef};
use crate::rules::{Check, Context, Level, Rule};

pub(crate) const RULE: Rule = Rule {
    name: "service-target-port",
    group: Group::Networking,
    summary: "Service ports that lead to no port of a container",
    severity: Severity::Error,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("service_target_port.md"),
    check: Check::Render(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    for service in &context.index.services {
        for port in service.ports() {
            match port.target {
                PortRef::Name(name) => {
                    if !leads_somewhere(service, port, context) {
                        sink.report(unknown_name(service, port, name));
                    }
                }
                PortRef::Number(number) => {
                    if !leads_somewhere(service, port, context) && all_declare(service, context) {
                        sink.report(undeclared_number(service, port, number));
                    }
                }
            }
        }
    }
}

/// Whether a container behind the Service declares the port; also if nothing is behind it, which
/// is another rule's business.
fn leads_somewhere(service: &Service<'_>, port: ServicePort<'_>, context: &Context<'_>) -> bool {
    let mut selected = context.index.selected_by(service).peekable();
    selected.peek().is_none()
        || selected.any(|one| one.containers.is_empty() || target(port, one).is_some())
}

/// Every pod behind the Service declares ports, so a missing one was forgotten or mistyped.
fn all_declare(service: &Service<'_>, context: &Context<'_>) -> bool {
    context.index.selected_by(service).all(|workload| {
        let mut containers =
            workload.containers.iter().filter(|one| one.role == ContainerRole::Regular);
        containers.all(|container| !container.ports.is_empty())
    })
}

fn unknown_name(service: &Service<'_>, port: ServicePort<'_>, name: &str) -> Diagnostic {
    let message = format!("no container behind the Service has a port named `{name}`");
    RULE.finding(target_field(service, port), message)
        .help("name a port of the selected containers: without one the Service has no endpoint")
}

fn undeclared_number(service: &Service<'_>, port: ServicePort<'_>, number: i64) -> Diagnostic {
    let message = format!("no container behind the Service declares port {number}");
    RULE.finding_as(Severity::Info, target_field(service, port), message)
        .help("name a port that the containers declare; they declare others")
}

fn target_field<'a>(service: &Service<'a>, port: ServicePort<'_>) -> Field<'a> {
    Field::root(service.object).keys(&["spec", "ports"]).index(port.index).key("targetPort")
}

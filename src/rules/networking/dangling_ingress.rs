//! Ingresses that lead to no Service.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::manifest::Object;
use crate::rules::ingress::{Backend, backends};
use crate::rules::workload::PortRef;
use crate::rules::{Check, Context, Level, Rule};

pub(crate) const RULE: Rule = Rule {
    name: "dangling-ingress",
    group: Group::Networking,
    summary: "Ingresses that lead to no Service",
    severity: Severity::Error,
    level: Level::Recommended,
    pod_security: None,
    aliases: &["dangling-ingress", "ingress-targets-service"],
    parameters: &[],
    page: include_str!("dangling_ingress.md"),
    check: Check::Object(&["Ingress"], check),
};

fn check(ingress: Object<'_>, context: &Context<'_>, sink: &mut Sink) {
    let namespace = context.index.namespace_of(ingress);
    for backend in backends(ingress) {
        match context.index.find_service(namespace, backend.service) {
            None if is_action(ingress, &backend) => {}
            None => sink.report(no_service(&backend, context)),
            Some(service) => {
                let Some(port) = backend.port else { continue };
                let offered = service.ports().any(|offered| match port {
                    PortRef::Number(number) => offered.number == number,
                    PortRef::Name(name) => offered.name == Some(name),
                });
                if !offered && service.kind() != "ExternalName" {
                    sink.report(no_port(&backend, port));
                }
            }
        }
    }
}

/// The AWS load balancer controller takes an annotation for a backend.
fn is_action(ingress: Object<'_>, backend: &Backend<'_>) -> bool {
    let annotation = format!("alb.ingress.kubernetes.io/actions.{}", backend.service);
    let annotations = ingress.root().at(&["metadata", "annotations"]);
    annotations.and_then(|annotations| annotations.get(&annotation)).is_some()
}

fn no_service(backend: &Backend<'_>, context: &Context<'_>) -> Diagnostic {
    let message = format!("the render has no Service `{}` in this namespace", backend.service);
    // An operator may make the Service.
    let severity = if context.index.supply.has_operands() { Severity::Info } else { RULE.severity };
    RULE.finding_as(severity, backend.at(&["service", "name"]), message)
        .help("name a Service of the chart: requests for this path fail")
}

fn no_port(backend: &Backend<'_>, port: PortRef<'_>) -> Diagnostic {
    let (message, key) = match port {
        PortRef::Name(name) => (format!("port named `{name}`"), "name"),
        PortRef::Number(number) => (format!("port {number}"), "number"),
    };
    let message = format!("Service `{}` has no {message}", backend.service);
    RULE.finding(backend.at(&["service", "port", key]), message)
        .help("name a port of the Service (not of the container): requests for this path fail")
}

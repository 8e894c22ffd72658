//! Routes that lead to no Service.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::manifest::Object;
use crate::rules::field::Field;
use crate::rules::{Check, Context, Level, Rule};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "gateway-backend",
    group: Group::Networking,
    summary: "Routes that lead to no Service",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("gateway_backend.md"),
    check: Check::Object(&["HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute", "UDPRoute"], check),
};

fn check(route: Object<'_>, context: &Context<'_>, sink: &mut Sink) {
    let rules = route.root().at(&["spec", "rules"]).into_iter().flat_map(Node::items);
    for (rule, node) in rules.enumerate() {
        let backends = node.get("backendRefs").into_iter().flat_map(Node::items);
        for (index, backend) in backends.enumerate() {
            let field = || {
                let rule = Field::root(route).keys(&["spec", "rules"]).index(rule);
                rule.key("backendRefs").index(index)
            };
            check_backend(route, backend, &field, context, sink);
        }
    }
}

fn check_backend<'a>(
    route: Object<'a>,
    backend: Node<'a>,
    field: &dyn Fn() -> Field<'a>,
    context: &Context<'a>,
    sink: &mut Sink,
) {
    let text = |key| backend.get(key).and_then(Node::as_str);
    let own = context.index.namespace_of(route);
    // Only Services of the route's own namespace can be known to be missing.
    if text("kind").unwrap_or("Service") != "Service" || text("namespace").unwrap_or(own) != own {
        return;
    }
    let Some(name) = text("name") else { return };
    let Some(service) = context.index.find_service(own, name) else {
        return sink.report(no_service(field().key("name"), name, context));
    };
    let port = backend.get("port").and_then(Node::as_i64);
    if let Some(port) = port.filter(|port| !service.ports().any(|one| one.number == *port)) {
        sink.report(no_port(field().key("port"), name, port));
    }
}

fn no_service(field: Field<'_>, name: &str, context: &Context<'_>) -> Diagnostic {
    // An operator may make the Service.
    let severity = if context.index.supply.has_operands() { Severity::Info } else { RULE.severity };
    RULE.finding_as(
        severity,
        field,
        format!("the render has no Service `{name}` in this namespace"),
    )
    .help("name a Service of the chart: the gateway answers requests for it with an error")
}

fn no_port(field: Field<'_>, name: &str, port: i64) -> Diagnostic {
    RULE.finding(field, format!("Service `{name}` has no port {port}"))
        .help("name a port of the Service, not of the container")
}

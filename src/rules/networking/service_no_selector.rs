//! Services whose pods nobody chooses.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::manifest::Object;
use crate::rules::field::Field;
use crate::rules::index::Service;
use crate::rules::{Check, Context, Level, Rule};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "service-no-selector",
    group: Group::Networking,
    summary: "Services whose pods nobody chooses",
    severity: Severity::Info,
    level: Level::Recommended,
    pod_security: None,
    aliases: &["dangling-service"],
    parameters: &[],
    page: include_str!("service_no_selector.md"),
    check: Check::Render(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    let index = context.index;
    for service in &index.services {
        let name = service.object.name().unwrap_or_default();
        let selects = service.selector.as_ref().is_some_and(|selector| !selector.is_empty());
        let by_hand = || has_endpoints(service, name, context);
        if !selects && service.kind() != "ExternalName" && !by_hand() {
            sink.report(nobody_chosen(service, name));
        }
    }
}

/// Addresses that were written by hand, or that say which Service they belong to.
fn has_endpoints(service: &Service<'_>, name: &str, context: &Context<'_>) -> bool {
    let of_service = |slice: Object<'_>| {
        let label = slice.root().at(&["metadata", "labels", "kubernetes.io/service-name"]);
        label.and_then(Node::as_str) == Some(name)
    };
    context.index.find("Endpoints", service.namespace, name).is_some()
        || context.index.of_kind("EndpointSlice").any(of_service)
}

fn nobody_chosen(service: &Service<'_>, name: &str) -> Diagnostic {
    let message =
        format!("Service `{name}` has no selector, and the render has no endpoints for it");
    RULE.finding(Field::root(service.object).keys(&["spec", "selector"]), message)
        .help("add a selector, or an EndpointSlice with the label `kubernetes.io/service-name`")
}

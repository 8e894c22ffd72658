//! Services whose pods nobody chooses.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::manifest::Object;
use crate::rules::field::Field;
use crate::rules::index::Service;
use crate::rules::{Check, Context, Level, Rule};

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
    let sliced: HashSet<&str> = index.of_kind("EndpointSlice").filter_map(service_of).collect();
    for service in index.services.iter().filter(|service| service.selector.is_none()) {
        let name = service.object.name().unwrap_or_default();
        let by_hand = index.has("Endpoints", service.namespace, name) || sliced.contains(name);
        if service.kind() != "ExternalName" && !by_hand {
            sink.report(nobody_chosen(service, name));
        }
    }
}

/// The Service that the addresses of a slice belong to.
fn service_of(slice: Object<'_>) -> Option<&str> {
    slice.root().at(&["metadata", "labels", "kubernetes.io/service-name"])?.as_str()
}

fn nobody_chosen(service: &Service<'_>, name: &str) -> Diagnostic {
    let message =
        format!("Service `{name}` has no selector, and the render has no endpoints for it");
    RULE.finding(Field::root(service.object).keys(&["spec", "selector"]), message)
        .help("add a selector, or an EndpointSlice with the label `kubernetes.io/service-name`")
}

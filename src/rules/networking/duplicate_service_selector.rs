//! Services that are the same but for their name.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::field::Field;
use crate::rules::index::Service;
use crate::rules::workload::PortRef;
use crate::rules::{Check, Context, Level, Rule};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

pub(crate) const RULE: Rule = Rule {
    name: "duplicate-service-selector",
    group: Group::Networking,
    summary: "Services that are the same but for their name",
    severity: Severity::Info,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("duplicate_service_selector.md"),
    check: Check::Render(check),
};

/// What makes two Services lead to the same place.
type Likeness<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)], Vec<(i64, PortRef<'a>)>);

fn check(context: &Context<'_>, sink: &mut Sink) {
    let mut first: HashMap<Likeness<'_>, &str> = HashMap::new();
    for service in context.index.services.iter().filter(|service| !service.is_headless()) {
        let Some(selector) = service.selector.as_ref() else {
            continue;
        };
        let ports = service.ports().map(|port| (port.number, port.target)).collect();
        let likeness = (service.namespace, service.kind(), selector.pairs.as_slice(), ports);
        let name = service.object.name().unwrap_or_default();
        match first.entry(likeness) {
            Entry::Occupied(twin) => sink.report(same_as(service, twin.get())),
            Entry::Vacant(place) => {
                place.insert(name);
            }
        }
    }
}

fn same_as(service: &Service<'_>, twin: &str) -> Diagnostic {
    let message = format!("the Service leads to the same pods and ports as Service `{twin}`");
    RULE.finding(Field::root(service.object).keys(&["spec", "selector"]), message)
        .help("keep one of them, or make the selector more exact")
}

//! Monitors that scrape nothing.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::manifest::Object;
use crate::rules::field::Field;
use crate::rules::index::{ANYWHERE, Index, Service};
use crate::rules::selector::Selector;
use crate::rules::workload::{PortRef, Workload};
use crate::rules::{Check, Context, Level, Rule};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "dangling-servicemonitor",
    group: Group::Networking,
    summary: "Monitors that scrape nothing",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &["dangling-servicemonitor"],
    parameters: &[],
    page: include_str!("dangling_servicemonitor.md"),
    check: Check::Object(&["ServiceMonitor", "PodMonitor"], check),
};

fn check(monitor: Object<'_>, context: &Context<'_>, sink: &mut Sink) {
    let Some(selector) = monitor.root().at(&["spec", "selector"]).and_then(Selector::of) else {
        return;
    };
    let search = Search { monitor, namespaces: namespaces(monitor, context), selector };
    if monitor.kind() == "PodMonitor" {
        check_pods(&search, context.index, sink);
    } else {
        check_services(&search, context.index, sink);
    }
}

/// What a monitor looks for, and where.
struct Search<'a> {
    monitor: Object<'a>,
    namespaces: Vec<&'a str>,
    selector: Selector<'a>,
}

impl Search<'_> {
    /// Looks in its own namespace only. What is in others may belong to other releases.
    fn is_at_home(&self, index: &Index<'_>) -> bool {
        let named = self.monitor.root().at(&["spec", "namespaceSelector", "matchNames"]);
        named.is_none() && self.namespaces.iter().all(|one| index.has_namespace(one))
    }
}

fn namespaces<'a>(monitor: Object<'a>, context: &Context<'a>) -> Vec<&'a str> {
    let selector = monitor.root().at(&["spec", "namespaceSelector"]);
    let key = |key| selector.and_then(|selector| selector.get(key));
    if key("any").and_then(Node::as_bool) == Some(true) {
        return vec![ANYWHERE];
    }
    let named = key("matchNames").into_iter().flat_map(Node::items);
    let named: Vec<&str> = named.filter_map(Node::as_str).collect();
    if named.is_empty() { vec![context.index.namespace_of(monitor)] } else { named }
}

fn check_services(search: &Search<'_>, index: &Index<'_>, sink: &mut Sink) {
    let namespaces = search.namespaces.iter();
    let selected: Vec<&Service<'_>> = namespaces
        .flat_map(|namespace| index.select_services(namespace, &search.selector))
        .collect();
    if selected.is_empty() {
        let others = search.namespaces.iter().any(|namespace| index.has_services(namespace));
        if others && search.is_at_home(index) {
            sink.report(selects_nothing(search.monitor, "Service"));
        }
        return;
    }
    for (position, name) in ports(search.monitor, "endpoints") {
        if !selected.iter().any(|one| one.ports().any(|port| port.name == Some(name))) {
            sink.report(no_port(search.monitor, "endpoints", position, "Service", name));
        }
    }
}

fn check_pods(search: &Search<'_>, index: &Index<'_>, sink: &mut Sink) {
    let namespaces = search.namespaces.iter();
    let selected: Vec<&Workload<'_>> =
        namespaces.flat_map(|namespace| index.select(namespace, &search.selector)).collect();
    if selected.is_empty() {
        let others = search.namespaces.iter().any(|namespace| index.pods.has_namespace(namespace));
        if others && search.is_at_home(index) {
            sink.report(selects_nothing(search.monitor, "pod"));
        }
        return;
    }
    for (position, name) in ports(search.monitor, "podMetricsEndpoints") {
        let mut containers = selected.iter().flat_map(|one| &one.containers);
        if !containers.any(|container| container.port(PortRef::Name(name)).is_some()) {
            sink.report(no_port(search.monitor, "podMetricsEndpoints", position, "pod", name));
        }
    }
}

/// The ports that a monitor names, with the positions of their endpoints.
fn ports<'a>(monitor: Object<'a>, list: &str) -> impl Iterator<Item = (usize, &'a str)> + use<'a> {
    let endpoints = monitor.root().at(&["spec", list]).into_iter().flat_map(Node::items);
    endpoints
        .enumerate()
        .filter_map(|(index, endpoint)| Some((index, endpoint.get("port")?.as_str()?)))
}

fn selects_nothing(monitor: Object<'_>, what: &str) -> Diagnostic {
    let message = format!("no {what} of the render has the labels that the monitor selects");
    RULE.finding(Field::root(monitor).keys(&["spec", "selector"]), message)
        .help("make the selector match, or Prometheus scrapes nothing and alerts stay silent")
}

fn no_port(monitor: Object<'_>, list: &str, index: usize, what: &str, name: &str) -> Diagnostic {
    let field = Field::root(monitor).keys(&["spec", list]).index(index).key("port");
    RULE.finding(field, format!("no selected {what} has a port named `{name}`"))
        .help("name a port that exists: Prometheus scrapes nothing else")
}

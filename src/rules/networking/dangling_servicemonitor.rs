//! Monitors that scrape nothing.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::manifest::Object;
use crate::rules::field::Field;
use crate::rules::index::Service;
use crate::rules::selector::Selector;
use crate::rules::workload::strings;
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
    let namespaces = Namespaces::of(monitor, context);
    if monitor.kind() == "PodMonitor" {
        check_pods(monitor, &selector, &namespaces, context, sink);
    } else {
        check_services(monitor, &selector, &namespaces, context, sink);
    }
}

/// Where a monitor looks.
enum Namespaces<'a> {
    Any,
    Own(&'a str),
    /// Those that it names; what is there may belong to other releases.
    Named(Vec<&'a str>),
}

impl<'a> Namespaces<'a> {
    fn of(monitor: Object<'a>, context: &Context<'a>) -> Namespaces<'a> {
        let selector = monitor.root().at(&["spec", "namespaceSelector"]);
        let key = |key| selector.and_then(|selector| selector.get(key));
        let named = key("matchNames").into_iter().flat_map(Node::items);
        let named: Vec<&str> = named.filter_map(Node::as_str).collect();
        if key("any").and_then(Node::as_bool) == Some(true) {
            Namespaces::Any
        } else if named.is_empty() {
            Namespaces::Own(context.index.namespace_of(monitor))
        } else {
            Namespaces::Named(named)
        }
    }

    fn has(&self, namespace: &str) -> bool {
        match self {
            Namespaces::Any => true,
            Namespaces::Own(own) => *own == namespace,
            Namespaces::Named(names) => names.contains(&namespace),
        }
    }

    fn are_known(&self) -> bool {
        matches!(self, Namespaces::Own(_))
    }
}

fn check_services(
    monitor: Object<'_>,
    selector: &Selector<'_>,
    namespaces: &Namespaces<'_>,
    context: &Context<'_>,
    sink: &mut Sink,
) {
    let inside = context.index.services.iter().filter(|one| namespaces.has(one.namespace));
    let inside: Vec<&Service<'_>> = inside.collect();
    let selected: Vec<&Service<'_>> =
        inside.iter().copied().filter(|one| selector.matches(&labels(one.object))).collect();
    if selected.is_empty() {
        if namespaces.are_known() && !inside.is_empty() {
            sink.report(selects_nothing(monitor, "Service"));
        }
        return;
    }
    for (index, name) in ports(monitor, "endpoints") {
        if !selected.iter().any(|one| one.ports().any(|port| port.name == Some(name))) {
            sink.report(no_port(monitor, "endpoints", index, "Service", name));
        }
    }
}

fn check_pods(
    monitor: Object<'_>,
    selector: &Selector<'_>,
    namespaces: &Namespaces<'_>,
    context: &Context<'_>,
    sink: &mut Sink,
) {
    let inside = context.index.workloads.iter().filter(|one| namespaces.has(one.namespace));
    let inside: Vec<&Workload<'_>> = inside.collect();
    let selected: Vec<&Workload<'_>> =
        inside.iter().copied().filter(|one| selector.matches(&one.labels)).collect();
    if selected.is_empty() {
        if namespaces.are_known() && !inside.is_empty() {
            sink.report(selects_nothing(monitor, "pod"));
        }
        return;
    }
    for (index, name) in ports(monitor, "podMetricsEndpoints") {
        let wanted = PortRef::Name(name);
        let mut containers = selected.iter().flat_map(|one| &one.containers);
        if !containers.any(|container| container.port(wanted).is_some()) {
            sink.report(no_port(monitor, "podMetricsEndpoints", index, "pod", name));
        }
    }
}

fn labels(object: Object<'_>) -> Vec<(&str, &str)> {
    let mut labels = strings(object.root().at(&["metadata", "labels"]));
    labels.sort_unstable();
    labels
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

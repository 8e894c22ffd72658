//! Liveness and readiness probes that ask the same.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::{Container, Port, PortRef, Probes, Workload, probed_port};
use crate::rules::{Check, Context, Level, Rule, Scope};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "identical-probes",
    group: Group::Reliability,
    summary: "Liveness and readiness probes that ask the same",
    severity: Severity::Info,
    level: Level::Recommended,
    pod_security: None,
    aliases: &["pod-probes-identical"],
    parameters: &[],
    page: include_str!("identical_probes.md"),
    check: Check::Container(Scope::Lasting, check),
};

fn check(container: &Container<'_>, _: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    let Probes { liveness: Some(liveness), readiness: Some(readiness), .. } = container.probes
    else {
        return;
    };
    let Some((handler, port)) = handler(liveness, container) else { return };
    let Some((other, other_port)) = self::handler(readiness, container) else { return };
    if handler != other || port != other_port || !same_question(liveness, readiness, handler) {
        return;
    }
    // A pod that is unready for a while before it is killed may recover in peace.
    if patience(liveness) > patience(readiness) {
        sink.report(same_but_patient(container));
    } else {
        sink.report(same(container));
    }
}

/// The handler of a probe, and the number of its port where the container tells it.
fn handler<'a>(
    probe: Node<'a>,
    container: &Container<'a>,
) -> Option<(&'static str, Option<PortRef<'a>>)> {
    let known = ["httpGet", "tcpSocket", "grpc", "exec"];
    let handler = known.into_iter().find(|name| probe.get(name).is_some())?;
    let port = probed_port(probe).map(|(_, port)| match container.port(port) {
        Some(Port { number: Some(number), .. }) => PortRef::Number(*number),
        Some(_) | None => port,
    });
    Some((handler, port))
}

/// All of the handler but its port.
fn same_question(liveness: Node<'_>, readiness: Node<'_>, handler: &str) -> bool {
    let (Some(one), Some(other)) = (liveness.get(handler), readiness.get(handler)) else {
        return false;
    };
    let defaults = [("path", "/"), ("scheme", "HTTP"), ("host", ""), ("service", "")];
    let mut texts = defaults.into_iter();
    let mut lists = ["command", "httpHeaders"].into_iter();
    texts.all(|(key, default)| text(one, key, default) == text(other, key, default))
        && lists.all(|key| words(one, key).eq(words(other, key)))
}

fn text<'a>(handler: Node<'a>, key: &str, default: &'a str) -> &'a str {
    handler.get(key).and_then(Node::as_str).unwrap_or(default)
}

/// The items of a list: texts, or headers with name and value.
fn words<'a>(handler: Node<'a>, key: &str) -> impl Iterator<Item = [Option<&'a str>; 3]> {
    let items = handler.get(key).into_iter().flat_map(Node::items);
    items.map(|item| {
        let text = |key| item.get(key).and_then(Node::as_str);
        [item.as_str(), text("name"), text("value")]
    })
}

/// The seconds of failure that a probe waits for; Kubernetes' defaults are 3 times 10.
fn patience(probe: Node<'_>) -> i64 {
    let number = |key, default| probe.get(key).and_then(Node::as_i64).unwrap_or(default);
    number("failureThreshold", 3i64).saturating_mul(number("periodSeconds", 10))
}

fn same(container: &Container<'_>) -> Diagnostic {
    let message =
        format!("both probes of container `{}` ask the same, equally often", container.name);
    RULE.finding(container.at(&["livenessProbe"]), message)
        .help("let the liveness probe ask less, or wait longer: a pod that is busy should be left out, not killed")
}

fn same_but_patient(container: &Container<'_>) -> Diagnostic {
    let message = format!("both probes of container `{}` ask the same", container.name);
    RULE.finding(container.at(&["livenessProbe"]), message).help(
        "if the answer hangs on other services, a restart cures nothing: ask less for liveness",
    )
}

//! Probes of ports that their container does not declare.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::{Container, PortRef, Workload, probed_port};
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "probe-port-missing",
    group: Group::Reliability,
    summary: "Probes of ports that their container does not declare",
    severity: Severity::Error,
    level: Level::Recommended,
    pod_security: None,
    aliases: &["liveness-port", "readiness-port", "startup-port"],
    parameters: &[],
    page: include_str!("probe_port_missing.md"),
    check: Check::Container(Scope::All, check),
};

fn check(container: &Container<'_>, _: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    for (probe, node) in container.probes.iter() {
        let Some((handler, port)) = probed_port(node) else { continue };
        if container.port(port).is_some() {
            continue;
        }
        match port {
            PortRef::Name(name) => sink.report(unknown_name(container, probe, handler, name)),
            // A port works without being declared; a container that declares others forgot it.
            PortRef::Number(number) if !container.ports.is_empty() => {
                sink.report(undeclared_number(container, probe, handler, number));
            }
            PortRef::Number(_) => {}
        }
    }
}

fn unknown_name(container: &Container<'_>, probe: &str, handler: &str, name: &str) -> Diagnostic {
    let message = format!("container `{}` has no port named `{name}`", container.name);
    RULE.finding(container.at(&[probe, handler, "port"]), message).help(
        "name one of the container's `ports`: the kubelet fails a probe whose port it cannot find",
    )
}

fn undeclared_number(
    container: &Container<'_>,
    probe: &str,
    handler: &str,
    number: i64,
) -> Diagnostic {
    let message = format!("container `{}` declares other ports, but not {number}", container.name);
    RULE.finding_as(Severity::Info, container.at(&[probe, handler, "port"]), message)
        .help("add the port to the container's `ports` and let the probe use its name")
}

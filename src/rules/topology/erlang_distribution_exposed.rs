//! Erlang ports that are open beyond the cluster.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::field::Field;
use crate::rules::index::{Service, ServicePort, target};
use crate::rules::topology::erlang::{EPMD_PORT, is_distribution};
use crate::rules::workload::PortRef;
use crate::rules::{Check, Context, Level, Rule};

pub(crate) const RULE: Rule = Rule {
    name: "erlang-distribution-exposed",
    group: Group::Topology,
    summary: "Erlang ports that are open beyond the cluster",
    severity: Severity::Error,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("erlang_distribution_exposed.md"),
    check: Check::Render(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    let outside = |service: &&Service<'_>| matches!(service.kind(), "LoadBalancer" | "NodePort");
    for service in context.index.services.iter().filter(outside) {
        for port in service.ports() {
            if is_erlang(service, port, context) {
                sink.report(open(service, port));
            }
        }
    }
}

/// epmd by its number, the distribution by its name in the Service or in a container behind it.
fn is_erlang(service: &Service<'_>, port: ServicePort<'_>, context: &Context<'_>) -> bool {
    let named = |name: Option<&str>| name.is_some_and(|one| one == "epmd" || is_distribution(one));
    let mut selected = context.index.selected_by(service);
    port.target == PortRef::Number(EPMD_PORT)
        || named(port.name)
        || selected.any(|workload| {
            let target = target(port, workload);
            target.is_some_and(|target| target.number == Some(EPMD_PORT) || named(target.name))
        })
}

fn open(service: &Service<'_>, port: ServicePort<'_>) -> Diagnostic {
    let message =
        format!("port {} is the Erlang distribution, open beyond the cluster", port.number);
    let field = Field::root(service.object).keys(&["spec", "ports"]).index(port.index).key("port");
    RULE.finding(field, message)
        .help("keep it to the headless Service: whoever reaches it and knows the cookie runs code on every node")
}

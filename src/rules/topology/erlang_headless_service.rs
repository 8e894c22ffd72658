//! Headless Services through which Erlang nodes cannot find each other.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::field::Field;
use crate::rules::index::Service;
use crate::rules::topology::erlang;
use crate::rules::workload::{PortRef, Workload};
use crate::rules::{Check, Context, Level, Rule, Scope};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "erlang-headless-service",
    group: Group::Topology,
    summary: "Headless Services through which Erlang nodes cannot find each other",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("erlang_headless_service.md"),
    check: Check::Workload(Scope::Lasting, check),
};

fn check(workload: &Workload<'_>, context: &Context<'_>, sink: &mut Sink) {
    if !erlang::is_cluster(workload) {
        return;
    }
    let name = workload.spec.get("serviceName").and_then(Node::as_str).unwrap_or_default();
    let service = context.index.find_service(workload.namespace, name);
    // What it must be for any StatefulSet is the business of `statefulset-service-name`.
    let Some(service) = service.filter(|service| service.is_headless()) else { return };
    let published = service.spec.get("publishNotReadyAddresses").and_then(Node::as_bool);
    if published != Some(true) {
        sink.report(hides_starting_nodes(service));
    }
    for member in workload.containers.iter().filter(|one| erlang::is_member(one)) {
        let ports = [
            ("epmd", erlang::epmd_port(member)),
            ("distribution", erlang::distribution_port(member)),
        ];
        for (purpose, port) in ports {
            if let Some(port) = port.filter(|port| !leads_to(service, workload, *port)) {
                sink.report(without_port(service, purpose, port));
            }
        }
    }
}

fn leads_to(service: &Service<'_>, workload: &Workload<'_>, number: i64) -> bool {
    service.ports().any(|port| match port.target {
        PortRef::Number(target) => target == number,
        PortRef::Name(_) => {
            let mut containers = workload.running_containers();
            containers
                .any(|one| one.port(port.target).is_some_and(|one| one.number == Some(number)))
        }
    })
}

fn hides_starting_nodes(service: &Service<'_>) -> Diagnostic {
    let field = Field::root(service.object).keys(&["spec", "publishNotReadyAddresses"]);
    RULE.finding(field, "nodes that are not ready yet cannot find each other")
        .help("set `publishNotReadyAddresses: true`: a node becomes ready by joining the cluster")
}

fn without_port(service: &Service<'_>, purpose: &str, port: i64) -> Diagnostic {
    let field = Field::root(service.object).keys(&["spec", "ports"]);
    RULE.finding(field, format!("the Service lacks the {purpose} port {port} of the Erlang nodes"))
        .help("name epmd and the distribution port, so that policies and meshes let them through")
}

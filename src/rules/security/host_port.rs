//! Ports that a container takes from its node.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::{Container, Workload};
use crate::rules::{Check, Context, Level, PodSecurity, Rule, Scope};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "host-port",
    group: Group::Security,
    summary: "Ports that a container takes from its node",
    severity: Severity::Info,
    level: Level::Recommended,
    pod_security: Some(PodSecurity::Baseline),
    aliases: &["hostPortSet", "CKV_K8S_26", "KSV-0024"],
    parameters: &[],
    page: include_str!("host_port.md"),
    check: Check::Container(Scope::All, check),
};

fn check(container: &Container<'_>, workload: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    // In the node's network every port is a host port, and that has a rule of its own.
    if workload.pod.get("hostNetwork").and_then(Node::as_bool) == Some(true) {
        return;
    }
    let ports = container.node.get("ports").into_iter().flat_map(Node::items).enumerate();
    for (index, port) in ports {
        let host_port = port.get("hostPort").and_then(Node::as_i64).filter(|port| *port != 0);
        if let Some(port) = host_port {
            sink.report(taken(container, index, port));
        }
    }
}

fn taken(container: &Container<'_>, index: usize, port: i64) -> Diagnostic {
    let message = format!("container `{}` takes port {port} of its node", container.name);
    RULE.finding(container.at(&["ports"]).index(index).key("hostPort"), message)
        .help("use a Service: a host port allows one pod a node, and opens the port to the network")
}

//! HTTP probes of ports that speak another protocol.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::{Container, PortRef, Workload, probed_port};
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "probe-protocol",
    group: Group::Topology,
    summary: "HTTP probes of ports that speak another protocol",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("probe_protocol.md"),
    check: Check::Container(Scope::All, check),
};

/// Ports that are known for a protocol other than HTTP.
const PROTOCOLS: &[(i64, &str)] = &[
    (1433, "SQL Server"),
    (1521, "Oracle"),
    (2181, "ZooKeeper"),
    (3306, "MySQL"),
    (4369, "epmd"),
    (5432, "PostgreSQL"),
    (5672, "AMQP"),
    (6379, "Redis"),
    (9042, "CQL"),
    (9092, "Kafka"),
    (11211, "memcached"),
    (27017, "MongoDB"),
];

fn check(container: &Container<'_>, _: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    for (probe, node) in container.probes.iter() {
        let Some(("httpGet", port)) = probed_port(node) else { continue };
        let number = match port {
            PortRef::Number(number) => Some(number),
            PortRef::Name(_) => container.port(port).and_then(|port| port.number),
        };
        let known = PROTOCOLS.iter().find(|(port, _)| Some(*port) == number);
        if let Some((number, protocol)) = known {
            sink.report(not_http(container, probe, *number, protocol));
        }
    }
}

fn not_http(container: &Container<'_>, probe: &str, number: i64, protocol: &str) -> Diagnostic {
    let message = format!("port {number} speaks {protocol}, not HTTP");
    RULE.finding(container.at(&[probe, "httpGet", "port"]), message)
        .help("use `tcpSocket`, or `exec` with the client's own health command")
}

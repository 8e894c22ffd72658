//! What the objects tell of Erlang nodes: who is one, and who is a member of a cluster.

use crate::rules::workload::{Container, PortRef, Workload, WorkloadKind};

/// Where the Erlang Port Mapper Daemon listens.
pub(crate) const EPMD_PORT: i64 = 4369;

/// The variables that hold the full name of a node (`name@host`).
pub(crate) const NODE_NAMES: &[&str] = &["ERLANG_NAME", "RELEASE_NODE", "NODE_NAME"];

/// A container that joins an Erlang cluster.
///
/// A switch that says so decides. Without one, a node that has a name and listens for others is
/// taken for a member.
pub(crate) fn is_member(container: &Container<'_>) -> bool {
    let switch = |name| container.variable(name).and_then(|variable| variable.literal());
    match switch("ERLMCP_CLUSTERING") {
        Some(word) => word == "true",
        None => {
            let named = ["ERLANG_NAME", "RELEASE_NODE"].iter();
            named.copied().any(|name| container.variable(name).is_some())
                && (epmd_port(container).is_some() || distribution_port(container).is_some())
        }
    }
}

/// A container that runs an Erlang node, alone or in a cluster.
pub(crate) fn is_node(container: &Container<'_>) -> bool {
    let marks = ["ERLANG_COOKIE", "RELEASE_COOKIE", "ERLANG_NAME", "RELEASE_NODE"];
    marks.iter().any(|name| container.variable(name).is_some())
        || distribution_port(container).is_some()
}

/// A StatefulSet whose pods form an Erlang cluster.
pub(crate) fn is_cluster(workload: &Workload<'_>) -> bool {
    workload.kind == WorkloadKind::StatefulSet && workload.containers.iter().any(is_member)
}

pub(crate) fn epmd_port(container: &Container<'_>) -> Option<i64> {
    let named = container.port(PortRef::Name("epmd"));
    named.or_else(|| container.port(PortRef::Number(EPMD_PORT)))?.number
}

/// The port of Erlang's distribution protocol, known by its name.
pub(crate) fn distribution_port(container: &Container<'_>) -> Option<i64> {
    container.ports.iter().find(|port| port.name.is_some_and(is_distribution))?.number
}

/// What charts call the distribution port.
pub(crate) fn is_distribution(name: &str) -> bool {
    matches!(name, "distribution" | "dist" | "erlang-dist" | "erl-dist" | "erldist" | "dist-erl")
}

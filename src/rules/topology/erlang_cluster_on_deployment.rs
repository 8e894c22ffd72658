//! Erlang nodes whose name changes at every start.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::topology::erlang;
use crate::rules::workload::{Container, Variable, Workload, WorkloadKind};
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "erlang-cluster-on-deployment",
    group: Group::Topology,
    summary: "Erlang nodes whose name changes at every start",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("erlang_cluster_on_deployment.md"),
    check: Check::Container(Scope::Lasting, check),
};

fn check(container: &Container<'_>, workload: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    let stable = workload.kind == WorkloadKind::StatefulSet;
    if stable || !erlang::is_member(container) || has_address_for_name(container) {
        return;
    }
    let name = container.variables().find(|variable| MARKS.contains(&variable.name));
    if let Some(mark) = name {
        sink.report(changes_name(container, workload, mark));
    }
}

/// What shows that a container is a node, the clearest first.
const MARKS: &[&str] = &["ERLMCP_CLUSTERING", "ERLANG_NAME", "RELEASE_NODE"];

/// Nodes that are called by the address of their pod need no other name.
fn has_address_for_name(container: &Container<'_>) -> bool {
    container.variables().any(|variable| variable.field_path() == Some("status.podIP"))
}

fn changes_name(
    container: &Container<'_>,
    workload: &Workload<'_>,
    mark: Variable<'_>,
) -> Diagnostic {
    let message = format!("{} forms an Erlang cluster of pods with random names", workload.title());
    RULE.finding(container.at(&["env"]).index(mark.index).key("name"), message)
        .help("use a StatefulSet with a headless Service: nodes find each other by name, and come back under it")
}

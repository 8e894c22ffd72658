//! Erlang nodes that are called after their host.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::topology::erlang;
use crate::rules::workload::{Container, Variable, Workload};
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "erlang-name-from-host",
    group: Group::Topology,
    summary: "Erlang nodes that are called after their host",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("erlang_name_from_host.md"),
    check: Check::Container(Scope::All, check),
};

fn check(container: &Container<'_>, _: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    if !erlang::is_node(container) {
        return;
    }
    for variable in container.variables().filter(|one| erlang::NODE_NAMES.contains(&one.name)) {
        if variable.field_path() == Some("spec.nodeName") {
            sink.report(shared_name(container, variable));
        }
    }
}

fn shared_name(container: &Container<'_>, variable: Variable<'_>) -> Diagnostic {
    let field = container.at(&["env"]).index(variable.index);
    let message = format!("`{}` is the name of the Kubernetes node, not of the pod", variable.name);
    RULE.finding(field.keys(&["valueFrom", "fieldRef", "fieldPath"]), message)
        .help("use `metadata.name` of a StatefulSet's pod, or `status.podIP`: pods on one host would share a name")
}

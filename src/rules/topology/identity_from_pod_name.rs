//! Identities that change with the pod.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::topology::claim;
use crate::rules::workload::{Container, Variable, Workload, WorkloadKind};
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "identity-from-pod-name",
    group: Group::Topology,
    summary: "Identities that change with the pod",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("identity_from_pod_name.md"),
    check: Check::Container(Scope::Lasting, check),
};

fn check(container: &Container<'_>, workload: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    if workload.kind != WorkloadKind::Deployment {
        return;
    }
    let claims = container.variables().any(|one| claim::is_bucket(one.name));
    for variable in container.variables() {
        let stable = claim::is_identity(variable.name) || claims && variable.name.ends_with("_ID");
        if stable && variable.field_path() == Some("metadata.name") {
            sink.report(changes(container, variable));
        }
    }
}

fn changes(container: &Container<'_>, variable: Variable<'_>) -> Diagnostic {
    let field = container.at(&["env"]).index(variable.index);
    let message = format!("`{}` is the pod's name, which is another at each start", variable.name);
    RULE.finding(field.keys(&["valueFrom", "fieldRef", "fieldPath"]), message)
        .help("let the program claim its ID when it starts, or use a StatefulSet")
}

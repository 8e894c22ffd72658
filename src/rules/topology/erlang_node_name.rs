//! Erlang node names under which nobody can be reached.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::{Container, Variable, Workload, WorkloadKind};
use crate::rules::{Check, Context, Level, Rule, Scope};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "erlang-node-name",
    group: Group::Topology,
    summary: "Erlang node names under which nobody can be reached",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("erlang_node_name.md"),
    check: Check::Container(Scope::Lasting, check),
};

fn check(container: &Container<'_>, workload: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    if workload.kind != WorkloadKind::StatefulSet {
        return;
    }
    for name in ["ERLANG_NAME", "RELEASE_NODE"] {
        let Some(variable) = container.variable(name) else { continue };
        let Some(text) = variable.literal() else { continue };
        check_references(container, variable, text, sink);
        check_host(container, workload, variable, text, sink);
    }
}

/// Kubernetes puts in the value of a variable only if it stands above (`expansion.Expand`).
fn check_references(
    container: &Container<'_>,
    variable: Variable<'_>,
    text: &str,
    sink: &mut Sink,
) {
    let references = text.split("$(").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0));
    for reference in references {
        let above = |other: &Variable<'_>| other.index < variable.index && other.name == reference;
        if !container.variables().any(|other| above(&other)) {
            sink.report(not_above(container, variable, reference));
        }
    }
}

/// `name@pod.service.namespace.svc…`: the service must be the one that names the pods.
fn check_host(
    container: &Container<'_>,
    workload: &Workload<'_>,
    variable: Variable<'_>,
    text: &str,
    sink: &mut Sink,
) {
    let Some((_, host)) = text.split_once('@') else { return };
    let mut parts = host.split('.').skip(1);
    let wanted = workload.spec.get("serviceName").and_then(Node::as_str).unwrap_or_default();
    let written = |part: &&str| !part.contains("$(");
    if let Some(service) = parts.next().filter(written).filter(|service| *service != wanted) {
        sink.report(other_service(container, variable, service, wanted));
    }
    let namespace = parts.next().filter(written);
    let known = workload.object.namespace();
    if let (Some(namespace), Some(known)) = (namespace, known)
        && namespace != known
    {
        sink.report(other_namespace(container, variable, namespace, known));
    }
}

fn not_above(container: &Container<'_>, variable: Variable<'_>, reference: &str) -> Diagnostic {
    finding(
        container,
        variable,
        format!("`$({reference})` is not defined above `{}`", variable.name),
    )
    .help("define it earlier in the list: otherwise the text stays as it is")
}

fn other_service(
    container: &Container<'_>,
    variable: Variable<'_>,
    service: &str,
    wanted: &str,
) -> Diagnostic {
    let message = format!(
        "the node calls itself after Service `{service}`, its pods are named by `{wanted}`"
    );
    finding(container, variable, message)
        .help("use the `serviceName` of the StatefulSet: no other name exists in DNS")
}

fn other_namespace(
    container: &Container<'_>,
    variable: Variable<'_>,
    namespace: &str,
    known: &str,
) -> Diagnostic {
    let message =
        format!("the node calls itself after namespace `{namespace}`, it is in `{known}`");
    finding(container, variable, message).help("take the namespace from `metadata.namespace`")
}

fn finding(container: &Container<'_>, variable: Variable<'_>, message: String) -> Diagnostic {
    RULE.finding(container.at(&["env"]).index(variable.index).key("value"), message)
}

//! Gateways that look for cluster nodes which do not exist.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::index::Index;
use crate::rules::workload::{Container, Variable, Workload};
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "gateway-backend-nodes",
    group: Group::Topology,
    summary: "Gateways that look for cluster nodes which do not exist",
    severity: Severity::Error,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("gateway_backend_nodes.md"),
    check: Check::Container(Scope::Lasting, check),
};

fn check(
    container: &Container<'_>,
    workload: &Workload<'_>,
    context: &Context<'_>,
    sink: &mut Sink,
) {
    if let Some(nodes) = container.variable("ERLMCP_BACKEND_NODES") {
        check_nodes(container, workload, context.index, nodes, sink);
    }
    if let Some(cluster) = container.variable("ERLMCP_BACKEND_CLUSTER") {
        let name = cluster.literal().and_then(|host| host.split('.').next());
        let name = name.filter(|name| !name.is_empty() && !name.contains("$("));
        if let Some(name) =
            name.filter(|name| !context.index.has("Service", workload.namespace, name))
        {
            sink.report(no_service(container, cluster, name));
        }
    }
}

fn check_nodes(
    container: &Container<'_>,
    workload: &Workload<'_>,
    index: &Index<'_>,
    nodes: Variable<'_>,
    sink: &mut Sink,
) {
    let list = nodes.literal().unwrap_or_default().split(',').map(str::trim);
    let hosts = list.filter(|host| !host.is_empty() && !host.contains("$("));
    let mut named: Vec<(&str, i64)> = Vec::new();
    for host in hosts {
        let Some((pod, service)) = pod_and_service(host) else { continue };
        let set =
            pod.rsplit_once('-').and_then(|(set, ordinal)| Some((set, ordinal.parse().ok()?)));
        let known = set.and_then(|(set, ordinal)| {
            Some((index.find_workload("StatefulSet", workload.namespace, set)?, ordinal))
        });
        match known {
            None => sink.report(no_set(container, nodes, host)),
            Some((set, ordinal)) if ordinal >= index.most_replicas(set) => {
                sink.report(no_pod(container, nodes, pod, index.most_replicas(set)));
            }
            Some((set, _)) if service.is_some_and(|one| Some(one) != service_name(set)) => {
                sink.report(other_service(container, nodes, host, service_name(set)));
            }
            Some((set, ordinal)) => named.push((set.name(), ordinal)),
        }
    }
    // All that were named exist: are they all that exist?
    if let Some((name, _)) = named.first()
        && let Some(set) = index.find_workload("StatefulSet", workload.namespace, name)
        && (named.len() as i64) < index.least_replicas(set)
    {
        sink.report(not_all(container, nodes, named.len(), index.least_replicas(set)));
    }
}

/// The first two parts of `node@pod.service.namespace:port`.
fn pod_and_service(host: &str) -> Option<(&str, Option<&str>)> {
    let host = host.rsplit('@').next()?.split(':').next()?;
    let mut parts = host.split('.');
    Some((parts.next()?, parts.next()))
}

fn service_name<'a>(set: &Workload<'a>) -> Option<&'a str> {
    set.spec.get("serviceName")?.as_str()
}

fn no_set(container: &Container<'_>, nodes: Variable<'_>, host: &str) -> Diagnostic {
    finding(container, nodes, format!("no StatefulSet of the render has a pod `{host}`"))
        .help("name the pods as `SET-ORDINAL.SERVICE`")
}

fn no_pod(container: &Container<'_>, nodes: Variable<'_>, pod: &str, replicas: i64) -> Diagnostic {
    finding(
        container,
        nodes,
        format!("`{pod}` does not exist: the StatefulSet has {replicas} replicas"),
    )
    .help("name only pods with ordinals below the number of replicas")
}

fn other_service(
    container: &Container<'_>,
    nodes: Variable<'_>,
    host: &str,
    service: Option<&str>,
) -> Diagnostic {
    let service = service.unwrap_or_default();
    finding(
        container,
        nodes,
        format!("`{host}` is no name in DNS: the pods are named by `{service}`"),
    )
    .help("use the `serviceName` of the StatefulSet")
}

fn not_all(
    container: &Container<'_>,
    nodes: Variable<'_>,
    named: usize,
    replicas: i64,
) -> Diagnostic {
    let message = format!("the gateway knows {named} of the {replicas} nodes of the cluster");
    let field = container.at(&["env"]).index(nodes.index).key("value");
    RULE.finding_as(Severity::Warning, field, message).help(
        "name them all, or let the gateway ask the headless Service (`ERLMCP_BACKEND_CLUSTER`)",
    )
}

fn no_service(container: &Container<'_>, cluster: Variable<'_>, name: &str) -> Diagnostic {
    finding(container, cluster, format!("the render has no Service `{name}` in this namespace"))
        .help("name the headless Service of the cluster's StatefulSet")
}

fn finding(container: &Container<'_>, variable: Variable<'_>, message: String) -> Diagnostic {
    RULE.finding(container.at(&["env"]).index(variable.index).key("value"), message)
}

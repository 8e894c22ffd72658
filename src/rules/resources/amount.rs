//! What a container requests and what limits it, wherever that is written.

use crate::rules::Context;
use crate::rules::workload::{Container, Workload};
use crate::yaml::Node;

/// Whether the container requests the resource. The API server takes a limit for a request
/// (`SetDefaults_ResourceList` of core/v1).
pub(crate) fn requests(
    container: &Container<'_>,
    workload: &Workload<'_>,
    context: &Context<'_>,
    resource: &str,
) -> bool {
    container.quantity("requests", resource).is_some()
        || of_pod(workload, "requests", resource)
        || by_default(workload, context, "defaultRequest", resource)
        || limits(container, workload, context, resource)
}

/// Whether something limits the resource.
pub(crate) fn limits(
    container: &Container<'_>,
    workload: &Workload<'_>,
    context: &Context<'_>,
    resource: &str,
) -> bool {
    container.quantity("limits", resource).is_some()
        || of_pod(workload, "limits", resource)
        || by_default(workload, context, "default", resource)
}

/// Resources that all containers of a pod share.
fn of_pod(workload: &Workload<'_>, list: &str, resource: &str) -> bool {
    workload.pod.at(&["resources", list, resource]).is_some()
}

/// What a LimitRange of the namespace fills in.
fn by_default(workload: &Workload<'_>, context: &Context<'_>, list: &str, resource: &str) -> bool {
    context.index.of_kind("LimitRange").any(|range| {
        let limits = range.root().at(&["spec", "limits"]).into_iter().flat_map(Node::items);
        let fills = |limit: Node<'_>| {
            limit.get("type").and_then(Node::as_str) == Some("Container")
                && limit.at(&[list, resource]).is_some()
        };
        context.index.namespace_of(range) == workload.namespace && limits.into_iter().any(fills)
    })
}

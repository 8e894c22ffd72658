//! What a container requests and what limits it, wherever that is written.

use crate::rules::Context;
use crate::rules::workload::{Container, Workload};

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
        || context.index.supply.fills_in(workload.namespace, "defaultRequest", resource)
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
        || context.index.supply.fills_in(workload.namespace, "default", resource)
}

/// Resources that all containers of a pod share.
fn of_pod(workload: &Workload<'_>, list: &str, resource: &str) -> bool {
    workload.pod.at(&["resources", list, resource]).is_some()
}

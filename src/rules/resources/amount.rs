//! What a container requests and what limits it, wherever that is written.

use crate::diagnostic::Diagnostic;
use crate::rules::workload::{Container, Workload};
use crate::rules::{Context, Rule};

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

/// The finding about a container that does not say how much it needs of a resource, which has a
/// name in manifests and one in words.
pub(crate) fn unset_request(
    rule: &'static Rule,
    container: &Container<'_>,
    workload: &Workload<'_>,
    context: &Context<'_>,
    (resource, name): (&str, &str),
) -> Option<Diagnostic> {
    if !container.is_running() || container.quantity("requests", resource).is_some() {
        return None;
    }
    let has_limit = container.quantity("limits", resource).is_some();
    if !has_limit && requests(container, workload, context, resource) {
        return None;
    }
    let (what, advice) = if has_limit {
        let advice = ", if it needs less than the limit that stands in for it";
        (format!("its whole {name} limit"), advice)
    } else {
        (format!("no {name}"), " to what it needs under load")
    };
    let message = format!("container `{}` requests {what}", container.name);
    let finding = rule.finding(container.at(&["resources", "requests", resource]), message);
    Some(finding.help(format!("set `resources.requests.{resource}`{advice}")))
}

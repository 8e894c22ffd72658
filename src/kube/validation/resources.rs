//! Requests and limits: `validateResourceRequirements` and the names of resources, of
//! `pkg/apis/core/validation` and `pkg/apis/core/helper`.

use rustc_hash::FxHashSet;

use super::container::is_sidecar;
use super::pod::Pod;
use super::unique::Names;
use super::values::validate_dns1123_label;
use crate::diagnostic::Cause;
use crate::kube::field::{Errors, Field, quoted};
use crate::kube::names::is_qualified_name;
use crate::kube::quantity::Quantity;

/// The amount in a field, rounded up to thousandths as `SetDefaults_ResourceList` does.
pub(crate) fn amount(field: &Field) -> Quantity {
    Quantity::read(field.node()).unwrap_or_default().rounded_up_to_milli()
}

/// `ValidateContainerResourceRequirements`.
pub(crate) fn validate_container_resources(container: &Field, pod: &Pod, errors: &mut Errors) {
    let resources = container.get("resources");
    let level =
        Level { check_name: validate_container_resource_name, is_defaulted: |_: &str| true };
    validate_resource_requirements(&resources, pod, level, errors);
}

/// What may be asked for at one level: of a container, or of the pod as a whole.
#[derive(Copy, Clone)]
struct Level {
    check_name: fn(&Field, &str, &mut Errors),
    /// The resources that a Pod asks for as soon as it limits them.
    is_defaulted: fn(&str) -> bool,
}

/// `validateResourceRequirements`. In a Pod every limit without a request is a request too; in a
/// template it becomes one only when the pod is made.
fn validate_resource_requirements(resources: &Field, pod: &Pod, level: Level, errors: &mut Errors) {
    let Level { check_name, is_defaulted } = level;
    let (limits, requests) = (resources.get("limits"), resources.get("requests"));
    let mut found = Found::default();
    for (name, limit) in limits.entries() {
        check_name(&limit, name, errors);
        validate_resource_quantity_value(name, &limit, errors);
        validate_huge_pages(name, &limit, &mut found, errors);
    }
    for (name, request) in requests.entries() {
        check_name(&request, name, errors);
        validate_resource_quantity_value(name, &request, errors);
        validate_request(name, &request, &requests, &limits, errors);
        validate_huge_pages(name, &request, &mut found, errors);
    }
    for (name, limit) in limits.entries().filter(|_| pod.options.is_pod) {
        if !has(&requests, name) && is_defaulted(name) {
            let path = resources.path().child("requests");
            let request = limit.moved(path.key(name));
            check_name(&request, name, errors);
            validate_resource_quantity_value(name, &request, errors);
            validate_huge_pages(name, &request, &mut found, errors);
        }
    }
    if found.huge_pages && !found.cpu_or_memory {
        errors.forbidden(resources, "HugePages require cpu or memory");
    }
    if pod.features().dynamic_resource_allocation() {
        validate_resource_claim_names(&resources.get("claims"), pod, errors);
    }
}

/// A null amount is an amount, of zero.
fn has(list: &Field, name: &str) -> bool {
    list.node().is_some_and(|node| node.entry(name).is_some())
}

#[derive(Default)]
struct Found {
    cpu_or_memory: bool,
    huge_pages: bool,
}

fn validate_huge_pages(name: &str, quantity: &Field, found: &mut Found, errors: &mut Errors) {
    found.cpu_or_memory |= matches!(name, "cpu" | "memory");
    let Some(size) = name.strip_prefix("hugepages-") else { return };
    found.huge_pages = true;
    if !is_multiple(amount(quantity), size) {
        let shown = Quantity::canonical(quantity.node());
        let detail = format!("{shown} is not positive integer multiple of {name}");
        errors.push(quantity, Cause::Invalid, Some(quoted(&shown)), detail);
    }
}

/// `IsHugePageResourceValueDivisible`.
fn is_multiple(amount: Quantity, page_size: &str) -> bool {
    let size = Quantity::parse(page_size).unwrap_or_default();
    size > Quantity::ZERO && size.milli_value() % 1000 == 0 && amount.value() % size.value() == 0
}

/// A request may not exceed its limit; where overcommitment is not allowed it must be the limit.
fn validate_request(
    name: &str,
    request: &Field,
    requests: &Field,
    limits: &Field,
    errors: &mut Errors,
) {
    let limit = limits.key(name);
    if !has(limits, name) {
        if !is_overcommit_allowed(name) {
            let absent = request.value_in(limits).absent();
            errors.required(&absent, "Limit must be set for non overcommitable resources");
        }
        return;
    }
    let relation = match amount(request).cmp(&amount(&limit)) {
        std::cmp::Ordering::Equal => return,
        _ if !is_overcommit_allowed(name) => "equal to",
        std::cmp::Ordering::Less => return,
        std::cmp::Ordering::Greater => "less than or equal to",
    };
    let detail =
        format!("must be {relation} {name} limit of {}", Quantity::canonical(limit.node()));
    let shown = Some(quoted(&Quantity::canonical(request.node())));
    errors.push(&request.value_in(requests), Cause::Invalid, shown, detail);
}

/// `ValidateResourceQuantityValue`.
pub(crate) fn validate_resource_quantity_value(name: &str, field: &Field, errors: &mut Errors) {
    let amount = amount(field);
    if amount.is_negative() {
        errors.invalid(field, "must be greater than or equal to 0");
    }
    if is_integer_resource(name) && amount.milli_value() % 1000 != 0 {
        errors.invalid(field, "must be an integer");
    }
}

/// `validateResourceClaimNames`: a claim is used as a whole or by its requests, each once.
fn validate_resource_claim_names(claims: &Field, pod: &Pod, errors: &mut Errors) {
    let (mut whole, mut in_part) = (Names::default(), Names::default());
    let mut uses = FxHashSet::default();
    for claim in claims.items() {
        let (name, request) = (claim.get("name"), claim.get("request"));
        if name.text().is_empty() {
            errors.required(&claim, "");
            continue;
        }
        let is_whole = request.text().is_empty();
        if !is_whole && !whole.contains(name.text()) {
            validate_dns1123_label(&request, errors);
        }
        let is_new = uses.insert((name.text(), request.text()));
        if !is_new || whole.contains(name.text()) || is_whole && in_part.contains(name.text()) {
            errors.duplicate_text(&claim, name.text());
        }
        let seen = if is_whole { &mut whole } else { &mut in_part };
        seen.add(name.text());
        validate_claim_is_known(&claim, pod, errors);
    }
}

fn validate_claim_is_known(claim: &Field, pod: &Pod, errors: &mut Errors) {
    let name = claim.get("name");
    if pod.claims.contains(name.text()) {
        return;
    }
    let mut known: Vec<&str> = pod.claims.iter().collect();
    known.sort_unstable();
    let list = match known.is_empty() {
        true => " which is empty".to_owned(),
        false => format!(": {}", known.join(", ")),
    };
    let detail = format!("must be one of the names in pod.spec.resourceClaims{list}");
    errors.not_found(&name.value_in(claim), detail);
}

/// `validateOverhead`: an overhead is a list of limits.
pub(crate) fn validate_overhead(pod: &Pod, errors: &mut Errors) {
    let overhead = pod.spec.get("overhead");
    validate_limits(&overhead.moved(overhead.path().child("limits")), &overhead, errors);
}

/// `ValidateContainerResourceRequirements` of limits alone, which an overhead is.
pub(crate) fn validate_limits(limits: &Field, overhead: &Field, errors: &mut Errors) {
    let mut found = Found::default();
    for (name, limit) in limits.entries() {
        validate_container_resource_name(&limit, name, errors);
        validate_resource_quantity_value(name, &limit, errors);
        validate_huge_pages(name, &limit, &mut found, errors);
    }
    if found.huge_pages && !found.cpu_or_memory {
        errors.forbidden(overhead, "HugePages require cpu or memory");
    }
}

/// `validatePodResources`.
pub(crate) fn validate_pod_resources(pod: &Pod, errors: &mut Errors) {
    let resources = pod.spec.get("resources");
    if !resources.is_set() {
        return;
    }
    let os = pod.spec.get("os");
    if os.get("name").text() == "windows" {
        return errors.forbidden(&resources, "may not be set for a windows pod");
    }
    let claims = resources.get("claims");
    if claims.is_set() {
        errors.forbidden(&claims, "claims may not be set for Resources at pod-level");
    }
    let level = Level { check_name: validate_pod_resource_name, is_defaulted: is_pod_resource };
    validate_resource_requirements(&resources, pod, level, errors);
    validate_default_pod_requests(pod, &resources, errors);
    validate_pod_resource_consistency(pod, &resources, errors);
}

/// What the server asks for where a Pod has limits only, is what its containers ask for
/// (`defaultPodRequests`); that may be more than the limit.
fn validate_default_pod_requests(pod: &Pod, resources: &Field, errors: &mut Errors) {
    let (limits, requests) = (resources.get("limits"), resources.get("requests"));
    for name in ["cpu", "memory"].into_iter().filter(|_| pod.options.is_pod) {
        if has(&requests, name) || !has(&limits, name) {
            continue;
        }
        let limit = limits.key(name);
        if let Some(sum) = aggregate(pod, "requests", name).filter(|sum| *sum > amount(&limit)) {
            let shown = Quantity::canonical(limit.node());
            let detail = format!("must be less than or equal to {name} limit of {shown}");
            let at = limit.value_in(&requests);
            errors.push(&at, Cause::Invalid, Some(quoted(&sum.to_string())), detail);
        }
    }
}

/// `validatePodResourceConsistency`: what the containers ask for must fit into the pod.
fn validate_pod_resource_consistency(pod: &Pod, resources: &Field, errors: &mut Errors) {
    for (name, request) in resources.get("requests").entries() {
        if let Some(sum) = aggregate(pod, "requests", name).filter(|sum| *sum > amount(&request)) {
            let detail =
                format!("must be greater than or equal to aggregate container requests of {sum}");
            errors.invalid(&request, detail);
        }
    }
    let limits = resources.get("limits");
    for (name, limit) in limits.entries().filter(|(name, _)| name.starts_with("hugepages-")) {
        if let Some(sum) = aggregate(pod, "limits", name).filter(|sum| *sum > amount(&limit)) {
            let detail =
                format!("must be greater than or equal to aggregate container limits of {sum}");
            errors.invalid(&limit, detail);
        }
    }
    for (index, container) in pod.spec.get("containers").items().enumerate() {
        let own = container.get("resources");
        for (name, limit) in own.get("limits").entries().filter(|(name, _)| has(&limits, name)) {
            if amount(&limit) > amount(&limits.key(name)) {
                let containers = resources.path().child("containers");
                let (at, bound) = (containers.index(index), limits.key(name));
                let detail = format!(
                    "must be less than or equal to pod limits of {}",
                    Quantity::canonical(bound.node())
                );
                errors.invalid(&limit.moved(at.key(name).child("limits")), detail);
            }
        }
    }
}

/// `AggregateContainerRequests` and `AggregateContainerLimits`, of one resource: what runs at the
/// same time is added up; None if no container names the resource.
fn aggregate(pod: &Pod, list: &'static str, resource: &str) -> Option<Quantity> {
    let of = |container: &Field| {
        let resources = container.get("resources");
        let own = resources.get(list);
        let limits = resources.get("limits");
        match has(&own, resource) {
            true => Some(amount(&own.key(resource))),
            false if pod.options.is_pod && has(&limits, resource) => {
                Some(amount(&limits.key(resource)))
            }
            false => None,
        }
    };
    let mut any = false;
    let mut sum = Quantity::ZERO;
    for container in pod.spec.get("containers").items() {
        any |= of(&container).is_some();
        sum = sum + of(&container).unwrap_or_default();
    }
    let (mut sidecars, mut peak) = (Quantity::ZERO, Quantity::ZERO);
    for container in pod.spec.get("initContainers").items() {
        any |= of(&container).is_some();
        let own = of(&container).unwrap_or_default();
        if is_sidecar(&container, pod) {
            (sum, sidecars) = (sum + own, sidecars + own);
        }
        let now = if is_sidecar(&container, pod) { sidecars } else { sidecars + own };
        peak = peak.max(now);
    }
    any.then(|| sum.max(peak))
}

/// `validateResourceName`.
pub(crate) fn validate_resource_name(field: &Field, name: &str, errors: &mut Errors) -> bool {
    let problems = is_qualified_name(name);
    if problems.is_empty() && !name.contains('/') && !is_standard_resource(name) {
        let problem = "must be a standard resource type or fully qualified";
        errors.invalid_text(field, name, problem);
        return false;
    }
    let good = problems.is_empty();
    for problem in problems {
        errors.invalid_text(field, name, problem);
    }
    good
}

/// `validateContainerResourceName`.
pub(crate) fn validate_container_resource_name(field: &Field, name: &str, errors: &mut Errors) {
    validate_resource_name(field, name, errors);
    let standard = matches!(name, "cpu" | "memory" | "ephemeral-storage");
    if !name.contains('/') {
        if !standard && !name.starts_with("hugepages-") {
            errors.invalid_text(field, name, "must be a standard resource for containers");
        }
    } else if !is_native_resource(name) && !is_extended_resource(name) {
        errors.invalid_text(field, name, "doesn't follow extended resource name standard");
    }
}

/// `IsSupportedPodLevelResource`.
fn is_pod_resource(name: &str) -> bool {
    matches!(name, "cpu" | "memory") || name.starts_with("hugepages-")
}

/// `validatePodResourceName`.
fn validate_pod_resource_name(field: &Field, name: &str, errors: &mut Errors) {
    if validate_resource_name(field, name, errors) && !is_pod_resource(name) {
        let detail = "supported values: \"cpu\", \"hugepages-\", \"memory\"";
        errors.push(field, Cause::NotSupported, Some(quoted(name)), detail);
    }
}

/// `ValidateResourceQuotaResourceName`.
pub(crate) fn validate_quota_resource_name(field: &Field, name: &str, errors: &mut Errors) {
    validate_resource_name(field, name, errors);
    if !name.contains('/') && !is_standard_quota_resource(name) {
        errors.invalid_text(field, name, "must be a standard resource for quota");
    }
}

/// `IsStandardResourceName`.
fn is_standard_resource(name: &str) -> bool {
    name == "storage" || is_standard_quota_resource(name)
}

/// `IsStandardQuotaResourceName`.
pub(crate) fn is_standard_quota_resource(name: &str) -> bool {
    let standard = matches!(
        name,
        "cpu"
            | "memory"
            | "ephemeral-storage"
            | "requests.cpu"
            | "requests.memory"
            | "requests.storage"
            | "requests.ephemeral-storage"
            | "limits.cpu"
            | "limits.memory"
            | "limits.ephemeral-storage"
    );
    let huge_pages = name.starts_with("hugepages-") || name.starts_with("requests.hugepages-");
    standard || huge_pages || is_counted_resource(name)
}

/// `IsIntegerResourceName`.
fn is_integer_resource(name: &str) -> bool {
    is_counted_resource(name) || is_extended_resource(name)
}

/// `integerResources`: objects that a quota counts.
fn is_counted_resource(name: &str) -> bool {
    matches!(
        name,
        "pods"
            | "resourcequotas"
            | "services"
            | "replicationcontrollers"
            | "secrets"
            | "configmaps"
            | "persistentvolumeclaims"
            | "services.nodeports"
            | "services.loadbalancers"
    )
}

/// `IsNativeResource`.
fn is_native_resource(name: &str) -> bool {
    !name.contains('/') || name.contains("kubernetes.io/")
}

/// `IsExtendedResourceName`: there must be room for a prefix in quotas.
fn is_extended_resource(name: &str) -> bool {
    !is_native_resource(name)
        && !name.starts_with("requests.")
        && is_qualified_name(&format!("requests.{name}")).is_empty()
}

/// `IsOvercommitAllowed`.
pub(crate) fn is_overcommit_allowed(name: &str) -> bool {
    is_native_resource(name) && !name.starts_with("hugepages-")
}

#[cfg(test)]
mod tests {
    use super::super::testing::{check, check_pod, deployment};

    fn container(resources: &str) -> String {
        format!("containers:\n- name: a\n  image: i\n  resources: {resources}")
    }

    #[test]
    fn requests_and_limits() {
        check_pod(
            &container("{requests: {cpu: 2, memory: -1Mi}, limits: {cpu: 1}}"),
            "spec.containers[0].resources.requests: Invalid value: \"2\": must be less than or equal to cpu limit of 1
             spec.containers[0].resources.requests[memory]: Invalid value: \"-1Mi\": must be greater than or equal to 0",
        );
        check_pod(&container("{requests: {cpu: 1000m}, limits: {cpu: 1}}"), "");
    }

    #[test]
    fn a_null_limit_is_zero() {
        check_pod(
            &container("{requests: {cpu: 1}, limits: {cpu: null}}"),
            "spec.containers[0].resources.requests: Invalid value: \"1\": must be less than or equal to cpu limit of 0",
        );
    }

    #[test]
    fn limits_of_a_pod_are_requests_too() {
        let spec = container("{limits: {mem: 1}}");
        check(
            &deployment(&spec),
            "spec.template.spec.containers[0].resources.limits[mem]: Invalid value: \"mem\": must be a standard resource type
             spec.template.spec.containers[0].resources.limits[mem]: Invalid value: \"mem\": must be a standard resource for containers",
        );
        check_pod(
            &spec,
            "spec.containers[0].resources.limits[mem]: Invalid value: \"mem\": must be a standard resource type
             spec.containers[0].resources.limits[mem]: Invalid value: \"mem\": must be a standard resource for containers
             spec.containers[0].resources.requests[mem]: Invalid value: \"mem\": must be a standard resource type
             spec.containers[0].resources.requests[mem]: Invalid value: \"mem\": must be a standard resource for containers",
        );
    }

    #[test]
    fn extended_resources_are_whole_and_not_overcommitted() {
        check_pod(
            &container("{requests: {nvidia.com/gpu: 500m}}"),
            "spec.containers[0].resources.requests[nvidia.com/gpu]: Invalid value: \"500m\": must be an integer
             spec.containers[0].resources.limits: Required value: Limit must be set for non overcommitable",
        );
    }

    #[test]
    fn huge_pages_come_in_pages_and_with_memory() {
        check_pod(
            &container("{limits: {hugepages-2Mi: 3Mi}, requests: {hugepages-2Mi: 3Mi}}"),
            "spec.containers[0].resources.limits[hugepages-2Mi]: Invalid value: \"3Mi\": 3Mi is not positive integer multiple
             spec.containers[0].resources.requests[hugepages-2Mi]: Invalid value: \"3Mi\": 3Mi is not positive integer multiple
             spec.containers[0].resources: Forbidden: HugePages require cpu or memory",
        );
    }

    #[test]
    fn a_pod_has_room_for_its_containers() {
        check_pod(
            &format!("resources: {{requests: {{cpu: 1}}}}\n{}", container("{requests: {cpu: 2}}")),
            "spec.resources.requests[cpu]: Invalid value: 1: must be greater than or equal to aggregate container requests of 2",
        );
    }

    #[test]
    fn a_pod_asks_for_what_its_containers_ask_for() {
        let containers = container("{requests: {cpu: 2}}");
        check_pod(
            &format!("resources: {{limits: {{cpu: 1}}}}\n{containers}"),
            "spec.resources.requests: Invalid value: \"2\": must be less than or equal to cpu limit of 1",
        );
        check(&deployment(&format!("resources: {{limits: {{cpu: 1}}}}\n{containers}")), "");
        check_pod(&format!("resources: {{limits: {{cpu: 2}}}}\n{containers}"), "");
    }

    #[test]
    fn a_pod_limits_only_some_resources() {
        check_pod(
            &format!("resources: {{limits: {{ephemeral-storage: 1}}}}\n{}", container("{}")),
            "spec.resources.limits[ephemeral-storage]: Unsupported value: \"ephemeral-storage\": supported values: \"cpu\", \"hugepages-\", \"memory\"",
        );
    }

    #[test]
    fn a_pod_has_no_claims_of_its_own() {
        check_pod(
            &format!("resources: {{claims: [{{name: gpu}}]}}\n{}", container("{}")),
            "spec.resources.claims: Forbidden: claims may not be set for Resources at pod-level
             spec.resources.claims[0]: Not found: \"gpu\": must be one of the names in pod.spec.resourceClaims which is empty",
        );
    }
}

//! Deployments and the other workloads that run for ever: `pkg/apis/apps/validation`.

use super::features::Features;
use super::meta::{Scope, validate_object_meta};
use super::persistent_volume::validate_claim_template_spec;
use super::pod::{
    validate_long_running, validate_pod_template_spec, validate_selector_matches,
    validate_template_meta,
};
use super::values::{one_of, validate_dns1123_label, validate_nonnegative};
use crate::kube::field::{Errors, Field};
use crate::kube::names::{is_valid_percent, name_is_dns_label, name_is_dns_subdomain};
use crate::kube::selector::{is_everything, validate_label_selector};
use crate::yaml::Kind;

/// `ValidateDeployment`.
pub(crate) fn validate_deployment(object: &Field, features: Features, errors: &mut Errors) {
    validate_object_meta(&object.get("metadata"), Scope::Namespaced, name_is_dns_subdomain, errors);
    let spec = object.get("spec");
    validate_nonnegative(&spec.get("replicas"), errors);
    validate_selected_template(&spec, "deployment", "invalid label selector", features, errors);
    validate_deployment_strategy(&spec.get("strategy"), errors);
    for name in ["minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"] {
        validate_nonnegative(&spec.get(name), errors);
    }
    let deadline = spec.get("progressDeadlineSeconds");
    if deadline.int_or(600) <= spec.get("minReadySeconds").int_or(0) {
        errors.invalid_at(&deadline, "600", "must be greater than minReadySeconds");
    }
}

/// `ValidateReplicaSet`.
pub(crate) fn validate_replica_set(object: &Field, features: Features, errors: &mut Errors) {
    validate_object_meta(&object.get("metadata"), Scope::Namespaced, name_is_dns_subdomain, errors);
    let spec = object.get("spec");
    validate_nonnegative(&spec.get("replicas"), errors);
    validate_nonnegative(&spec.get("minReadySeconds"), errors);
    validate_selected_template(&spec, "deployment", "invalid label selector", features, errors);
}

/// A required selector, and the template if the selector is one.
fn validate_selected_template(
    spec: &Field,
    kind: &'static str,
    invalid: &'static str,
    features: Features,
    errors: &mut Errors,
) {
    let (selector, template) = (spec.get("selector"), spec.get("template"));
    if !validate_selector(&selector, kind, invalid, errors) {
        return;
    }
    validate_labels_match(&selector, &template, errors);
    validate_pod_template_spec(&template, None, features, errors);
    validate_long_running(&template, "ReplicaSet", errors);
}

/// Says whether the selector can be used; none at all can, and selects nothing.
fn validate_selector(
    selector: &Field,
    kind: &'static str,
    invalid: &'static str,
    errors: &mut Errors,
) -> bool {
    let before = errors.count();
    if !selector.is_set() {
        errors.required(selector, "");
        return true;
    }
    validate_label_selector(selector, errors);
    let is_valid = errors.count() == before;
    if is_everything(selector) {
        errors.invalid(selector, format!("empty selector is invalid for {kind}"));
    }
    if !is_valid {
        errors.invalid(selector, invalid);
    }
    is_valid
}

/// An empty selector is reported as such, and not again because it matches.
fn validate_labels_match(selector: &Field, template: &Field, errors: &mut Errors) {
    if !selector.is_set() {
        let meta = template.get("metadata");
        let labels = meta.get("labels");
        errors.invalid_at(&labels, "null", "`selector` does not match template `labels`");
    } else if !is_everything(selector) {
        validate_selector_matches(selector, template, errors);
    }
}

/// `ValidateDeploymentStrategy`.
fn validate_deployment_strategy(strategy: &Field, errors: &mut Errors) {
    let rolling = strategy.get("rollingUpdate");
    match strategy.get("type").text() {
        "Recreate" if rolling.is_set() => {
            errors.forbidden(&rolling, "may not be specified when strategy `type` is 'Recreate'");
        }
        "Recreate" => {}
        "" | "RollingUpdate" => validate_rolling_deployment(&rolling, errors),
        _ => errors.not_supported(strategy, &["Recreate", "RollingUpdate"]),
    }
}

fn validate_rolling_deployment(rolling: &Field, errors: &mut Errors) {
    let (unavailable, surge) = (rolling.get("maxUnavailable"), rolling.get("maxSurge"));
    validate_positive_int_or_percent(&unavailable, errors);
    validate_positive_int_or_percent(&surge, errors);
    if int_or_percent(&unavailable, 25) == 0 && int_or_percent(&surge, 25) == 0 {
        errors.invalid(&unavailable, "may not be 0 when `maxSurge` is 0");
    }
    validate_not_more_than_100_percent(&unavailable, errors);
}

/// `ValidatePositiveIntOrPercent`, of a field that may be absent.
pub(crate) fn validate_positive_int_or_percent(field: &Field, errors: &mut Errors) {
    match field.node().map(|node| node.kind()) {
        Some(Kind::String) => errors.invalid_each(field, is_valid_percent(field.text())),
        _ => validate_nonnegative(field, errors),
    }
}

/// `IsNotMoreThan100Percent`.
pub(crate) fn validate_not_more_than_100_percent(field: &Field, errors: &mut Errors) {
    let digits = field.text().strip_suffix('%').unwrap_or("");
    let is_percent = is_valid_percent(field.text()).is_empty();
    if is_percent && digits.parse::<u64>().map_or(true, |percent| percent > 100) {
        errors.invalid(field, "must not be greater than 100%");
    }
}

/// `getIntOrPercentValue`: the number, whether it counts pods or hundredths; what is no number is
/// zero.
fn int_or_percent(field: &Field, default: i64) -> i64 {
    let text = field.text();
    match text.strip_suffix('%').filter(|_| is_valid_percent(text).is_empty()) {
        Some(digits) => digits.parse().unwrap_or(i64::MAX),
        None if field.is_set() => field.int().or_else(|| text.parse().ok()).unwrap_or(0),
        None => default,
    }
}

/// `ValidateDaemonSet`.
pub(crate) fn validate_daemon_set(object: &Field, features: Features, errors: &mut Errors) {
    validate_object_meta(&object.get("metadata"), Scope::Namespaced, name_is_dns_subdomain, errors);
    let spec = object.get("spec");
    let (selector, template) = (spec.get("selector"), spec.get("template"));
    let before = errors.count();
    validate_label_selector(&selector, errors);
    if errors.count() == before {
        validate_labels_match(&selector, &template, errors);
    }
    if selector.is_set() && is_everything(&selector) {
        errors.invalid(&selector, "empty selector is invalid for daemonset");
    }
    validate_pod_template_spec(&template, None, features, errors);
    validate_long_running(&template, "DaemonSet", errors);
    validate_nonnegative(&spec.get("minReadySeconds"), errors);
    validate_daemon_set_strategy(&spec.get("updateStrategy"), errors);
    validate_nonnegative(&spec.get("revisionHistoryLimit"), errors);
}

/// `ValidateDaemonSetUpdateStrategy`.
fn validate_daemon_set_strategy(strategy: &Field, errors: &mut Errors) {
    match strategy.get("type").text() {
        "OnDelete" => {}
        "" | "RollingUpdate" => validate_rolling_daemon_set(&strategy.get("rollingUpdate"), errors),
        _ => errors.not_supported(strategy, &["RollingUpdate", "OnDelete"]),
    }
}

fn validate_rolling_daemon_set(rolling: &Field, errors: &mut Errors) {
    let (unavailable, surge) = (rolling.get("maxUnavailable"), rolling.get("maxSurge"));
    validate_positive_int_or_percent(&unavailable, errors);
    validate_positive_int_or_percent(&surge, errors);
    validate_not_more_than_100_percent(&unavailable, errors);
    validate_not_more_than_100_percent(&surge, errors);
    match (int_or_percent(&unavailable, 1) != 0, int_or_percent(&surge, 0) != 0) {
        (true, true) => {
            errors.invalid(&surge, "may not be set when maxUnavailable is non-zero");
        }
        (false, false) => errors.required(&unavailable, "cannot be 0 when maxSurge is 0"),
        (true, false) | (false, true) => {}
    }
}

/// `ValidateStatefulSet`.
pub(crate) fn validate_stateful_set(object: &Field, features: Features, errors: &mut Errors) {
    validate_object_meta(&object.get("metadata"), Scope::Namespaced, name_is_dns_label, errors);
    let spec = object.get("spec");
    validate_stateful_set_policies(&spec, errors);
    let claims = spec.get("volumeClaimTemplates");
    if features.stateful_set_templates() {
        for claim in claims.items() {
            validate_claim_template_spec(&claim.get("spec"), features, errors);
        }
    }
    validate_nonnegative(&spec.get("replicas"), errors);
    validate_nonnegative(&spec.get("minReadySeconds"), errors);
    let ordinals = spec.get("ordinals");
    validate_nonnegative(&ordinals.get("start"), errors);
    let service_name = spec.get("serviceName");
    if features.stateful_set_templates() && !service_name.text().is_empty() {
        validate_dns1123_label(&service_name, errors);
    }
    let (selector, template) = (spec.get("selector"), spec.get("template"));
    if validate_selector(&selector, "statefulset", "", errors) {
        validate_labels_match(&selector, &template, errors);
        if features.stateful_set_templates() {
            validate_pod_template_spec(&template, Some(claims), features, errors);
        }
        validate_template_meta(&template, errors);
    }
    validate_long_running(&template, "StatefulSet", errors);
}

fn validate_stateful_set_policies(spec: &Field, errors: &mut Errors) {
    let management = spec.get("podManagementPolicy");
    if !matches!(management.text(), "" | "OrderedReady" | "Parallel") {
        errors.invalid(&management, "must be 'OrderedReady' or 'Parallel'");
    }
    let strategy = spec.get("updateStrategy");
    let rolling = strategy.get("rollingUpdate");
    match strategy.get("type").text() {
        "OnDelete" if rolling.is_set() => {
            errors.invalid(&rolling, "only allowed for updateStrategy 'RollingUpdate'");
        }
        "OnDelete" => {}
        // The registry drops `maxUnavailable`, whose gate is off.
        "" | "RollingUpdate" => validate_nonnegative(&rolling.get("partition"), errors),
        _ => errors.invalid(&strategy, "must be 'RollingUpdate' or 'OnDelete'"),
    }
    let retention = spec.get("persistentVolumeClaimRetentionPolicy");
    for name in ["whenDeleted", "whenScaled"] {
        let policy = retention.get(name);
        if !policy.text().is_empty() {
            one_of(&policy, &["Retain", "Delete"], errors);
        }
    }
}

/// `ValidateControllerRevisionCreate`.
pub(crate) fn validate_controller_revision(object: &Field, _: Features, errors: &mut Errors) {
    validate_object_meta(&object.get("metadata"), Scope::Namespaced, name_is_dns_subdomain, errors);
    validate_nonnegative(&object.get("revision"), errors);
    let data = object.get("data");
    if !data.is_set() {
        errors.required(&data, "data is mandatory");
    } else if data.node().is_some_and(|node| node.kind() != Kind::Map) {
        errors.required(&data, "data must be a valid JSON object");
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{check, check_at};
    use crate::kube::Version;

    const TEMPLATE: &str = "template: {metadata: {labels: {app: web}}, spec: {containers: \
                            [{name: web, image: nginx}]}}";

    fn workload(kind: &str, more: &str) -> String {
        format!(
            "apiVersion: apps/v1\nkind: {kind}\nmetadata: {{name: web}}\nspec:\n  {TEMPLATE}\n  {more}"
        )
    }

    const SELECTOR: &str = "selector: {matchLabels: {app: web}}\n  ";

    #[test]
    fn selectors_of_deployments() {
        check(&workload("Deployment", SELECTOR), "");
        check(
            &workload("Deployment", "replicas: -1"),
            "spec.replicas: Invalid value: -1
             spec.selector: Required value
             spec.template.metadata.labels: Invalid value: {\"app\":\"web\"}: `selector` does not match",
        );
        check(
            &workload("Deployment", "selector: {}"),
            "spec.selector: Invalid value: {}: empty selector",
        );
        check(
            &workload("Deployment", "selector: {matchExpressions: [{key: a, operator: In}]}"),
            "spec.selector.matchExpressions[0].values: Required value
             spec.selector: Invalid value: {\"matchExpressions\":[{\"key\":\"a\",\"operator\":\"In\"}]}: invalid label selector",
        );
        check(
            &workload("Deployment", "selector: {matchLabels: {app: db}}"),
            "spec.template.metadata.labels: Invalid value: {\"app\":\"web\"}: `selector` does not match",
        );
    }

    #[test]
    fn strategies_of_deployments() {
        let with =
            |strategy: &str| workload("Deployment", &format!("{SELECTOR}strategy: {strategy}"));
        check(
            &with("{type: Recreate, rollingUpdate: {}}"),
            "spec.strategy.rollingUpdate: Forbidden: may not be specified",
        );
        check(
            &with("{type: recreate}"),
            "spec.strategy: Unsupported value: {\"type\":\"recreate\"}",
        );
        check(&with("{rollingUpdate: {maxSurge: 150%, maxUnavailable: 0}}"), "");
        check(
            &with("{rollingUpdate: {maxSurge: 0, maxUnavailable: 0%}}"),
            "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: \"0%\": may not be 0 when",
        );
        check(
            &with("{rollingUpdate: {maxSurge: 0, maxUnavailable: '-5%'}}"),
            "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: \"-5%\": a valid percent string
             spec.strategy.rollingUpdate.maxUnavailable: Invalid value: \"-5%\": may not be 0 when",
        );
        check(
            &with("{rollingUpdate: {maxUnavailable: 101%}}"),
            "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: \"101%\": must not be greater than 100%",
        );
    }

    #[test]
    fn the_deadline_comes_after_the_pods_are_ready() {
        check(
            &workload("Deployment", &format!("{SELECTOR}minReadySeconds: 600")),
            "spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds",
        );
    }

    #[test]
    fn templates_run_for_ever() {
        let manifest = workload("ReplicaSet", SELECTOR)
            .replace("{containers", "{restartPolicy: Never, activeDeadlineSeconds: 5, containers");
        check(
            &manifest,
            "spec.template.spec.restartPolicy: Unsupported value: \"Never\": supported values: \"Always\"
             spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicaSet",
        );
    }

    #[test]
    fn daemon_sets() {
        check(
            &workload("DaemonSet", "updateStrategy: {rollingUpdate: {maxUnavailable: 1, maxSurge: 1}}"),
            "spec.template.metadata.labels: Invalid value: {\"app\":\"web\"}: `selector` does not match
             spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable",
        );
        check(
            &workload(
                "DaemonSet",
                &format!("{SELECTOR}updateStrategy: {{rollingUpdate: {{maxUnavailable: 0}}}}"),
            ),
            "spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0",
        );
    }

    fn stateful_set(claims: &str) -> String {
        workload("StatefulSet", &format!("{SELECTOR}volumeClaimTemplates: {claims}")).replace(
            "image: nginx}",
            "image: nginx, volumeMounts: [{name: data, mountPath: /d}, {name: tmp, mountPath: /t}]}], \
             volumes: [{name: data, hostPath: {}}, {name: tmp, hostPath: {}}",
        )
    }

    #[test]
    fn claims_stand_in_front_of_the_volumes_and_replace_them() {
        let spec = "{accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}";
        check(
            &stateful_set(&format!("[{{metadata: {{name: data}}, spec: {spec}}}]")),
            "spec.template.spec.volumes[1].hostPath.path: Required value
             spec.template.spec.containers[0].volumeMounts[1].name: Not found: \"tmp\"",
        );
        check(
            &stateful_set("[{metadata: {name: data}, spec: {}}]"),
            "spec.volumeClaimTemplates[0].spec.accessModes: Required value
             spec.volumeClaimTemplates[0].spec.resources[storage]: Required value
             spec.template.spec.volumes[1].hostPath.path: Required value
             spec.template.spec.containers[0].volumeMounts[1].name: Not found: \"tmp\"",
        );
    }

    #[test]
    fn templates_of_stateful_sets_were_not_looked_at_before() {
        check_at(Version::new(33), &stateful_set("[{}]"), "");
    }
}

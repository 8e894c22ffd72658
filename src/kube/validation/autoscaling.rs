//! Horizontal pod autoscalers: `pkg/apis/autoscaling/validation`.

use super::features::Features;
use super::meta::{Scope, validate_object_meta};
use super::networking::require_path_segment;
use super::resources::{amount, validate_container_resource_name};
use super::values::{one_of, validate_dns1123_label};
use crate::kube::field::{Errors, Field};
use crate::kube::names::{name_is_dns_subdomain, path_segment_name};
use crate::kube::quantity::Quantity;

const MAX_PERIOD_SECONDS: i64 = 1800;
const MAX_STABILIZATION_WINDOW_SECONDS: i64 = 3600;

/// `ValidateHorizontalPodAutoscaler`, version 2.
pub(crate) fn validate_autoscaler(object: &Field, features: Features, errors: &mut Errors) {
    validate_object_meta(&object.get("metadata"), Scope::Namespaced, name_is_dns_subdomain, errors);
    let spec = object.get("spec");
    validate_replicas(&spec, features, errors);
    validate_target(&spec.get("scaleTargetRef"), true, features, errors);
    let metrics = spec.get("metrics");
    for metric in metrics.items() {
        validate_metric(&metric, features, errors);
    }
    validate_scale_to_zero(&spec, errors);
    let behavior = spec.get("behavior");
    for name in ["scaleUp", "scaleDown"] {
        let rules = behavior.get(name);
        if rules.is_set() {
            validate_scaling_rules(&rules, features, errors);
        }
    }
}

/// The same of version 1, whose one target becomes a metric of version 2.
pub(crate) fn validate_autoscaler_v1(object: &Field, features: Features, errors: &mut Errors) {
    validate_object_meta(&object.get("metadata"), Scope::Namespaced, name_is_dns_subdomain, errors);
    let spec = object.get("spec");
    validate_replicas(&spec, features, errors);
    validate_target(&spec.get("scaleTargetRef"), true, features, errors);
    let target = spec.get("targetCPUUtilizationPercentage");
    if target.int().is_some_and(|percent| percent < 1) {
        let metrics = spec.path().child("metrics");
        let (metric, resource) = (metrics.index(0), "resource");
        let path = metric.child(resource);
        let path = path.child("target");
        errors.invalid(&target.moved(path.child("averageUtilization")), "must be greater than 0");
    }
    validate_scale_to_zero(&spec, errors);
}

fn validate_replicas(spec: &Field, features: Features, errors: &mut Errors) {
    let (min, max) = (spec.get("minReplicas"), spec.get("maxReplicas"));
    if min.int_or(1) < 1 {
        errors.invalid(&min, "must be greater than or equal to 1");
    }
    match max.int_or(0) {
        0 if features.hpa_max_replicas_required() => {
            errors.required(&max, "must be set and greater than 0");
        }
        ..=0 => errors.invalid_at(&max, "0", "must be greater than or equal to 1"),
        1.. => {}
    }
    if max.int_or(0) < min.int_or(1) {
        errors.invalid_at(&max, "0", "must be greater than or equal to `minReplicas`");
    }
}

/// `ValidateCrossVersionObjectReference`.
fn validate_target(target: &Field, needs_group: bool, features: Features, errors: &mut Errors) {
    require_path_segment(&target.get("kind"), errors);
    require_path_segment(&target.get("name"), errors);
    let version = target.get("apiVersion");
    if !features.hpa_api_version() {
        return;
    }
    if version.text().matches('/').count() > 1 {
        let detail = format!("unexpected GroupVersion string: {}", version.text());
        errors.invalid(&version, detail);
    } else if needs_group
        && version.text().split_once('/').is_none_or(|(group, _)| group.is_empty())
    {
        errors.invalid(&version, "apiVersion must specify API group");
    }
}

fn validate_scale_to_zero(spec: &Field, errors: &mut Errors) {
    let metrics = spec.get("metrics");
    let external =
        metrics.items().any(|metric| matches!(metric.get("type").text(), "Object" | "External"));
    if spec.get("minReplicas").int() == Some(0) && !external {
        let detail = "must specify at least one Object or External metric to support scaling to \
                      zero replicas";
        errors.forbidden(&metrics, detail);
    }
}

const METRIC_TYPES: [&str; 5] = ["ContainerResource", "External", "Object", "Pods", "Resource"];

/// The sources, in the order in which the server looks at them.
const SOURCES: [(&str, &str); 5] = [
    ("object", "Object"),
    ("external", "External"),
    ("pods", "Pods"),
    ("resource", "Resource"),
    ("containerResource", "ContainerResource"),
];

/// `validateMetricSpec`: an unknown type is reported twice, as there.
fn validate_metric(metric: &Field, features: Features, errors: &mut Errors) {
    let kind = metric.get("type");
    if kind.text().is_empty() {
        errors.required(&kind, "must specify a metric source type");
    }
    let is_known = METRIC_TYPES.contains(&kind.text());
    if !is_known {
        errors.not_supported(&kind, &METRIC_TYPES);
    }
    let present: Vec<&str> = SOURCES
        .map(|(field, _)| field)
        .into_iter()
        .filter(|name| metric.get(name).is_set())
        .collect();
    if let Some(first) = present.first() {
        validate_source(&metric.get(first), first, features, errors);
    }
    let expected = SOURCES.iter().find(|(_, name)| *name == kind.text()).map(|(field, _)| *field);
    match expected {
        Some(field) if !metric.get(field).is_set() => errors
            .required(&metric.get(field), "must populate information for the given metric source"),
        Some(_) => {}
        None => errors.not_supported(&kind, &METRIC_TYPES),
    }
    if present.len() != 1 {
        for name in present.iter().filter(|name| Some(**name) != expected) {
            let detail = "must populate the given metric source only";
            errors.forbidden(&metric.get(name), detail);
        }
    }
}

fn validate_source(source: &Field, name: &str, features: Features, errors: &mut Errors) {
    let target = source.get("target");
    let (value, average) = (target.get("value"), target.get("averageValue"));
    match name {
        "object" => {
            validate_target(&source.get("describedObject"), false, features, errors);
            validate_metric_identifier(&source.get("metric"), errors);
            validate_metric_target(&target, errors);
            if !value.is_set() && !average.is_set() {
                errors.required(&average, "must set either a target value or averageValue");
            }
        }
        "external" => {
            validate_metric_identifier(&source.get("metric"), errors);
            validate_metric_target(&target, errors);
            validate_external_target(&value, &average, errors);
        }
        "pods" => {
            validate_metric_identifier(&source.get("metric"), errors);
            validate_metric_target(&target, errors);
            if !average.is_set() {
                errors.required(&average, "must specify a positive target averageValue");
            }
        }
        _ => validate_resource_source(source, name, errors),
    }
}

fn validate_external_target(value: &Field, average: &Field, errors: &mut Errors) {
    if !value.is_set() && !average.is_set() {
        let detail = "must set either a target value for metric or a per-pod target";
        errors.required(average, detail);
    }
    if value.is_set() && average.is_set() {
        let detail = "may not set both a target value for metric and a per-pod target";
        errors.forbidden(value, detail);
    }
}

/// `validateResourceSource` and `validateContainerResourceSource`.
fn validate_resource_source(source: &Field, kind: &str, errors: &mut Errors) {
    let (name, target) = (source.get("name"), source.get("target"));
    if name.text().is_empty() {
        errors.required(&name, "must specify a resource name");
    } else if kind == "containerResource" {
        validate_container_resource_name(&name, name.text(), errors);
    }
    if kind == "containerResource" {
        let container = source.get("container");
        if container.text().is_empty() {
            errors.required(&container, "must specify a container");
        } else {
            validate_dns1123_label(&container, errors);
        }
    }
    validate_metric_target(&target, errors);
    let (utilization, average) = (target.get("averageUtilization"), target.get("averageValue"));
    if !utilization.is_set() && !average.is_set() {
        let detail = "must set either a target raw value or a target utilization";
        errors.required(&utilization, detail);
    }
    if utilization.is_set() && average.is_set() {
        let detail = "may not set both a target raw value and a target utilization";
        errors.forbidden(&average, detail);
    }
}

/// `validateMetricTarget`.
fn validate_metric_target(target: &Field, errors: &mut Errors) {
    let kind = target.get("type");
    if kind.text().is_empty() {
        errors.required(&kind, "must specify a metric target type");
    }
    if !matches!(kind.text(), "Utilization" | "Value" | "AverageValue") {
        errors.invalid(&kind, "must be either Utilization, Value, or AverageValue");
    }
    for name in ["value", "averageValue"] {
        let quantity = target.get(name);
        if quantity.is_set() && amount(&quantity) <= Quantity::ZERO {
            errors.invalid(&quantity, "must be positive");
        }
    }
    let utilization = target.get("averageUtilization");
    if utilization.int().is_some_and(|percent| percent < 1) {
        errors.invalid(&utilization, "must be greater than 0");
    }
}

fn validate_metric_identifier(metric: &Field, errors: &mut Errors) {
    let name = metric.get("name");
    if name.text().is_empty() {
        errors.required(&name, "must specify a metric name");
    } else {
        errors.invalid_each(&name, path_segment_name(name.text(), false));
    }
}

/// `validateScalingRules`; the policies have defaults unless they are there, and empty.
fn validate_scaling_rules(rules: &Field, features: Features, errors: &mut Errors) {
    let window = rules.get("stabilizationWindowSeconds");
    if window.int_or(0) < 0 {
        errors.invalid(&window, "must be greater than or equal to zero");
    }
    if window.int_or(0) > MAX_STABILIZATION_WINDOW_SECONDS {
        let detail = format!("must be less than or equal to {MAX_STABILIZATION_WINDOW_SECONDS}");
        errors.invalid(&window, detail);
    }
    one_of(&rules.get("selectPolicy"), &["Disabled", "Max", "Min"], errors);
    let policies = rules.get("policies");
    if policies.is_set() && policies.is_empty() {
        errors.required(&policies, "must specify at least one Policy");
    }
    for policy in policies.items() {
        validate_scaling_policy(&policy, errors);
    }
    let tolerance = rules.get("tolerance");
    if features.hpa_configurable_tolerance() && amount(&tolerance).is_negative() {
        errors.invalid(&tolerance, "must be greater than or equal to 0");
    }
}

fn validate_scaling_policy(policy: &Field, errors: &mut Errors) {
    let (kind, value, period) =
        (policy.get("type"), policy.get("value"), policy.get("periodSeconds"));
    if !["Percent", "Pods"].contains(&kind.text()) {
        errors.not_supported(&kind, &["Percent", "Pods"]);
    }
    for field in [value, period] {
        if field.int_or(0) <= 0 {
            errors.invalid_at(&field, "0", "must be greater than zero");
        }
    }
    if period.int_or(0) > MAX_PERIOD_SECONDS {
        errors.invalid(&period, format!("must be less than or equal to {MAX_PERIOD_SECONDS}"));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{check, check_at};
    use crate::kube::Version;

    fn autoscaler(version: &str, spec: &str) -> String {
        format!(
            "apiVersion: autoscaling/{version}\nkind: HorizontalPodAutoscaler\nmetadata: {{name: a}}\n\
             spec: {{scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: a}}, {spec}}}"
        )
    }

    #[test]
    fn replicas() {
        check(&autoscaler("v2", "maxReplicas: 1"), "");
        check(
            &autoscaler("v2", "minReplicas: 3, maxReplicas: 2"),
            "spec.maxReplicas: Invalid value: 2: must be greater than or equal to `minReplicas`",
        );
        check(
            &autoscaler("v2", "maxReplicas: 0"),
            "spec.maxReplicas: Required value: must be set and greater than 0
             spec.maxReplicas: Invalid value: 0: must be greater than or equal to `minReplicas`",
        );
    }

    #[test]
    fn the_target_needs_a_group_lately() {
        let manifest = autoscaler("v2", "maxReplicas: 1").replace("apps/v1", "v1");
        check(
            &manifest,
            "spec.scaleTargetRef.apiVersion: Invalid value: \"v1\": apiVersion must specify API group",
        );
        check_at(Version::new(33), &manifest, "");
    }

    #[test]
    fn metrics() {
        check(
            &autoscaler(
                "v2",
                "maxReplicas: 1, metrics: [{type: Resource, pods: {metric: {}, target: {}}}]",
            ),
            "spec.metrics[0].pods.metric.name: Required value
             spec.metrics[0].pods.target.type: Required value
             spec.metrics[0].pods.target.type: Invalid value: \"\": must be either
             spec.metrics[0].pods.target.averageValue: Required value
             spec.metrics[0].resource: Required value",
        );
        check(
            &autoscaler("v1", "maxReplicas: 1, targetCPUUtilizationPercentage: 0"),
            "spec.metrics[0].resource.target.averageUtilization: Invalid value: 0: must be greater than 0",
        );
    }

    #[test]
    fn behavior() {
        check(
            &autoscaler(
                "v2",
                "maxReplicas: 1, behavior: {scaleUp: {}, scaleDown: {stabilizationWindowSeconds: 4000, \
                               policies: [{type: Pods, value: 0, periodSeconds: 2000}]}}",
            ),
            "spec.behavior.scaleDown.stabilizationWindowSeconds: Invalid value: 4000
             spec.behavior.scaleDown.policies[0].value: Invalid value: 0
             spec.behavior.scaleDown.policies[0].periodSeconds: Invalid value: 2000",
        );
    }
}

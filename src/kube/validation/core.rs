//! The small kinds of the core group, and the checks of single names that all groups share:
//! `pkg/apis/core/validation`.

use rustc_hash::{FxHashMap, FxHashSet};
use serde::de::IgnoredAny;

use super::affinity::validate_taint;
use super::features::Features;
use super::meta::{
    Scope, validate_kube_finalizer_name, validate_object_meta, validate_templated_meta,
};
use super::pod::{self, validate_long_running};
use super::resources::{
    self, amount, validate_quota_resource_name, validate_resource_quantity_value,
};
use super::unique::Names;
use super::values::validate_nonnegative;
use crate::kube::field::{Errors, Field, Path};
use crate::kube::names::{self, is_config_map_key, is_qualified_name, name_is_dns_subdomain};
use crate::kube::quantity::Quantity;
use crate::kube::selector;
use crate::yaml::Node;

/// Of a Secret's or ConfigMap's contents.
const MAX_SECRET_SIZE: usize = 1024 * 1024;

/// Kinds of which the server validates the metadata only.
pub(crate) fn validate_service_account(object: &Field, _: Features, errors: &mut Errors) {
    validate_object_meta(&object.get("metadata"), Scope::Namespaced, name_is_dns_subdomain, errors);
}

pub(crate) fn validate_namespace(namespace: &Field, _: Features, errors: &mut Errors) {
    let (meta, spec) = (namespace.get("metadata"), namespace.get("spec"));
    let before = errors.count();
    validate_object_meta(&meta, Scope::Cluster, names::name_is_dns_label, errors);
    validate_name_label(&meta, errors);
    let finalizers = spec.get("finalizers");
    for finalizer in finalizers.items() {
        let at = finalizer.value_in(&finalizers);
        errors.invalid_each(&at, is_qualified_name(at.text()));
        validate_kube_finalizer_name(&at, errors);
    }
    if errors.count() == before {
        validate_pod_security_labels(&meta.get("labels"), errors);
    }
}

/// The name of a namespace is the value of a label of it, by default.
fn validate_name_label(meta: &Field, errors: &mut Errors) {
    let (name, labels) = (meta.get("name"), meta.get("labels"));
    for problem in names::is_valid_label_value(name.text()) {
        errors.invalid_text(&name.value_in(&labels), name.text(), problem);
    }
}

/// The admission plugin `PodSecurity` reads these labels once validation has passed.
fn validate_pod_security_labels(labels: &Field, errors: &mut Errors) {
    for mode in ["enforce", "audit", "warn"] {
        let (level, version) = (
            format!("pod-security.kubernetes.io/{mode}"),
            format!("pod-security.kubernetes.io/{mode}-version"),
        );
        let (level, version) = (labels.key(&level), labels.key(&version));
        let levels = ["privileged", "baseline", "restricted"];
        if level.is_set() && !levels.contains(&level.text()) {
            errors.invalid(&level, "must be one of privileged, baseline, restricted");
        }
        if version.is_set() && !is_policy_version(version.text()) {
            errors.invalid(&version, "must be \"latest\" or \"v1.x\"");
        }
    }
}

fn is_policy_version(text: &str) -> bool {
    let minor = text.strip_prefix("v1.").unwrap_or("");
    let digits = !minor.is_empty() && minor.bytes().all(|b| b.is_ascii_digit());
    text == "latest" || digits && (minor == "0" || !minor.starts_with('0'))
}

/// `ValidateNode`, as far as it is not about what kubelets report.
pub(crate) fn validate_node(node: &Field, _: Features, errors: &mut Errors) {
    let (meta, spec) = (node.get("metadata"), node.get("spec"));
    validate_object_meta(&meta, Scope::Cluster, name_is_dns_subdomain, errors);
    let path = meta.path().child("taints");
    let taints = spec.get("taints").moved(path);
    let mut seen = FxHashSet::default();
    for taint in taints.items() {
        validate_taint(&taint, errors);
        if !seen.insert((taint.get("effect").text(), taint.get("key").text())) {
            errors.duplicate(&taint);
        }
    }
}

pub(crate) fn validate_pod_template(object: &Field, features: Features, errors: &mut Errors) {
    validate_object_meta(&object.get("metadata"), Scope::Namespaced, name_is_dns_subdomain, errors);
    pod::validate_pod_template_spec(&object.get("template"), None, features, errors);
}

/// `ValidateReplicationController`; the selector is the template's labels by default.
pub(crate) fn validate_replication_controller(
    object: &Field,
    features: Features,
    errors: &mut Errors,
) {
    let spec = object.get("spec");
    let (selector, template) = (spec.get("selector"), spec.get("template"));
    validate_templated_meta(&object.get("metadata"), &template, errors);
    let meta = template.get("metadata");
    let labels = meta.get("labels");
    validate_nonnegative(&spec.get("minReadySeconds"), errors);
    if selector.is_empty() && labels.is_empty() {
        errors.required(&selector, "");
    }
    validate_nonnegative(&spec.get("replicas"), errors);
    if !template.is_set() {
        return errors.required(&template, "");
    }
    if selector.node().is_some_and(|wanted| !selector::contains(labels.node(), wanted)) {
        errors.invalid(&labels, "`selector` does not match template `labels`");
    }
    pod::validate_pod_template_spec(&template, None, features, errors);
    validate_long_running(&template, "ReplicationController", errors);
}

/// `ValidateConfigMap`.
pub(crate) fn validate_config_map(config_map: &Field, _: Features, errors: &mut Errors) {
    let meta = config_map.get("metadata");
    validate_object_meta(&meta, Scope::Namespaced, name_is_dns_subdomain, errors);
    let (data, binary) = (config_map.get("data"), config_map.get("binaryData"));
    let mut size = 0;
    for (key, value) in data.entries() {
        validate_data_key(key, &value, errors);
        if binary.key(key).is_set() {
            errors.invalid_text(&value, key, "duplicate of key present in binaryData");
        }
        size += value.text().len();
    }
    for (key, value) in binary.entries() {
        validate_data_key(key, &value, errors);
        size += decoded_len(value.text());
    }
    if size > MAX_SECRET_SIZE {
        // Go's empty path.
        errors.too_long(&data.moved(Path::ROOT.key("")), MAX_SECRET_SIZE);
    }
}

fn validate_data_key(key: &str, value: &Field, errors: &mut Errors) {
    for problem in is_config_map_key(key) {
        errors.invalid_text(value, key, problem);
    }
}

/// The number of bytes that a base64 text stands for.
fn decoded_len(text: &str) -> usize {
    let digits = text.bytes().filter(|b| !matches!(b, b'=' | b'\n' | b'\r')).count();
    digits * 3 / 4
}

/// `ValidateSecret`. What is in `stringData` stands in `data` too, and wins there.
pub(crate) fn validate_secret(secret: &Field, _: Features, errors: &mut Errors) {
    let meta = secret.get("metadata");
    validate_object_meta(&meta, Scope::Namespaced, name_is_dns_subdomain, errors);
    let (data, plain) = (secret.get("data"), secret.get("stringData"));
    let mut size = 0;
    for (key, value) in data.entries().filter(|(key, _)| !plain.key(key).is_set()) {
        validate_data_key(key, &value, errors);
        size += decoded_len(value.text());
    }
    for (key, value) in plain.entries() {
        validate_data_key(key, &value.moved(data.path().key(key)), errors);
        size += value.text().len();
    }
    if size > MAX_SECRET_SIZE {
        errors.too_long(&data, MAX_SECRET_SIZE);
    }
    validate_secret_type(secret, errors);
}

fn validate_secret_type(secret: &Field, errors: &mut Errors) {
    let (meta, data) = (secret.get("metadata"), secret.get("data"));
    let lacks = |key| secret_value(secret, key).is_none_or(|value| value.is_empty());
    let missing = |key: &&str| secret_value(secret, key).is_none();
    match secret.get("type").text() {
        "kubernetes.io/service-account-token" => {
            let annotations = meta.get("annotations");
            let account = annotations.key("kubernetes.io/service-account.name");
            if account.text().is_empty() {
                errors.required(&account, "");
            }
        }
        "kubernetes.io/dockercfg" => validate_json(secret, ".dockercfg", errors),
        "kubernetes.io/dockerconfigjson" => validate_json(secret, ".dockerconfigjson", errors),
        "kubernetes.io/basic-auth" if ["username", "password"].iter().all(missing) => {
            errors.required(&data.key("username"), "");
            errors.required(&data.key("password"), "");
        }
        "kubernetes.io/ssh-auth" if lacks("ssh-privatekey") => {
            errors.required(&data.key("ssh-privatekey"), "");
        }
        "kubernetes.io/tls" => {
            for key in ["tls.crt", "tls.key"].iter().filter(|key| missing(key)) {
                errors.required(&data.key(key), "");
            }
        }
        _ => {}
    }
}

/// The bytes under a key, whichever way they were given. A null is an empty value.
fn secret_value(secret: &Field, key: &str) -> Option<Vec<u8>> {
    let text =
        |map: &Field| map.node()?.get(key).map(|node| node.as_str().unwrap_or("").to_owned());
    let (data, plain) = (secret.get("data"), secret.get("stringData"));
    if let Some(plain) = text(&plain) {
        return Some(plain.into_bytes());
    }
    let encoded: String = text(&data)?.chars().filter(|c| !matches!(c, '\n' | '\r')).collect();
    Some(data_encoding::BASE64.decode(encoded.as_bytes()).unwrap_or_default())
}

fn validate_json(secret: &Field, key: &str, errors: &mut Errors) {
    let data = secret.get("data");
    let Some(bytes) = secret_value(secret, key) else { return errors.required(&data.key(key), "") };
    let text = String::from_utf8_lossy(&bytes);
    let object: Result<Option<std::collections::BTreeMap<String, IgnoredAny>>, _> =
        serde_json::from_str(&text);
    if let Err(error) = object {
        let plain = secret.get("stringData");
        let given = if plain.key(key).is_set() { plain.key(key) } else { data.key(key) };
        let at = given.moved(data.path().key(key));
        errors.invalid_text(&at, "<secret contents redacted>", json_problem(&text, &error));
    }
}

/// What Go says of JSON that is no object, where that can be told.
fn json_problem(text: &str, error: &serde_json::Error) -> String {
    let kind = match serde_json::from_str(text) {
        Ok(serde_json::Value::Array(_)) => "array",
        Ok(serde_json::Value::String(_)) => "string",
        Ok(serde_json::Value::Number(_)) => "number",
        Ok(serde_json::Value::Bool(_)) => "bool",
        Ok(serde_json::Value::Null | serde_json::Value::Object(_)) => return error.to_string(),
        Err(_) if error.is_eof() => return "unexpected end of JSON input".to_owned(),
        Err(_) => return error.to_string(),
    };
    format!("json: cannot unmarshal {kind} into Go value of type map[string]interface {{}}")
}

/// `ValidateResourceQuota`.
pub(crate) fn validate_resource_quota(quota: &Field, _: Features, errors: &mut Errors) {
    validate_object_meta(&quota.get("metadata"), Scope::Namespaced, name_is_dns_subdomain, errors);
    let spec = quota.get("spec");
    let hard = spec.get("hard");
    for (name, limit) in hard.entries() {
        validate_quota_resource_name(&limit, name, errors);
        validate_resource_quantity_value(name, &limit, errors);
    }
    validate_scopes(&spec, errors);
    validate_scope_selector(&spec, errors);
}

const CROSS_NAMESPACE: &str = "CrossNamespacePodAffinity";

fn is_standard_scope(scope: &str) -> bool {
    matches!(
        scope,
        "Terminating"
            | "NotTerminating"
            | "BestEffort"
            | "NotBestEffort"
            | "PriorityClass"
            | "VolumeAttributesClass"
            | CROSS_NAMESPACE
    )
}

/// `IsResourceQuotaScopeValidForResource`.
fn is_valid_for_resource(scope: &str, resource: &str) -> bool {
    let compute = matches!(
        resource,
        "cpu" | "memory" | "limits.cpu" | "limits.memory" | "requests.cpu" | "requests.memory"
    );
    match scope {
        "BestEffort" => resource == "pods",
        "Terminating" | "NotTerminating" | "NotBestEffort" | "PriorityClass" | CROSS_NAMESPACE => {
            resource == "pods" || compute
        }
        "VolumeAttributesClass" => {
            matches!(resource, "persistentvolumeclaims" | "requests.storage")
        }
        _ => true,
    }
}

/// How many of the quota's resources a scope cannot be applied to.
fn misapplied(scope: &str, spec: &Field) -> usize {
    if !is_standard_scope(scope) {
        return 0;
    }
    let hard = spec.get("hard");
    let standard = hard.entries().filter(|(name, _)| resources::is_standard_quota_resource(name));
    standard.filter(|(name, _)| !is_valid_for_resource(scope, name)).count()
}

fn validate_scopes(spec: &Field, errors: &mut Errors) {
    let scopes = spec.get("scopes");
    let mut counts = FxHashMap::default();
    for scope in scopes.texts() {
        if !is_standard_scope(scope) {
            errors.invalid(&scopes, "unsupported scope");
        }
        let count = *counts.entry(scope).or_insert_with(|| misapplied(scope, spec));
        for _ in 0..count {
            errors.invalid(&scopes, "unsupported scope applied to resource");
        }
    }
    report_conflicts(|wanted| scopes.texts().any(|scope| scope == wanted), &scopes, errors);
}

fn report_conflicts(has: impl Fn(&str) -> bool, at: &Field, errors: &mut Errors) {
    for (one, other) in [("BestEffort", "NotBestEffort"), ("Terminating", "NotTerminating")] {
        if has(one) && has(other) {
            errors.invalid(at, "conflicting scopes");
        }
    }
}

/// `validateScopedResourceSelectorRequirement`: reported without an index.
fn validate_scope_selector(spec: &Field, errors: &mut Errors) {
    let selector = spec.get("scopeSelector");
    let expressions = selector.get("matchExpressions");
    for requirement in expressions.items() {
        let requirement = requirement.value_in(&expressions);
        let (scope, operator) = (requirement.get("scopeName"), requirement.get("operator"));
        if !is_standard_scope(scope.text()) {
            errors.invalid(&scope, "unsupported scope");
        }
        for _ in 0..misapplied(scope.text(), spec) {
            errors.invalid(&requirement, "unsupported scope applied to resource");
        }
        validate_scope_operator(&scope, &operator, &requirement.get("values"), errors);
    }
    let has = |wanted: &str| {
        expressions.items().any(|requirement| requirement.get("scopeName").text() == wanted)
    };
    report_conflicts(has, &expressions, errors);
}

fn validate_scope_operator(scope: &Field, operator: &Field, values: &Field, errors: &mut Errors) {
    let only_exists = !matches!(scope.text(), "PriorityClass" | "VolumeAttributesClass");
    if is_standard_scope(scope.text()) && only_exists && operator.text() != "Exists" {
        let problem = "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, \
             ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, \
             ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";
        errors.invalid(operator, problem);
    }
    match operator.text() {
        "In" | "NotIn" if values.is_empty() => errors.required(
            values,
            "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
        ),
        "Exists" | "DoesNotExist" if !values.is_empty() => errors.invalid(
            values,
            "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector",
        ),
        "In" | "NotIn" | "Exists" | "DoesNotExist" => {}
        _ => errors.invalid(operator, "not a valid selector operator"),
    }
}

/// `ValidateLimitRange`.
pub(crate) fn validate_limit_range(limit_range: &Field, _: Features, errors: &mut Errors) {
    let meta = limit_range.get("metadata");
    validate_object_meta(&meta, Scope::Namespaced, name_is_dns_subdomain, errors);
    let spec = limit_range.get("spec");
    let mut seen = Names::default();
    for limit in spec.get("limits").items() {
        let kind = limit.get("type");
        validate_limit_type(&kind, errors);
        if !seen.add(kind.text()) {
            errors.duplicate(&kind);
        }
        validate_limit_names(&limit, errors);
        for name in resources_of(&limit) {
            Amounts::of(&limit, name).validate(&limit, name, errors);
        }
    }
}

fn validate_limit_type(kind: &Field, errors: &mut Errors) {
    let problems = is_qualified_name(kind.text());
    let standard = matches!(kind.text(), "Pod" | "Container" | "PersistentVolumeClaim");
    if problems.is_empty() && !kind.text().contains('/') && !standard {
        errors.invalid(kind, "must be a standard limit type or fully qualified");
    }
    errors.invalid_each(kind, problems);
}

const LIMIT_LISTS: [&str; 5] = ["max", "min", "default", "defaultRequest", "maxLimitRequestRatio"];

fn validate_limit_names(limit: &Field, errors: &mut Errors) {
    let kind = limit.get("type");
    for list in LIMIT_LISTS {
        let amounts = limit.get(list);
        if list == "maxLimitRequestRatio" && kind.text() == "PersistentVolumeClaim" {
            validate_claim_limit(limit, errors);
        }
        if kind.text() == "Pod" && list.starts_with("default") {
            if !amounts.is_empty() {
                errors.forbidden(&amounts, "may not be specified when `type` is 'Pod'");
            }
            continue;
        }
        for (name, amount) in amounts.entries() {
            validate_limit_name(kind.text(), &amount, name, errors);
        }
        for (name, amount) in defaulted(limit, list) {
            let at = amounts.path().key(name);
            validate_limit_name(kind.text(), &amount.moved(at), name, errors);
        }
    }
}

/// `validateLimitRangeResourceName`.
fn validate_limit_name(kind: &str, amount: &Field, name: &str, errors: &mut Errors) {
    match kind {
        "Pod" | "Container" => resources::validate_container_resource_name(amount, name, errors),
        _ => {
            resources::validate_resource_name(amount, name, errors);
        }
    }
}

/// The resources that `SetDefaults_LimitRangeItem` adds to a list of a container's limit, with the
/// amounts that they come from.
fn defaulted<'l, 'a>(limit: &'l Field<'_, 'a>, list: &str) -> Vec<(&'a str, Field<'l, 'a>)> {
    let sources: &[&str] = match list {
        _ if limit.get("type").text() != "Container" => &[],
        "default" => &["max"],
        "defaultRequest" => &["default", "max", "min"],
        _ => &[],
    };
    let own = limit.get(list);
    let mut seen: FxHashSet<&str> = own.entries().map(|(name, _)| name).collect();
    let mut added = Vec::new();
    for source in sources {
        for (name, amount) in limit.get(source).entries() {
            if seen.insert(name) {
                added.push((name, amount.value_in(limit)));
            }
        }
    }
    added
}

fn validate_claim_limit(limit: &Field, errors: &mut Errors) {
    if !["min", "max"].iter().any(|list| limit.get(list).key("storage").is_set()) {
        let detail =
            "either minimum or maximum storage value is required, but neither was provided";
        errors.required(&limit.get("limits"), detail);
    }
}

/// Every resource that one of the lists names, once.
fn resources_of<'a>(limit: &Field<'_, 'a>) -> Vec<&'a str> {
    let mut names = Vec::new();
    for list in LIMIT_LISTS {
        names.extend(limit.get(list).entries().map(|(name, _)| name));
    }
    names.sort_unstable();
    names.dedup();
    names
}

/// The amounts of one resource in a limit, after the defaults of containers.
struct Amounts {
    min: Option<Quantity>,
    max: Option<Quantity>,
    default: Option<Quantity>,
    default_request: Option<Quantity>,
    ratio: Option<Quantity>,
}

impl Amounts {
    /// `SetDefaults_LimitRangeItem`: the default limit of a container is the maximum, its default
    /// request the default limit, or the minimum.
    fn of(limit: &Field, name: &str) -> Amounts {
        let read = |list| {
            let amounts = limit.get(list);
            let field = amounts.key(name);
            let known = amounts.node().is_some_and(|node: Node<'_>| node.entry(name).is_some());
            known.then(|| amount(&field))
        };
        let kind = limit.get("type").text();
        let (min, max, ratio) = (read("min"), read("max"), read("maxLimitRequestRatio"));
        let own = |list| if kind == "Pod" { None } else { read(list) };
        let (mut default, mut default_request) = (own("default"), own("defaultRequest"));
        if kind == "Container" {
            default = default.or(max);
            default_request = default_request.or(default).or(min);
        }
        Amounts { min, max, default, default_request, ratio }
    }

    fn validate(&self, limit: &Field, name: &str, errors: &mut Errors) {
        let Amounts { min, max, default, default_request, .. } = *self;
        let (min, max) = (("min value", min), ("max value", max));
        let limit_value = ("default limit value", default);
        let (default, request) =
            (("default value", default), ("default request value", default_request));
        let rules = [
            (min, max, "min"),
            (min, request, "defaultRequest"),
            (request, max, "defaultRequest"),
            (request, limit_value, "defaultRequest"),
            (min, default, "default"),
            (default, max, "default"),
        ];
        for ((low_name, low), (high_name, high), list) in rules {
            if let (Some(low), Some(high)) = (low, high)
                && low > high
            {
                let detail = format!("{low_name} {low} is greater than {high_name} {high}");
                errors.invalid(&limit.get(list).key(name), detail);
            }
        }
        self.validate_ratio(limit, name, errors);
        if let (Some(default), Some(request)) = (self.default, self.default_request)
            && default != request
            && !resources::is_overcommit_allowed(name)
        {
            let detail = format!(
                "default value {default} must equal to defaultRequest value {request} in {name}"
            );
            errors.invalid(&limit.get("defaultRequest").key(name), detail);
        }
    }

    fn validate_ratio(&self, limit: &Field, name: &str, errors: &mut Errors) {
        let Some(ratio) = self.ratio else { return };
        let ratios = limit.get("maxLimitRequestRatio");
        let field = ratios.key(name);
        if ratio < Quantity::units(1) {
            errors.invalid(&field, format!("ratio {ratio} is less than 1"));
        }
        if let (Some(min), Some(max)) = (self.min, self.max) {
            let bound = max.milli_value() as f64 / min.milli_value() as f64;
            if ratio.milli_value() as f64 / 1000.0 > bound {
                let detail = format!("ratio {ratio} is greater than max/min = {bound:.6}");
                errors.invalid(&field, detail);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::check;

    fn object(kind: &str, more: &str) -> String {
        format!("apiVersion: v1\nkind: {kind}\nmetadata: {{name: a}}\n{more}")
    }

    #[test]
    fn config_maps() {
        check(
            &object("ConfigMap", "data: {a/b: '', c: ''}\nbinaryData: {c: ''}"),
            "data[a/b]: Invalid value: \"a/b\": a valid config key
             data[c]: Invalid value: \"c\": duplicate of key present in binaryData",
        );
        let large = "x".repeat(1024 * 1024);
        check(&object("ConfigMap", &format!("data: {{a: {large}}}")), "");
        check(
            &object("ConfigMap", &format!("data: {{a: {large}x}}")),
            "[]: Too long: may not be more than 1048576",
        );
    }

    #[test]
    fn secrets() {
        check(
            &object("Secret", "type: kubernetes.io/tls\nstringData: {tls.crt: x, ..: y}"),
            "data[..]: Invalid value: \"..\": must not be '..'
             data[tls.key]: Required value",
        );
        check(
            &object(
                "Secret",
                "type: kubernetes.io/dockerconfigjson\ndata: {.dockerconfigjson: e30=}",
            ),
            "",
        );
        check(
            &object(
                "Secret",
                "type: kubernetes.io/dockerconfigjson\nstringData: {.dockerconfigjson: '{x'}",
            ),
            "data[.dockerconfigjson]: Invalid value: \"<secret contents redacted>\"",
        );
        check(
            &object("Secret", "type: kubernetes.io/dockercfg\nstringData: {.dockercfg: '[]'}"),
            "data[.dockercfg]: Invalid value: \"<secret contents redacted>\": json: cannot unmarshal array into Go value of type map[string]interface {}",
        );
        check(
            &object("Secret", "type: kubernetes.io/basic-auth"),
            "data[username]: Required value
             data[password]: Required value",
        );
        check(
            &object("Secret", "type: kubernetes.io/service-account-token"),
            "metadata.annotations[kubernetes.io/service-account.name]: Required value",
        );
    }

    #[test]
    fn namespaces() {
        let name = "a".repeat(64);
        check(
            &object("Namespace", "").replace("name: a", &format!("name: {name}")),
            &format!(
                "metadata.name: Invalid value: \"{name}\": must be no more than 63
                metadata.labels: Invalid value: \"{name}\": must be no more than 63"
            ),
        );
        check(
            &object("Namespace", "")
                .replace("a}", "a, labels: {pod-security.kubernetes.io/enforce: strict}}"),
            "metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: \"strict\": must be one of",
        );
    }

    #[test]
    fn quotas() {
        check(
            &object("ResourceQuota", "spec: {hard: {pods: 1.5, gold: 1, cpu: 1}, scopes: [BestEffort, NotBestEffort, x]}"),
            "spec.hard[pods]: Invalid value: 1.5: must be an integer
             spec.hard[gold]: Invalid value: \"gold\": must be a standard resource type
             spec.hard[gold]: Invalid value: \"gold\": must be a standard resource for quota
             spec.scopes: Invalid value: [\"BestEffort\",\"NotBestEffort\",\"x\"]: unsupported scope applied
             spec.scopes: Invalid value: [\"BestEffort\",\"NotBestEffort\",\"x\"]: unsupported scope
             spec.scopes: Invalid value: [\"BestEffort\",\"NotBestEffort\",\"x\"]: conflicting scopes",
        );
    }

    #[test]
    fn limit_ranges() {
        check(
            &object("LimitRange", "spec: {limits: [{type: container}, {type: Container, min: {cpu: 5}, max: {cpu: 2}}]}"),
            "spec.limits[0].type: Invalid value: \"container\": must be a standard limit type
             spec.limits[1].min[cpu]: Invalid value: 5: min value 5 is greater than max value 2
             spec.limits[1].defaultRequest[cpu]: Invalid value: \"\": min value 5 is greater than default request value 2
             spec.limits[1].default[cpu]: Invalid value: \"\": min value 5 is greater than default value 2",
        );
        check(
            &object("LimitRange", "spec: {limits: [{type: Container, max: {gpu: 1}, default: {gpu: 1}}]}"),
            "spec.limits[0].max[gpu]: Invalid value: \"gpu\": must be a standard resource type
             spec.limits[0].max[gpu]: Invalid value: \"gpu\": must be a standard resource for containers
             spec.limits[0].default[gpu]: Invalid value: \"gpu\": must be a standard resource type
             spec.limits[0].default[gpu]: Invalid value: \"gpu\": must be a standard resource for containers
             spec.limits[0].defaultRequest[gpu]: Invalid value: \"gpu\": must be a standard resource type
             spec.limits[0].defaultRequest[gpu]: Invalid value: \"gpu\": must be a standard resource for containers",
        );
        check(
            &object("LimitRange", "spec: {limits: [{type: PersistentVolumeClaim, maxLimitRequestRatio: {storage: 0.5}}]}"),
            "spec.limits[0].limits: Required value: either minimum or maximum storage value
             spec.limits[0].maxLimitRequestRatio[storage]: Invalid value: 0.5: ratio 500m is less than 1",
        );
    }
}

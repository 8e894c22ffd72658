//! Environment variables and where they come from: `ValidateEnv` and `ValidateEnvFrom` of
//! `pkg/apis/core/validation`.

use super::features::Features;
use super::meta;
use super::values::require_valid;
use super::volume::validate_path_no_backsteps;
use crate::kube::field::{Errors, Field};
use crate::kube::names::{self, is_qualified_name};
use crate::kube::quantity::Quantity;

/// `ValidateEnv`.
pub(crate) fn validate_env(env: &Field, features: Features, errors: &mut Errors) {
    for variable in env.items() {
        let name = variable.get("name");
        if name.text().is_empty() {
            errors.required(&name, "");
        } else {
            validate_name(&name, features, errors);
        }
        let value_from = variable.get("valueFrom");
        if value_from.is_set() {
            validate_value_from(&value_from, variable.get("value").text(), features, errors);
        }
    }
}

fn validate_name(name: &Field, features: Features, errors: &mut Errors) {
    let problems = match features.relaxed_environment_variable_validation() {
        true => names::is_relaxed_env_var_name(name.text()),
        false => names::is_env_var_name(name.text()),
    };
    errors.invalid_each(name, problems);
}

const SOURCES: [&str; 5] =
    ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"];

/// `validateEnvVarValueFrom`.
fn validate_value_from(value_from: &Field, value: &str, features: Features, errors: &mut Errors) {
    let mut sources = 0;
    for name in SOURCES {
        let source = value_from.get(name);
        if !source.is_set() || (name == "fileKeyRef" && !features.env_files()) {
            continue;
        }
        sources += 1;
        match name {
            "fieldRef" => validate_field_ref(&source, &env_fields(features), errors),
            "resourceFieldRef" => validate_resource_field_ref(&source, false, errors),
            "fileKeyRef" => validate_file_key_ref(&source, errors),
            _ => validate_key_ref(&source, errors),
        }
    }
    let problem = match sources {
        0 if features.env_files() => {
            "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, \
             `secretKeyRef` or `fileKeyRef`"
        }
        0 => {
            "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or \
             `secretKeyRef`"
        }
        _ if !value.is_empty() => "may not be specified when `value` is not empty",
        1 => return,
        _ => "may not have more than one field specified at a time",
    };
    errors.invalid_text(value_from, "", problem);
}

const ENV_FIELDS: &[&str] = &[
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];

fn env_fields(features: Features) -> Vec<&'static str> {
    let known = |field: &&str| *field != "status.hostIPs" || features.pod_host_ips();
    ENV_FIELDS.iter().copied().filter(known).collect()
}

const VOLUME_FIELDS: &[&str] = &[
    "metadata.annotations",
    "metadata.labels",
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
];

/// Fields that the downward API knows, though no variable or file may show them.
const OTHER_FIELDS: &[&str] = &["spec.restartPolicy", "spec.schedulerName", "status.phase"];

/// The `fieldRef` of a file in a downward API volume.
pub(crate) fn validate_volume_field_ref(field_ref: &Field, errors: &mut Errors) {
    validate_field_ref(field_ref, VOLUME_FIELDS, errors);
}

/// `validateObjectFieldSelector`.
fn validate_field_ref(field_ref: &Field, supported: &[&str], errors: &mut Errors) {
    let (version, path) = (field_ref.get("apiVersion"), field_ref.get("fieldPath"));
    if path.text().is_empty() {
        return errors.required(&path, "");
    }
    if version.text_default("v1") != "v1" {
        let detail =
            format!("error converting fieldPath: unsupported pod version: {}", version.text());
        return errors.invalid(&path, detail);
    }
    if let Some((map, subscript)) = split_subscript(path.text()) {
        return validate_subscript(field_ref, map, subscript, errors);
    }
    let label = if path.text() == "spec.host" { "spec.nodeName" } else { path.text() };
    let known = [ENV_FIELDS, VOLUME_FIELDS, OTHER_FIELDS].concat();
    if !known.contains(&label) {
        let detail = format!("error converting fieldPath: field label not supported: {label}");
        errors.invalid(&path, detail);
    } else if !supported.contains(&label) {
        errors.not_supported(&path, supported);
    }
}

/// `SplitMaybeSubscriptedPath`: `metadata.labels['app']`.
fn split_subscript(path: &str) -> Option<(&str, &str)> {
    let (map, subscript) = path.strip_suffix("']")?.split_once("['")?;
    (!map.is_empty()).then_some((map, subscript))
}

fn validate_subscript(field_ref: &Field, map: &str, subscript: &str, errors: &mut Errors) {
    let problems = match map {
        "metadata.annotations" => is_qualified_name(&meta::lower(subscript)),
        "metadata.labels" => is_qualified_name(subscript),
        _ => {
            let path = field_ref.get("fieldPath");
            let detail = format!(
                "error converting fieldPath: field label does not support subscript: {}",
                path.text()
            );
            return errors.invalid(&path, detail);
        }
    };
    for problem in problems {
        errors.invalid_text(field_ref, subscript, problem);
    }
}

const RESOURCES: &[&str] = &[
    "limits.cpu",
    "limits.ephemeral-storage",
    "limits.memory",
    "requests.cpu",
    "requests.ephemeral-storage",
    "requests.memory",
];

/// `validateContainerResourceFieldSelector`.
pub(crate) fn validate_resource_field_ref(field_ref: &Field, in_volume: bool, errors: &mut Errors) {
    let (container, resource) = (field_ref.get("containerName"), field_ref.get("resource"));
    if in_volume && container.text().is_empty() {
        errors.required(&container, "");
    } else if resource.text().is_empty() {
        errors.required(&resource, "");
    } else if !RESOURCES.contains(&resource.text()) && !is_huge_pages(resource.text()) {
        errors.not_supported(&resource, RESOURCES);
    }
    validate_divisor(&field_ref.get("divisor"), resource.text(), errors);
}

fn is_huge_pages(resource: &str) -> bool {
    ["requests.hugepages-", "limits.hugepages-"].iter().any(|prefix| resource.starts_with(prefix))
}

/// `validateContainerResourceDivisor`. The server compares the canonical text: another unit of the
/// same family that comes to the same is fine (`1024Ki` is `1Mi`), one of the other is not (`1024`
/// is not `1Ki`).
fn validate_divisor(divisor: &Field, resource: &str, errors: &mut Errors) {
    const SIZES: [&str; 13] =
        ["1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"];
    let Ok(amount) = Quantity::read(divisor.node()) else { return };
    let is_binary = |text: &str| text.ends_with('i');
    let family = is_binary(divisor.text());
    let is_one_of = |texts: &[&str]| {
        let same = texts.iter().filter(|text| **text == "1" || is_binary(text) == family);
        same.into_iter().any(|text| Quantity::parse(text) == Ok(amount))
    };
    let what = match resource {
        _ if amount.is_zero() => return,
        "limits.cpu" | "requests.cpu" if is_one_of(&["1m", "1"]) => return,
        "limits.cpu" | "requests.cpu" => {
            let problem = "only divisor's values 1m and 1 are supported with the cpu resource";
            return errors.invalid_text(divisor, resource, problem);
        }
        _ if is_one_of(&SIZES) => return,
        "limits.memory" | "requests.memory" => "memory",
        "limits.ephemeral-storage" | "requests.ephemeral-storage" => "local ephemeral storage",
        _ if is_huge_pages(resource) => "hugepages",
        _ => return,
    };
    let sizes = SIZES.join(", ");
    let problem = format!("only divisor's values {sizes} are supported with the {what} resource");
    errors.invalid_text(divisor, resource, problem);
}

/// `validateConfigMapKeySelector` and `validateSecretKeySelector`.
fn validate_key_ref(key_ref: &Field, errors: &mut Errors) {
    let (name, key) = (key_ref.get("name"), key_ref.get("key"));
    errors.invalid_each(&name, names::is_dns1123_subdomain(name.text()));
    require_valid(&key, names::is_config_map_key, errors);
}

/// `validateFileKeySelector`.
fn validate_file_key_ref(file: &Field, errors: &mut Errors) {
    let (key, volume, path) = (file.get("key"), file.get("volumeName"), file.get("path"));
    require_valid(&key, names::is_relaxed_env_var_name, errors);
    require_valid(&volume, names::is_dns1123_label, errors);
    if path.text().is_empty() {
        errors.required(&path, "");
    } else {
        validate_path_no_backsteps(&path, errors);
    }
}

/// `ValidateEnvFrom`: how many sources there are is reported at the list.
pub(crate) fn validate_env_from(env_from: &Field, features: Features, errors: &mut Errors) {
    for item in env_from.items() {
        let prefix = item.get("prefix");
        if !prefix.text().is_empty() {
            validate_name(&prefix, features, errors);
        }
        let sources = ["configMapRef", "secretRef"].map(|name| item.get(name).is_set());
        for name in ["configMapRef", "secretRef"] {
            let source = item.get(name);
            if source.is_set() {
                validate_env_source(&source, errors);
            }
        }
        let problem = match sources {
            [false, false] => "must specify one of: `configMapRef` or `secretRef`",
            [true, true] => "may not have more than one field specified at a time",
            [true, false] | [false, true] => continue,
        };
        errors.invalid_text(&item.value_in(env_from), "", problem);
    }
}

/// `validateConfigMapEnvSource` and `validateSecretEnvSource`.
fn validate_env_source(source: &Field, errors: &mut Errors) {
    let name = source.get("name");
    if name.text().is_empty() {
        errors.required(&name, "");
    } else {
        errors.invalid_each(&name, names::name_is_dns_subdomain(name.text(), true));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{check_at, check_pod, pod};
    use crate::kube::Version;

    fn container(env: &str) -> String {
        format!("containers:\n- name: a\n  image: i\n  {env}")
    }

    #[test]
    fn names_were_relaxed() {
        let spec = container("env: [{name: 1 A}, {name: a=b}]");
        check_pod(&spec, "spec.containers[0].env[1].name: Invalid value: \"a=b\"");
        check_at(
            Version::new(31),
            &pod(&spec),
            "spec.containers[0].env[0].name: Invalid value: \"1 A\"
             spec.containers[0].env[1].name: Invalid value: \"a=b\"",
        );
    }

    #[test]
    fn sources() {
        check_pod(
            &container(
                "env:\n  - {name: A, valueFrom: {}}\n  \
                 - {name: B, value: x, valueFrom: {fieldRef: {fieldPath: metadata.name}}}\n  \
                 - {name: C, valueFrom: {fieldRef: {fieldPath: status.phase}}}\n  \
                 - {name: D, valueFrom: {secretKeyRef: {name: s}}}\n  \
                 - {name: E, valueFrom: {fieldRef: {fieldPath: \"metadata.labels['a b']\"}}}\n  \
                 - {name: F, valueFrom: {resourceFieldRef: {resource: cpu}}}",
            ),
            "spec.containers[0].env[0].valueFrom: Invalid value: \"\": must specify one of
             spec.containers[0].env[1].valueFrom: Invalid value: \"\": may not be specified when `value`
             spec.containers[0].env[2].valueFrom.fieldRef.fieldPath: Unsupported value: \"status.phase\"
             spec.containers[0].env[3].valueFrom.secretKeyRef.key: Required value
             spec.containers[0].env[4].valueFrom.fieldRef: Invalid value: \"a b\": name part
             spec.containers[0].env[5].valueFrom.resourceFieldRef.resource: Unsupported value: \"cpu\"",
        );
    }

    #[test]
    fn the_addresses_of_hosts_came_later() {
        let spec =
            container("env: [{name: A, valueFrom: {fieldRef: {fieldPath: status.hostIPs}}}]");
        check_pod(&spec, "");
        check_at(
            Version::new(28),
            &pod(&spec),
            "spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Unsupported value: \"status.hostIPs\"",
        );
    }

    #[test]
    fn sources_of_whole_environments_are_counted_at_the_list() {
        check_pod(
            &container("envFrom: [{}, {configMapRef: {name: a}, secretRef: {}}]"),
            "spec.containers[0].envFrom: Invalid value: \"\": must specify one of
             spec.containers[0].envFrom[1].secretRef.name: Required value
             spec.containers[0].envFrom: Invalid value: \"\": may not have more than one field",
        );
    }

    #[test]
    fn divisors() {
        let divisor = |resource: &str, divisor: &str| {
            container(&format!(
                "env: [{{name: A, valueFrom: {{resourceFieldRef: {{resource: {resource}, \
                 divisor: {divisor}}}}}}}]"
            ))
        };
        check_pod(&divisor("limits.cpu", "1000m"), "");
        check_pod(&divisor("limits.memory", "1024Ki"), "");
        check_pod(
            &divisor("limits.memory", "\"1024\""),
            "spec.containers[0].env[0].valueFrom.resourceFieldRef.divisor: Invalid value: \"limits.memory\"",
        );
    }
}

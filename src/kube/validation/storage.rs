//! Storage classes, drivers and attachments: `pkg/apis/storage/validation`.

use std::collections::{BTreeMap, BTreeSet};

use super::features::Features;
use super::meta::{Scope, lower, name_of, validate_object_meta};
use super::persistent_volume::validate_inline_volume;
use super::resources::amount;
use super::unique::Names;
use super::values::{one_of, validate_dns1123_subdomain, validate_nonnegative};
use super::volume::validate_csi_driver_name;
use crate::kube::field::{Errors, Field};
use crate::kube::names::{is_qualified_name, name_is_dns_subdomain};
use crate::kube::selector::{validate_label_name, validate_label_selector};

const MAX_PARAMETERS: usize = 512;
const MAX_PARAMETERS_SIZE: usize = 256 * 1024;

/// `ValidateStorageClass`.
pub(crate) fn validate_storage_class(class: &Field, _: Features, errors: &mut Errors) {
    validate_object_meta(&class.get("metadata"), Scope::Cluster, name_is_dns_subdomain, errors);
    validate_provisioner(&class.get("provisioner"), errors);
    validate_parameters(&class.get("parameters"), errors);
    let policy = class.get("reclaimPolicy");
    if !policy.text().is_empty() {
        one_of(&policy, &["Delete", "Retain"], errors);
    }
    one_of(&class.get("volumeBindingMode"), &["Immediate", "WaitForFirstConsumer"], errors);
    validate_allowed_topologies(&class.get("allowedTopologies"), errors);
}

fn validate_provisioner(provisioner: &Field, errors: &mut Errors) {
    if provisioner.text().is_empty() {
        errors.required(provisioner, "");
    } else {
        let lowered = lower(provisioner.text());
        for problem in is_qualified_name(&lowered) {
            errors.invalid_text(provisioner, &lowered, problem);
        }
    }
}

fn validate_parameters(parameters: &Field, errors: &mut Errors) {
    if parameters.len() > MAX_PARAMETERS {
        return errors.too_long(parameters, MAX_PARAMETERS);
    }
    let mut size = 0;
    for (key, value) in parameters.entries() {
        if key.is_empty() {
            errors.invalid_text(&value.key_in(parameters), key, "field can not be empty.");
        }
        size += key.len() + value.text().len();
    }
    if size > MAX_PARAMETERS_SIZE {
        errors.too_long(parameters, MAX_PARAMETERS_SIZE);
    }
}

/// `validateAllowedTopologies`: the terms are compared with those before them, of which the server
/// keeps as many empty ones as there are terms.
fn validate_allowed_topologies(topologies: &Field, errors: &mut Errors) {
    let mut terms = vec![BTreeMap::default(); topologies.len()];
    for term in topologies.items() {
        let expressions = term.get("matchLabelExpressions");
        let values = validate_topology_term(&expressions, errors);
        for _ in terms.iter().filter(|known| **known == values).take(MAX_REPEATED_TERMS) {
            errors.duplicate_text(&expressions, "");
        }
        terms.push(values);
    }
}

const MAX_REPEATED_TERMS: usize = 10;

/// `ValidateTopologySelectorTerm`: the values of each key.
fn validate_topology_term<'a>(
    expressions: &Field<'_, 'a>,
    errors: &mut Errors,
) -> BTreeMap<&'a str, BTreeSet<&'a str>> {
    let mut term = BTreeMap::default();
    for requirement in expressions.items() {
        let (key, values) = (requirement.get("key"), requirement.get("values"));
        if values.is_empty() {
            errors.required(&values, "");
        }
        let mut known = BTreeSet::default();
        for value in values.items() {
            if !known.insert(value.text()) {
                errors.duplicate(&value);
            }
        }
        validate_label_name(&key, errors);
        if term.insert(key.text(), known).is_some() {
            errors.duplicate(&key);
        }
    }
    term
}

/// `ValidateVolumeAttributesClass`.
pub(crate) fn validate_volume_attributes_class(class: &Field, _: Features, errors: &mut Errors) {
    validate_object_meta(&class.get("metadata"), Scope::Cluster, name_is_dns_subdomain, errors);
    validate_provisioner(&class.get("driverName"), errors);
    let parameters = class.get("parameters");
    validate_parameters(&parameters, errors);
    if parameters.is_empty() {
        errors.required(&parameters, "must contain at least one key/value pair");
    }
}

/// `ValidateVolumeAttachment`.
pub(crate) fn validate_volume_attachment(object: &Field, _: Features, errors: &mut Errors) {
    let (meta, spec) = (object.get("metadata"), object.get("spec"));
    validate_object_meta(&meta, Scope::Cluster, name_is_dns_subdomain, errors);
    validate_csi_driver_name(&spec.get("attacher"), errors);
    let source = spec.get("source");
    let (inline, name) = (source.get("inlineVolumeSpec"), source.get("persistentVolumeName"));
    const ONE: &str = "must specify exactly one of inlineVolumeSpec and persistentVolumeName";
    match (inline.is_set(), name.is_set()) {
        (false, false) => errors.required(&source, ONE),
        (true, true) => errors.forbidden(&source, ONE),
        (true, false) => validate_inline_volume(&inline, &name_of(&meta), errors),
        (false, true) if name.text().is_empty() => {
            errors.required(&name, "must specify non empty persistentVolumeName");
        }
        (false, true) => {}
    }
    validate_dns1123_subdomain(&spec.get("nodeName"), errors);
    if name.is_set() {
        validate_dns1123_subdomain(&name, errors);
    }
}

/// `ValidateCSINode`.
pub(crate) fn validate_csi_node(object: &Field, _: Features, errors: &mut Errors) {
    validate_object_meta(&object.get("metadata"), Scope::Cluster, name_is_dns_subdomain, errors);
    let spec = object.get("spec");
    let mut seen = Names::default();
    for driver in spec.get("drivers").items() {
        let (name, node_id) = (driver.get("name"), driver.get("nodeID"));
        validate_csi_driver_name(&name, errors);
        if node_id.text().is_empty() {
            errors.required(&node_id, "");
        }
        if node_id.text().len() > 256 {
            errors.invalid(&node_id, "must be 256 characters or less");
        }
        let allocatable = driver.get("allocatable");
        validate_nonnegative(&allocatable.get("count"), errors);
        if !seen.add(name.text()) {
            errors.duplicate(&name);
        }
        validate_topology_keys(&driver, errors);
    }
}

/// The keys are reported at their driver.
fn validate_topology_keys(driver: &Field, errors: &mut Errors) {
    let mut seen = Names::default();
    for key in driver.get("topologyKeys").items() {
        let at = key.value_in(driver);
        if key.text().is_empty() {
            errors.required(&at, "");
        }
        if !seen.add(key.text()) {
            errors.duplicate(&at);
        }
        errors.invalid_each(&at, is_qualified_name(key.text()));
    }
}

const LEAST_UPDATE_PERIOD: i64 = 10;

/// `ValidateCSIDriver`.
pub(crate) fn validate_csi_driver(object: &Field, features: Features, errors: &mut Errors) {
    validate_object_meta(&object.get("metadata"), Scope::Cluster, name_is_dns_subdomain, errors);
    let spec = object.get("spec");
    let group_policies = ["File", "None", "ReadWriteOnceWithFSType"];
    one_of(&spec.get("fsGroupPolicy"), &group_policies, errors);
    validate_token_requests(&spec, errors);
    let modes = spec.get("volumeLifecycleModes");
    for mode in modes.items() {
        one_of(&mode.value_in(&modes), &["Persistent", "Ephemeral"], errors);
    }
    let period = spec.get("nodeAllocatableUpdatePeriodSeconds");
    let too_short = period.int().is_some_and(|seconds| seconds < LEAST_UPDATE_PERIOD);
    if too_short && features.mutable_csi_node_allocatable_count() {
        errors.invalid(&period, "must be greater than or equal to 10 seconds");
    }
    let in_secrets = spec.get("serviceAccountTokenInSecrets");
    if in_secrets.is_set() && spec.get("tokenRequests").is_empty() {
        let problem = "serviceAccountTokenInSecrets is set but no tokenRequests are specified";
        errors.invalid(&in_secrets, problem);
    }
}

fn validate_token_requests(spec: &Field, errors: &mut Errors) {
    let mut seen = Names::default();
    for request in spec.get("tokenRequests").items() {
        let (audience, seconds) = (request.get("audience"), request.get("expirationSeconds"));
        if !seen.add(audience.text()) {
            errors.duplicate(&audience);
            continue;
        }
        match seconds.int() {
            Some(..600) => {
                errors.invalid(&seconds, "may not specify a duration less than 10 minutes");
            }
            Some(4_294_967_297..) => {
                errors.invalid(&seconds, "may not specify a duration larger than 2^32 seconds");
            }
            Some(_) | None => {}
        }
    }
}

/// `ValidateCSIStorageCapacity`.
pub(crate) fn validate_csi_storage_capacity(object: &Field, _: Features, errors: &mut Errors) {
    validate_object_meta(&object.get("metadata"), Scope::Namespaced, name_is_dns_subdomain, errors);
    validate_label_selector(&object.get("nodeTopology"), errors);
    validate_dns1123_subdomain(&object.get("storageClassName"), errors);
    let capacity = object.get("capacity");
    if amount(&capacity).is_negative() {
        errors.invalid(&capacity, "must be greater than or equal to 0");
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::check;

    fn object(kind: &str, more: &str) -> String {
        format!("apiVersion: storage.k8s.io/v1\nkind: {kind}\nmetadata: {{name: a}}\n{more}")
    }

    #[test]
    fn classes() {
        check(
            &object(
                "StorageClass",
                "reclaimPolicy: Recycle\nvolumeBindingMode: Later\nparameters: {'': x}",
            ),
            "provisioner: Required value
             parameters: Invalid value: \"\": field can not be empty.
             reclaimPolicy: Unsupported value: \"Recycle\"
             volumeBindingMode: Unsupported value: \"Later\"",
        );
    }

    #[test]
    fn drivers() {
        check(
            &object("CSIDriver", "spec: {tokenRequests: [{audience: a, expirationSeconds: 5}, {audience: a}], volumeLifecycleModes: [x]}"),
            "spec.tokenRequests[0].expirationSeconds: Invalid value: 5: may not specify a duration less
             spec.tokenRequests[1].audience: Duplicate value: \"a\"
             spec.volumeLifecycleModes: Unsupported value: \"x\"",
        );
    }

    #[test]
    fn topologies() {
        let class = |terms: &str| {
            object("StorageClass", &format!("provisioner: a.b/c\nallowedTopologies: [{terms}]"))
        };
        let zone = "{matchLabelExpressions: [{key: zone, values: [a, b]}]}";
        let turned = "{matchLabelExpressions: [{key: zone, values: [b, a]}]}";
        check(&class(zone), "");
        check(
            &class(&format!(
                "{zone}, {turned}, {{matchLabelExpressions: [{{key: zone, values: [a, a]}}, {{key: zone}}]}}"
            )),
            "allowedTopologies[1].matchLabelExpressions: Duplicate value: \"\"
             allowedTopologies[2].matchLabelExpressions[0].values[1]: Duplicate value: \"a\"
             allowedTopologies[2].matchLabelExpressions[1].values: Required value
             allowedTopologies[2].matchLabelExpressions[1].key: Duplicate value: \"zone\"",
        );
        check(&class("{}"), "allowedTopologies[0].matchLabelExpressions: Duplicate value: \"\"");
    }
}

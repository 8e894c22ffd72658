//! Runtime classes: `pkg/apis/node/validation`.

use rustc_hash::FxHashSet;

use super::affinity::validate_tolerations;
use super::features::Features;
use super::meta::{Scope, validate_object_meta};
use super::resources::validate_limits;
use super::values::validate_dns1123_label;
use crate::kube::field::{Errors, Field};
use crate::kube::names::name_is_dns_subdomain;
use crate::kube::selector::validate_labels;

/// `ValidateRuntimeClass`.
pub(crate) fn validate_runtime_class(class: &Field, _: Features, errors: &mut Errors) {
    validate_object_meta(&class.get("metadata"), Scope::Cluster, name_is_dns_subdomain, errors);
    let handler = class.get("handler");
    if handler.text().is_empty() {
        errors.required(&handler, "");
    } else {
        validate_dns1123_label(&handler, errors);
    }
    let overhead = class.get("overhead");
    let fixed = overhead.get("podFixed");
    validate_limits(&fixed.moved(overhead.path().child("limits")), &overhead, errors);
    let scheduling = class.get("scheduling");
    validate_labels(&scheduling.get("nodeSelector"), errors);
    let tolerations = scheduling.get("tolerations");
    validate_tolerations(&tolerations, errors);
    let mut seen = FxHashSet::default();
    for toleration in tolerations.items() {
        let key = ["key", "operator", "value", "effect"].map(|name| toleration.get(name).text());
        if !seen.insert(key) {
            errors.duplicate(&toleration);
        }
    }
}

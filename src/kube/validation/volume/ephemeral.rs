//! Ephemeral volumes: the pod makes a claim for each.

use super::super::features::Features;
use super::super::meta::validate_annotations;
use super::super::persistent_volume::validate_claim_template_spec;
use crate::kube::field::{Errors, Field};
use crate::kube::names;
use crate::kube::selector::validate_labels;

pub(super) fn validate_ephemeral(ephemeral: &Field, features: Features, errors: &mut Errors) {
    let template = ephemeral.get("volumeClaimTemplate");
    if !template.is_set() {
        return errors.required(&template, "");
    }
    let meta = template.get("metadata");
    validate_annotations(&meta.get("annotations"), errors);
    validate_labels(&meta.get("labels"), errors);
    for (name, field) in meta.entries() {
        if !matches!(name, "annotations" | "labels") && !is_zero(&field) {
            errors.forbidden(&field.moved(meta.path().child(name)), "cannot be set");
        }
    }
    validate_claim_template_spec(&template.get("spec"), features, errors);
}

/// The claim is named after the pod and the volume.
pub(super) fn validate_claim_name(name: &Field, pod_name: &str, errors: &mut Errors) {
    if pod_name.is_empty() || name.text().is_empty() {
        return;
    }
    let claim = format!("{pod_name}-{}", name.text());
    for problem in names::is_dns1123_subdomain(&claim) {
        errors.invalid(name, format!("PVC name \"{claim}\": {problem}"));
    }
}

/// Go's zero value, which is as good as none.
fn is_zero(field: &Field) -> bool {
    let scalar = field.text().is_empty() && field.int_or(0) == 0 && !field.is_true();
    scalar && field.is_empty()
}

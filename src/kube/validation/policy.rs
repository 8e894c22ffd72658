//! Pod disruption budgets: `pkg/apis/policy/validation`.

use super::apps::{validate_not_more_than_100_percent, validate_positive_int_or_percent};
use super::features::Features;
use super::meta::{Scope, validate_generic_object_meta};
use super::values::one_of;
use crate::kube::field::{Errors, Field};
use crate::kube::names::path_segment_name;
use crate::kube::selector::validate_label_selector;

/// `ValidatePodDisruptionBudget`. It does not look at the metadata: the registry does, and only
/// if nothing else is wrong.
pub(crate) fn validate_pod_disruption_budget(object: &Field, _: Features, errors: &mut Errors) {
    let before = errors.count();
    let spec = object.get("spec");
    let (min, max) = (spec.get("minAvailable"), spec.get("maxUnavailable"));
    if min.is_set() && max.is_set() {
        errors.invalid(&spec, "minAvailable and maxUnavailable cannot be both set");
    }
    for field in [min, max] {
        validate_positive_int_or_percent(&field, errors);
        validate_not_more_than_100_percent(&field, errors);
    }
    validate_label_selector(&spec.get("selector"), errors);
    let eviction = spec.get("unhealthyPodEvictionPolicy");
    one_of(&eviction, &["AlwaysAllow", "IfHealthyBudget"], errors);
    if errors.count() == before {
        let meta = object.get("metadata");
        validate_generic_object_meta(&meta, Scope::Namespaced, path_segment_name, errors);
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::check;

    #[test]
    fn budgets_say_one_thing() {
        let manifest = "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: A B}\nspec: \
                        {minAvailable: 101%, maxUnavailable: a}";
        check(
            manifest,
            "spec: Invalid value: {\"maxUnavailable\":\"a\",\"minAvailable\":\"101%\"}: minAvailable and maxUnavailable
             spec.minAvailable: Invalid value: \"101%\": must not be greater than 100%
             spec.maxUnavailable: Invalid value: \"a\": a valid percent string",
        );
    }

    #[test]
    fn metadata_is_looked_at_last() {
        let manifest = "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: a/b}";
        check(manifest, "metadata.name: Invalid value: \"a/b\": may not contain '/'");
    }
}

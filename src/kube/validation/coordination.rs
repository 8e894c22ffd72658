//! Leases: `pkg/apis/coordination/validation`.

use super::features::Features;
use super::meta::{Scope, validate_generic_object_meta};
use super::values::validate_nonnegative;
use crate::kube::field::{Errors, Field};
use crate::kube::names::{is_qualified_name, name_is_dns_subdomain};

/// `ValidateLease`.
pub(crate) fn validate_lease(lease: &Field, _: Features, errors: &mut Errors) {
    let meta = lease.get("metadata");
    validate_generic_object_meta(&meta, Scope::Namespaced, name_is_dns_subdomain, errors);
    let spec = lease.get("spec");
    let duration = spec.get("leaseDurationSeconds");
    if duration.int().is_some_and(|seconds| seconds <= 0) {
        errors.invalid(&duration, "must be greater than 0");
    }
    validate_nonnegative(&spec.get("leaseTransitions"), errors);
    let strategy = spec.get("strategy");
    if strategy.is_set() {
        validate_strategy(&strategy, errors);
    }
    let holder = spec.get("preferredHolder");
    if !holder.text().is_empty() && strategy.text().is_empty() {
        errors.forbidden(&holder, "may only be specified if `strategy` is defined");
    }
}

/// `ValidateCoordinatedLeaseStrategy`: reported at a field of the strategy.
fn validate_strategy(strategy: &Field, errors: &mut Errors) {
    let at = strategy.moved(strategy.path().child("strategy"));
    if strategy.text().contains('/') {
        errors.invalid_each(&at, is_qualified_name(at.text()));
    } else if strategy.text() != "OldestEmulationVersion" {
        errors.not_supported(&at, &["OldestEmulationVersion"]);
    }
}

//! Leases: `pkg/apis/coordination/validation`.

use super::features::Features;
use super::meta::{Scope, validate_generic_object_meta};
use super::values::validate_nonnegative;
use crate::kube::field::{Errors, Field};
use crate::kube::names::name_is_dns_subdomain;

/// `ValidateLease`. The strategy and the preferred holder are dropped: the gate of coordinated
/// elections is off (`PrepareForCreate` of the registry).
pub(crate) fn validate_lease(lease: &Field, _: Features, errors: &mut Errors) {
    let meta = lease.get("metadata");
    validate_generic_object_meta(&meta, Scope::Namespaced, name_is_dns_subdomain, errors);
    let spec = lease.get("spec");
    let duration = spec.get("leaseDurationSeconds");
    if duration.int().is_some_and(|seconds| seconds <= 0) {
        errors.invalid(&duration, "must be greater than 0");
    }
    validate_nonnegative(&spec.get("leaseTransitions"), errors);
}

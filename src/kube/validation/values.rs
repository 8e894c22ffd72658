//! Checks of single values that fields of all kinds share.

use super::features::Features;
use crate::kube::field::{Errors, Field};
use crate::kube::ip;
use crate::kube::names::{self, NameCheck, Problems};

/// A field that may be absent, and otherwise holds one of the values.
pub(crate) fn one_of(field: &Field, supported: &[&str], errors: &mut Errors) {
    if field.is_set() && !supported.contains(&field.text()) {
        errors.not_supported(field, supported);
    }
}

/// Each of the fields must hold a text, or a list with something in it.
pub(crate) fn require(parent: &Field, names: &[&str], errors: &mut Errors) {
    for name in names {
        let field = parent.get(name);
        if field.text().is_empty() && field.is_empty() {
            errors.required(&field, "");
        }
    }
}

/// A field that must hold a text, and one that passes the check.
pub(crate) fn require_valid(field: &Field, check: fn(&str) -> Problems, errors: &mut Errors) {
    if field.text().is_empty() {
        errors.required(field, "");
    } else {
        errors.invalid_each(field, check(field.text()));
    }
}

/// A field that must hold one of the values.
pub(crate) fn require_one_of(field: &Field, supported: &[&str], errors: &mut Errors) {
    if field.text().is_empty() {
        errors.required(field, "");
    } else {
        one_of(field, supported, errors);
    }
}

/// `ValidateNonnegativeField`; what is absent is zero.
pub(crate) fn validate_nonnegative(field: &Field, errors: &mut Errors) {
    if field.int_or(0) < 0 {
        errors.invalid(field, "must be greater than or equal to 0");
    }
}

/// Checks a name that may be absent or empty.
pub(crate) fn check_name(field: &Field, check: NameCheck, errors: &mut Errors) {
    if !field.text().is_empty() {
        errors.invalid_each(field, check(field.text(), false));
    }
}

/// `IsValidIPForLegacyField`.
pub(crate) fn validate_ip(field: &Field, features: Features, errors: &mut Errors) {
    if let Some(problem) = ip::ip_problem(field.text(), features.strict_ip_cidr_validation()) {
        errors.invalid(field, problem);
    }
}

/// `ValidateDNS1123Label`.
pub(crate) fn validate_dns1123_label(field: &Field, errors: &mut Errors) {
    errors.invalid_each(field, names::is_dns1123_label(field.text()));
}

/// `ValidateDNS1123Subdomain`.
pub(crate) fn validate_dns1123_subdomain(field: &Field, errors: &mut Errors) {
    errors.invalid_each(field, names::is_dns1123_subdomain(field.text()));
}

/// `ValidateQualifiedName`.
pub(crate) fn validate_qualified_name(field: &Field, errors: &mut Errors) {
    errors.invalid_each(field, names::is_qualified_name(field.text()));
}

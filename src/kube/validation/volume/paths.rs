//! Paths inside of volumes and of mounts.

use crate::kube::field::{Errors, Field};

/// `validateLocalDescendingPath`.
pub(crate) fn validate_local_descending_path(path: &Field, errors: &mut Errors) {
    if path.text().starts_with('/') {
        errors.invalid(path, "must be a relative path");
    }
    validate_path_no_backsteps(path, errors);
}

/// `validatePathNoBacksteps`.
pub(crate) fn validate_path_no_backsteps(path: &Field, errors: &mut Errors) {
    if has_backsteps(path.text()) {
        errors.invalid(path, "must not contain '..'");
    }
}

pub(crate) fn has_backsteps(path: &str) -> bool {
    path.split('/').any(|part| part == "..")
}

/// `ValidateLocalNonReservedPath`.
pub(super) fn validate_local_non_reserved_path(path: &Field, errors: &mut Errors) {
    validate_local_descending_path(path, errors);
    if path.text().starts_with("..") && !path.text().starts_with("../") {
        errors.invalid(path, "must not start with '..'");
    }
}

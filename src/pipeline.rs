//! The stages, one line each.

use crate::diagnostic::Diagnostic;

/// What the API server would say of a stream of manifests.
pub fn check_manifests(_manifests: &str, _version: &str) -> Vec<Diagnostic> {
    Vec::new()
}

/// What the API server would say of an upgrade from one stream of manifests to another.
pub fn compare_manifests(_old: &str, _new: &str, _version: &str) -> Vec<Diagnostic> {
    Vec::new()
}

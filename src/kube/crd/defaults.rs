//! Defaults in the schema of a CRD, which must fit the schema that they stand in
//! (`pkg/apiserver/schema/defaulting/validation.go`).

use super::schema::Schema;
use super::{At, embedded, prune, validate};
use crate::diagnostic::Cause;
use crate::kube::field::{FieldError, json};

/// How deep schemas may nest.
const MAX_DEPTH: usize = 200;

/// Where a schema stands.
#[derive(Copy, Clone)]
struct Inside {
    /// In the metadata of an object, whose defaults are judged with what surrounds them.
    meta: bool,
    depth: usize,
}

/// What is wrong with the defaults below the root of a version's schema.
pub(super) fn validate(at: At<'_, '_>, schema: Schema<'_>) -> Vec<FieldError> {
    let mut errors = Vec::new();
    children(at, schema, true, Inside { meta: false, depth: 0 }, &mut errors);
    errors
}

fn value(at: At<'_, '_>, schema: Schema<'_>, inside: Inside, errors: &mut Vec<FieldError>) {
    if inside.depth > MAX_DEPTH {
        return;
    }
    let is_resource = schema.is_embedded_resource();
    let inside = Inside { meta: inside.meta && !is_resource, ..inside };
    if let Some(default) = schema.get("default") {
        errors.extend(default_errors(at.child("default", default), schema, inside.meta));
    }
    children(at, schema, is_resource, inside, errors);
}

fn children(
    at: At<'_, '_>,
    schema: Schema<'_>,
    is_resource: bool,
    inside: Inside,
    errors: &mut Vec<FieldError>,
) {
    let below = Inside { depth: inside.depth + 1, ..inside };
    if let Some(items) = schema.items() {
        value(at.child("items", items.node()), items, below, errors);
    }
    let properties = at.path.child("properties");
    for (name, property) in schema.properties() {
        let is_meta = is_resource && matches!(name, "apiVersion" | "kind" | "metadata");
        let below = Inside { meta: below.meta || is_meta, ..below };
        let at = At { path: properties.key(name), node: property.node() };
        value(at, property, below, errors);
    }
}

fn default_errors(at: At<'_, '_>, schema: Schema<'_>, in_meta: bool) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if !in_meta && prune::drops_something(at.node, schema) {
        errors.push(FieldError {
            path: at.path.to_string(),
            cause: Cause::Invalid,
            value: Some(json(at.node)),
            detail: "must not have unknown fields".into(),
            span: at.node.span(),
            help: None,
        });
    }
    let of_objects = if in_meta { Vec::new() } else { embedded::within(at, schema) };
    if of_objects.is_empty() {
        errors
            .extend(validate::value(at, schema).into_iter().map(|error| within_default(error, at)));
    } else {
        errors.extend(of_objects);
    }
    errors
}

/// The server takes the name that its validator gives an item of a list, such as `[0]`, for that of
/// a field.
fn within_default(error: FieldError, at: At<'_, '_>) -> FieldError {
    let default = at.path.to_string();
    match error.path.strip_prefix(&default) {
        Some(item) if item.starts_with('[') => {
            FieldError { path: format!("{default}.{item}"), ..error }
        }
        _ => error,
    }
}

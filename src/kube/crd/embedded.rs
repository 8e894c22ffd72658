//! Objects within a resource: what the server asks of their type and metadata
//! (`pkg/apiserver/schema/objectmeta/validation.go`).

use super::At;
use super::schema::{Additional, Schema};
use crate::diagnostic::Cause;
use crate::kube::field::{Errors, Field, FieldError, json};
use crate::kube::names::{is_dns1035_label, path_segment_name};
use crate::kube::validation::{Scope, validate_generic_object_meta};
use crate::yaml::{Kind, Node};

/// What is wrong with the objects within a resource; the metadata of its own are not looked at.
pub(super) fn resources(root: Node<'_>, schema: Schema<'_>, skip_status: bool) -> Vec<FieldError> {
    let mut errors = Vec::new();
    value(At::root(root), schema, skip_status, &mut errors);
    errors
}

/// The same for any value.
pub(super) fn within(at: At<'_, '_>, schema: Schema<'_>) -> Vec<FieldError> {
    let mut errors = Vec::new();
    value(at, schema, false, &mut errors);
    errors
}

fn value(at: At<'_, '_>, schema: Schema<'_>, skip_status: bool, errors: &mut Vec<FieldError>) {
    match at.node.kind() {
        Kind::Map => {
            if schema.is_embedded_resource() {
                resource(at, errors);
            }
            for entry in at.node.entries() {
                let Some(name) =
                    entry.key.as_str().filter(|name| !skip_status || *name != "status")
                else {
                    continue;
                };
                match (schema.property(name), schema.additional()) {
                    (Some(inner), _) => value(at.child(name, entry.value), inner, false, errors),
                    (None, Additional::Schema(inner)) => {
                        value(at.key(name, entry.value), inner, false, errors);
                    }
                    (None, Additional::Any | Additional::None) => {}
                }
            }
        }
        Kind::Seq => {
            let Some(items) = schema.items() else { return };
            for (index, item) in at.node.items().enumerate() {
                value(at.item(index, item), items, false, errors);
            }
        }
        Kind::Null | Kind::Bool | Kind::Number | Kind::String => {}
    }
}

/// `validateEmbeddedResource`.
fn resource(at: At<'_, '_>, errors: &mut Vec<FieldError>) {
    for name in ["apiVersion", "kind"] {
        let path = at.path.child(name);
        match at.node.get(name) {
            None => errors.push(FieldError {
                path: path.to_string(),
                cause: Cause::Required,
                value: None,
                detail: "".into(),
                span: at.node.span(),
                help: None,
            }),
            Some(node) => {
                if let Some(detail) = type_problem(name, node) {
                    errors.push(FieldError {
                        path: path.to_string(),
                        cause: Cause::Invalid,
                        value: Some(json(node)),
                        detail: detail.into(),
                        span: node.span(),
                        help: None,
                    });
                }
            }
        }
    }
    if let Some(meta) = at.node.get("metadata").filter(|meta| meta.kind() == Kind::Map) {
        metadata(at.child("metadata", meta), errors);
    }
}

/// What is wrong with the `apiVersion` or the `kind` of an object.
fn type_problem(name: &str, node: Node<'_>) -> Option<String> {
    let problem = |text: &str| Some(text.to_owned());
    match node.as_str() {
        None => problem("must be a string"),
        Some("") => problem("must not be empty"),
        Some(version) if name == "apiVersion" => {
            let many = version.matches('/').count() > 1;
            many.then(|| format!("unexpected GroupVersion string: {version}"))
        }
        Some(kind) => {
            let problems = is_dns1035_label(&kind.to_lowercase());
            let words = "may have mixed case, but should otherwise match: ";
            (!problems.is_empty()).then(|| format!("{words}{}", problems.join(",")))
        }
    }
}

/// A name is not needed, and the store has nothing to say of such metadata.
fn metadata(at: At<'_, '_>, errors: &mut Vec<FieldError>) {
    let field = Field::root(at.node).moved(at.path);
    let scope = match field.get("namespace").text() {
        "" => Scope::Cluster,
        _ => Scope::Namespaced,
    };
    let mut found = Errors::default();
    validate_generic_object_meta(&field, scope, path_segment_name, &mut found);
    let is_asked = |error: &FieldError| {
        error.cause != Cause::Required || !error.path.ends_with("metadata.name")
    };
    let found = found.into_vec().into_iter();
    errors
        .extend(found.filter(|error| is_asked(error) && !error.path.ends_with(".resourceVersion")));
}

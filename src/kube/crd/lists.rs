//! Lists whose items must differ: sets, and maps by key
//! (`pkg/apiserver/schema/listtype/validation.go`).

use std::collections::HashMap;

use super::At;
use super::schema::{Additional, Schema};
use crate::diagnostic::Cause;
use crate::kube::field::{FieldError, json};
use crate::yaml::{Kind, Node};

pub(super) fn list_types(root: Node<'_>, schema: Schema<'_>, skip_status: bool) -> Vec<FieldError> {
    let mut errors = Vec::new();
    value(At::root(root), schema, skip_status, &mut errors);
    errors
}

fn value(at: At<'_, '_>, schema: Schema<'_>, skip_status: bool, errors: &mut Vec<FieldError>) {
    match at.node.kind() {
        Kind::Map => {
            for entry in at.node.entries() {
                let Some(name) = entry.key.as_str() else { continue };
                if skip_status && name == "status" {
                    continue;
                }
                match (schema.property(name), schema.additional()) {
                    (Some(property), _) => {
                        value(at.child(name, entry.value), property, false, errors);
                    }
                    (None, Additional::Schema(additional)) => {
                        value(at.key(name, entry.value), additional, false, errors);
                    }
                    (None, Additional::Any | Additional::None) => {}
                }
            }
        }
        Kind::Seq => {
            match schema.text("x-kubernetes-list-type") {
                Some("set") => unique(at, json, errors),
                Some("map") => unique(at, |item| keys_of(item, schema), errors),
                _ => {}
            }
            let Some(items) = schema.items() else { return };
            for (index, item) in at.node.items().enumerate() {
                value(at.item(index, item), items, false, errors);
            }
        }
        Kind::Null | Kind::Bool | Kind::Number | Kind::String => {}
    }
}

/// Reports the first repetition of each item that comes again.
fn unique(at: At<'_, '_>, identity: impl Fn(Node<'_>) -> String, errors: &mut Vec<FieldError>) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for (index, item) in at.node.items().enumerate() {
        let identity = identity(item);
        let times = seen.entry(identity.clone()).or_default();
        *times += 1;
        if *times == 2 {
            let at = at.item(index, item);
            errors.push(FieldError {
                path: at.path.to_string(),
                cause: Cause::Duplicate,
                value: Some(identity),
                detail: "".into(),
                span: item.span(),
                help: None,
            });
        }
    }
}

/// The keys of an item that it has, with their defaults.
pub(super) fn keys_of(item: Node<'_>, schema: Schema<'_>) -> String {
    let values = schema.texts("x-kubernetes-list-map-keys").filter_map(|key| {
        let property = schema.items().and_then(|items| items.property(key));
        let given = item.get(key).filter(|node| !node.is_null());
        let value = given.or_else(|| property.and_then(|property| property.get("default")))?;
        Some(format!("\"{key}\":{}", json(value)))
    });
    format!("{{{}}}", values.collect::<Vec<_>>().join(","))
}

//! Fields of a custom resource that its schema does not have
//! (`pkg/apiserver/schema/pruning/algorithm.go`).

use super::At;
use super::schema::{Additional, Schema};
use crate::source::Span;
use crate::yaml::{Kind, Node};

/// A field that the server would drop, and reports to clients that ask it to be strict.
pub(in crate::kube) struct Unknown {
    pub(in crate::kube) path: String,
    pub(in crate::kube) name: String,
    pub(in crate::kube) span: Span,
    /// The names that the schema has at this place.
    pub(in crate::kube) known: Vec<String>,
}

const META_FIELDS: [&str; 3] = ["apiVersion", "kind", "metadata"];
/// The server reports no more.
const MAX_FOUND: usize = 100;

pub(super) fn unknown_fields(root: Node<'_>, schema: Schema<'_>) -> Vec<Unknown> {
    let mut found = Vec::new();
    prune(At::root(root), Some(schema), true, &mut found);
    found
}

/// Whether the server would drop a part of a value of that schema.
pub(super) fn drops_something(node: Node<'_>, schema: Schema<'_>) -> bool {
    let mut found = Vec::new();
    prune(At::root(node), Some(schema), false, &mut found);
    !found.is_empty()
}

fn prune(at: At<'_, '_>, schema: Option<Schema<'_>>, is_root: bool, found: &mut Vec<Unknown>) {
    match at.node.kind() {
        Kind::Map => prune_map(at, schema, is_root, found),
        Kind::Seq => {
            let preserved = schema.is_some_and(Schema::preserves_unknown_fields);
            let items = schema.and_then(Schema::items);
            if preserved && items.is_none() {
                return;
            }
            for (index, item) in at.node.items().enumerate() {
                prune(at.item(index, item), items, false, found);
            }
        }
        Kind::Null | Kind::Bool | Kind::Number | Kind::String => {}
    }
}

fn prune_map(at: At<'_, '_>, schema: Option<Schema<'_>>, is_root: bool, found: &mut Vec<Unknown>) {
    let is_resource = is_root || schema.is_some_and(Schema::is_embedded_resource);
    for entry in at.node.entries() {
        let Some(name) = entry.key.as_str() else { continue };
        if is_resource && META_FIELDS.contains(&name) {
            continue;
        }
        let child = at.child(name, entry.value);
        match (schema.and_then(|schema| schema.property(name)), schema.map(Schema::additional)) {
            (Some(property), _) => prune(child, Some(property), false, found),
            (None, Some(Additional::Schema(additional))) => {
                prune(child, Some(additional), false, found);
            }
            (None, Some(Additional::Any)) => prune(child, None, false, found),
            (None, Some(Additional::None) | None) => {
                let preserved = schema.is_some_and(Schema::preserves_unknown_fields);
                if !preserved && found.len() < MAX_FOUND {
                    let known = schema.into_iter().flat_map(Schema::properties);
                    found.push(Unknown {
                        path: child.path.to_string(),
                        name: name.to_owned(),
                        span: entry.key.span(),
                        known: known.map(|(name, _)| name.to_owned()).collect(),
                    });
                }
            }
        }
    }
}

//! The keywords of `JSONSchemaProps`, read from the CRD as they are asked for.

use crate::yaml::{Kind, Node};

/// A schema: a node of a CRD.
#[derive(Copy, Clone)]
pub(in crate::kube) struct Schema<'a> {
    node: Node<'a>,
}

impl<'a> Schema<'a> {
    pub(super) fn new(node: Node<'a>) -> Schema<'a> {
        Schema { node }
    }

    pub(super) fn node(self) -> Node<'a> {
        self.node
    }

    pub(super) fn get(self, keyword: &str) -> Option<Node<'a>> {
        self.node.get(keyword).filter(|node| !node.is_null())
    }

    pub(super) fn text(self, keyword: &str) -> Option<&'a str> {
        self.get(keyword)?.as_str().filter(|text| !text.is_empty())
    }

    pub(super) fn is_true(self, keyword: &str) -> bool {
        self.get(keyword).and_then(Node::as_bool) == Some(true)
    }

    pub(super) fn int(self, keyword: &str) -> Option<i64> {
        self.get(keyword)?.as_i64()
    }

    pub(super) fn number(self, keyword: &str) -> Option<f64> {
        self.get(keyword)?.as_f64()
    }

    pub(super) fn is_nullable(self) -> bool {
        self.is_true("nullable")
    }

    pub(super) fn is_int_or_string(self) -> bool {
        self.is_true("x-kubernetes-int-or-string")
    }

    pub(super) fn preserves_unknown_fields(self) -> bool {
        self.is_true("x-kubernetes-preserve-unknown-fields")
    }

    pub(super) fn is_embedded_resource(self) -> bool {
        self.is_true("x-kubernetes-embedded-resource")
    }

    /// The server does not look into such a map to compare it with what it was.
    pub(super) fn is_atomic_map(self) -> bool {
        self.text("x-kubernetes-map-type") == Some("atomic")
    }

    pub(super) fn has_properties(self) -> bool {
        self.get("properties").is_some_and(|all| all.entries().len() > 0)
    }

    pub(super) fn properties(self) -> impl Iterator<Item = (&'a str, Schema<'a>)> {
        let entries = self.get("properties").into_iter().flat_map(Node::entries);
        entries.filter_map(|entry| Some((entry.key.as_str()?, Schema::new(entry.value))))
    }

    pub(super) fn property(self, name: &str) -> Option<Schema<'a>> {
        self.get("properties")?.get(name).map(Schema::new)
    }

    pub(super) fn additional(self) -> Additional<'a> {
        match self.get("additionalProperties") {
            Some(node) if node.kind() == Kind::Map => Additional::Schema(Schema::new(node)),
            Some(node) if node.as_bool() == Some(true) => Additional::Any,
            _ => Additional::None,
        }
    }

    pub(super) fn items(self) -> Option<Schema<'a>> {
        self.get("items").filter(|items| items.kind() == Kind::Map).map(Schema::new)
    }

    pub(super) fn list(self, keyword: &str) -> impl Iterator<Item = Schema<'a>> {
        self.get(keyword).into_iter().flat_map(Node::items).map(Schema::new)
    }

    pub(super) fn not(self) -> Option<Schema<'a>> {
        self.get("not").map(Schema::new)
    }

    pub(super) fn texts(self, keyword: &str) -> impl Iterator<Item = &'a str> {
        self.get(keyword).into_iter().flat_map(Node::items).filter_map(Node::as_str)
    }

    /// The value of a property of an object: null is dropped where the schema does not allow it,
    /// or replaced by the default (`PruneNonNullableNullsWithoutDefaults`, `Default`).
    pub(super) fn value_of(self, node: Option<Node<'a>>) -> Option<Node<'a>> {
        match node {
            Some(node) if !node.is_null() || self.is_nullable() => Some(node),
            Some(_) | None => self.get("default"),
        }
    }
}

/// What stands under keys that are no properties.
#[derive(Copy, Clone)]
pub(super) enum Additional<'a> {
    None,
    Any,
    Schema(Schema<'a>),
}

/// Whether two values are the same JSON.
pub(super) fn equal(a: Node<'_>, b: Node<'_>) -> bool {
    match (a.kind(), b.kind()) {
        (Kind::Map, Kind::Map) => {
            a.entries().len() == b.entries().len()
                && a.entries().all(|entry| {
                    let other = entry.key.as_str().and_then(|key| b.get(key));
                    other.is_some_and(|other| equal(entry.value, other))
                })
        }
        (Kind::Seq, Kind::Seq) => {
            a.items().len() == b.items().len() && a.items().zip(b.items()).all(|(a, b)| equal(a, b))
        }
        (one, other) => {
            one == other
                && (a.as_str(), a.as_bool(), a.as_f64()) == (b.as_str(), b.as_bool(), b.as_f64())
        }
    }
}

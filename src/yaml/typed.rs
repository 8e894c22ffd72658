//! Decodes nodes into Go's types as `sigs.k8s.io/yaml` does: numbers and booleans become strings
//! where a string is wanted, all else follows `encoding/json`, with its error texts.

use std::fmt;

use super::float::shortest_f32;
use super::node::Shape;
use super::{Entry, Kind, Node};
use crate::source::Span;

/// A node that cannot be what its field is (`json.UnmarshalTypeError`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeMismatch {
    pub span: Span,
    /// The JSON type that was found.
    pub found: &'static str,
    /// The struct and the path of the field; None for the document itself.
    pub field: Option<String>,
    pub go_type: &'static str,
}

impl fmt::Display for TypeMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {} into Go ",
            self.found
        )?;
        match &self.field {
            Some(field) => write!(f, "struct field {field} of type {}", self.go_type),
            None => write!(f, "value of type {}", self.go_type),
        }
    }
}

/// Where the decoder is, and the first mismatch; like Go's it goes on after one.
#[derive(Default)]
pub struct Decoder {
    structure: &'static str,
    path: Vec<&'static str>,
    mismatch: Option<TypeMismatch>,
}

impl Decoder {
    pub fn finish(self) -> Result<(), TypeMismatch> {
        self.mismatch.map_or(Ok(()), Err)
    }

    /// Calls `field` for the entries that name one of `names`, in the order of their keys, since
    /// that is the order of the JSON in between. Names match in any case, as in `encoding/json`.
    /// Returns whether the node is a mapping.
    pub fn structure<'a>(
        &mut self,
        node: Node<'a>,
        go_type: GoStruct,
        mut field: impl FnMut(&mut Decoder, &'static str, Node<'a>),
    ) -> bool {
        if node.kind() != Kind::Map {
            self.refuse(node, go_type.type_name);
            return false;
        }
        let mut entries: Vec<(&str, Entry<'a>)> =
            node.entries().filter_map(|entry| Some((entry.key.as_str()?, entry))).collect();
        entries.sort_by_key(|(key, _)| *key);
        let outer = std::mem::replace(&mut self.structure, go_type.name);
        for (key, entry) in entries {
            let Some(name) = go_type.fields.iter().find(|name| name.eq_ignore_ascii_case(key))
            else {
                continue;
            };
            self.path.push(name);
            field(self, name, entry.value);
            self.path.pop();
        }
        self.structure = outer;
        true
    }

    /// A `string`; null leaves the field as it is.
    pub fn string(&mut self, node: Node<'_>) -> Option<String> {
        match node.shape() {
            Shape::Null => None,
            Shape::Bool(value) => Some(value.to_string()),
            Shape::Int(value) => Some(value.to_string()),
            Shape::Uint(value) => Some(value.to_string()),
            Shape::Float(value) => Some(text_of_float(*value)),
            Shape::Borrowed { .. } | Shape::Owned { .. } => node.as_str().map(str::to_owned),
            Shape::Seq { .. } | Shape::Map { .. } | Shape::Alias(_) => {
                self.refuse(node, "string");
                None
            }
        }
    }

    /// A `bool`; null leaves the field as it is.
    pub fn bool(&mut self, node: Node<'_>) -> Option<bool> {
        if node.as_bool().is_none() {
            self.refuse(node, "bool");
        }
        node.as_bool()
    }

    /// A slice: each item as `item` decodes it.
    pub fn list<'a, T>(
        &mut self,
        node: Node<'a>,
        go_type: &'static str,
        mut item: impl FnMut(&mut Decoder, Node<'a>) -> T,
    ) -> Vec<T> {
        if node.kind() != Kind::Seq {
            self.refuse(node, go_type);
        }
        node.items().map(|node| item(self, node)).collect()
    }

    /// A `[]string`.
    pub fn strings(&mut self, node: Node<'_>) -> Vec<String> {
        self.list(node, "[]string", |decoder, item| decoder.string(item).unwrap_or_default())
    }

    /// A `map[string]string`; None for null.
    pub fn string_map(&mut self, node: Node<'_>) -> Option<Vec<(String, String)>> {
        if node.kind() != Kind::Map {
            self.refuse(node, "map[string]string");
            return None;
        }
        let pair = |entry: Entry<'_>| {
            let value = self.string(entry.value).unwrap_or_default();
            Some((entry.key.as_str()?.to_owned(), value))
        };
        Some(node.entries().filter_map(pair).collect())
    }

    /// A `map[string]interface {}`; null will do.
    pub fn any_map(&mut self, node: Node<'_>) {
        if node.kind() != Kind::Map {
            self.refuse(node, "map[string]interface {}");
        }
    }

    fn refuse(&mut self, node: Node<'_>, go_type: &'static str) {
        if node.is_null() {
            return;
        }
        let found = node.kind().json_name();
        let field =
            (!self.path.is_empty()).then(|| format!("{}.{}", self.structure, self.path.join(".")));
        self.mismatch.get_or_insert(TypeMismatch { span: node.span(), found, field, go_type });
    }
}

/// A Go struct: what messages call it, and its JSON fields.
#[derive(Copy, Clone)]
pub struct GoStruct {
    pub name: &'static str,
    /// With its package, or the whole type if it has no name.
    pub type_name: &'static str,
    pub fields: &'static [&'static str],
}

/// How `sigs.k8s.io/yaml` turns a float into a string: with the digits of a `float32`.
fn text_of_float(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    match value as f32 {
        f32::INFINITY => "+Inf".to_owned(),
        f32::NEG_INFINITY => "-Inf".to_owned(),
        value => shortest_f32(value),
    }
}

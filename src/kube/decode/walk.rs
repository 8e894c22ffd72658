//! The walk through an object beside its type.

use std::cmp::Ordering;
use std::fmt::Write;

use super::super::Version;
use super::super::types::{Scalar, Shape, Struct, Type};
use super::scalar::Refusal;
use super::{Fault, scalar, words};
use crate::yaml::{Kind, Node};

/// A fault with what decides whether the server reports it.
pub(super) struct Found<'a> {
    way: Vec<Step<'a>>,
    pub(super) effect: Effect,
    pub(super) fault: Fault,
}

/// What a fault does to the decoding.
#[derive(Copy, Clone, PartialEq, Eq)]
pub(super) enum Effect {
    /// A method of the value's own (`UnmarshalJSON`) fails: decoding ends, and what was saved
    /// before is lost.
    Abort,
    /// Decoding goes on; the first such error is reported at its end.
    Save,
    /// Reported if there is nothing worse: fields that the type does not have.
    Strict,
}

#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step<'a> {
    Index(usize),
    /// A field, or the key of a map.
    Key {
        name: &'a str,
        /// The Go struct that embeds the field.
        embedded: &'static str,
        in_map: bool,
    },
}

impl Found<'_> {
    /// The order in which the server comes across them.
    pub(super) fn in_json_order(&self, other: &Self) -> Ordering {
        self.way.cmp(&other.way)
    }
}

/// How deep values may nest. Types that contain themselves are those of CRDs only.
const MAX_DEPTH: usize = 256;
/// How many faults of one object are kept; the server itself stops at a hundred unknown fields.
const MAX_FOUND: usize = 100;

struct Walk<'a> {
    version: Version,
    way: Vec<Step<'a>>,
    mode: Mode,
    found: Vec<Found<'a>>,
}

/// Some types have a decoder of their own, which uses Go's plain one for what they contain.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Mode {
    Strict,
    /// Unknown fields pass, and every wrong type ends the decoding. The way of errors stays that
    /// of the outer value: its length.
    Nested {
        outer: usize,
    },
}

/// The faults of a whole value.
pub(super) fn object(node: Node<'_>, shape: Shape, version: Version) -> Vec<Found<'_>> {
    let mut walk = Walk::new(version);
    walk.value(node, shape);
    walk.found
}

/// The faults of one member of an object of which no more is known.
pub(super) fn member<'a>(
    node: Node<'a>,
    name: &'static str,
    shape: Shape,
    version: Version,
) -> Vec<Found<'a>> {
    let mut walk = Walk::new(version);
    if let Some(node) = node.get(name) {
        walk.way.push(Step::Key { name, embedded: "", in_map: false });
        walk.value(node, shape);
    }
    walk.found
}

/// The faults of a list object, such as a `ConfigMapList`.
pub(super) fn list_of(node: Node<'_>, item: Struct, version: Version) -> Vec<Found<'_>> {
    member(node, "items", Shape::List(Type::Struct(item)), version)
}

impl<'a> Walk<'a> {
    fn new(version: Version) -> Walk<'a> {
        Walk { version, way: Vec::new(), mode: Mode::Strict, found: Vec::new() }
    }

    fn value(&mut self, node: Node<'a>, shape: Shape) {
        if node.is_null() || self.way.len() > MAX_DEPTH {
            return;
        }
        match (shape, node.kind()) {
            (Shape::One(Type::Struct(of)), Kind::Map) => self.fields(node, of),
            (Shape::One(Type::Scalar(of)), _) => self.scalar(node, of),
            (Shape::List(item), Kind::Seq) => self.items(node, Shape::One(item)),
            (Shape::Map(item), Kind::Map) => self.entries(node, Shape::One(item)),
            (Shape::MapOfLists(item), Kind::Map) => self.entries(node, Shape::List(item)),
            (
                Shape::One(_) | Shape::List(_) | Shape::Map(_) | Shape::MapOfLists(_),
                Kind::Null | Kind::Bool | Kind::Number | Kind::String | Kind::Seq | Kind::Map,
            ) => self.wrong_type(node, shape, Effect::Save),
        }
    }

    fn fields(&mut self, node: Node<'a>, of: Struct) {
        for entry in node.entries() {
            let Some(name) = entry.key.as_str() else { continue };
            match of.field(name, self.version) {
                Some(field) => {
                    self.way.push(Step::Key { name, embedded: field.embedded(), in_map: false });
                    self.value(entry.value, field.shape);
                    self.way.pop();
                }
                None if self.mode == Mode::Strict => self.unknown_field(entry.key, name, of),
                None => {}
            }
        }
    }

    fn entries(&mut self, node: Node<'a>, item: Shape) {
        for entry in node.entries() {
            let Some(name) = entry.key.as_str() else { continue };
            self.way.push(Step::Key { name, embedded: "", in_map: true });
            self.value(entry.value, item);
            self.way.pop();
        }
    }

    fn items(&mut self, node: Node<'a>, item: Shape) {
        for (index, node) in node.items().enumerate() {
            self.way.push(Step::Index(index));
            self.value(node, item);
            self.way.pop();
        }
    }

    fn scalar(&mut self, node: Node<'a>, of: Scalar) {
        match of {
            Scalar::Any => {}
            Scalar::SchemaOrBool | Scalar::SchemaOrArray | Scalar::SchemaOrStrings => {
                self.schema_or(node, of);
            }
            Scalar::String
            | Scalar::Bool
            | Scalar::Int32
            | Scalar::Int64
            | Scalar::Float
            | Scalar::Bytes
            | Scalar::Quantity
            | Scalar::IntOrString
            | Scalar::Time
            | Scalar::MicroTime => match scalar::check(node, of) {
                Ok(()) => {}
                Err(Refusal::Type) => {
                    self.wrong_type(node, Shape::One(Type::Scalar(of)), effect(of));
                }
                Err(Refusal::Text { rule, reason }) => {
                    let fault = words::bad_text(&self.indexed(), node, rule, &reason);
                    self.keep(effect(of), fault);
                }
            },
        }
    }

    /// `JSONSchemaPropsOrBool` and its like decode what they contain by themselves.
    fn schema_or(&mut self, node: Node<'a>, of: Scalar) {
        let outer = self.mode;
        if outer == Mode::Strict {
            self.mode = Mode::Nested { outer: self.way.len() };
        }
        let schema =
            Struct::named("JSONSchemaProps").map_or(Type::Scalar(Scalar::Any), Type::Struct);
        match (of, node.kind()) {
            (_, Kind::Map) => self.value(node, Shape::One(schema)),
            (Scalar::SchemaOrArray, Kind::Seq) => self.value(node, Shape::List(schema)),
            (Scalar::SchemaOrStrings, Kind::Seq) => {
                self.value(node, Shape::List(Type::Scalar(Scalar::String)));
            }
            (Scalar::SchemaOrBool, Kind::Number | Kind::String | Kind::Seq) => {
                self.wrong_type(node, Shape::One(Type::Scalar(of)), Effect::Abort);
            }
            // The others take no notice of what they do not know.
            (_, Kind::Null | Kind::Bool | Kind::Number | Kind::String | Kind::Seq) => {}
        }
        self.mode = outer;
    }

    fn wrong_type(&mut self, node: Node<'a>, shape: Shape, effect: Effect) {
        let effect = if self.mode == Mode::Strict { effect } else { Effect::Abort };
        let field = if scalar::hides_its_path(shape) { String::new() } else { self.dotted() };
        let in_map = matches!(self.way.last(), Some(Step::Key { in_map: true, .. }));
        let fault = words::wrong_type(field, (&self.indexed(), in_map), node, shape);
        self.keep(effect, fault);
    }

    fn unknown_field(&mut self, key: Node<'a>, name: &'a str, of: Struct) {
        self.way.push(Step::Key { name, embedded: "", in_map: false });
        let fault = words::unknown_field(self.indexed(), key, name, of, self.version);
        self.keep(Effect::Strict, fault);
        self.way.pop();
    }

    fn keep(&mut self, effect: Effect, fault: Fault) {
        if self.found.len() < MAX_FOUND {
            self.found.push(Found { way: self.way.clone(), effect, fault });
        }
    }

    /// The way as unknown fields are reported: `spec.containers[0].env`.
    fn indexed(&self) -> String {
        let mut text = String::new();
        for step in &self.way {
            match step {
                Step::Index(index) => {
                    // Writing to a String cannot fail.
                    let _ = write!(text, "[{index}]");
                }
                Step::Key { name, .. } => push_dotted(&mut text, name),
            }
        }
        text
    }

    /// The way as wrong types are reported: neither indices nor the keys of maps, but the names of
    /// embedded structs.
    fn dotted(&self) -> String {
        let mut text = String::new();
        let way = match self.mode {
            Mode::Strict => self.way.as_slice(),
            Mode::Nested { outer } => self.way.get(..outer).unwrap_or_default(),
        };
        for step in way {
            if let Step::Key { name, embedded, in_map: false } = step {
                if !embedded.is_empty() && self.version >= NAMES_EMBEDDED {
                    push_dotted(&mut text, embedded);
                }
                push_dotted(&mut text, name);
            }
        }
        text
    }
}

/// Types with a decoder of their own (`UnmarshalJSON`) end the decoding when it fails.
fn effect(of: Scalar) -> Effect {
    match of {
        Scalar::Quantity | Scalar::IntOrString | Scalar::Time | Scalar::MicroTime => Effect::Abort,
        Scalar::String
        | Scalar::Bool
        | Scalar::Int32
        | Scalar::Int64
        | Scalar::Float
        | Scalar::Bytes
        | Scalar::Any
        | Scalar::SchemaOrBool
        | Scalar::SchemaOrArray
        | Scalar::SchemaOrStrings => Effect::Save,
    }
}

/// The first version whose JSON decoder names embedded structs, as Go's does since 1.24.
const NAMES_EMBEDDED: Version = Version::new(35);

fn push_dotted(text: &mut String, name: &str) {
    if !text.is_empty() {
        text.push('.');
    }
    text.push_str(name);
}

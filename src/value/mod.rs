//! The values that templates see: Go's kinds, truth, equality, order and printing.
//!
//! Maps are shared and mutable, as Go's are (`set`, `merge`); lists and texts are shared and
//! never change. Text may hold any bytes.

use std::cell::{Ref, RefCell, RefMut};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use crate::origin::Src;

pub mod cast;
mod compare;
mod drop;
pub mod entries;
mod equal;
pub(crate) mod float;
mod from_node;
pub mod json;
mod kind;
mod size;
pub mod print;
pub(crate) mod printable;
pub(crate) mod quote;
pub(crate) mod runes;
mod stringer;
pub mod time;

pub use compare::{CompareError, eq, lt};
pub use entries::Entries;
pub use equal::{deep_equal, fingerprint};
pub use from_node::{Sources, from_node};
pub use kind::Kind;
pub use size::size_of_all;

/// How deeply values may be nested where Go has no limit but its stack, which is what ends a
/// walk through a map that contains itself.
pub const MAX_DEPTH: usize = 1_100;

/// How many items a function may make or walk through at once.
pub const MAX_ITEMS: usize = 1 << 20;

/// A value goes beyond what a render may hold; ours, not Go's.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Exceeded {
    /// Nested more deeply than [`MAX_DEPTH`], probably because it contains itself.
    Depth,
    /// It has more items than [`MAX_ITEMS`].
    Items,
    /// Its text is longer than the limit of the caller.
    Size,
}

impl std::fmt::Display for Exceeded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Exceeded::Depth => "the value is nested too deeply, or contains itself",
            Exceeded::Items => "the value has too many items",
            Exceeded::Size => "the text is too long",
        })
    }
}

/// A value and where it came from.
#[derive(Clone, Debug)]
pub struct Value {
    pub data: Data,
    /// [`Src::NONE`] unless the render traces.
    pub src: Src,
}

const _: () = assert!(size_of::<Value>() <= 32);

/// Text as Go has it: any bytes, usually UTF-8.
pub type Text = Rc<[u8]>;

/// The contents of files by their paths, shared with whoever read them.
pub type Files = BTreeMap<Text, Arc<[u8]>>;

/// One Go value with its dynamic type.
#[derive(Clone, Debug)]
pub enum Data {
    /// A nil interface.
    Nil,
    Bool(bool),
    /// Go's `int`.
    Int(i64),
    /// Go's `int64`.
    Int64(i64),
    /// Go's `float64`.
    Float(f64),
    Str(Text),
    List(List),
    Map(Map),
    /// The types that few templates meet.
    Rare(Rc<Rare>),
}

/// Go types that are neither common nor made by YAML.
#[derive(Clone, Debug)]
pub enum Rare {
    /// Go's `complex128`, only from a literal such as `1i`.
    Complex(f64, f64),
    /// The other sized integers: type name, value (`uint32`, `time.Month`, …).
    Sized(&'static str, i128),
    /// `[]byte`.
    Bytes(Vec<u8>),
    /// A Go struct or a pointer to one: `sprig.certificate`, `*common.Capabilities`, `*semver.Version`, ….
    Struct(Struct),
    /// `engine.files`: path to content, with the methods of `.Files`.
    Files(Files),
    /// `time.Time`.
    Time(time::Time),
}

/// A Go struct: printed, encoded and accessed by its fields; methods go by `type_name`.
#[derive(Clone, Debug)]
pub struct Struct {
    /// As `%T` prints it; starts with `*` for a pointer.
    pub type_name: &'static str,
    /// Fields in Go's order. One that starts with a small letter is not exported: `%v` prints it,
    /// templates and encoders do not see it.
    pub fields: Vec<(&'static str, Value)>,
    /// It is a field of something behind a pointer, so the pointer's methods are its own too.
    /// Lost where Go puts the value into an interface, as when it becomes an argument.
    pub addressable: bool,
}

/// Go's slices. Never changed in place.
#[derive(Clone, Debug)]
pub struct List {
    pub kind: ListKind,
    /// None is Go's nil slice: it prints as `[]`, and is `null` in JSON and YAML.
    items: Option<Rc<Items>>,
}

/// The items of a list, which are taken apart without recursion when the last owner goes.
#[derive(Clone, Debug)]
struct Items(Vec<Value>);

/// The Go type of a list.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum ListKind {
    /// `[]interface {}`
    Any,
    /// `[]string`
    Strings,
    /// `[]int`
    Ints,
    /// `[][]interface {}`
    Lists,
    /// `[]map[string]interface {}`, as `fromToml` makes it of `[[tables]]`
    Maps,
    /// `common.VersionSet`, a `[]string`
    VersionSet,
}

/// Go's maps with string keys. A clone is the same map.
#[derive(Clone, Debug)]
pub struct Map {
    pub kind: MapKind,
    nil: bool,
    entries: Rc<RefCell<Entries>>,
}

/// The Go type of a map.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum MapKind {
    /// `map[string]interface {}`
    Any,
    /// `common.Values`: the top-level `.Values` and the template's whole scope.
    Values,
    /// `map[string]string`, as `split` makes it.
    Strings,
}

impl Map {
    pub fn new(kind: MapKind) -> Map {
        Map { kind, nil: false, entries: Rc::default() }
    }

    /// Go's nil map, which stays empty: it prints as `map[]`, and is `null` in JSON and YAML. Of
    /// `fromJson "null"`, for example.
    pub fn nil(kind: MapKind) -> Map {
        Map { nil: true, ..Map::new(kind) }
    }

    pub fn is_nil(&self) -> bool {
        self.nil
    }

    pub fn get(&self, key: &[u8]) -> Option<Value> {
        self.entries.borrow().get(key).cloned()
    }

    pub fn insert(&self, key: impl Into<Text>, value: impl Into<Value>) {
        self.entries.borrow_mut().insert(key.into(), value.into());
    }

    pub fn remove(&self, key: &[u8]) -> Option<Value> {
        self.entries.borrow_mut().remove(key)
    }

    pub fn contains_key(&self, key: &[u8]) -> bool {
        self.entries.borrow().contains_key(key)
    }

    pub fn len(&self) -> usize {
        self.entries.borrow().len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.borrow().is_empty()
    }

    /// The entries in byte order of their keys. Hold no borrow while a template may run.
    pub fn borrow(&self) -> Ref<'_, Entries> {
        self.entries.borrow()
    }

    pub fn borrow_mut(&self) -> RefMut<'_, Entries> {
        self.entries.borrow_mut()
    }

    /// The same map with another Go type: a `common.Values` where `map[string]interface {}` is
    /// asked for.
    #[must_use]
    pub fn of_kind(&self, kind: MapKind) -> Map {
        Map { kind, ..self.clone() }
    }

    /// The entries, to be changed for this owner alone: if others share the map, this becomes a
    /// copy of it, whose values are still shared.
    pub fn make_mut(&mut self) -> &mut Entries {
        Rc::make_mut(&mut self.entries).get_mut()
    }

    /// What tells one map from all others that are alive.
    pub(crate) fn address(&self) -> usize {
        Rc::as_ptr(&self.entries).addr()
    }

    /// Whether something else holds the same map.
    pub(crate) fn is_shared(&self) -> bool {
        Rc::strong_count(&self.entries) > 1
    }

    /// Whether both are one map, not only alike.
    pub fn is_same(&self, other: &Map) -> bool {
        Rc::ptr_eq(&self.entries, &other.entries)
    }
}

impl List {
    pub fn new(items: Vec<Value>) -> List {
        List::typed(ListKind::Any, items)
    }

    pub fn typed(kind: ListKind, items: Vec<Value>) -> List {
        List { kind, items: Some(Rc::new(Items(items))) }
    }

    /// Go's nil slice: it prints as `[]`, and is `null` in JSON and YAML.
    pub fn nil(kind: ListKind) -> List {
        List { kind, items: None }
    }

    pub fn is_nil(&self) -> bool {
        self.items.is_none()
    }

    pub fn as_slice(&self) -> &[Value] {
        self.items.as_deref().map_or(&[], |items| items.0.as_slice())
    }

    /// The items, to be changed for this owner alone, as in [`Map::make_mut`]; a nil slice has none.
    pub fn make_mut(&mut self) -> &mut [Value] {
        self.items.as_mut().map_or(&mut [], |items| Rc::make_mut(items).0.as_mut_slice())
    }

    /// Whether something else holds the same items.
    pub(crate) fn is_shared(&self) -> bool {
        self.items.as_ref().is_some_and(|items| Rc::strong_count(items) > 1)
    }

    /// The items as this owner's alone.
    pub fn into_vec(self) -> Vec<Value> {
        let take = |items: Rc<Items>| match Rc::try_unwrap(items) {
            Ok(mut items) => std::mem::take(&mut items.0),
            Err(shared) => shared.0.clone(),
        };
        self.items.map_or_else(Vec::new, take)
    }

    /// Whether both are one list, not only alike.
    pub fn is_same(&self, other: &List) -> bool {
        match (&self.items, &other.items) {
            (Some(one), Some(other)) => Rc::ptr_eq(one, other),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        }
    }
}

impl Value {
    pub const NIL: Value = Value { data: Data::Nil, src: Src::NONE };

    /// Go's `int`.
    pub fn int(int: i64) -> Value {
        Value::from(Data::Int(int))
    }

    /// Go's `int64`.
    pub fn int64(int: i64) -> Value {
        Value::from(Data::Int64(int))
    }

    /// `[]string`
    pub fn strings(items: impl IntoIterator<Item = Value>) -> Value {
        Value::from(List::typed(ListKind::Strings, items.into_iter().collect()))
    }

    pub fn text(text: impl AsRef<[u8]>) -> Value {
        Value::from(Data::Str(text.as_ref().into()))
    }

    #[must_use]
    pub fn with(self, src: Src) -> Value {
        Value { src, ..self }
    }
}

impl From<Data> for Value {
    fn from(data: Data) -> Value {
        Value { data, src: Src::NONE }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Value {
        Data::Bool(value).into()
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Value {
        Data::Float(value).into()
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::text(text)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::text(text)
    }
}

impl From<Text> for Value {
    fn from(text: Text) -> Value {
        Data::Str(text).into()
    }
}

impl From<Vec<Value>> for Value {
    fn from(items: Vec<Value>) -> Value {
        Data::List(List::new(items)).into()
    }
}

impl From<Rare> for Value {
    fn from(rare: Rare) -> Value {
        Data::Rare(Rc::new(rare)).into()
    }
}

impl From<List> for Value {
    fn from(list: List) -> Value {
        Data::List(list).into()
    }
}

impl From<Map> for Value {
    fn from(map: Map) -> Value {
        Data::Map(map).into()
    }
}

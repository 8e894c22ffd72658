//! A document as a tree that knows its places.

use std::ops::Range;
use std::sync::Arc;

use super::error::{Error, Problem};
use crate::source::{FileId, Span};

/// A document that was read. Its nodes lie in one arena; strings that stand in the text as they
/// are, are not copied.
#[derive(Clone, Debug)]
pub struct Document {
    pub(super) file: FileId,
    /// What [`Shape::Borrowed`] is a slice of: the whole file that the document is part of, or if
    /// that is UTF-16, what was decoded.
    pub(super) text: Arc<[u8]>,
    /// Strings that differ from their source text (escapes, folding, …), one after the other.
    pub(super) unescaped: String,
    pub(super) nodes: Vec<NodeData>,
    /// The children of sequences and mappings, as indices into `nodes`.
    pub(super) children: Vec<u32>,
    pub(super) root: u32,
    /// Keys that stand twice in one mapping: the earlier ones, which lost, as indices into `nodes`.
    pub(super) duplicates: Vec<u32>,
}

/// A node as it is kept; `start` and `end` are offsets in the file.
#[derive(Clone, Debug)]
pub(super) struct NodeData {
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) shape: Shape,
}

const _: () = assert!(size_of::<NodeData>() == 24);

/// The contents of a node; ranges of children are indices into [`Document::children`].
#[derive(Copy, Clone, Debug)]
pub(super) enum Shape {
    Null,
    Bool(bool),
    Int(i64),
    /// An integer above `i64::MAX`.
    Uint(u64),
    Float(f64),
    /// A string that is `text[start..end]`.
    Borrowed {
        start: u32,
        end: u32,
    },
    /// A string that is `unescaped[start..end]`.
    Owned {
        start: u32,
        end: u32,
    },
    Seq {
        first: u32,
        len: u32,
    },
    /// `len` pairs of key and value, in the order of the document. If `sorted`, they are followed
    /// by `len` numbers of pairs, sorted by key.
    Map {
        first: u32,
        len: u32,
        sorted: bool,
    },
    /// An alias: the node that it stands for.
    Alias(u32),
}

/// The JSON type of a node.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    Null,
    Bool,
    Number,
    String,
    Seq,
    Map,
}

/// A node of a [`Document`]: `Copy`, and all that rules and checks need to know of YAML.
#[derive(Copy, Clone, Debug)]
pub struct Node<'a> {
    pub(super) document: &'a Document,
    pub(super) index: u32,
}

/// A key and its value.
#[derive(Copy, Clone, Debug)]
pub struct Entry<'a> {
    pub key: Node<'a>,
    pub value: Node<'a>,
}

impl Kind {
    /// As Go's errors call it: `cannot unmarshal array into …`.
    pub fn json_name(self) -> &'static str {
        match self {
            Kind::Null => "null",
            Kind::Bool => "bool",
            Kind::Number => "number",
            Kind::String => "string",
            Kind::Seq => "array",
            Kind::Map => "object",
        }
    }

    /// The Go type that values of this kind are read into.
    fn go_type(self) -> &'static str {
        match self {
            Kind::Null => "interface {}",
            Kind::Bool => "bool",
            Kind::Number => "float64",
            Kind::String => "string",
            Kind::Seq => "[]interface {}",
            Kind::Map => "map[string]interface {}",
        }
    }
}

impl Document {
    pub fn root(&self) -> Node<'_> {
        Node { document: self, index: self.root }
    }

    /// Keys that stand twice in one mapping: the earlier ones, which lost.
    pub fn duplicates(&self) -> impl ExactSizeIterator<Item = Node<'_>> {
        self.duplicates.iter().map(|&index| Node { document: self, index })
    }

    /// The file that the document was read from.
    pub fn file(&self) -> FileId {
        self.file
    }

    /// The text of a node that is a string; of others, nothing.
    pub(super) fn key_text(&self, node: u32) -> &[u8] {
        let (from, range) = self.key_range(node);
        from.get(range).unwrap_or_default()
    }

    /// Whether [`Document::key_text`] is that; most texts have not even its length.
    fn is_key(&self, node: u32, key: &[u8]) -> bool {
        let (from, range) = self.key_range(node);
        range.len() == key.len() && from.get(range) == Some(key)
    }

    fn key_range(&self, node: u32) -> (&[u8], Range<usize>) {
        let (from, start, end) = match *(Node { document: self, index: node }).shape() {
            Shape::Borrowed { start, end } => (&*self.text, start, end),
            Shape::Owned { start, end } => (self.unescaped.as_bytes(), start, end),
            Shape::Null
            | Shape::Bool(_)
            | Shape::Int(_)
            | Shape::Uint(_)
            | Shape::Float(_)
            | Shape::Seq { .. }
            | Shape::Map { .. }
            | Shape::Alias(_) => return (&[], 0..0),
        };
        (from, start as usize..end as usize)
    }
}

impl<'a> Node<'a> {
    /// The bytes that the node was read from; of an alias, the alias itself.
    pub fn span(self) -> Span {
        let data = &self.document.nodes[self.index as usize];
        Span { file: self.document.file, start: data.start, end: data.end }
    }

    pub fn kind(self) -> Kind {
        match self.shape() {
            Shape::Null | Shape::Alias(_) => Kind::Null,
            Shape::Bool(_) => Kind::Bool,
            Shape::Int(_) | Shape::Uint(_) | Shape::Float(_) => Kind::Number,
            Shape::Borrowed { .. } | Shape::Owned { .. } => Kind::String,
            Shape::Seq { .. } => Kind::Seq,
            Shape::Map { .. } => Kind::Map,
        }
    }

    /// The error of Go's JSON decoder unless the node is of this kind, or null.
    pub fn expect(self, kind: Kind) -> Result<Node<'a>, Box<Error>> {
        if self.kind() == kind || self.is_null() {
            return Ok(self);
        }
        let problem = Problem::Type { found: self.kind().json_name(), wanted: kind.go_type() };
        Err(Box::new(Error { problem, line: None, span: self.span() }))
    }

    pub fn is_null(self) -> bool {
        self.kind() == Kind::Null
    }

    /// The value of a key of a mapping; None for other kinds. The last of duplicate keys.
    pub fn get(self, key: &str) -> Option<Node<'a>> {
        self.entry(key).map(|entry| entry.value)
    }

    /// A key of a mapping with its value; None for other kinds. The last of duplicate keys.
    pub fn entry(self, key: &str) -> Option<Entry<'a>> {
        let Shape::Map { first, len, sorted } = *self.shape() else { return None };
        let pairs = self.children(first, len * 2);
        let is_key = |pair: &&[u32]| self.document.is_key(pair[0], key.as_bytes());
        let pair = if sorted {
            let order = self.children(first + len * 2, len);
            let text = |pair: u32| self.document.key_text(pairs[pair as usize * 2]);
            let at = order.binary_search_by(|&pair| text(pair).cmp(key.as_bytes())).ok()?;
            &pairs[order[at] as usize * 2..]
        } else {
            pairs.chunks_exact(2).find(is_key)?
        };
        Some(Entry { key: self.node(pair[0]), value: self.node(pair[1]) })
    }

    /// `get` along several keys.
    pub fn at(self, keys: &[&str]) -> Option<Node<'a>> {
        keys.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The entries of a mapping in the order of the document, nothing for other kinds. Keys are
    /// strings always: other scalars have become strings as Helm turns them. No key comes twice.
    pub fn entries(self) -> impl ExactSizeIterator<Item = Entry<'a>> {
        let pairs = if let Shape::Map { first, len, .. } = *self.shape() {
            self.children(first, len * 2)
        } else {
            &[]
        };
        pairs
            .chunks_exact(2)
            .map(move |pair| Entry { key: self.node(pair[0]), value: self.node(pair[1]) })
    }

    /// The items of a sequence, nothing for other kinds.
    pub fn items(self) -> impl ExactSizeIterator<Item = Node<'a>> {
        let items = if let Shape::Seq { first, len } = *self.shape() {
            self.children(first, len)
        } else {
            &[]
        };
        items.iter().map(move |&item| self.node(item))
    }

    pub fn as_str(self) -> Option<&'a str> {
        if self.kind() != Kind::String {
            return None;
        }
        str::from_utf8(self.document.key_text(self.index)).ok()
    }

    pub fn as_bool(self) -> Option<bool> {
        let Shape::Bool(value) = *self.shape() else { return None };
        Some(value)
    }

    /// An integer, or a float without fraction, that fits.
    pub fn as_i64(self) -> Option<i64> {
        if let Shape::Int(value) = *self.shape() {
            return Some(value);
        }
        let value = self.as_f64()?;
        (value.fract() == 0.0 && value.abs() < 9.2e18).then_some(value as i64)
    }

    pub fn as_f64(self) -> Option<f64> {
        match *self.shape() {
            Shape::Int(value) => Some(value as f64),
            Shape::Uint(value) => Some(value as f64),
            Shape::Float(value) => Some(value),
            Shape::Null
            | Shape::Bool(_)
            | Shape::Borrowed { .. }
            | Shape::Owned { .. }
            | Shape::Seq { .. }
            | Shape::Map { .. }
            | Shape::Alias(_) => None,
        }
    }

    /// What the node is, aliases followed. No alias stands for another.
    pub(super) fn shape(self) -> &'a Shape {
        let nodes = &self.document.nodes;
        let shape = &nodes[self.index as usize].shape;
        if let Shape::Alias(target) = *shape { &nodes[target as usize].shape } else { shape }
    }

    fn node(self, index: u32) -> Node<'a> {
        Node { document: self.document, index }
    }

    fn children(self, first: u32, len: u32) -> &'a [u32] {
        &self.document.children[first as usize..(first + len) as usize]
    }
}

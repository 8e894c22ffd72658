//! A document as a tree that knows its places.

use std::sync::Arc;

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
    /// Keys that stand twice in one mapping: the earlier ones, which lost.
    pub(super) duplicates: Vec<Span>,
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

impl Document {
    pub fn root(&self) -> Node<'_> {
        Node { document: self, index: self.root }
    }

    /// Keys that stand twice in one mapping: the earlier ones, which lost.
    pub fn duplicates(&self) -> &[Span] {
        &self.duplicates
    }

    /// The file that the document was read from.
    pub fn file(&self) -> FileId {
        self.file
    }

    /// The text of a node that is a string; of others, nothing.
    pub(super) fn key_text(&self, node: u32) -> &[u8] {
        match *(Node { document: self, index: node }).shape() {
            Shape::Borrowed { start, end } => {
                self.text.get(start as usize..end as usize).unwrap_or_default()
            }
            Shape::Owned { start, end } => {
                self.unescaped.as_bytes().get(start as usize..end as usize).unwrap_or_default()
            }
            _ => &[],
        }
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
        let is_key = |pair: &&[u32]| self.document.key_text(pair[0]) == key.as_bytes();
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
        let pairs = match *self.shape() {
            Shape::Map { first, len, .. } => self.children(first, len * 2),
            _ => &[],
        };
        pairs
            .chunks_exact(2)
            .map(move |pair| Entry { key: self.node(pair[0]), value: self.node(pair[1]) })
    }

    /// The items of a sequence, nothing for other kinds.
    pub fn items(self) -> impl ExactSizeIterator<Item = Node<'a>> {
        let items = match *self.shape() {
            Shape::Seq { first, len } => self.children(first, len),
            _ => &[],
        };
        items.iter().map(move |&item| self.node(item))
    }

    pub fn as_str(self) -> Option<&'a str> {
        match *self.shape() {
            Shape::Borrowed { start, end } => {
                str::from_utf8(&self.document.text[start as usize..end as usize]).ok()
            }
            Shape::Owned { start, end } => {
                self.document.unescaped.get(start as usize..end as usize)
            }
            _ => None,
        }
    }

    pub fn as_bool(self) -> Option<bool> {
        match *self.shape() {
            Shape::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// An integer, or a float without fraction, that fits.
    pub fn as_i64(self) -> Option<i64> {
        match *self.shape() {
            Shape::Int(value) => Some(value),
            Shape::Float(value) if value.fract() == 0.0 && value.abs() < 9.2e18 => {
                Some(value as i64)
            }
            _ => None,
        }
    }

    pub fn as_f64(self) -> Option<f64> {
        match *self.shape() {
            Shape::Int(value) => Some(value as f64),
            Shape::Uint(value) => Some(value as f64),
            Shape::Float(value) => Some(value),
            _ => None,
        }
    }

    /// What the node is, aliases followed. No alias stands for another.
    pub(super) fn shape(self) -> &'a Shape {
        let nodes = &self.document.nodes;
        match &nodes[self.index as usize].shape {
            Shape::Alias(target) => &nodes[*target as usize].shape,
            shape => shape,
        }
    }

    fn node(self, index: u32) -> Node<'a> {
        Node { document: self.document, index }
    }

    fn children(self, first: u32, len: u32) -> &'a [u32] {
        &self.document.children[first as usize..(first + len) as usize]
    }
}

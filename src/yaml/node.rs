//! A document as a tree that knows its places.

use std::sync::Arc;

use crate::source::{FileId, Span};

/// A document that was read. Its nodes lie in one arena; strings that stand in the text as they
/// are, are not copied.
pub struct Document {
    pub(crate) file: FileId,
    /// The whole file that the document is part of; spans are offsets into it.
    pub(crate) text: Arc<[u8]>,
    /// Strings that differ from their source text (escapes, folding, …), one after the other.
    pub(crate) unescaped: String,
    pub(crate) nodes: Vec<NodeData>,
    /// The children of sequences and mappings, as indices into `nodes`.
    pub(crate) children: Vec<u32>,
    pub(crate) root: u32,
    /// Keys that stand twice in one mapping: the earlier ones, which lost.
    pub(crate) duplicates: Vec<Span>,
}

pub(crate) struct NodeData {
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) shape: Shape,
}

/// The contents of a node; ranges of children are indices into [`Document::children`].
pub(crate) enum Shape {
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
    /// `len` pairs of key and value, in the order of the document.
    Map {
        first: u32,
        len: u32,
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
#[derive(Copy, Clone)]
pub struct Node<'a> {
    document: &'a Document,
    index: u32,
}

/// A key and its value.
#[derive(Copy, Clone)]
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
}

impl<'a> Node<'a> {
    /// The bytes that the node was read from; of an alias, the alias itself.
    pub fn span(self) -> Span {
        let data = &self.document.nodes[self.index as usize];
        Span { file: self.document.file, start: data.start, end: data.end }
    }

    pub fn kind(self) -> Kind {
        match self.shape() {
            Shape::Null => Kind::Null,
            Shape::Bool(_) => Kind::Bool,
            Shape::Int(_) | Shape::Uint(_) | Shape::Float(_) => Kind::Number,
            Shape::Borrowed { .. } | Shape::Owned { .. } => Kind::String,
            Shape::Seq { .. } => Kind::Seq,
            Shape::Map { .. } | Shape::Alias(_) => Kind::Map,
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
        self.entries().filter(|entry| entry.key.is_text(key)).last()
    }

    /// Is this string, without a look at its encoding: the check that finds a key among many.
    fn is_text(self, text: &str) -> bool {
        match *self.shape() {
            Shape::Borrowed { start, end } => {
                self.document.text.get(start as usize..end as usize) == Some(text.as_bytes())
            }
            Shape::Owned { start, end } => {
                self.document.unescaped.get(start as usize..end as usize) == Some(text)
            }
            _ => false,
        }
    }

    /// `get` along several keys.
    pub fn at(self, keys: &[&str]) -> Option<Node<'a>> {
        keys.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The entries of a mapping in the order of the document, nothing for other kinds. Keys are
    /// strings always: other scalars have become strings as Helm turns them. No key comes twice.
    pub fn entries(self) -> impl ExactSizeIterator<Item = Entry<'a>> {
        let pairs = match *self.shape() {
            Shape::Map { first, len } => self.children(first, len * 2),
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

    /// What the node is, aliases followed.
    pub(crate) fn shape(self) -> &'a Shape {
        let mut index = self.index;
        loop {
            match &self.document.nodes[index as usize].shape {
                Shape::Alias(target) => index = *target,
                shape => return shape,
            }
        }
    }

    fn node(self, index: u32) -> Node<'a> {
        Node { document: self.document, index }
    }

    fn children(self, first: u32, len: u32) -> &'a [u32] {
        &self.document.children[first as usize..(first + len) as usize]
    }
}

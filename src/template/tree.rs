//! The tree of a template file: nodes in one arena, texts as ranges of the file.

use std::sync::Arc;

use crate::source::{FileId, Span};
use crate::template::{Number, Problem};

/// What [`parse`](crate::template::parse()) made of a text.
pub struct Tree {
    pub file: FileId,
    /// The name under which Go would have parsed it, for places in messages: the whole path of a
    /// chart file, `gotpl` for the text of a `tpl`.
    pub name: String,
    pub text: Arc<[u8]>,
    pub(crate) nodes: Vec<Node>,
    /// The nodes of lists, pipes and commands, as [`NodeRange`]s.
    pub(crate) children: Vec<NodeId>,
    /// The names of field chains, as ranges.
    pub(crate) names: Vec<Name>,
    pub(crate) numbers: Vec<Number>,
    /// String literals, unquoted, and names of templates.
    pub(crate) strings: Vec<Literal>,
    /// Every template that the file defines, itself last, in the order in which Go adds them.
    pub defines: Vec<Define>,
    /// In the order in which they were found; Go stops at the first.
    pub problems: Vec<Problem>,
}

/// A template: `define`, `block`, or the file itself.
#[derive(Clone, Debug)]
pub struct Define {
    pub name: Box<[u8]>,
    /// A [`Shape::List`].
    pub body: NodeId,
    /// Nothing but space and comments: such a body never replaces another one.
    pub empty: bool,
    /// The clause that names it; for the file itself its first byte.
    pub clause: Span,
}

/// A node of a [`Tree`].
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub struct NodeId(pub(crate) u32);

impl NodeId {
    /// The node at an index, in the order in which the parser made them.
    pub(crate) fn of(index: usize) -> NodeId {
        NodeId(index as u32)
    }

    /// Stands where no node is known.
    pub const NONE: NodeId = NodeId(u32::MAX);
}

/// Neighbours in [`Tree::children`] or [`Tree::names`].
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct NodeRange {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl NodeRange {
    pub(crate) fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    pub(crate) fn len(self) -> usize {
        (self.end - self.start) as usize
    }
}

/// A name in the text: a field without its dot, a variable with its dollar sign, a function.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Name {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// The text of a string literal.
pub(crate) enum Literal {
    /// As it stands between its quotes.
    Plain(Name),
    /// What its escapes make of it.
    Changed(Box<[u8]>),
}

#[derive(Copy, Clone, Debug)]
pub(crate) struct Node {
    /// Where Go says the node is: its `Pos`. In a chain of fields that is the second name.
    pub(crate) pos: u32,
    /// Where it starts and ends.
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) shape: Shape,
}

/// What a node is.
#[derive(Copy, Clone, Debug)]
pub enum Shape {
    List(NodeRange),
    Text {
        start: u32,
        end: u32,
    },
    /// A pipe whose value is printed, unless it declares.
    Action(NodeId),
    If(Branch),
    With(Branch),
    Range(Branch),
    /// The name is an index of [`Tree::strings`].
    Template {
        name: u32,
        pipe: Option<NodeId>,
    },
    Break,
    Continue,
    /// `commands` are [`Shape::Command`]s; `variables` are [`Tree::names`].
    Pipe {
        variables: NodeRange,
        assigns: bool,
        commands: NodeRange,
    },
    Command(NodeRange),
    /// A function: its number in the caller's table.
    Function(u16),
    Dot,
    Nil,
    Bool(bool),
    /// An index of [`Tree::numbers`].
    Number(u32),
    /// An index of [`Tree::strings`].
    Str(u32),
    /// `.a.b`
    Field(NodeRange),
    /// `$x.a.b`: the variable and its fields.
    Variable(NodeRange),
    /// Fields of something else: `(list).a.b`.
    Chain {
        of: NodeId,
        fields: NodeRange,
    },
    /// Text that has a problem; it does nothing.
    Broken,
}

/// The parts of `if`, `with` and `range`.
#[derive(Copy, Clone, Debug)]
pub struct Branch {
    pub(crate) pipe: NodeId,
    pub(crate) then: NodeId,
    pub(crate) otherwise: Option<NodeId>,
}

impl Tree {
    /// How many nodes there are.
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub fn shape(&self, node: NodeId) -> Shape {
        self.nodes.get(node.0 as usize).map_or(Shape::Broken, |node| node.shape)
    }

    pub fn span(&self, node: NodeId) -> Span {
        let (start, end) =
            self.nodes.get(node.0 as usize).map_or((0, 0), |node| (node.start, node.end));
        Span { file: self.file, start, end }
    }

    /// The place that Go's messages name: an offset into the text.
    pub fn pos(&self, node: NodeId) -> u32 {
        self.nodes.get(node.0 as usize).map_or(0, |node| node.pos)
    }

    pub fn children(&self, range: NodeRange) -> &[NodeId] {
        self.children.get(range.range()).unwrap_or_default()
    }

    pub fn names(&self, range: NodeRange) -> impl ExactSizeIterator<Item = &[u8]> {
        self.name_spans(range).iter().map(|&name| self.name(name))
    }

    /// Where names stand in the text.
    pub(crate) fn name_spans(&self, range: NodeRange) -> &[Name] {
        self.names.get(range.range()).unwrap_or_default()
    }

    pub fn string(&self, index: u32) -> &[u8] {
        match self.strings.get(index as usize) {
            Some(&Literal::Plain(name)) => self.name(name),
            Some(Literal::Changed(text)) => text,
            None => &[],
        }
    }

    pub fn number(&self, index: u32) -> Number {
        self.numbers.get(index as usize).copied().unwrap_or_default()
    }

    /// The bytes of the text from `start` to `end`.
    pub fn slice(&self, start: u32, end: u32) -> &[u8] {
        self.text.get(start as usize..end as usize).unwrap_or_default()
    }

    /// The line that an offset lies in, without its end.
    pub fn line(&self, offset: u32) -> &[u8] {
        let offset = (offset as usize).min(self.text.len());
        let (before, after) = self.text.split_at(offset);
        let start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
        let end = memchr::memchr(b'\n', after).map_or(self.text.len(), |at| offset + at);
        &self.text[start..end]
    }

    /// The one-based line and the zero-based column in bytes, as Go counts them.
    pub fn line_column(&self, offset: u32) -> (usize, usize) {
        let before = self.slice(0, offset.min(self.text.len() as u32));
        let line = memchr::memchr_iter(b'\n', before).count() + 1;
        let start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
        (line, before.len() - start)
    }

    fn name(&self, name: Name) -> &[u8] {
        self.slice(name.start, name.end)
    }
}

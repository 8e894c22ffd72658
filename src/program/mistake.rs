//! Mistakes in templates that are known before they run, as data and in Go's words.

use crate::template::{NodeId, Tree};
use crate::value::runes::lossy;

/// An error that is certain once execution comes there, as Go finds it only then.
#[derive(Clone, Debug)]
pub(crate) struct Mistake {
    pub(crate) kind: MistakeKind,
    /// What errors name from then on; None leaves what was named before.
    pub(crate) node: Option<NodeId>,
}

#[derive(Clone, Debug)]
pub(crate) enum MistakeKind {
    /// `want` counts as Go's message does.
    Count {
        name: Box<str>,
        want: usize,
        at_least: bool,
        got: usize,
    },
    /// An argument for what takes none.
    NotAFunction {
        node: NodeId,
    },
    NilCommand,
    UndefinedVariable {
        name: Box<[u8]>,
    },
    /// More than this program can count; ours, not Go's.
    TooLarge {
        what: &'static str,
    },
    /// A literal where the parameter asks for something else.
    Literal(LiteralFault),
}

/// Why a literal cannot be an argument.
#[derive(Clone, Debug)]
pub(crate) enum LiteralFault {
    /// `expected string; found 5`
    Expected { what: &'static str, found: NodeId },
    /// `can't handle 5 for arg of type map[string]interface {}`
    Unfit { found: NodeId, ty: &'static str },
    /// `cannot assign nil to string`
    Nil { ty: &'static str },
    /// `18446744073709551615 overflows int`
    Overflow { found: NodeId },
}

fn printed(tree: &Tree, node: NodeId) -> String {
    lossy(&tree.print(node))
}

/// The wrong number of arguments.
pub(crate) fn count(name: &str, want: usize, at_least: bool, got: usize) -> String {
    let bound = if at_least { "at least " } else { "" };
    format!("wrong number of args for {name}: want {bound}{want} got {got}")
}

impl MistakeKind {
    /// Go's message; nodes are those of `tree`.
    pub(crate) fn text(&self, tree: &Tree) -> String {
        match self {
            MistakeKind::Count { name, want, at_least, got } => count(name, *want, *at_least, *got),
            MistakeKind::NotAFunction { node } => {
                format!("can't give argument to non-function {}", printed(tree, *node))
            }
            MistakeKind::NilCommand => "nil is not a command".into(),
            MistakeKind::UndefinedVariable { name } => {
                format!("undefined variable: {}", lossy(name))
            }
            MistakeKind::TooLarge { what } => format!("more than {} {what}", u16::MAX),
            MistakeKind::Literal(fault) => fault.text(tree),
        }
    }
}

impl LiteralFault {
    /// Go's message; nodes are those of `tree`.
    pub(crate) fn text(&self, tree: &Tree) -> String {
        match self {
            LiteralFault::Expected { what, found } => {
                format!("expected {what}; found {}", printed(tree, *found))
            }
            LiteralFault::Unfit { found, ty } => {
                format!("can't handle {} for arg of type {ty}", printed(tree, *found))
            }
            LiteralFault::Nil { ty } => format!("cannot assign nil to {ty}"),
            LiteralFault::Overflow { found } => format!("{} overflows int", printed(tree, *found)),
        }
    }
}

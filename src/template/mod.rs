//! Syntax of Go templates: tokens, tree, parser.
//!
//! Follows `text/template/parse` of Go 1.26 word for word where users can see it: which text is an
//! error, in which words, on which line, and how a node is printed back. Never fails: [`parse()`]
//! gives a tree and a list of problems; the first problem is the one that Go would report.

mod lex;
mod literal;
mod number;
mod parse;
mod print;
mod problem;
mod tree;

pub use lex::{Fault, TokenKind};
pub use literal::quote;
pub use number::{Number, NumberFault};
pub use parse::{Functions, parse};
pub use problem::{Problem, ProblemKind};
pub use tree::{Branch, Define, Name, NodeId, NodeRange, Shape, Tree};

#[cfg(test)]
mod tests;

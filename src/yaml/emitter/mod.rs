//! Writes YAML as go-yaml's emitter does (`emitterc.go`), in block style.
//!
//! The caller walks its data and calls [`Emitter::begin`], one of [`Emitter::plain`],
//! [`Emitter::string`] and [`Emitter::binary`] for each scalar, and [`Emitter::end`]; of a mapping,
//! keys and values come in turn.

mod analyze;
mod scalar;

use super::float;
use super::key_order::sort_keys;
use super::node::{Kind, Node};

/// The version of go-yaml whose output is wanted.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Version {
    /// Behind `toYaml`: lists in mappings are not indented, long lines are folded.
    V2,
    /// Behind `toYamlPretty`: lists are indented, lines are never folded.
    V3,
}

/// The kinds of collections.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Collection {
    Seq,
    Map,
}

/// A document that is being written.
pub struct Emitter {
    version: Version,
    out: Vec<u8>,
    /// In characters.
    column: usize,
    indent: Option<usize>,
    /// Only blanks, or a `-`, `?` or `:` that a space will follow, precede the current place.
    whitespace: bool,
    /// Only indentation and indicators of blocks precede the current place in its line.
    indention: bool,
    open: Vec<Open>,
}

struct Open {
    /// The indentation outside.
    indent: Option<usize>,
    next: Next,
}

enum Step<'a> {
    Key(&'a str),
    Node(Node<'a>),
    End,
}

/// What the next node is in the innermost collection.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Next {
    Item,
    Key,
    /// Behind a key in one line.
    Value,
    /// Behind a key with a `?`.
    ComplexValue,
}

impl Emitter {
    pub fn new(version: Version) -> Emitter {
        Emitter {
            version,
            out: Vec::new(),
            column: 0,
            indent: None,
            whitespace: true,
            indention: true,
            open: Vec::new(),
        }
    }

    /// How many bytes have been written.
    pub fn written(&self) -> usize {
        self.out.len()
    }

    /// Ends the document.
    pub fn finish(mut self) -> Vec<u8> {
        self.write_indent();
        self.out
    }

    /// Starts a collection; `end` must follow unless it is empty.
    pub fn begin(&mut self, collection: Collection, empty: bool) {
        let next = self.before_node(None);
        if empty {
            let brackets = if collection == Collection::Map { "{}" } else { "[]" };
            self.write_indicator(&brackets[..1], true);
            self.write_indicator(&brackets[1..], false);
            return;
        }
        let in_map = matches!(next, Some(Next::Key | Next::Value | Next::ComplexValue));
        let indentless = self.version == Version::V2
            && collection == Collection::Seq
            && in_map
            && !self.indention;
        let indent = self.indent;
        self.indent = match indent {
            None => Some(0),
            Some(indent) if indentless => Some(indent),
            Some(indent) => Some(indent + 2),
        };
        let next = if collection == Collection::Map { Next::Key } else { Next::Item };
        self.open.push(Open { indent, next });
    }

    /// Ends the innermost collection that is open.
    pub fn end(&mut self) {
        if let Some(open) = self.open.pop() {
            self.indent = open.indent;
        }
    }

    /// A node and all below it. Keys are sorted as go-yaml sorts them.
    pub fn node(&mut self, node: Node<'_>) {
        let mut steps = vec![Step::Node(node)];
        while let Some(step) = steps.pop() {
            match step {
                Step::End => self.end(),
                Step::Key(key) => self.string(key),
                Step::Node(node) => self.node_itself(node, &mut steps),
            }
        }
    }

    /// Writes a scalar, or opens a collection and pushes what is in it.
    fn node_itself<'a>(&mut self, node: Node<'a>, steps: &mut Vec<Step<'a>>) {
        match node.kind() {
            Kind::Null => self.plain("null"),
            Kind::Bool => self.plain(if node.as_bool() == Some(true) { "true" } else { "false" }),
            Kind::Number => self.plain(&float::number_text(node)),
            Kind::String => self.string(node.as_str().unwrap_or_default()),
            Kind::Seq => {
                self.begin(Collection::Seq, node.items().len() == 0);
                if node.items().len() > 0 {
                    steps.push(Step::End);
                    let from = steps.len();
                    steps.extend(node.items().map(Step::Node));
                    steps[from..].reverse();
                }
            }
            Kind::Map => {
                let mut entries: Vec<(&str, Node<'_>)> = node
                    .entries()
                    .map(|entry| (entry.key.as_str().unwrap_or_default(), entry.value))
                    .collect();
                self.begin(Collection::Map, entries.is_empty());
                if !entries.is_empty() {
                    sort_keys(&mut entries, self.version, |entry| entry.0);
                    steps.push(Step::End);
                    let pairs = entries.into_iter().rev();
                    steps
                        .extend(pairs.flat_map(|(key, value)| [Step::Node(value), Step::Key(key)]));
                }
            }
        }
    }

    /// Writes what precedes a node in its collection. `simple` is whether it can be a key in one
    /// line. What the node is, None for the root.
    fn before_node(&mut self, simple: Option<bool>) -> Option<Next> {
        let next = self.open.last()?.next;
        let then = match next {
            Next::Item => {
                self.write_indent();
                self.write_block_indicator("-");
                Next::Item
            }
            Next::Key => {
                self.write_indent();
                if simple == Some(true) {
                    Next::Value
                } else {
                    self.write_block_indicator("?");
                    Next::ComplexValue
                }
            }
            Next::Value => {
                self.write_indicator(":", false);
                Next::Key
            }
            Next::ComplexValue => {
                self.write_indent();
                self.write_block_indicator(":");
                Next::Key
            }
        };
        if let Some(open) = self.open.last_mut() {
            open.next = then;
        }
        Some(next)
    }

    fn put(&mut self, character: char) {
        self.out.push(character as u8);
        self.column += 1;
    }

    fn put_break(&mut self) {
        self.out.push(b'\n');
        self.column = 0;
        if self.version == Version::V3 {
            self.indention = true;
        }
    }

    fn write(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
        self.column += if text.is_ascii() { text.len() } else { text.chars().count() };
    }

    /// A line break of a scalar; LS and PS stay what they are.
    fn write_break(&mut self, text: &str) {
        if text == "\n" {
            self.put_break();
        } else {
            self.out.extend_from_slice(text.as_bytes());
            self.column = 0;
            if self.version == Version::V3 {
                self.indention = true;
            }
        }
        if self.version == Version::V2 {
            self.indention = true;
        }
    }

    fn write_indent(&mut self) {
        let indent = self.indent.unwrap_or(0);
        let column = self.column;
        if !self.indention || column > indent || (column == indent && !self.whitespace) {
            self.put_break();
        }
        let missing = indent.saturating_sub(self.column);
        self.out.extend(std::iter::repeat_n(b' ', missing));
        self.column += missing;
        self.whitespace = true;
        self.indention = true;
    }

    fn write_indicator(&mut self, indicator: &str, needs_space: bool) {
        if needs_space && !self.whitespace {
            self.put(' ');
        }
        self.write(indicator);
        self.whitespace = false;
        self.indention = false;
    }

    /// `-`, `?` or `:` at the start of a line or behind others.
    fn write_block_indicator(&mut self, indicator: &str) {
        let indention = self.indention;
        self.write_indicator(indicator, true);
        self.indention = indention;
    }
}

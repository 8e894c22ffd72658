//! The detour over JSON that sigs.k8s.io/yaml takes, as far as it can fail.

use super::decode::MAX_JSON_DEPTH;
use super::error::{Error, Problem};
use super::float;
use super::go_syntax::go_syntax;
use super::node::{Document, Entry, Kind, Node, Shape};

/// The errors of the detour over JSON, in the order in which it meets them: keys when the
/// tree is converted, numbers when it is encoded, its depth when it is decoded.
pub(super) fn check_json(document: &Document) -> Result<(), Box<Error>> {
    let error =
        |node: Node<'_>, problem| Box::new(Error { problem, line: None, span: node.span() });
    for (node, _) in Deep::new(document.root(), false) {
        for Entry { key, value } in node.entries() {
            let type_name = match key.kind() {
                Kind::Null => "%!s(<nil>)",
                Kind::Number => "uint64",
                Kind::Bool | Kind::String | Kind::Seq | Kind::Map => continue,
            };
            let (key_text, value) = (go_syntax(key), go_syntax(value));
            let problem = Problem::UnsupportedKey { type_name, key: key_text, value };
            return Err(error(key, problem));
        }
    }
    let mut too_deep = None;
    for (node, depth) in Deep::new(document.root(), true) {
        if let Shape::Float(value) = *node.shape()
            && !value.is_finite()
        {
            return Err(error(node, Problem::NotFinite(float::go_value(value))));
        }
        if depth > MAX_JSON_DEPTH && matches!(node.kind(), Kind::Seq | Kind::Map) {
            let bracket = if node.kind() == Kind::Map { '{' } else { '[' };
            too_deep.get_or_insert_with(|| error(node, Problem::Depth(bracket)));
        }
    }
    too_deep.map_or(Ok(()), Err)
}

/// All nodes below a root, aliases expanded, each with its depth (the root's is 1).
struct Deep<'a> {
    stack: Vec<(Node<'a>, usize)>,
    /// Entries come in byte order of their keys, as in JSON that Go wrote.
    sorted: bool,
}

impl<'a> Deep<'a> {
    fn new(root: Node<'a>, sorted: bool) -> Deep<'a> {
        Deep { stack: vec![(root, 1)], sorted }
    }
}

impl<'a> Iterator for Deep<'a> {
    type Item = (Node<'a>, usize);

    fn next(&mut self) -> Option<(Node<'a>, usize)> {
        let (node, depth) = self.stack.pop()?;
        let from = self.stack.len();
        let below = |child| (child, depth + 1);
        if self.sorted {
            let mut entries: Vec<_> = node.entries().collect();
            entries.sort_by_key(|entry| entry.key.as_str());
            self.stack.extend(entries.into_iter().map(|entry| below(entry.value)));
        } else {
            self.stack.extend(node.entries().map(|entry| below(entry.value)));
        }
        self.stack.extend(node.items().map(below));
        self.stack[from..].reverse();
        Some((node, depth))
    }
}

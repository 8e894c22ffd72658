//! Names that occur in the text of a render, wherever they stand.
//!
//! Custom resources, arguments and configuration files refer to other objects in ways that no
//! schema tells. A rule that says "nobody uses this" looks here first.

use std::collections::HashMap;

use crate::rules::index::Index;
use crate::yaml::{Kind, Node};

/// For each name that was asked for, the object that mentions it: the only one, or that there are
/// several.
pub(crate) struct Mentions<'a> {
    found: HashMap<&'a str, By>,
}

#[derive(Copy, Clone, PartialEq, Eq)]
enum By {
    Nobody,
    /// The index of an object.
    One(usize),
    Several,
}

impl<'a> Mentions<'a> {
    /// Looks for the names in every text of the render, except in the names and labels of objects.
    pub(crate) fn of(names: impl Iterator<Item = &'a str>, index: &Index<'_>) -> Mentions<'a> {
        let mut mentions = Mentions { found: names.map(|name| (name, By::Nobody)).collect() };
        if mentions.found.is_empty() {
            return mentions;
        }
        for object in index.objects() {
            for entry in object.root().entries() {
                if entry.key.as_str() == Some("metadata") {
                    if let Some(annotations) = entry.value.get("annotations") {
                        mentions.read(annotations, object.index());
                    }
                } else {
                    mentions.read(entry.value, object.index());
                }
            }
        }
        mentions
    }

    /// Whether an object other than this one mentions the name.
    pub(crate) fn elsewhere(&self, name: &str, object: usize) -> bool {
        match self.found.get(name) {
            None | Some(By::Nobody) => false,
            Some(By::One(by)) => *by != object,
            Some(By::Several) => true,
        }
    }

    fn read(&mut self, node: Node<'_>, object: usize) {
        let mut open = vec![node];
        while let Some(node) = open.pop() {
            match node.kind() {
                Kind::String => self.read_text(node.as_str().unwrap_or_default(), object),
                Kind::Seq => open.extend(node.items()),
                Kind::Map => open.extend(node.entries().map(|entry| entry.value)),
                Kind::Null | Kind::Bool | Kind::Number => {}
            }
        }
    }

    fn read_text(&mut self, text: &str, object: usize) {
        let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | ':');
        for word in text.split(|c| !part(c)) {
            self.note(word, object);
            // In `name.namespace.svc` and `kind:name` the name is a part of the word.
            if word.contains(['.', ':']) {
                word.split(['.', ':']).for_each(|piece| self.note(piece, object));
                self.note(word.trim_end_matches(['.', ':']), object);
            }
        }
    }

    fn note(&mut self, word: &str, object: usize) {
        if let Some(by) = self.found.get_mut(word) {
            *by = match *by {
                By::Nobody => By::One(object),
                By::One(first) if first == object => By::One(object),
                By::One(_) | By::Several => By::Several,
            };
        }
    }
}

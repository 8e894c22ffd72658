//! A field to report: its path as the API server spells it, and the node to point at.

use crate::manifest::Object;
use crate::yaml::{Kind, Node};

/// A field, present or missing. Built when there is something to report, never before.
pub(crate) struct Field<'a> {
    pub(crate) object: Object<'a>,
    pub(crate) path: String,
    /// The value, if the object has it.
    pub(crate) value: Option<Node<'a>>,
    /// What a reader should look at: the value, its key, or the nearest key above it that exists.
    pub(crate) spot: Node<'a>,
}

impl<'a> Field<'a> {
    /// The object as a whole; its path is empty.
    pub(crate) fn root(object: Object<'a>) -> Field<'a> {
        let root = object.root();
        Field { object, path: String::new(), value: Some(root), spot: emblem(root) }
    }

    /// The field at a dotted path that is known to exist, such as the pod spec of a Deployment.
    pub(crate) fn along(object: Object<'a>, path: &str) -> Field<'a> {
        path.split('.').filter(|key| !key.is_empty()).fold(Field::root(object), Field::key)
    }

    /// The innermost mapping or list around an offset of the text.
    pub(crate) fn around(object: Object<'a>, offset: u32) -> Field<'a> {
        let holds = |node: Node<'_>| (node.span().start..node.span().end).contains(&offset);
        let mut field = Field::root(object);
        while let Some(node) = field.value {
            let entry = node.entries().find(|entry| holds(entry.value));
            let item = node.items().position(holds);
            field = match (entry.and_then(|entry| entry.key.as_str()), item) {
                (Some(key), _) => field.key(key),
                (None, Some(index)) => field.index(index),
                (None, None) => break,
            };
        }
        field
    }

    pub(crate) fn key(mut self, key: &str) -> Field<'a> {
        if !self.path.is_empty() {
            self.path.push('.');
        }
        self.path.push_str(key);
        self.step(key)
    }

    pub(crate) fn keys(self, keys: &[&str]) -> Field<'a> {
        keys.iter().copied().fold(self, Field::key)
    }

    /// A key that users chose, such as the name of a label: written in brackets.
    pub(crate) fn name(mut self, key: &str) -> Field<'a> {
        self.path.push('[');
        self.path.push_str(key);
        self.path.push(']');
        self.step(key)
    }

    pub(crate) fn index(mut self, index: usize) -> Field<'a> {
        self.path.push('[');
        self.path.push_str(&index.to_string());
        self.path.push(']');
        self.value = self.value.and_then(|list| list.items().nth(index));
        self.spot = self.value.map_or(self.spot, emblem);
        self
    }

    fn step(mut self, key: &str) -> Field<'a> {
        let entry = self.value.and_then(|map| map.entry(key));
        if let Some(entry) = entry {
            self.spot = if stands_beside_its_key(entry.value) { entry.value } else { entry.key };
        }
        self.value = entry.map(|entry| entry.value);
        self
    }
}

/// A value that is written on the line of its key; collections mostly begin on the next.
fn stands_beside_its_key(value: Node<'_>) -> bool {
    match value.kind() {
        Kind::Bool | Kind::Number | Kind::String => true,
        Kind::Null => false,
        Kind::Seq => value.items().len() == 0,
        Kind::Map => value.entries().len() == 0,
    }
}

/// What stands for a whole item or object: its name, or its first key, or itself.
fn emblem(node: Node<'_>) -> Node<'_> {
    let first = node.entries().next().map(|entry| entry.key);
    node.get("name").or(first).unwrap_or(node)
}

//! Which fields of two objects differ.

use std::fmt::Write;

use crate::diagnostic::Place;
use crate::source::Span;
use crate::yaml::{Kind, Node};

/// A field that differs between two objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    /// As the API server spells paths; items of lists by index.
    pub field: String,
    /// The values as JSON, None where there is none. Those of Secrets are masked.
    pub old: Option<String>,
    pub new: Option<String>,
    /// In the new object: the value, or what it was removed from.
    pub place: Place,
}

/// How much of a value is shown in one line.
const SHOWN_CHARS: usize = 60;

/// A value of a field in few characters.
pub fn shown(value: Option<&str>) -> String {
    let Some(value) = value else { return "(none)".to_owned() };
    let mut shown: String = value.chars().take(SHOWN_CHARS).collect();
    if shown.len() < value.len() {
        shown.push('…');
    }
    shown
}

/// The fields that differ, deepest first known: a changed map is told by its changed keys.
pub(super) fn compare(old: Node<'_>, new: Node<'_>, secret: bool) -> Vec<FieldChange> {
    let mut walk = Walk { path: String::new(), secret, found: Vec::new() };
    walk.values(Some(old), Some(new), None);
    walk.found
}

struct Walk {
    path: String,
    /// Values below `data` and `stringData` are not shown.
    secret: bool,
    found: Vec<FieldChange>,
}

impl Walk {
    fn values(&mut self, old: Option<Node<'_>>, new: Option<Node<'_>>, around: Option<Span>) {
        let kinds = (old.map(Node::kind), new.map(Node::kind));
        match (old, new, kinds) {
            (Some(old), Some(new), (Some(Kind::Map), Some(Kind::Map))) => self.maps(old, new),
            (Some(old), Some(new), (Some(Kind::Seq), Some(Kind::Seq))) => self.lists(old, new),
            _ if same_scalars(old, new) => {}
            _ => {
                let change = FieldChange {
                    field: self.path.clone(),
                    old: old.map(|node| self.shown(node)),
                    new: new.map(|node| self.shown(node)),
                    place: Place { rendered: new.map(Node::span).or(around), ..Place::default() },
                };
                self.found.push(change);
            }
        }
    }

    fn maps(&mut self, old: Node<'_>, new: Node<'_>) {
        for entry in new.entries() {
            let key = entry.key.as_str().unwrap_or_default();
            self.within(key, |walk| {
                walk.values(old.get(key), Some(entry.value), Some(new.span()));
            });
        }
        for entry in old.entries() {
            let key = entry.key.as_str().unwrap_or_default();
            if new.get(key).is_none() {
                self.within(key, |walk| walk.values(Some(entry.value), None, Some(new.span())));
            }
        }
    }

    fn lists(&mut self, old: Node<'_>, new: Node<'_>) {
        let (mut olds, mut news) = (old.items(), new.items());
        for index in 0.. {
            let (before, after) = (olds.next(), news.next());
            if before.is_none() && after.is_none() {
                break;
            }
            let length = self.path.len();
            // Writing to a String cannot fail.
            let _ = write!(self.path, "[{index}]");
            self.values(before, after, Some(new.span()));
            self.path.truncate(length);
        }
    }

    fn within(&mut self, key: &str, compare: impl FnOnce(&mut Walk)) {
        let length = self.path.len();
        if key.contains(['.', '/']) {
            // Writing to a String cannot fail.
            let _ = write!(self.path, "[{key}]");
        } else {
            if length > 0 {
                self.path.push('.');
            }
            self.path.push_str(key);
        }
        compare(self);
        self.path.truncate(length);
    }

    fn shown(&self, node: Node<'_>) -> String {
        if self.secret && (self.path.starts_with("data") || self.path.starts_with("stringData")) {
            return MASKED.to_owned();
        }
        let mut text = String::new();
        write_json(node, &mut text);
        text
    }
}

fn same_scalars(old: Option<Node<'_>>, new: Option<Node<'_>>) -> bool {
    let (old, new) = match (old, new) {
        (Some(old), Some(new)) => (old, new),
        (None, None) => return true,
        (Some(_), None) | (None, Some(_)) => return false,
    };
    old.kind() == new.kind()
        && !matches!(old.kind(), Kind::Map | Kind::Seq)
        && (old.as_str(), old.as_bool(), old.as_i64(), old.as_f64())
            == (new.as_str(), new.as_bool(), new.as_i64(), new.as_f64())
}

/// Stands for a secret value. That it changed is said by its being listed.
const MASKED: &str = "<masked>";

fn write_json(node: Node<'_>, out: &mut String) {
    match node.kind() {
        Kind::Null => out.push_str("null"),
        Kind::Bool => out.push_str(if node.as_bool() == Some(true) { "true" } else { "false" }),
        Kind::Number => {
            // Writing to a String cannot fail.
            let _ = match (node.as_i64(), node.as_f64()) {
                (Some(number), _) => write!(out, "{number}"),
                (None, number) => write!(out, "{}", number.unwrap_or_default()),
            };
        }
        Kind::String => {
            let text = serde_json::Value::from(node.as_str().unwrap_or_default());
            out.push_str(&text.to_string());
        }
        Kind::Seq => {
            out.push('[');
            for (nth, item) in node.items().enumerate() {
                if nth > 0 {
                    out.push(',');
                }
                write_json(item, out);
            }
            out.push(']');
        }
        Kind::Map => {
            out.push('{');
            for (nth, entry) in node.entries().enumerate() {
                if nth > 0 {
                    out.push(',');
                }
                write_json(entry.key, out);
                out.push(':');
                write_json(entry.value, out);
            }
            out.push('}');
        }
    }
}

//! Nodes as Go's `%#v` prints what go-yaml decoded: parts of two error texts.

use super::float;
use super::node::{Node, Shape};

/// `map[interface {}]interface {}{"a":1}`, `[]interface {}{…}`, `"text"`, …
pub(super) fn go_syntax(node: Node<'_>) -> String {
    let mut out = String::new();
    let mut steps = vec![Step::Node(node)];
    while let Some(step) = steps.pop() {
        match step {
            Step::Text(text) => out.push_str(text),
            Step::Node(node) => open(node, &mut steps, &mut out),
        }
    }
    out
}

enum Step<'a> {
    Text(&'static str),
    Node(Node<'a>),
}

fn open<'a>(node: Node<'a>, steps: &mut Vec<Step<'a>>, out: &mut String) {
    match *node.shape() {
        Shape::Null => out.push_str(if out.is_empty() { "<nil>" } else { "interface {}(nil)" }),
        Shape::Bool(value) => out.push_str(if value { "true" } else { "false" }),
        Shape::Int(value) => out.push_str(&value.to_string()),
        Shape::Uint(value) => out.extend([format!("{value:#x}")]),
        Shape::Float(value) => out.push_str(&float::go_value(value)),
        Shape::Borrowed { .. } | Shape::Owned { .. } => {
            quote(node.as_str().unwrap_or_default(), out);
        }
        Shape::Seq { .. } => {
            out.push_str("[]interface {}{");
            let from = steps.len();
            for (index, item) in node.items().enumerate() {
                steps.push(Step::Text(if index > 0 { ", " } else { "" }));
                steps.push(Step::Node(item));
            }
            close(steps, from);
        }
        Shape::Map { .. } => {
            out.push_str("map[interface {}]interface {}{");
            let mut entries: Vec<_> = node.entries().collect();
            entries.sort_by(|a, b| {
                sort_key(a.key).partial_cmp(&sort_key(b.key)).unwrap_or(std::cmp::Ordering::Equal)
            });
            let from = steps.len();
            for (index, entry) in entries.into_iter().enumerate() {
                steps.push(Step::Text(if index > 0 { ", " } else { "" }));
                steps.push(Step::Node(entry.key));
                steps.push(Step::Text(":"));
                steps.push(Step::Node(entry.value));
            }
            close(steps, from);
        }
        Shape::Alias(_) => {}
    }
}

fn close(steps: &mut Vec<Step<'_>>, from: usize) {
    steps.push(Step::Text("}"));
    steps[from..].reverse();
}

/// Nil first, then by kind (Go: by the address of the type), then by value (`internal/fmtsort`).
fn sort_key(key: Node<'_>) -> (u8, f64, &str) {
    match *key.shape() {
        Shape::Null => (0, 0.0, ""),
        Shape::Bool(value) => (1, f64::from(u8::from(value)), ""),
        Shape::Int(value) => (2, value as f64, ""),
        Shape::Uint(value) => (3, value as f64, ""),
        Shape::Float(value) => (4, value, ""),
        Shape::Borrowed { .. } | Shape::Owned { .. } | Shape::Alias(_) => {
            (5, 0.0, key.as_str().unwrap_or_default())
        }
        Shape::Seq { .. } | Shape::Map { .. } => (6, 0.0, ""),
    }
}

/// Go's `strconv.Quote`.
fn quote(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\x07' => out.push_str("\\a"),
            '\x08' => out.push_str("\\b"),
            '\x0c' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\x0b' => out.push_str("\\v"),
            ' '..='~' => out.push(character),
            '\0'..='\x1f' | '\x7f' => out.extend([format!("\\x{:02x}", character as u32)]),
            '\u{10000}'.. if is_unprintable(character) => {
                out.extend([format!("\\U{:08x}", character as u32)]);
            }
            _ if is_unprintable(character) => {
                out.extend([format!("\\u{:04x}", character as u32)]);
            }
            _ => out.push(character),
        }
    }
    out.push('"');
}

/// Controls, spaces, format characters and private use, which `unicode.IsPrint` refuses.
fn is_unprintable(character: char) -> bool {
    character.is_control()
        || character.is_whitespace()
        || matches!(
            character,
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
                | '\u{e000}'..='\u{f8ff}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}'
                | '\u{f0000}'..='\u{10ffff}'
        )
}

//! Fields that change at each render, because a function draws them at random or reads the clock.
//!
//! A file that asks the cluster first (`lookup`) draws only what is not there yet; it is left alone.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Group, Place, Severity};
use crate::manifest::{Object, Objects};
use crate::origin::{Draw, Origin, Tracer};
use crate::pipeline::Origins;
use crate::source::Span;
use crate::yaml::Node;

/// The name of what is found here.
pub(super) const RULE: &str = "unstable-field";

/// A field of an object, and the call that draws a part of it.
struct Field<'a> {
    object: Object<'a>,
    path: String,
    rendered: Span,
    draw: Draw,
}

/// One finding for each call, at the first field that it makes. What Helm runs once, as a hook, may differ.
pub(super) fn check(objects: &Objects, origins: &Origins, tracer: &Tracer) -> Vec<Diagnostic> {
    let mut fields: BTreeMap<Span, Vec<Field<'_>>> = BTreeMap::new();
    for (span, draw) in origins.drawn(tracer) {
        let around = |object: &Object<'_>| covers(object.root().span(), span);
        let Some(object) = objects.iter().find(around).filter(|object| !object.is_hook()) else {
            continue;
        };
        let (path, node) = field_at(object.root(), span);
        let made = fields.entry(draw.at.0).or_default();
        if !made.iter().any(|known| known.rendered == node.span()) {
            made.push(Field { object, path, rendered: node.span(), draw });
        }
    }
    fields.values().filter_map(|made| unstable_field(made, tracer)).collect()
}

fn unstable_field(fields: &[Field<'_>], tracer: &Tracer) -> Option<Diagnostic> {
    let Field { object, path, rendered, draw } = fields.first()?;
    let (others, change) = match fields.len() - 1 {
        0 => (String::new(), "changes"),
        1 => (" and one other field".to_owned(), "change"),
        more => (format!(" and {more} other fields"), "change"),
    };
    let function = draw.function;
    let message = format!("`{path}`{others} {change} at each render: `{function}` is called anew");
    let place = tracer.place(Origin { at: Some(draw.at), ..Origin::default() });
    let place = Place { rendered: Some(*rendered), ..place };
    Some(
        Diagnostic::new(Group::Correctness, RULE, Severity::Info, place, message)
            .object(object.reference().clone())
            .field(path.as_str())
            .help("take it from a value, or keep what is installed: ask `lookup` first"),
    )
}

/// The innermost field around a place, as the API server spells it.
fn field_at<'a>(root: Node<'a>, place: Span) -> (String, Node<'a>) {
    let (mut path, mut node) = (String::new(), root);
    loop {
        let around = |child: &Node<'_>| covers(child.span(), place);
        let entry = node.entries().find(|entry| around(&entry.value) || around(&entry.key));
        let item = node.items().enumerate().find(|(_, item)| around(item));
        node = match (entry, item) {
            (Some(entry), _) => {
                add_key(&mut path, entry.key.as_str().unwrap_or_default());
                entry.value
            }
            (None, Some((index, item))) => {
                path.extend(["[", &index.to_string(), "]"]);
                item
            }
            (None, None) => return (path, node),
        };
    }
}

fn add_key(path: &mut String, key: &str) {
    if key.contains(['.', '/']) {
        path.extend(["[", key, "]"]);
    } else if path.is_empty() {
        path.push_str(key);
    } else {
        path.extend([".", key]);
    }
}

fn covers(outer: Span, inner: Span) -> bool {
    outer.file == inner.file && outer.start <= inner.start && inner.start < outer.end
}

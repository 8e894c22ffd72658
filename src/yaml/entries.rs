//! The entries of mappings: keys become strings, `<<` is merged, the last of equal keys stays.

use super::decode::Facts;
use super::float;
use super::node::{Document, Entry, Kind, Node, NodeData, Shape};
use crate::source::Span;

/// Mappings with more entries get a sorted index, so that looking up keys is never linear.
const MAX_UNSORTED: usize = 16;

pub(super) fn push_text(unescaped: &mut String, text: &str) -> Shape {
    let start = unescaped.len() as u32;
    unescaped.push_str(text);
    Shape::Owned { start, end: unescaped.len() as u32 }
}

/// Makes strings of the keys of a mapping, as `convertToJSONableObject` does. Whether there are
/// some that it has no string for: null, and integers beyond `i64`.
pub(super) fn stringify_keys(document: &mut Document, map: u32) -> bool {
    let Shape::Map { first, len, .. } = document.nodes[map as usize].shape else { return false };
    let mut unsupported = false;
    for at in (first..first + len * 2).step_by(2) {
        let key = document.children[at as usize];
        let node = Node { document, index: key };
        let text = match *node.shape() {
            Shape::Null | Shape::Uint(_) => {
                unsupported = true;
                continue;
            }
            Shape::Bool(value) => value.to_string(),
            Shape::Int(value) => value.to_string(),
            Shape::Float(value) => float_key(value),
            Shape::Borrowed { .. } | Shape::Owned { .. } => continue,
            Shape::Seq { .. } | Shape::Map { .. } | Shape::Alias(_) => continue,
        };
        let Span { start, end, .. } = node.span();
        let shape = push_text(&mut document.unescaped, &text);
        document.children[at as usize] = document.nodes.len() as u32;
        document.nodes.push(NodeData { start, end, shape });
    }
    unsupported
}

/// A float as a key: with the digits of a `float32`.
fn float_key(value: f64) -> String {
    if value.is_nan() {
        ".nan".to_owned()
    } else if (value as f32).is_infinite() {
        if value > 0.0 { ".inf" } else { "-.inf" }.to_owned()
    } else {
        float::shortest_f32(value as f32)
    }
}

/// Replaces `<<` by the entries that it stands for.
pub(super) fn merge(document: &mut Document, facts: &Facts, map: u32) {
    let Shape::Map { first, len, .. } = document.nodes[map as usize].shape else { return };
    let mut pairs: Vec<Pair> = Vec::new();
    for at in (first..first + len * 2).step_by(2) {
        let (key, value) = (document.children[at as usize], document.children[at as usize + 1]);
        if !facts.is_merge_key(key) {
            pairs.push(Pair { key, value, merged: false });
            continue;
        }
        let value = Node { document, index: value };
        let maps: Vec<Node<'_>> =
            if value.kind() == Kind::Seq { value.items().collect() } else { vec![value] };
        for entry in maps.iter().rev().flat_map(|map| map.entries()) {
            let Entry { key, value } = entry;
            pairs.push(Pair { key: key.index, value: value.index, merged: true });
        }
    }
    let kept = last_of_each(document, pairs);
    replace_pairs(document, map, &kept);
}

#[derive(Copy, Clone)]
struct Pair {
    key: u32,
    value: u32,
    /// Came by `<<`: may be overridden without being a duplicate.
    merged: bool,
}

pub(super) fn drop_duplicates(document: &mut Document, map: u32, first: u32, len: u32) {
    let pairs = &document.children[first as usize..(first + len * 2) as usize];
    let small = pairs.len() / 2 <= MAX_UNSORTED;
    if small && !has_duplicates(document, pairs) {
        return;
    }
    let pairs = pairs
        .chunks_exact(2)
        .map(|pair| Pair { key: pair[0], value: pair[1], merged: false })
        .collect();
    let kept = last_of_each(document, pairs);
    replace_pairs(document, map, &kept);
}

fn has_duplicates(document: &Document, pairs: &[u32]) -> bool {
    let keys = || pairs.iter().step_by(2).map(|&key| document.key_text(key));
    keys().enumerate().any(|(at, key)| keys().take(at).any(|earlier| earlier == key))
}

/// The last pair of each key, in their order. The others are remembered as duplicates.
fn last_of_each(document: &mut Document, mut pairs: Vec<Pair>) -> Vec<Pair> {
    let mut order: Vec<usize> = (0..pairs.len()).collect();
    order.sort_by_key(|&at| document.key_text(pairs[at].key));
    let mut lost = vec![false; pairs.len()];
    for two in order.windows(2) {
        let (earlier, later) = (pairs[two[0]], pairs[two[1]]);
        if document.key_text(earlier.key) == document.key_text(later.key) {
            lost[two[0]] = true;
            if !earlier.merged && !later.merged {
                document.duplicates.push(earlier.key);
            }
        }
    }
    let mut lost = lost.into_iter();
    pairs.retain(|_| lost.next() != Some(true));
    pairs
}

/// Gives a mapping new entries, no key twice among them.
fn replace_pairs(document: &mut Document, map: u32, pairs: &[Pair]) {
    let first = document.children.len() as u32;
    document.children.extend(pairs.iter().flat_map(|pair| [pair.key, pair.value]));
    let sorted = pairs.len() > MAX_UNSORTED;
    if sorted {
        let mut order: Vec<u32> = (0..pairs.len() as u32).collect();
        order.sort_unstable_by_key(|&at| document.key_text(pairs[at as usize].key));
        document.children.extend(order);
    }
    document.nodes[map as usize].shape = Shape::Map { first, len: pairs.len() as u32, sorted };
}

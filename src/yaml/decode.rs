//! What go-yaml's decoder and sigs.k8s.io/yaml make of the nodes: aliases are checked, tags obeyed,
//! keys turned into strings, `<<` merged; the last of several equal keys wins.

use super::error::{Error, Problem};
use super::float;
use super::go_syntax::go_syntax;
use super::node::{Document, Entry, Kind, Node, NodeData, Shape};
use super::resolve::{Resolved, resolve_tagged};
use crate::source::Span;

/// What the builder saw that needs more than the nodes as they are.
#[derive(Default)]
pub(super) struct Facts {
    /// Scalars with a tag, ascending.
    pub(super) tags: Vec<(u32, Box<[u8]>)>,
    /// Keys that are `<<`, ascending.
    pub(super) merge_keys: Vec<u32>,
    pub(super) aliases: bool,
    pub(super) not_finite: bool,
    /// Deeper than [`MAX_JSON_DEPTH`].
    pub(super) deep: bool,
    /// Mappings with a key that is not an untagged string, in the order in which they end.
    odd_maps: Vec<u32>,
    /// Mappings with a `<<`, in the order in which they end: what is merged ends earlier.
    merge_maps: Vec<u32>,
}

impl Facts {
    /// A mapping has ended.
    pub(super) fn map(&mut self, node: u32, odd: bool, merges: bool) {
        if odd {
            self.odd_maps.push(node);
        }
        if merges {
            self.merge_maps.push(node);
        }
    }

    fn is_merge_key(&self, node: u32) -> bool {
        self.merge_keys.binary_search(&node).is_ok()
    }
}

/// Go's JSON decoder goes no deeper (`maxNestingDepth`).
pub(super) const MAX_JSON_DEPTH: usize = 10_000;

/// Mappings with more entries get a sorted index, so that looking up keys is never linear.
const MAX_UNSORTED: usize = 16;

/// Applies everything that is not syntax.
pub(super) fn decode(mut document: Document, mut facts: Facts) -> Result<Document, Box<Error>> {
    if facts.aliases
        || !facts.odd_maps.is_empty()
        || !facts.tags.is_empty()
        || !facts.merge_keys.is_empty()
    {
        Walk::new(&mut document, &mut facts).run()?;
    }
    let mut unsupported_keys = false;
    for &map in &facts.odd_maps {
        unsupported_keys |= stringify_keys(&mut document, map);
    }
    for &map in &facts.merge_maps {
        merge(&mut document, &facts, map);
    }
    for map in 0..document.nodes.len() as u32 {
        if let Shape::Map { first, len, sorted: false } = document.nodes[map as usize].shape
            && len > 1
        {
            drop_duplicates(&mut document, map, first, len);
        }
    }
    document.duplicates.sort_unstable();
    if unsupported_keys || facts.not_finite || facts.deep || facts.aliases {
        check_json(&document)?;
    }
    Ok(document)
}

/// Goes through the document as go-yaml's decoder does, aliases expanded (`decoder.unmarshal`).
struct Walk<'d> {
    document: &'d mut Document,
    facts: &'d mut Facts,
    steps: Vec<Step>,
    /// The aliases that are being expanded.
    expanding: Vec<bool>,
    alias_depth: u32,
    /// Nodes visited; those of them within an alias.
    decoded: u32,
    aliased: u32,
}

enum Step {
    Visit(u32),
    LeaveAlias(u32),
    Items {
        first: u32,
        end: u32,
    },
    Pairs {
        first: u32,
        end: u32,
    },
    CheckKey(u32),
    Merge(u32),
    /// The items of a list behind `<<`, from the last to the first.
    MergeItems {
        first: u32,
        end: u32,
    },
}

impl<'d> Walk<'d> {
    fn new(document: &'d mut Document, facts: &'d mut Facts) -> Walk<'d> {
        let steps = vec![Step::Visit(document.root)];
        let expanding = vec![false; if facts.aliases { document.nodes.len() } else { 0 }];
        Walk { document, facts, steps, expanding, alias_depth: 0, decoded: 1, aliased: 0 }
    }

    fn run(mut self) -> Result<(), Box<Error>> {
        while let Some(step) = self.steps.pop() {
            match step {
                Step::Visit(node) => self.visit(node)?,
                Step::LeaveAlias(alias) => {
                    self.alias_depth -= 1;
                    self.expanding[alias as usize] = false;
                }
                Step::Items { first, end } => {
                    if first < end {
                        self.steps.push(Step::Items { first: first + 1, end });
                        self.steps.push(Step::Visit(self.child(first)));
                    }
                }
                Step::Pairs { first, end } => self.pair(first, end),
                Step::CheckKey(key) => self.check_key(key)?,
                Step::Merge(value) => self.merge(value)?,
                Step::MergeItems { first, end } => {
                    if first < end {
                        self.steps.push(Step::MergeItems { first, end: end - 1 });
                        self.merge_map(self.child(end - 1))?;
                    }
                }
            }
        }
        Ok(())
    }

    fn child(&self, at: u32) -> u32 {
        self.document.children[at as usize]
    }

    fn visit(&mut self, node: u32) -> Result<(), Box<Error>> {
        self.count(node)?;
        match self.document.nodes[node as usize].shape {
            Shape::Alias(target) => {
                if self.expanding[node as usize] {
                    return Err(self.error(node, Problem::Recursive));
                }
                self.expanding[node as usize] = true;
                self.alias_depth += 1;
                self.steps.push(Step::LeaveAlias(node));
                self.steps.push(Step::Visit(target));
            }
            Shape::Seq { first, len } => self.steps.push(Step::Items { first, end: first + len }),
            Shape::Map { first, len, .. } => {
                self.steps.push(Step::Pairs { first, end: first + len * 2 });
            }
            Shape::Null
            | Shape::Bool(_)
            | Shape::Int(_)
            | Shape::Uint(_)
            | Shape::Float(_)
            | Shape::Borrowed { .. }
            | Shape::Owned { .. } => self.obey_tag(node)?,
        }
        Ok(())
    }

    /// go-yaml's guard against documents that grow by aliases (`allowedAliasRatio`).
    fn count(&mut self, node: u32) -> Result<(), Box<Error>> {
        self.decoded += 1;
        self.aliased += u32::from(self.alias_depth > 0);
        if self.aliased > 100 && self.decoded > 1000 {
            let ratio = f64::from(self.aliased) / f64::from(self.decoded);
            if ratio > allowed_alias_ratio(self.decoded) {
                return Err(self.error(node, |_| Problem::ExcessiveAliasing));
            }
        }
        Ok(())
    }

    fn pair(&mut self, first: u32, end: u32) {
        if first >= end {
            return;
        }
        self.steps.push(Step::Pairs { first: first + 2, end });
        let (key, value) = (self.child(first), self.child(first + 1));
        if self.facts.is_merge_key(key) {
            self.steps.push(Step::Merge(value));
        } else {
            self.steps.push(Step::Visit(value));
            self.steps.push(Step::CheckKey(key));
            self.steps.push(Step::Visit(key));
        }
    }

    fn check_key(&self, key: u32) -> Result<(), Box<Error>> {
        let node = Node { document: self.document, index: key };
        if matches!(node.shape(), Shape::Seq { .. } | Shape::Map { .. }) {
            return Err(self.error(key, |_| Problem::CollectionKey(go_syntax(node))));
        }
        Ok(())
    }

    fn merge(&mut self, value: u32) -> Result<(), Box<Error>> {
        if let Shape::Seq { first, len } = self.document.nodes[value as usize].shape {
            self.steps.push(Step::MergeItems { first, end: first + len });
            return Ok(());
        }
        self.merge_map(value)
    }

    fn merge_map(&mut self, node: u32) -> Result<(), Box<Error>> {
        if (Node { document: self.document, index: node }).kind() != Kind::Map {
            return Err(self.error(node, |_| Problem::MergeOfNoMap));
        }
        self.steps.push(Step::Visit(node));
        Ok(())
    }

    fn obey_tag(&mut self, node: u32) -> Result<(), Box<Error>> {
        let Ok(at) = self.facts.tags.binary_search_by_key(&node, |(node, _)| *node) else {
            return Ok(());
        };
        let tag = std::mem::take(&mut self.facts.tags[at].1);
        let text = Node { document: self.document, index: node }.as_str().unwrap_or_default();
        let shape = if &*tag == b"tag:yaml.org,2002:binary" {
            let Some(bytes) = decode_base64(text) else {
                return Err(self.error(node, |_| Problem::Base64));
            };
            push_text(&mut self.document.unescaped, &json_text(&bytes))
        } else {
            match resolve_tagged(&tag, text) {
                Err(problem) => return Err(self.error(node, |_| problem)),
                Ok(Resolved::String) => return Ok(()),
                Ok(Resolved::Null) => Shape::Null,
                Ok(Resolved::Bool(value)) => Shape::Bool(value),
                Ok(Resolved::Int(value)) => Shape::Int(value),
                Ok(Resolved::Uint(value)) => Shape::Uint(value),
                Ok(Resolved::Float(value)) => {
                    self.facts.not_finite |= !value.is_finite();
                    Shape::Float(value)
                }
            }
        };
        self.document.nodes[node as usize].shape = shape;
        Ok(())
    }

    /// A problem with a node; `problem` gets the node's name if it is an alias.
    fn error(&self, node: u32, problem: impl FnOnce(String) -> Problem) -> Box<Error> {
        let span = Node { document: self.document, index: node }.span();
        let text = self.document.text.get(span.range()).unwrap_or_default();
        let name = String::from_utf8_lossy(text).trim_start_matches('*').to_owned();
        Box::new(Error { problem: problem(name), line: None, span })
    }
}

fn allowed_alias_ratio(decoded: u32) -> f64 {
    const LOW: f64 = 400_000.0;
    const HIGH: f64 = 4_000_000.0;
    let decoded = f64::from(decoded);
    if decoded <= LOW {
        0.99
    } else if decoded >= HIGH {
        0.10
    } else {
        0.99 - 0.89 * ((decoded - LOW) / (HIGH - LOW))
    }
}

/// Go's `base64.StdEncoding`, which overlooks line breaks and wants padding.
fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b'\n' | b'\r')).collect();
    let padding = digits.iter().rev().take_while(|&&byte| byte == b'=').count();
    if !digits.len().is_multiple_of(4) || padding > 2 {
        return None;
    }
    let mut bytes = Vec::with_capacity(digits.len() / 4 * 3);
    for group in digits[..digits.len() - padding].chunks(4) {
        let mut bits = 0;
        for (place, &digit) in group.iter().enumerate() {
            bits |= u32::from(base64_digit(digit)?) << (18 - 6 * place);
        }
        bytes.extend_from_slice(&bits.to_be_bytes()[1..group.len()]);
    }
    Some(bytes)
}

fn base64_digit(digit: u8) -> Option<u8> {
    Some(match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}

/// Bytes as Go's JSON encoder writes them: each that is not UTF-8 becomes U+FFFD.
fn json_text(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    text
}

fn push_text(unescaped: &mut String, text: &str) -> Shape {
    let start = unescaped.len() as u32;
    unescaped.push_str(text);
    Shape::Owned { start, end: unescaped.len() as u32 }
}

/// Makes strings of the keys of a mapping, as `convertToJSONableObject` does. Whether there are
/// some that it has no string for: null, and integers beyond `i64`.
fn stringify_keys(document: &mut Document, map: u32) -> bool {
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
fn merge(document: &mut Document, facts: &Facts, map: u32) {
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

fn drop_duplicates(document: &mut Document, map: u32, first: u32, len: u32) {
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

/// The errors of the detour over JSON, in the order in which it meets them: keys when the
/// tree is converted, numbers when it is encoded, its depth when it is decoded.
fn check_json(document: &Document) -> Result<(), Box<Error>> {
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

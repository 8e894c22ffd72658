//! What go-yaml's decoder and sigs.k8s.io/yaml make of the nodes: aliases are checked, tags obeyed,
//! keys turned into strings, `<<` merged; the last of several equal keys wins.

use super::binary::{decode_base64, json_text};
use super::entries::{drop_duplicates, merge, push_text, stringify_keys};
use super::error::{Error, Problem};
use super::go_syntax::go_syntax;
use super::json_check::check_json;
use super::node::{Document, Kind, Node, Shape};
use super::resolve::{Resolved, resolve_tagged};

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

    pub(super) fn is_merge_key(&self, node: u32) -> bool {
        self.merge_keys.binary_search(&node).is_ok()
    }
}

/// Go's JSON decoder goes no deeper (`maxNestingDepth`).
pub(super) const MAX_JSON_DEPTH: usize = 10_000;

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

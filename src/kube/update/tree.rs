//! An object as the server holds it: pieces of manifests merged, and what the server adds.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use crate::source::Span;
use crate::yaml::{Kind, Node};

/// A value, and the bytes of the new manifest to show for it.
#[derive(Clone)]
pub(super) struct Tree<'a> {
    pub(super) span: Span,
    pub(super) data: Data<'a>,
}

#[derive(Clone)]
pub(super) enum Data<'a> {
    Null,
    /// A scalar of a manifest.
    Scalar(Node<'a>),
    Bool(bool),
    Int(i64),
    Text(Cow<'a, str>),
    List(Vec<Tree<'a>>),
    /// In the order of the manifest; what is added comes last. No key comes twice.
    Map(Vec<(Key<'a>, Tree<'a>)>),
}

#[derive(Clone)]
pub(super) struct Key<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) span: Span,
}

/// How many values an object may have once its aliases are written out. No server would store
/// more (etcd takes 1.5 MB).
const MAX_VALUES: usize = 200_000;

impl<'a> Tree<'a> {
    /// A copy of a node; None if it is too large to be an object.
    pub(super) fn read(node: Node<'a>) -> Option<Tree<'a>> {
        read(node, &mut MAX_VALUES.clone())
    }

    pub(super) fn text(span: Span, text: impl Into<Cow<'a, str>>) -> Tree<'a> {
        Tree { span, data: Data::Text(text.into()) }
    }

    pub(super) fn empty_map(span: Span) -> Tree<'a> {
        Tree { span, data: Data::Map(Vec::new()) }
    }

    pub(super) fn entries(&self) -> &[(Key<'a>, Tree<'a>)] {
        if let Data::Map(entries) = &self.data { entries } else { &[] }
    }

    pub(super) fn entries_mut(&mut self) -> &mut [(Key<'a>, Tree<'a>)] {
        if let Data::Map(entries) = &mut self.data { entries } else { &mut [] }
    }

    pub(super) fn items(&self) -> &[Tree<'a>] {
        if let Data::List(items) = &self.data { items } else { &[] }
    }

    pub(super) fn items_mut(&mut self) -> &mut [Tree<'a>] {
        if let Data::List(items) = &mut self.data { items } else { &mut [] }
    }

    /// The value of a key, unless it is null.
    pub(super) fn get(&self, key: &str) -> Option<&Tree<'a>> {
        let entry = self.entries().iter().find(|(known, _)| known.text == key)?;
        (!entry.1.is_null()).then_some(&entry.1)
    }

    pub(super) fn get_mut(&mut self, key: &str) -> Option<&mut Tree<'a>> {
        let entry = self.entries_mut().iter_mut().find(|(known, _)| known.text == key)?;
        (!entry.1.is_null()).then_some(&mut entry.1)
    }

    /// `get` along several keys.
    pub(super) fn at(&self, keys: &[&str]) -> Option<&Tree<'a>> {
        keys.iter().try_fold(self, |tree, key| tree.get(key))
    }

    /// Sets a key of a map; of other kinds, nothing.
    pub(super) fn set(&mut self, key: impl Into<Cow<'a, str>>, value: Tree<'a>) {
        let (key, span) = (key.into(), self.span);
        let Data::Map(entries) = &mut self.data else { return };
        match entries.iter_mut().find(|(known, _)| known.text == key) {
            Some((_, old)) => *old = value,
            None => entries.push((Key { text: key, span }, value)),
        }
    }

    pub(super) fn remove(&mut self, key: &str) {
        if let Data::Map(entries) = &mut self.data {
            entries.retain(|(known, _)| known.text != key);
        }
    }

    /// Makes this key of a map what it is in another.
    pub(super) fn copy(&mut self, key: &'static str, from: &Tree<'a>) {
        match from.get(key) {
            Some(value) => self.set(key, value.clone()),
            None => self.remove(key),
        }
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(self.data, Data::Null)
    }

    pub(super) fn as_str(&self) -> Option<&str> {
        match &self.data {
            Data::Scalar(node) => node.as_str(),
            Data::Text(text) => Some(text),
            Data::Null | Data::Bool(_) | Data::Int(_) | Data::List(_) | Data::Map(_) => None,
        }
    }

    pub(super) fn as_i64(&self) -> Option<i64> {
        match &self.data {
            Data::Scalar(node) => node.as_i64(),
            Data::Int(number) => Some(*number),
            Data::Null | Data::Bool(_) | Data::Text(_) | Data::List(_) | Data::Map(_) => None,
        }
    }

    pub(super) fn as_bool(&self) -> Option<bool> {
        match &self.data {
            Data::Scalar(node) => node.as_bool(),
            Data::Bool(value) => Some(*value),
            Data::Null | Data::Int(_) | Data::Text(_) | Data::List(_) | Data::Map(_) => None,
        }
    }

    /// Go's zero value of whatever type: what a field has that is not set.
    pub(super) fn is_zero(&self) -> bool {
        match &self.data {
            Data::Null => true,
            Data::List(items) => items.is_empty(),
            Data::Map(entries) => entries.is_empty(),
            Data::Scalar(_) | Data::Bool(_) | Data::Int(_) | Data::Text(_) => {
                self.as_str() == Some("")
                    || self.as_i64() == Some(0)
                    || self.as_bool() == Some(false)
            }
        }
    }
}

/// The keys of a map, for many look-ups.
pub(super) struct Keys<'t, 'a>(FxHashMap<&'t str, &'t Tree<'a>>);

impl<'t, 'a> Keys<'t, 'a> {
    pub(super) fn of(map: Option<&'t Tree<'a>>) -> Keys<'t, 'a> {
        let entries = map.map(Tree::entries).unwrap_or_default();
        Keys(entries.iter().map(|(key, value)| (&*key.text, value)).collect())
    }

    /// The value of a key, unless it is null.
    pub(super) fn get(&self, key: &str) -> Option<&'t Tree<'a>> {
        self.0.get(key).copied().filter(|value| !value.is_null())
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }
}

fn read<'a>(node: Node<'a>, budget: &mut usize) -> Option<Tree<'a>> {
    *budget = budget.checked_sub(1)?;
    let data = match node.kind() {
        Kind::Null => Data::Null,
        Kind::Bool | Kind::Number | Kind::String => Data::Scalar(node),
        Kind::Seq => {
            Data::List(node.items().map(|item| read(item, budget)).collect::<Option<_>>()?)
        }
        Kind::Map => {
            let entries = node.entries().map(|entry| {
                let text = Cow::Borrowed(entry.key.as_str().unwrap_or_default());
                let key = Key { text, span: entry.key.span() };
                Some((key, read(entry.value, budget)?))
            });
            Data::Map(entries.collect::<Option<_>>()?)
        }
    };
    Some(Tree { span: node.span(), data })
}

//! The entries of a map, sorted by key.

use std::cell::Cell;
use std::cmp::Ordering;

use crate::value::{Text, Value};

/// Entries in byte order of their keys, the order in which Go prints, encodes and ranges over maps.
///
/// Nearly every map has a handful of entries. They lie side by side, where a key is found by
/// comparing lengths rather than texts. Of larger maps what does not fit into the first leaf
/// lies in further ones, so that an insertion never moves more than one leaf.
#[derive(Clone, Debug, Default)]
pub struct Entries {
    first: Leaf,
    /// None of them is empty.
    more: Vec<Leaf>,
}

type Leaf = Vec<(Text, Value)>;

/// How many entries a leaf may have.
const MAX_LEAF: usize = 128;

/// Up to this many entries are looked through one after the other.
const MAX_SCANNED: usize = 16;

/// Where a place in a template found its key last.
pub type Hint = Cell<u32>;

impl Entries {
    pub fn len(&self) -> usize {
        self.first.len() + self.more.iter().map(Vec::len).sum::<usize>()
    }

    pub fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    pub fn get(&self, key: &[u8]) -> Option<&Value> {
        let leaf = self.leaf(key);
        leaf.get(position(leaf, key)?).map(|(_, value)| value)
    }

    /// The value of a key that was probably found at `hint` before.
    #[inline]
    pub fn get_near(&self, key: &[u8], hint: &Hint) -> Option<&Value> {
        if let Some((found, value)) = self.first.get(hint.get() as usize)
            && **found == *key
        {
            return Some(value);
        }
        self.get_and_hint(key, hint)
    }

    fn get_and_hint(&self, key: &[u8], hint: &Hint) -> Option<&Value> {
        let leaf = self.leaf(key);
        let index = position(leaf, key)?;
        hint.set(index as u32);
        leaf.get(index).map(|(_, value)| value)
    }

    pub fn get_mut(&mut self, key: &[u8]) -> Option<&mut Value> {
        let leaf = self.leaf_mut(key);
        let index = position(leaf, key)?;
        leaf.get_mut(index).map(|(_, value)| value)
    }

    pub fn contains_key(&self, key: &[u8]) -> bool {
        self.get(key).is_some()
    }

    /// Sets the value of a key; the value that it had.
    pub fn insert(&mut self, key: Text, value: Value) -> Option<Value> {
        let leaf = self.leaf_mut(&key);
        match search(leaf, &key) {
            Ok(index) => leaf.get_mut(index).map(|(_, old)| std::mem::replace(old, value)),
            Err(index) => {
                leaf.insert(index, (key, value));
                if leaf.len() > MAX_LEAF {
                    self.split();
                }
                None
            }
        }
    }

    pub fn remove(&mut self, key: &[u8]) -> Option<Value> {
        let leaf = self.leaf_mut(key);
        let (_, value) = leaf.remove(position(leaf, key)?);
        if leaf.is_empty() {
            self.drop_empty();
        }
        Some(value)
    }

    pub fn extend(&mut self, entries: impl IntoIterator<Item = (Text, Value)>) {
        for (key, value) in entries {
            self.insert(key, value);
        }
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&Text, &Value)> {
        self.entries().map(|(key, value)| (key, value))
    }

    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &Text> {
        self.entries().map(|(key, _)| key)
    }

    pub fn values(&self) -> impl DoubleEndedIterator<Item = &Value> {
        self.entries().map(|(_, value)| value)
    }

    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&Text, &mut Value)> {
        let entries = self.first.iter_mut().chain(self.more.iter_mut().flatten());
        entries.map(|(key, value)| (&*key, value))
    }

    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Value> {
        self.iter_mut().map(|(_, value)| value)
    }

    /// Takes all entries out.
    pub fn drain(&mut self) -> impl Iterator<Item = (Text, Value)> + use<> {
        let (first, more) = (std::mem::take(&mut self.first), std::mem::take(&mut self.more));
        first.into_iter().chain(more.into_iter().flatten())
    }

    fn entries(&self) -> impl DoubleEndedIterator<Item = &(Text, Value)> {
        self.first.iter().chain(self.more.iter().flatten())
    }

    /// How many leaves begin at or before a key, but for the first.
    fn leaf_number(&self, key: &[u8]) -> usize {
        let begins = |leaf: &Leaf| leaf.first().is_some_and(|(first, _)| **first <= *key);
        self.more.partition_point(begins)
    }

    /// The leaf that has the key if any has it.
    fn leaf(&self, key: &[u8]) -> &Leaf {
        let number = if self.more.is_empty() { 0 } else { self.leaf_number(key) };
        number.checked_sub(1).and_then(|index| self.more.get(index)).unwrap_or(&self.first)
    }

    fn leaf_mut(&mut self, key: &[u8]) -> &mut Leaf {
        let number = if self.more.is_empty() { 0 } else { self.leaf_number(key) };
        match number.checked_sub(1).and_then(|index| self.more.get_mut(index)) {
            Some(leaf) => leaf,
            None => &mut self.first,
        }
    }

    /// Halves the leaf that has become too large.
    fn split(&mut self) {
        if self.first.len() > MAX_LEAF {
            let upper = self.first.split_off(MAX_LEAF / 2);
            self.more.insert(0, upper);
        } else if let Some(index) = self.more.iter().position(|leaf| leaf.len() > MAX_LEAF)
            && let Some(leaf) = self.more.get_mut(index)
        {
            let upper = leaf.split_off(MAX_LEAF / 2);
            self.more.insert(index + 1, upper);
        }
    }

    /// Forgets the leaf that has become empty.
    fn drop_empty(&mut self) {
        if self.first.is_empty() && !self.more.is_empty() {
            self.first = self.more.remove(0);
        } else {
            self.more.retain(|leaf| !leaf.is_empty());
        }
    }
}

/// Where a leaf has a key.
fn position(leaf: &Leaf, key: &[u8]) -> Option<usize> {
    if leaf.len() > MAX_SCANNED {
        return search(leaf, key).ok();
    }
    leaf.iter().position(|(found, _)| **found == *key)
}

/// Where a leaf has a key, or where the key would stand. Keys often come in order.
fn search(leaf: &Leaf, key: &[u8]) -> Result<usize, usize> {
    match leaf.last() {
        Some((last, _)) if (**last).cmp(key) == Ordering::Less => Err(leaf.len()),
        _ => leaf.binary_search_by(|(found, _)| (**found).cmp(key)),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Entries, Hint, MAX_LEAF};
    use crate::value::Value;

    /// Keys in an order that meets all leaves again and again.
    fn keys() -> impl Iterator<Item = String> {
        let count = MAX_LEAF * 40;
        (0..count).map(move |number| (number * 7919 % count).to_string())
    }

    #[track_caller]
    fn assert_same(entries: &Entries, expected: &BTreeMap<String, i64>) {
        let found = entries.iter().map(|(key, value)| (key.to_vec(), value.as_int()));
        let expected = expected.iter().map(|(key, &value)| (key.as_bytes().to_vec(), Some(value)));
        assert!(found.eq(expected));
    }

    #[test]
    fn entries_stay_sorted() {
        let (mut entries, mut expected) = (Entries::default(), BTreeMap::new());
        let hint = Hint::default();
        for (number, key) in keys().chain(keys().step_by(3)).enumerate() {
            let before = entries.insert(key.as_bytes().into(), Value::int(number as i64));
            let expected_before = expected.insert(key.clone(), number as i64);
            assert_eq!(before.and_then(|value| value.as_int()), expected_before);
            let found = entries.get_near(key.as_bytes(), &hint).and_then(Value::as_int);
            assert_eq!(found, Some(number as i64));
            assert_eq!(entries.len(), expected.len());
        }
        assert_same(&entries, &expected);
        for key in keys().step_by(2) {
            let gone = entries.remove(key.as_bytes()).and_then(|value| value.as_int());
            assert_eq!(gone, expected.remove(&key));
            assert!(!entries.contains_key(key.as_bytes()));
        }
        assert_same(&entries, &expected);
        for key in keys() {
            entries.remove(key.as_bytes());
        }
        assert!(entries.is_empty() && entries.iter().next().is_none());
    }
}

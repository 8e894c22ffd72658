//! How much memory values take.

use std::rc::Rc;

use rustc_hash::FxHashSet;

use crate::value::{Data, Rare, Value};

/// Bytes of a list's item, and of a map's entry with its share of the tree.
const ITEM: usize = size_of::<Value>();
const ENTRY: usize = 2 * size_of::<Value>();

/// About how many bytes hang on the values; what several of them share counts once.
pub fn size_of_all<'a>(roots: impl IntoIterator<Item = &'a Value>) -> usize {
    let mut walk = Walk { at_roots: true, ..Walk::default() };
    for root in roots {
        walk.add(root);
    }
    walk.at_roots = false;
    // Values are shared, so a list of those still to be visited costs little.
    while let Some(value) = walk.todo.pop() {
        walk.open(&value);
    }
    walk.bytes
}

#[derive(Default)]
struct Walk {
    bytes: usize,
    /// The caller may name one value twice.
    at_roots: bool,
    /// The addresses of what was counted.
    seen: FxHashSet<usize>,
    todo: Vec<Value>,
}

impl Walk {
    fn add(&mut self, value: &Value) {
        match &value.data {
            Data::Nil | Data::Bool(_) | Data::Int(_) | Data::Int64(_) | Data::Float(_) => {}
            Data::Str(text) => {
                if self.is_new(Rc::strong_count(text) > 1, text.as_ptr().addr()) {
                    self.bytes += text.len();
                }
            }
            Data::List(list) => {
                if self.is_new(list.is_shared(), list.as_slice().as_ptr().addr()) {
                    self.todo.push(value.clone());
                }
            }
            Data::Map(map) => {
                if self.is_new(map.is_shared(), map.address()) {
                    self.todo.push(value.clone());
                }
            }
            Data::Rare(_) => self.todo.push(value.clone()),
        }
    }

    /// Inside of the roots, what has one owner is met once, and need not be remembered.
    fn is_new(&mut self, is_shared: bool, address: usize) -> bool {
        (!is_shared && !self.at_roots) || self.seen.insert(address)
    }

    /// Counts what a value consists of.
    fn open(&mut self, value: &Value) {
        match &value.data {
            Data::List(list) => {
                self.bytes += list.as_slice().len() * ITEM;
                list.as_slice().iter().for_each(|item| self.add(item));
            }
            Data::Map(map) => {
                for (key, entry) in map.borrow().iter() {
                    self.bytes += ENTRY + key.len();
                    self.add(entry);
                }
            }
            Data::Rare(rare) => match &**rare {
                Rare::Bytes(bytes) => self.bytes += bytes.len(),
                Rare::Struct(value) => value.fields.iter().for_each(|(_, field)| self.add(field)),
                // The files of a chart are there before any template runs.
                Rare::Files(_) | Rare::Complex(..) | Rare::Sized(..) | Rare::Time(_) => {}
            },
            Data::Nil
            | Data::Bool(_)
            | Data::Int(_)
            | Data::Int64(_)
            | Data::Float(_)
            | Data::Str(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Map, MapKind};

    #[test]
    fn what_is_shared_counts_once() {
        let text = Value::from("x".repeat(1000));
        assert_eq!(size_of_all([&text, &text]), 1000);
        let list = Value::from(vec![text.clone(), text]);
        assert_eq!(size_of_all([&list, &list]), 1000 + 2 * ITEM);
    }

    #[test]
    fn a_map_in_itself_ends() {
        let map = Map::new(MapKind::Any);
        map.insert(&b"self"[..], map.clone());
        assert_eq!(size_of_all([&Value::from(map)]), ENTRY + 4);
    }
}

//! Tables of values while they are merged.
//!
//! A merge often needs a copy of a table that it changes only here and there. A table is therefore
//! copied by sharing it, and [`crate::value::Map::make_mut`] copies what is shared when it changes.
//! The finished values must share nothing, since templates change maps in place: [`unshare`].

use std::rc::Rc;

pub(super) use crate::value::Entries;
use crate::value::{Data, Map, MapKind, Value};

pub(super) fn empty() -> Value {
    Map::new(MapKind::Any).into()
}

pub(super) fn is_table(value: &Value) -> bool {
    matches!(value.data, Data::Map(_))
}

pub(super) fn is_nil(value: &Value) -> bool {
    matches!(value.data, Data::Nil)
}

/// The entries of a table, ready to be changed; None if the value is none.
pub(super) fn entries_mut(value: &mut Value) -> Option<&mut Entries> {
    match &mut value.data {
        Data::Map(map) => Some(map.make_mut()),
        _ => None,
    }
}

/// The value of a key; None for what is no table.
pub(super) fn get(value: &Value, key: &[u8]) -> Option<Value> {
    value.as_map()?.get(key)
}

/// The value at a path of keys.
pub(super) fn lookup<'a>(value: &Value, mut path: impl Iterator<Item = &'a str>) -> Option<Value> {
    path.try_fold(value.clone(), |value, key| get(&value, key.as_bytes()))
}

/// The table without its nulls, at any depth; the same table if it has none (`cleanNilValues`).
pub(super) fn without_nils(value: &Value) -> Value {
    if has_nils(value) { copy_without_nils(value) } else { value.clone() }
}

fn has_nils(value: &Value) -> bool {
    match &value.data {
        Data::Nil => true,
        Data::Map(map) => map.borrow().values().any(has_nils),
        _ => false,
    }
}

fn copy_without_nils(value: &Value) -> Value {
    let Data::Map(map) = &value.data else { return value.clone() };
    let copy = Map::new(map.kind);
    for (key, value) in map.borrow().iter().filter(|(_, value)| !is_nil(value)) {
        copy.insert(Rc::clone(key), copy_without_nils(value));
    }
    Value::from(copy).with(value.src)
}

/// Copies every map and list in the value that anything else shares.
pub(super) fn unshare(value: &mut Value) {
    match &mut value.data {
        Data::Map(map) => map.make_mut().values_mut().for_each(unshare),
        Data::List(list) if list.as_slice().iter().any(may_share) => {
            list.make_mut().iter_mut().for_each(unshare);
        }
        _ => {}
    }
}

fn may_share(value: &Value) -> bool {
    matches!(value.data, Data::Map(_) | Data::List(_))
}

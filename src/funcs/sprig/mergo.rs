//! Merging of maps: `dario.cat/mergo` 1.0.2, as far as maps of any values reach it
//! (`deepMerge` in `merge.go`).

use crate::funcs::FuncError;
use crate::value::{Data, Exceeded, Kind, MAX_DEPTH, MAX_ITEMS, Map, MapKind, Text, Value};

/// What a merge overwrites.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum Overwrite {
    /// Only what is missing or empty: nil, zero, false, an empty text, list or map.
    Empty,
    /// Everything but maps, which are merged.
    All,
}

pub(super) enum Error {
    /// A pointer and something else under one key.
    DifferentTypes,
    Panic(&'static str),
    /// Ours, not Go's.
    Exceeded(Exceeded),
}

impl From<Exceeded> for Error {
    fn from(exceeded: Exceeded) -> Error {
        Error::Exceeded(exceeded)
    }
}

impl From<Error> for FuncError {
    fn from(error: Error) -> FuncError {
        match error {
            Error::DifferentTypes => FuncError::new("src and dst must be of same type"),
            Error::Panic(text) => FuncError::new(text),
            Error::Exceeded(exceeded) => exceeded.into(),
        }
    }
}

/// Merges `from` into `into`; maps below are shared with `from` where `into` had none.
pub(super) fn merge(into: &Map, from: &Map, overwrite: Overwrite) -> Result<(), Error> {
    Merge { overwrite, steps: 0 }.maps(into, from, 0)
}

struct Merge {
    overwrite: Overwrite,
    steps: usize,
}

impl Merge {
    fn maps(&mut self, into: &Map, from: &Map, depth: usize) -> Result<(), Error> {
        if into.is_same(from) {
            return Ok(());
        }
        if depth > MAX_DEPTH {
            return Err(Exceeded::Depth.into());
        }
        // A copy, since a map further down may be this one again.
        let entries: Vec<_> = from.borrow().iter().map(|(k, v)| (k.clone(), v.clone())).collect();
        for (key, value) in entries {
            self.steps += 1;
            if self.steps > MAX_ITEMS {
                return Err(Exceeded::Items.into());
            }
            self.entry(into, key, value, depth)?;
        }
        Ok(())
    }

    fn entry(&mut self, into: &Map, key: Text, value: Value, depth: usize) -> Result<(), Error> {
        let current = into.get(&key);
        let all = self.overwrite == Overwrite::All;
        if value.is_nil() {
            return if all { insert(into, key, value) } else { Ok(()) };
        }
        if let Some(current) = &current {
            self.below(current, &value, depth)?;
        }
        let current = current.filter(Value::is_true);
        let keeps = match (&current, value.kind()) {
            (None, _) => false,
            (Some(current), Kind::Map) if current.kind() == Kind::Map => true,
            (Some(_), _) => !all,
        };
        if keeps { Ok(()) } else { insert(into, key, value) }
    }

    /// Merges what lies below one key, if both have something to merge there.
    fn below(&mut self, current: &Value, value: &Value, depth: usize) -> Result<(), Error> {
        match (current.kind(), value.kind()) {
            (Kind::Map, Kind::Map) => match (&current.data, &value.data) {
                (Data::Map(into), Data::Map(from)) if !into.is_nil() => {
                    self.maps(into, from, depth + 1)
                }
                _ => Ok(()),
            },
            (Kind::Pointer, Kind::Map | Kind::Struct) if self.overwrite == Overwrite::Empty => {
                Err(Error::DifferentTypes)
            }
            _ => Ok(()),
        }
    }
}

fn insert(into: &Map, key: Text, value: Value) -> Result<(), Error> {
    if into.kind == MapKind::Strings && value.as_str().is_none() {
        let panic = "reflect.Value.SetMapIndex: value of type interface {} is not assignable to \
                     type string";
        return Err(Error::Panic(panic));
    }
    into.insert(key, value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::funcs::testing::{call, check_text as check};
    use crate::value::{List, ListKind, Value};

    fn dict(entries: &[Value]) -> Value {
        call("dict", entries).unwrap()
    }

    fn one(value: impl Into<Value>) -> Value {
        dict(&["a".into(), value.into()])
    }

    fn int(value: i64) -> Value {
        Value::int(value)
    }

    #[test]
    fn what_is_empty_is_filled() {
        for empty in [int(0), "".into(), false.into(), Value::NIL, Vec::new().into(), dict(&[])] {
            check("merge", &[one(empty), one(int(5))], "map[a:5]");
        }
        check("merge", &[one(int(1)), one(int(2))], "map[a:1]");
        check("merge", &[one(int(1)), one(Value::NIL)], "map[a:1]");
        check("merge", &[dict(&[]), one(Value::NIL)], "map[]");
        check("merge", &[one("x"), one(vec![int(1)])], "map[a:x]");
        check("merge", &[one(int(1)), one(one("x"))], "map[a:1]");
    }

    #[test]
    fn what_is_not_empty_is_overwritten() {
        for value in [int(0), "".into(), false.into(), Value::NIL, Vec::new().into()] {
            let expected = call("toString", &[one(value.clone())]).unwrap();
            let expected = String::from_utf8(expected.as_str().unwrap().to_vec()).unwrap();
            check("mergeOverwrite", &[one(int(5)), one(value)], &expected);
        }
        check("mergeOverwrite", &[one(one(int(1))), one(dict(&[]))], "map[a:map[a:1]]");
        check("mergeOverwrite", &[one(one(int(1))), one(int(2))], "map[a:2]");
        let nil = List::nil(ListKind::Any);
        check("mergeOverwrite", &[one(vec![int(1)]), one(nil)], "map[a:[]]");
    }

    #[test]
    fn maps_are_shared_where_there_was_none() {
        let (from, into) = (one(one(int(1))), dict(&[]));
        call("merge", &[into.clone(), from.clone()]).unwrap();
        let inner = call("get", &[into, "a".into()]).unwrap();
        call("set", &[inner, "b".into(), int(2)]).unwrap();
        check("toString", &[from], "map[a:map[a:1 b:2]]");
    }

    #[test]
    fn a_map_of_texts_takes_only_texts() {
        let parts = call("split", &[",".into(), "x,y".into()]).unwrap();
        check(
            "merge",
            &[one(parts), one(dict(&["_9".into(), int(1)]))],
            "error: reflect.Value.SetMapIndex: value of type interface {} is not assignable to type string",
        );
    }
}

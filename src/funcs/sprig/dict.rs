//! Maps: Sprig's `dict.go`.

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::funcs::sprig::mergo::{self, Overwrite};
use crate::funcs::{Ctx, Func, FuncError, Type, args};
use crate::value::{Data, Exceeded, List, MAX_DEPTH, MAX_ITEMS, Map, MapKind, Rare, Struct, Value};

pub(crate) const FUNCS: &[Func] = &[
    Func::new("deepCopy", &[Type::Any], deep_copy),
    Func::variadic("dict", &[Type::Any], dict),
    Func::variadic("dig", &[Type::Any], dig),
    Func::new("get", &[Type::Map, Type::String], get),
    Func::new("hasKey", &[Type::Map, Type::String], has_key),
    Func::variadic("keys", &[Type::Map], keys),
    Func::variadic("merge", &[Type::Map, Type::Map], merge),
    Func::variadic("mergeOverwrite", &[Type::Map, Type::Map], merge_overwrite),
    Func::new("mustDeepCopy", &[Type::Any], deep_copy),
    Func::variadic("mustMerge", &[Type::Map, Type::Map], must_merge),
    Func::variadic("mustMergeOverwrite", &[Type::Map, Type::Map], must_merge_overwrite),
    Func::variadic("omit", &[Type::Map, Type::String], omit),
    Func::variadic("pick", &[Type::Map, Type::String], pick),
    Func::variadic("pluck", &[Type::String, Type::Map], pluck),
    Func::new("set", &[Type::Map, Type::String, Type::Any], set),
    Func::new("unset", &[Type::Map, Type::String], unset),
    Func::new("values", &[Type::Map], values),
];

/// A map argument as `map[string]interface {}`; nil if it is nil.
fn map(args: &[Value], index: usize) -> Map {
    let given = args::map(args, index).map(|map| map.of_kind(MapKind::Any));
    given.unwrap_or_else(|| Map::nil(MapKind::Any))
}

fn get(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let found = args::map(args, 0).and_then(|map| map.get(args::text(args, 1)));
    Ok(found.unwrap_or_else(|| Value::text("")))
}

fn set(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let map = map(args, 0);
    if map.is_nil() {
        return Err(FuncError::new("assignment to entry in nil map"));
    }
    map.insert(args::text(args, 1), args::any(args, 2).clone());
    Ok(Value::from(map).with(args::any(args, 0).src))
}

fn unset(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let map = map(args, 0);
    map.remove(args::text(args, 1));
    Ok(Value::from(map).with(args::any(args, 0).src))
}

fn has_key(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let key = args::text(args, 1);
    Ok(args::map(args, 0).is_some_and(|map| map.contains_key(key)).into())
}

/// The values that the maps have under one key.
fn pluck(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let key = args::text(args, 0);
    let maps = (1..args.len()).filter_map(|index| args::map(args, index));
    Ok(Value::from(maps.filter_map(|map| map.get(key)).collect::<Vec<_>>()))
}

/// The keys of the maps. Go gives them in random order; here each map's are sorted.
fn keys(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let mut keys = Vec::new();
    for map in (0..args.len()).filter_map(|index| args::map(args, index)) {
        keys.extend(map.borrow().keys().map(|key| Value::from(key.clone())));
    }
    Ok(Value::strings(keys))
}

/// The values of a map. Go gives them in random order; here it is that of the keys.
fn values(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok(Value::from(map(args, 0).borrow().values().cloned().collect::<Vec<_>>()))
}

fn pick(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let (from, picked) = (map(args, 0), Map::new(MapKind::Any));
    for key in (1..args.len()).map(|index| args::text(args, index)) {
        if let Some(value) = from.get(key) {
            picked.insert(key, value);
        }
    }
    Ok(picked.into())
}

fn omit(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let (from, kept) = (map(args, 0), Map::new(MapKind::Any));
    let omitted: BTreeSet<&[u8]> = (1..args.len()).map(|index| args::text(args, index)).collect();
    for (key, value) in from.borrow().iter().filter(|(key, _)| !omitted.contains(&***key)) {
        kept.insert(key.clone(), value.clone());
    }
    Ok(kept.into())
}

/// A map of keys and values in turn; a last key without a value has an empty text.
fn dict(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let map = Map::new(MapKind::Any);
    for entry in args.chunks(2) {
        let value = entry.get(1).cloned().unwrap_or_else(|| Value::text(""));
        if let Data::Str(key) = &args::any(entry, 0).data {
            map.insert(key.clone(), value);
        } else {
            map.insert(&*args::any(entry, 0).to_text(ctx.env.max_text)?, value);
        }
    }
    Ok(map.into())
}

fn merge(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    merged(args, Overwrite::Empty).or_else(swallow)
}

fn merge_overwrite(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    merged(args, Overwrite::All).or_else(swallow)
}

fn must_merge(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok(merged(args, Overwrite::Empty)?)
}

fn must_merge_overwrite(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok(merged(args, Overwrite::All)?)
}

/// Merges the further maps into the first, which changes.
fn merged(args: &[Value], overwrite: Overwrite) -> Result<Value, mergo::Error> {
    let mut into = map(args, 0);
    if into.is_nil() && args.len() > 1 {
        into = Map::new(MapKind::Any);
    }
    for from in (1..args.len()).map(|index| map(args, index)) {
        mergo::merge(&into, &from, overwrite)?;
    }
    Ok(Value::from(into).with(args::any(args, 0).src))
}

/// Sprig returns an empty text for an error, but a panic goes through.
fn swallow(error: mergo::Error) -> Result<Value, FuncError> {
    match error {
        mergo::Error::DifferentTypes => Ok(Value::text("")),
        mergo::Error::Panic(_) | mergo::Error::Exceeded(_) => Err(error.into()),
    }
}

fn deep_copy(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let value = args::any(args, 0);
    if value.is_nil() {
        return Err(FuncError::new("reflect: call of reflect.Value.Type on zero Value"));
    }
    Ok(Copy { items: 0 }.value(value, 0)?)
}

/// A copy that shares no map with the original.
struct Copy {
    items: usize,
}

impl Copy {
    fn value(&mut self, value: &Value, depth: usize) -> Result<Value, Exceeded> {
        self.items += 1;
        if depth > MAX_DEPTH {
            return Err(Exceeded::Depth);
        }
        if self.items > MAX_ITEMS {
            return Err(Exceeded::Items);
        }
        let data = match &value.data {
            Data::List(list) if !list.is_nil() => Data::List(self.list(list, depth)?),
            Data::Map(map) if !map.is_nil() => Data::Map(self.map(map, depth)?),
            Data::Rare(rare) => match &**rare {
                Rare::Struct(target) => {
                    Data::Rare(Rc::new(Rare::Struct(self.fields(target, depth)?)))
                }
                Rare::Complex(..) | Rare::Sized(..) | Rare::Bytes(_) => value.data.clone(),
                Rare::Files(_) | Rare::Time(_) => value.data.clone(),
            },
            Data::Nil | Data::Bool(_) | Data::Int(_) | Data::Int64(_) => value.data.clone(),
            Data::Float(_) | Data::Str(_) | Data::List(_) | Data::Map(_) => value.data.clone(),
        };
        Ok(Value::from(data).with(value.src))
    }

    fn list(&mut self, list: &List, depth: usize) -> Result<List, Exceeded> {
        let items = list.as_slice().iter().map(|item| self.value(item, depth + 1));
        Ok(List::typed(list.kind, items.collect::<Result<_, _>>()?))
    }

    fn map(&mut self, map: &Map, depth: usize) -> Result<Map, Exceeded> {
        let copy = Map::new(map.kind);
        for (key, value) in map.borrow().iter() {
            copy.insert(key.clone(), self.value(value, depth + 1)?);
        }
        Ok(copy)
    }

    /// What copystructure copies of a struct: the fields that are exported. The others are zero.
    fn fields(&mut self, target: &Struct, depth: usize) -> Result<Struct, Exceeded> {
        let copy = |(name, value): &(&'static str, Value)| {
            let exported = name.starts_with(|c: char| c.is_ascii_uppercase());
            Ok((*name, if exported { self.value(value, depth + 1)? } else { zero(value) }))
        };
        let fields = target.fields.iter().map(copy).collect::<Result<_, Exceeded>>()?;
        Ok(Struct { fields, ..*target })
    }
}

/// The zero value of a value's type.
fn zero(value: &Value) -> Value {
    match &value.data {
        Data::Bool(_) => false.into(),
        Data::Int(_) => Value::int(0),
        Data::Int64(_) => Value::int64(0),
        Data::Float(_) => 0.0.into(),
        Data::Str(_) => Value::text(""),
        Data::List(list) => Value::from(List::nil(list.kind)),
        Data::Map(map) => Value::from(Map::nil(map.kind)),
        Data::Nil => Value::NIL,
        Data::Rare(rare) => match &**rare {
            Rare::Sized(name, _) => Rare::Sized(name, 0).into(),
            Rare::Complex(..) | Rare::Bytes(_) | Rare::Struct(_) => value.clone(),
            Rare::Files(_) | Rare::Time(_) => value.clone(),
        },
    }
}

/// `dig KEY… DEFAULT MAP`: the value below several keys.
fn dig(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let [keys @ .., default, map] = args else { return Err(too_few()) };
    if keys.is_empty() {
        return Err(too_few());
    }
    let mut map = plain_map(map)?;
    let keys = keys.iter().map(|key| key.as_str().ok_or_else(|| not_a(key, "string")));
    let keys = keys.collect::<Result<Vec<_>, _>>()?;
    for (index, key) in keys.iter().enumerate() {
        match map.get(key) {
            None => return Ok(default.clone()),
            Some(found) if index + 1 == keys.len() => return Ok(found),
            Some(found) => map = plain_map(&found)?,
        }
    }
    Ok(default.clone())
}

fn too_few() -> FuncError {
    FuncError::new("dig needs at least three arguments")
}

/// Go's type assertion to `map[string]interface {}`, with its panic.
fn plain_map(value: &Value) -> Result<Map, FuncError> {
    let plain = |map: &&Map| map.kind == MapKind::Any;
    value.as_map().filter(plain).cloned().ok_or_else(|| not_a(value, MapKind::Any.type_name()))
}

fn not_a(value: &Value, wanted: &str) -> FuncError {
    let found = if value.is_nil() { "nil" } else { value.type_name() };
    FuncError::Failed(format!("interface conversion: interface {{}} is {found}, not {wanted}"))
}

#[cfg(test)]
mod tests {
    use crate::funcs::testing::{call, check_text as check};
    use crate::value::Value;

    fn dict(entries: &[Value]) -> Value {
        call("dict", entries).unwrap()
    }

    fn int(value: i64) -> Value {
        Value::int(value)
    }

    #[test]
    fn maps_are_made_and_changed() {
        check(
            "dict",
            &["a".into(), int(1), 1.5.into(), "x".into(), "b".into()],
            "map[1.5:x a:1 b:]",
        );
        let map = dict(&["a".into(), int(1)]);
        check("set", &[map.clone(), "b".into(), int(2)], "map[a:1 b:2]");
        check("unset", &[map.clone(), "a".into()], "map[b:2]");
        check("get", &[map.clone(), "b".into()], "2");
        check("hasKey", &[map, "a".into()], "false");
        check("set", &[Value::NIL, "a".into(), int(1)], "error: assignment to entry in nil map");
        check("unset", &[Value::NIL, "a".into()], "map[]");
    }

    #[test]
    fn maps_are_read() {
        let map = dict(&["a".into(), int(1), "b".into(), int(2), "c".into(), int(3)]);
        check("keys", &[map.clone(), Value::NIL, map.clone()], "[a b c a b c]");
        check("values", std::slice::from_ref(&map), "[1 2 3]");
        check("pick", &[map.clone(), "a".into(), "z".into()], "map[a:1]");
        check("omit", &[map.clone(), "a".into()], "map[b:2 c:3]");
        check("pluck", &["a".into(), map.clone(), dict(&[]), map], "[1 1]");
    }

    #[test]
    fn copies_share_nothing() {
        let inner = dict(&["b".into(), int(1)]);
        let copy = call("deepCopy", &[dict(&["a".into(), inner.clone()])]).unwrap();
        call("set", &[inner, "b".into(), int(2)]).unwrap();
        check("toString", &[copy], "map[a:map[b:1]]");
        check(
            "deepCopy",
            &[Value::NIL],
            "error: reflect: call of reflect.Value.Type on zero Value",
        );
    }

    #[test]
    fn maps_are_dug() {
        let map = dict(&["a".into(), dict(&["b".into(), int(1)]), "n".into(), Value::NIL]);
        check("dig", &["a".into(), "b".into(), "d".into(), map.clone()], "1");
        check("dig", &["a".into(), "x".into(), "d".into(), map.clone()], "d");
        check(
            "dig",
            &["n".into(), "x".into(), "d".into(), map.clone()],
            "error: interface conversion: interface {} is nil, not map[string]interface {}",
        );
        check(
            "dig",
            &[int(1), "x".into(), "d".into(), map],
            "error: interface conversion: interface {} is int, not string",
        );
        check("dig", &["a".into(), "b".into()], "error: dig needs at least three arguments");
    }

    #[test]
    fn a_map_that_contains_itself_is_a_limit() {
        let map = dict(&[]);
        call("set", &[map.clone(), "self".into(), map.clone()]).unwrap();
        let limit = "limit: the value is nested too deeply, or contains itself";
        check("deepCopy", std::slice::from_ref(&map), limit);
        check("toString", std::slice::from_ref(&map), limit);
        let other = dict(&[]);
        call("set", &[other.clone(), "self".into(), other.clone()]).unwrap();
        check("merge", &[map.clone(), other.clone()], limit);
        check("deepEqual", &[map, other], limit);
    }
}

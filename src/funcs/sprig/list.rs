//! Lists: Sprig's `list.go`.
//!
//! Each function comes in two forms: one panics, the other (`must…`) returns an error. In a
//! template they are alike.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use crate::funcs::sprig::strings::texts_of;
use crate::funcs::{Ctx, Func, FuncError, Type, args};
use crate::value::{
    Data, Exceeded, List, ListKind, MAX_ITEMS, Rare, Value, cast, deep_equal, fingerprint,
};

pub(crate) const FUNCS: &[Func] = &[
    Func::new("append", &[Type::Any, Type::Any], push),
    Func::new("chunk", &[Type::Int, Type::Any], chunk),
    Func::new("compact", &[Type::Any], compact),
    Func::variadic("concat", &[Type::Any], concat),
    Func::new("first", &[Type::Any], first),
    Func::new("has", &[Type::Any, Type::Any], has),
    Func::new("initial", &[Type::Any], initial),
    Func::new("last", &[Type::Any], last),
    Func::variadic("list", &[Type::Any], list),
    Func::new("mustAppend", &[Type::Any, Type::Any], push),
    Func::new("mustChunk", &[Type::Int, Type::Any], chunk),
    Func::new("mustCompact", &[Type::Any], compact),
    Func::new("mustFirst", &[Type::Any], first),
    Func::new("mustHas", &[Type::Any, Type::Any], has),
    Func::new("mustInitial", &[Type::Any], initial),
    Func::new("mustLast", &[Type::Any], last),
    Func::new("mustPrepend", &[Type::Any, Type::Any], prepend),
    Func::new("mustPush", &[Type::Any, Type::Any], push),
    Func::new("mustRest", &[Type::Any], rest),
    Func::new("mustReverse", &[Type::Any], reverse),
    Func::variadic("mustSlice", &[Type::Any, Type::Any], slice),
    Func::new("mustUniq", &[Type::Any], uniq),
    Func::variadic("mustWithout", &[Type::Any, Type::Any], without),
    Func::new("prepend", &[Type::Any, Type::Any], prepend),
    Func::new("push", &[Type::Any, Type::Any], push),
    Func::new("rest", &[Type::Any], rest),
    Func::new("reverse", &[Type::Any], reverse),
    Func::variadic("slice", &[Type::Any, Type::Any], slice),
    Func::new("sortAlpha", &[Type::Any], sort_alpha),
    Func::variadic("tuple", &[Type::Any], list),
    Func::new("uniq", &[Type::Any], uniq),
    Func::variadic("without", &[Type::Any, Type::Any], without),
];

/// The items of any Go slice. Other kinds are refused with `complaint` and the kind's name.
fn items<'a>(value: &'a Value, complaint: &str) -> Result<Cow<'a, [Value]>, FuncError> {
    match (&value.data, value.as_rare()) {
        (Data::List(list), _) => Ok(Cow::Borrowed(list.as_slice())),
        (_, Some(Rare::Bytes(bytes))) => {
            let byte = |&byte: &u8| Value::from(Rare::Sized("uint8", i128::from(byte)));
            Ok(bytes.iter().map(byte).collect())
        }
        (Data::Nil, _) => Err(nil_dereference()),
        _ => Err(FuncError::Failed(format!("{complaint} {}", value.kind().name()))),
    }
}

/// What Go's `reflect.TypeOf(nil).Kind()` panics with.
fn nil_dereference() -> FuncError {
    FuncError::new("runtime error: invalid memory address or nil pointer dereference")
}

fn list(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok(Value::from(args.to_vec()))
}

fn push(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let items = items(args::any(args, 0), "Cannot push on type")?;
    Ok(Value::from([&items, std::slice::from_ref(args::any(args, 1))].concat()))
}

fn prepend(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let items = items(args::any(args, 0), "Cannot prepend on type")?;
    Ok(Value::from([std::slice::from_ref(args::any(args, 1)), &items].concat()))
}

/// Lists of `size` items, the last of what is left.
///
/// The arithmetic is Go's, in floats, since it decides what a size below one gives.
fn chunk(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let size = args::int(args, 0);
    let items = items(args::any(args, 1), "Cannot chunk type")?;
    let len = items.len() as f64;
    let count = made_len(cast::float_to_int(((len - 1.0) / size as f64).floor() + 1.0))?;
    let last_size = match (len % size as f64).floor() {
        0.0 => size,
        rest => cast::float_to_int(rest),
    };
    let mut chunks = Vec::with_capacity(count);
    for index in 0..count {
        let chunk_size = made_len(if index + 1 == count { last_size } else { size })?;
        let chunk = items.iter().skip(index * chunk_size_before(size)).take(chunk_size);
        chunks.push(Value::from(chunk.cloned().collect::<Vec<_>>()));
    }
    Ok(Value::from(List::typed(ListKind::Lists, chunks)))
}

fn chunk_size_before(size: i64) -> usize {
    usize::try_from(size).unwrap_or(0)
}

/// The length for Go's `make`, with its panic.
fn made_len(len: i64) -> Result<usize, FuncError> {
    usize::try_from(len).map_err(|_| FuncError::new("runtime error: makeslice: len out of range"))
}

fn last(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let items = items(args::any(args, 0), "Cannot find last on type")?;
    Ok(items.last().cloned().unwrap_or(Value::NIL))
}

fn first(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let items = items(args::any(args, 0), "Cannot find first on type")?;
    Ok(items.first().cloned().unwrap_or(Value::NIL))
}

fn rest(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let items = items(args::any(args, 0), "Cannot find rest on type")?;
    Ok(items.split_first().map_or_else(nil_list, |(_, rest)| Value::from(rest.to_vec())))
}

fn initial(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let items = items(args::any(args, 0), "Cannot find initial on type")?;
    Ok(items.split_last().map_or_else(nil_list, |(_, initial)| Value::from(initial.to_vec())))
}

fn nil_list() -> Value {
    Value::from(List::nil(ListKind::Any))
}

fn sort_alpha(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let value = args::any(args, 0);
    if value.is_nil() {
        return Ok(Value::strings(["<nil>".into()]));
    }
    let mut texts = texts_of(ctx, value)?;
    texts.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
    Ok(Value::strings(texts))
}

fn reverse(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let items = items(args::any(args, 0), "Cannot find reverse on type")?;
    Ok(Value::from(items.iter().rev().cloned().collect::<Vec<_>>()))
}

fn compact(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let items = items(args::any(args, 0), "Cannot compact on type")?;
    Ok(Value::from(items.iter().filter(|item| item.is_true()).cloned().collect::<Vec<_>>()))
}

fn uniq(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let items = items(args::any(args, 0), "Cannot find uniq on type")?;
    let mut found: Vec<Value> = Vec::new();
    let mut alike: FxHashMap<u64, Vec<usize>> = FxHashMap::default();
    for item in items.iter() {
        let alike = alike.entry(fingerprint(item)).or_default();
        let known = alike.iter().filter_map(|&index| found.get(index));
        if !contains(known, item)? {
            alike.push(found.len());
            found.push(item.clone());
        }
    }
    Ok(Value::from(found))
}

fn without(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let items = items(args::any(args, 0), "Cannot find without on type")?;
    let omitted = args.get(1..).unwrap_or_default();
    let mut kept = Vec::new();
    for item in items.iter() {
        if !contains(omitted, item)? {
            kept.push(item.clone());
        }
    }
    Ok(Value::from(kept))
}

fn has(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let (needle, haystack) = (args::any(args, 0), args::any(args, 1));
    if haystack.is_nil() {
        return Ok(false.into());
    }
    let items = items(haystack, "Cannot find has on type")?;
    Ok(contains(items.iter(), needle)?.into())
}

fn contains<'a>(
    haystack: impl IntoIterator<Item = &'a Value>,
    needle: &Value,
) -> Result<bool, Exceeded> {
    for item in haystack {
        if deep_equal(needle, item)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Go's `list[start:end]`, which keeps the list's type.
fn slice(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let value = args::any(args, 0);
    let items = items(value, "list should be type of slice or array but")?;
    if items.is_empty() {
        return Ok(Value::NIL);
    }
    let index = |position: usize| args.get(position).map(cast::to_int);
    let start = usize::try_from(index(1).unwrap_or(0)).ok();
    let end = index(2).map_or(Some(items.len()), |end| usize::try_from(end).ok());
    let range = start.zip(end).and_then(|(start, end)| items.get(start..end));
    let Some(range) = range else {
        return Err(FuncError::new("reflect.Value.Slice: slice index out of bounds"));
    };
    match (value.as_list(), value.as_rare()) {
        (_, Some(Rare::Bytes(bytes))) => {
            let start = start.unwrap_or(0);
            Ok(Value::from(Rare::Bytes(bytes[start..start + range.len()].to_vec())))
        }
        (Some(list), _) => Ok(Value::from(List::typed(list.kind, range.to_vec()))),
        _ => Ok(Value::from(range.to_vec())),
    }
}

fn concat(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let mut all: Vec<Value> = Vec::new();
    for arg in args {
        match items(arg, "") {
            Ok(items) if items.len() > MAX_ITEMS - all.len() => return Err(Exceeded::Items.into()),
            Ok(items) => all.extend_from_slice(&items),
            Err(_) if arg.is_nil() => return Err(nil_dereference()),
            Err(_) => {
                let kind = arg.kind().name();
                return Err(FuncError::Failed(format!("Cannot concat type {kind} as list")));
            }
        }
    }
    Ok(if all.is_empty() { nil_list() } else { Value::from(all) })
}

#[cfg(test)]
mod tests {
    use crate::funcs::testing::{call, check_text as check};
    use crate::value::{Rare, Value};

    fn int(value: i64) -> Value {
        Value::int(value)
    }

    fn list(items: &[i64]) -> Value {
        Value::from(items.iter().map(|&item| int(item)).collect::<Vec<_>>())
    }

    #[test]
    fn items_are_added() {
        check("append", &[list(&[1]), Value::NIL], "[1 <nil>]");
        check("prepend", &[list(&[1]), int(0)], "[0 1]");
        check("concat", &[list(&[1]), list(&[]), list(&[2])], "[1 2]");
        check("append", &["a".into(), int(1)], "error: Cannot push on type string");
        check("concat", &[1.5.into()], "error: Cannot concat type float64 as list");
        let nil = "error: runtime error: invalid memory address or nil pointer dereference";
        check("append", &[Value::NIL, int(1)], nil);
        check("first", &[Rare::Bytes(b"a".to_vec()).into()], "97");
    }

    #[test]
    fn items_are_taken() {
        check("rest", &[list(&[1, 2])], "[2]");
        check("initial", &[list(&[1, 2])], "[1]");
        check("last", &[list(&[])], "<no value>");
        check("slice", &[list(&[1, 2, 3]), int(1), int(2)], "[2]");
        check("slice", &[list(&[1, 2, 3]), "1".into()], "[2 3]");
        let panic = "error: reflect.Value.Slice: slice index out of bounds";
        check("slice", &[list(&[1]), int(2)], panic);
        check("slice", &[list(&[1]), int(0), int(-1)], panic);
        assert!(call("rest", &[list(&[])]).unwrap().as_list().unwrap().is_nil());
    }

    #[test]
    fn chunks() {
        check("chunk", &[int(3), list(&[1, 2, 3, 4])], "[[1 2 3] [4]]");
        check("chunk", &[int(2), list(&[])], "[]");
        check("chunk", &[int(-2), list(&[1, 2, 3])], "[]");
        let panic = "error: runtime error: makeslice: len out of range";
        check("chunk", &[int(0), list(&[1])], panic);
        check("chunk", &[int(-2), list(&[1, 2, 3, 4])], panic);
    }

    #[test]
    fn items_are_compared_as_go_does() {
        check("has", &[int(1), list(&[1])], "true");
        check("has", &[1.0.into(), list(&[1])], "false");
        check("has", &[int(1), Value::NIL], "false");
        let mixed =
            vec![int(1), 1.0.into(), int(1), list(&[1]), list(&[1]), Value::NIL, Value::NIL];
        check("uniq", &[mixed.into()], "[1 1 [1] <nil>]");
        check("without", &[list(&[1, 2, 3, 2]), int(2)], "[1 3]");
        check("compact", &[vec![int(0), "".into(), "a".into()].into()], "[a]");
        check("sortAlpha", &[vec![int(10), "b".into(), int(2)].into()], "[10 2 b]");
        check("sortAlpha", &[int(3)], "[3]");
    }
}

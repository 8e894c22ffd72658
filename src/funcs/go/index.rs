//! `index`, `len` and `call` (`text/template/funcs.go`).

use crate::funcs::{Ctx, Func, FuncError, Type, args};
use crate::value::runes::lossy;
use crate::value::{Data, Kind, Map, MapKind, Rare, Value};

pub(crate) const FUNCS: &[Func] = &[
    Func::variadic("call", &[Type::Any, Type::Any], call),
    Func::variadic("index", &[Type::Any, Type::Any], index),
    Func::new("len", &[Type::Any], len),
];

/// The item of a list, text or map that the further arguments lead to, step by step.
fn index(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let Some((item, steps)) = args.split_first().filter(|(item, _)| !item.is_nil()) else {
        return Err(FuncError::new("index of untyped nil"));
    };
    let mut item = item.clone();
    for step in steps {
        item = step_into(&item, step)?;
    }
    Ok(item)
}

fn step_into(item: &Value, step: &Value) -> Result<Value, FuncError> {
    match &item.data {
        Data::Nil => Err(FuncError::new("index of nil pointer")),
        Data::Str(text) => byte_at(text, step, "string"),
        Data::List(list) => {
            let items = list.as_slice();
            let at = position(step, items.len())?;
            items.get(at).cloned().ok_or_else(|| out_of_range("slice"))
        }
        Data::Map(map) => at_key(map, key(step)?),
        Data::Rare(rare) => match &**rare {
            Rare::Bytes(bytes) => byte_at(bytes, step, "slice"),
            Rare::Files(files) => {
                let content = files.get(key(step)?).map_or(Vec::new(), |content| content.to_vec());
                Ok(Rare::Bytes(content).into())
            }
            Rare::Complex(..) | Rare::Sized(..) | Rare::Struct(_) | Rare::Time(_) => {
                Err(no_index(item))
            }
        },
        Data::Bool(_) | Data::Int(_) | Data::Int64(_) | Data::Float(_) => Err(no_index(item)),
    }
}

/// The byte at a place, as Go's `uint8`.
fn byte_at(bytes: &[u8], step: &Value, kind: &str) -> Result<Value, FuncError> {
    let at = position(step, bytes.len())?;
    let byte = bytes.get(at).ok_or_else(|| out_of_range(kind))?;
    Ok(Rare::Sized("uint8", i128::from(*byte)).into())
}

/// A missing key gives the zero value of the map's element type.
fn at_key(map: &Map, key: &[u8]) -> Result<Value, FuncError> {
    let missing = || match map.kind {
        MapKind::Any | MapKind::Values => Value::NIL,
        MapKind::Strings => Value::text(""),
    };
    Ok(map.get(key).unwrap_or_else(missing))
}

fn key(step: &Value) -> Result<&[u8], FuncError> {
    if let Some(key) = step.as_str() {
        return Ok(key);
    }
    if step.is_nil() {
        return Err(FuncError::new("value is nil; should be of type string"));
    }
    Err(FuncError::Failed(format!("value has type {}; should be string", step.type_name())))
}

/// An index as Go checks it (`indexArg`): one past the end passes, and fails where it is used.
fn position(step: &Value, len: usize) -> Result<usize, FuncError> {
    let index = match (&step.data, step.kind()) {
        (Data::Int(index) | Data::Int64(index), _) => i128::from(*index),
        (Data::Rare(rare), Kind::Int(_) | Kind::Uint(_)) => match &**rare {
            Rare::Sized(_, index) => i128::from(*index as i64),
            Rare::Complex(..) | Rare::Bytes(_) | Rare::Struct(_) => -1,
            Rare::Files(_) | Rare::Time(_) => -1,
        },
        (_, Kind::Invalid) => return Err(FuncError::new("cannot index slice/array with nil")),
        _ => {
            let name = step.type_name();
            return Err(FuncError::Failed(format!("cannot index slice/array with type {name}")));
        }
    };
    let found = usize::try_from(index).ok().filter(|&index| index <= len);
    found.ok_or_else(|| FuncError::Failed(format!("index out of range: {index}")))
}

fn out_of_range(kind: &str) -> FuncError {
    FuncError::Failed(format!("reflect: {kind} index out of range"))
}

fn no_index(item: &Value) -> FuncError {
    FuncError::Failed(format!("can't index item of type {}", target_type(item)))
}

/// The type of a value, or of what it points to.
fn target_type(value: &Value) -> &'static str {
    value.type_name().trim_start_matches('*')
}

fn len(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let value = args::any(args, 0);
    let len = match &value.data {
        Data::Nil => return Err(FuncError::new("len of nil pointer")),
        Data::Str(text) => text.len(),
        Data::List(list) => list.as_slice().len(),
        Data::Map(map) => map.len(),
        Data::Rare(rare) => match &**rare {
            Rare::Bytes(bytes) => bytes.len(),
            Rare::Files(files) => files.len(),
            Rare::Complex(..) | Rare::Sized(..) | Rare::Struct(_) | Rare::Time(_) => {
                return Err(no_len(value));
            }
        },
        Data::Bool(_) | Data::Int(_) | Data::Int64(_) | Data::Float(_) => {
            return Err(no_len(value));
        }
    };
    Ok(Value::int(len as i64))
}

fn no_len(value: &Value) -> FuncError {
    FuncError::Failed(format!("len of type {}", target_type(value)))
}

/// `call function arguments…`. No value of a Helm template is a function, so it always fails.
///
/// text/template tells it how the function is written in the template (`evalFunction` in
/// `text/template/exec.go`); that is the first argument here.
fn call(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let (name, function) = (args::text(args, 0), args::any(args, 1));
    if function.is_nil() {
        return Err(FuncError::new("call of nil"));
    }
    let name = lossy(name);
    Err(FuncError::Failed(format!("non-function {name} of type {}", function.type_name())))
}

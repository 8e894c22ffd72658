//! The methods of `.Files` (`pkg/engine/files.go`).

use std::rc::Rc;
use std::sync::Arc;

use crate::funcs::helm::{glob, yaml};
use crate::funcs::sprig::path;
use crate::funcs::{Ctx, Func, FuncError, Type, args, part};
use crate::value::{Data, Files, List, ListKind, Map, MapKind, Rare, Value};

/// The methods of `engine.files`.
pub(crate) const METHODS: &[Func] = &[
    method("Get", &[Type::String], |_, args| Ok(Value::text(file(args).unwrap_or_default()))),
    method("GetBytes", &[Type::String], |_, args| {
        let bytes = file(args).map_or_else(Vec::new, |file| file.to_vec());
        Ok(Data::Rare(Rc::new(Rare::Bytes(bytes))).into())
    }),
    method("Glob", &[Type::String], glob),
    method("AsConfig", &[], |ctx, args| as_yaml(ctx, args, |file| Value::text(file))),
    method("AsSecrets", &[], |ctx, args| {
        as_yaml(ctx, args, |file| data_encoding::BASE64.encode(file).into())
    }),
    method("Lines", &[Type::String], lines),
];

type Call = fn(&mut Ctx<'_>, &[Value]) -> Result<Value, FuncError>;

const fn method(name: &'static str, params: &'static [Type], call: Call) -> Func {
    Func { name, params, variadic: false, call }
}

fn receiver(args: &[Value]) -> Option<&Files> {
    match args::rare(args, 0) {
        Some(Rare::Files(files)) => Some(files),
        _ => None,
    }
}

/// The file that the argument names.
fn file(args: &[Value]) -> Option<&[u8]> {
    receiver(args)?.get(args::text(args, 1)).map(|file| &**file)
}

fn glob(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let pattern =
        glob::compile(args::text(args, 1)).map_err(|error| FuncError::Limit(error.to_string()))?;
    let mut matching = Files::new();
    for (path, text) in receiver(args).into_iter().flatten() {
        if pattern.search(path)?.is_match() {
            matching.insert(Rc::clone(path), Arc::clone(text));
        }
    }
    Ok(Data::Rare(Rc::new(Rare::Files(matching))).into())
}

/// The files by the last element of their paths, as `toYaml` writes them.
fn as_yaml(
    ctx: &mut Ctx<'_>,
    args: &[Value],
    content: fn(&[u8]) -> Value,
) -> Result<Value, FuncError> {
    let map = Map::new(MapKind::Strings);
    for (path, text) in receiver(args).into_iter().flatten() {
        let name = path::base_range(path).map_or(&b"/"[..], |range| &path[range]);
        map.insert(if path.is_empty() { &b"."[..] } else { name }, content(text));
    }
    yaml::to_yaml(ctx, &[map.into()])
}

/// The lines of a file; the last need not end.
fn lines(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let Some(file) = file(args) else {
        return Ok(List::typed(ListKind::Strings, Vec::new()).into());
    };
    if file.is_empty() {
        return Err(FuncError::new("runtime error: index out of range [-1]"));
    }
    let len = file.strip_suffix(b"\n").unwrap_or(file).len();
    let mut start = 0;
    let ends = memchr::memchr_iter(b'\n', &file[..len]).chain([len]);
    let ranges: Vec<_> = ends.map(|end| std::mem::replace(&mut start, end + 1)..end).collect();
    let file = Value::text(file);
    let lines = ranges.into_iter().map(|range| part(ctx, &file, range)).collect();
    Ok(List::typed(ListKind::Strings, lines).into())
}

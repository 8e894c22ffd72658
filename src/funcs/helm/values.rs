//! The methods of `.Values` (`pkg/chart/common/values.go`).

use crate::funcs::helm::yaml;
use crate::funcs::{Ctx, Func, FuncError, NamedKind, TextBuilder, Type, args};
use crate::value::quote::{self, Plain};
use crate::value::runes::lossy;
use crate::value::{Data, Map, MapKind, Value};

/// The methods of `common.Values`.
pub(crate) const METHODS: &[Func] = &[
    method("AsMap", &[], |_, args| Ok(receiver(args).of_kind(MapKind::Any).into())),
    method("YAML", &[], to_yaml),
    method("Table", &[Type::String], |_, args| {
        let table = table(receiver(args), args::text(args, 1).split(|&byte| byte == b'.'))?;
        Ok(table.of_kind(MapKind::Values).into())
    }),
    method("PathValue", &[Type::String], path_value),
    method("Encode", &[Type::Named("io.Writer", NamedKind::Interface)], |_, _| {
        // Nothing in a template is a writer but nil.
        Err(FuncError::new("runtime error: invalid memory address or nil pointer dereference"))
    }),
];

type Call = fn(&mut Ctx<'_>, &[Value]) -> Result<Value, FuncError>;

const fn method(name: &'static str, params: &'static [Type], call: Call) -> Func {
    Func { name, params, variadic: false, call }
}

fn receiver(args: &[Value]) -> Map {
    args::map(args, 0).cloned().unwrap_or_else(|| Map::new(MapKind::Values))
}

fn to_yaml(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let yaml = yaml::must_to_yaml(ctx, args)?;
    let mut text = TextBuilder::new(ctx);
    let bytes = yaml.as_str().unwrap_or_default();
    text.piece(ctx, bytes, 0..bytes.len(), yaml.src);
    text.plain("\n");
    text.finish(ctx)
}

/// The map that these keys lead to.
fn table<'a>(map: Map, keys: impl Iterator<Item = &'a [u8]>) -> Result<Map, FuncError> {
    keys.into_iter().try_fold(map, |map, key| match map.get(key) {
        Some(Value { data: Data::Map(table), .. }) if table.kind != MapKind::Strings => Ok(table),
        _ => Err(FuncError::new(format!("{} is not a table", quoted_bytes(key)))),
    })
}

/// What the dotted path leads to, unless that is a map.
fn path_value(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let path = args::text(args, 1);
    if path.is_empty() {
        return Err(FuncError::new("YAML path cannot be empty"));
    }
    let dot = memchr::memrchr(b'.', path);
    let (tables, key) = dot.map_or((None, path), |dot| (Some(&path[..dot]), &path[dot + 1..]));
    let keys = tables.into_iter().flat_map(|tables| tables.split(|&byte| byte == b'.'));
    let found = table(receiver(args), keys).ok().and_then(|table| table.get(key));
    let is_table = |value: &Value| value.as_map().is_some_and(|map| map.kind == MapKind::Any);
    found
        .filter(|value| !is_table(value))
        .ok_or_else(|| FuncError::new(format!("{} is not a value", quoted_bytes(key))))
}

fn quoted_bytes(text: &[u8]) -> String {
    let mut out = Vec::new();
    quote::write(&mut out, text, Plain::Printable);
    lossy(&out)
}

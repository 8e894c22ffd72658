//! TOML: `toToml` and `fromToml` (`pkg/engine/funcs.go`), which write and read as
//! `github.com/BurntSushi/toml` 1.6.0 does.

use crate::funcs::{Ctx, Func, FuncError, Type, args};
use crate::value::{Map, MapKind, Value};

mod decode;
mod encode;
mod read;
mod tables;

pub(crate) const FUNCS: &[Func] = &[
    Func { name: "toToml", params: &[Type::Any], variadic: false, call: to_toml },
    Func { name: "mustToToml", params: &[Type::Any], variadic: false, call: must_to_toml },
    Func { name: "fromToml", params: &[Type::String], variadic: false, call: from_toml },
];

/// Tables, arrays and dotted keys may be nested this deeply; ours, not the library's.
const MAX_DEPTH: usize = 500;

/// `toToml`: the text of an error takes the place of the document.
fn to_toml(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    match encode::encode(ctx, args::any(args, 0)) {
        Err(encode::Error::Toml(text)) => Ok(text.into()),
        Err(encode::Error::Panic(text)) => Err(FuncError::Failed(text.to_owned())),
        Err(encode::Error::Depth) => Err(too_deep()),
        Ok(text) => text.finish(ctx),
    }
}

fn must_to_toml(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    match encode::encode(ctx, args::any(args, 0)) {
        Err(encode::Error::Toml(text)) => Err(FuncError::Failed(text)),
        Err(encode::Error::Panic(text)) => Err(FuncError::Failed(text.to_owned())),
        Err(encode::Error::Depth) => Err(too_deep()),
        Ok(text) => text.finish(ctx),
    }
}

/// `fromToml`: an error stands under the key `Error`.
fn from_toml(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let (text, src) = args::traced(args, 0);
    match decode::decode(text, src) {
        Ok(table) => Ok(Value::from(table).with(src)),
        Err(read::Error::Toml(text)) => {
            let map = Map::new(MapKind::Any);
            map.insert(&b"Error"[..], Value::from(text).with(src));
            Ok(Value::from(map).with(src))
        }
        Err(read::Error::Depth) => Err(too_deep()),
    }
}

fn too_deep() -> FuncError {
    FuncError::Limit(format!("TOML is nested more than {MAX_DEPTH} levels deep"))
}

/// A key as it stands in a document.
fn quote_key(key: &str) -> String {
    if !key.is_empty() && key.bytes().all(is_bare) { key.to_owned() } else { quote(key.as_bytes()) }
}

fn is_bare(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

fn quote(text: &[u8]) -> String {
    let mut quoted = String::from("\"");
    let mut start = 0;
    for (at, &byte) in text.iter().enumerate() {
        if let Some(escape) = escape(byte) {
            quoted.push_str(&String::from_utf8_lossy(&text[start..at]));
            quoted.push_str(&escape);
            start = at + 1;
        }
    }
    quoted.push_str(&String::from_utf8_lossy(&text[start..]));
    quoted.push('"');
    quoted
}

/// How a byte is written between double quotes, if not as it is.
fn escape(byte: u8) -> Option<String> {
    Some(match byte {
        b'"' => "\\\"".to_owned(),
        b'\\' => "\\\\".to_owned(),
        0x08 => "\\b".to_owned(),
        b'\t' => "\\t".to_owned(),
        b'\n' => "\\n".to_owned(),
        0x0c => "\\f".to_owned(),
        b'\r' => "\\r".to_owned(),
        0x00..=0x1f | 0x7f => format!("\\u{byte:04x}"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests;

//! Values as JSON: Go's `encoding/json`.

use std::fmt;

use bstr::ByteSlice;
use data_encoding::BASE64;

mod decode;

pub use decode::{Decoded, decode, decode_first, mismatch, syntax_error};

use crate::value::{Data, Exceeded, List, MAX_DEPTH, Map, Rare, Struct, Value, float, stringer};

/// How JSON is laid out, and whether `<`, `>` and `&` are escaped.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Style {
    /// `json.Marshal`
    Compact,
    /// `json.MarshalIndent` with two spaces.
    Pretty,
    /// `json.Encoder` without the escapes for HTML.
    Raw,
}

/// Why a value has no JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// Infinity, NaN, or a value that contains itself; holds what Go calls it.
    UnsupportedValue(String),
    UnsupportedType(&'static str),
    /// The type's own method failed, and how.
    Method(&'static str, &'static str),
    /// Ours, not Go's.
    Exceeded(Exceeded),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::UnsupportedValue(value) => write!(f, "json: unsupported value: {value}"),
            Error::UnsupportedType(name) => write!(f, "json: unsupported type: {name}"),
            Error::Method(name, error) => {
                write!(f, "json: error calling MarshalJSON for type {name}: {error}")
            }
            Error::Exceeded(exceeded) => exceeded.fmt(f),
        }
    }
}

impl From<Exceeded> for Error {
    fn from(exceeded: Exceeded) -> Error {
        Error::Exceeded(exceeded)
    }
}

/// The JSON of a value, no longer than `max` bytes.
pub fn encode(value: &Value, style: Style, max: usize) -> Result<Vec<u8>, Error> {
    let mut encoder = Encoder { out: Vec::new(), style, max, depth: 0, open: Vec::new() };
    encoder.value(value)?;
    Ok(encoder.out)
}

/// Appends a float as `encoding/json` writes it; it must be finite.
pub(crate) fn write_float(out: &mut Vec<u8>, value: f64) {
    let magnitude = value.abs();
    if magnitude != 0.0 && !(1e-6..1e21).contains(&magnitude) {
        let start = out.len();
        float::write(out, value, b'e', None);
        // An exponent of one digit is not filled up below zero: `1e-7`.
        if let [.., b'e', b'-', b'0', _] = &out[start..] {
            out.remove(out.len() - 2);
        }
    } else {
        float::write(out, value, b'f', None);
    }
}

/// Appends a string with its quotes; what is not UTF-8 becomes `\ufffd`.
pub(crate) fn write_string(out: &mut Vec<u8>, text: &[u8], escape_html: bool) {
    out.push(b'"');
    let plain = |&byte: &u8| {
        matches!(byte, b' '..=0x7f)
            && !matches!(byte, b'"' | b'\\')
            && !(escape_html && matches!(byte, b'<' | b'>' | b'&'))
    };
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.iter().position(|byte| !plain(byte)).unwrap_or(rest.len());
        out.extend_from_slice(&rest[..end]);
        rest = &rest[end..];
        rest = &rest[write_escaped(out, rest)..];
    }
    out.push(b'"');
}

/// Appends the first character of `text` with its escape, and returns its length.
fn write_escaped(out: &mut Vec<u8>, text: &[u8]) -> usize {
    let (c, size) = bstr::decode_utf8(text);
    let escape: &[u8] = match c {
        None if text.is_empty() => return 0,
        None => {
            out.extend_from_slice(b"\\ufffd");
            return 1;
        }
        Some('"') => b"\\\"",
        Some('\\') => b"\\\\",
        Some('\x08') => b"\\b",
        Some('\x0c') => b"\\f",
        Some('\n') => b"\\n",
        Some('\r') => b"\\r",
        Some('\t') => b"\\t",
        Some(c @ ('\0'..='\x1f' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}')) => {
            out.extend_from_slice(format!("\\u{:04x}", c as u32).as_bytes());
            return size;
        }
        Some(_) => &text[..size],
    };
    out.extend_from_slice(escape);
    size
}

struct Encoder {
    out: Vec<u8>,
    style: Style,
    max: usize,
    /// How many maps, lists and pointers are open.
    depth: usize,
    /// Those of them that are open beyond [`DETECT_AFTER`].
    open: Vec<Value>,
}

/// From this depth on, Go looks whether a value contains itself (`startDetectCyclesAfter`).
const DETECT_AFTER: usize = 1_000;

impl Encoder {
    fn value(&mut self, value: &Value) -> Result<(), Error> {
        if self.out.len() > self.max {
            return Err(Exceeded::Size.into());
        }
        match &value.data {
            Data::Nil => self.out.extend_from_slice(b"null"),
            Data::Bool(true) => self.out.extend_from_slice(b"true"),
            Data::Bool(false) => self.out.extend_from_slice(b"false"),
            Data::Int(int) | Data::Int64(int) => float::write_int(&mut self.out, *int),
            Data::Float(float) => self.float(*float)?,
            Data::Str(text) => self.string(text),
            Data::List(list) => self.list(value, list)?,
            Data::Map(map) => self.map(value, map)?,
            Data::Rare(rare) => self.rare(value, rare)?,
        }
        Ok(())
    }

    fn float(&mut self, value: f64) -> Result<(), Error> {
        if value.is_finite() {
            write_float(&mut self.out, value);
            return Ok(());
        }
        let mut name = Vec::new();
        float::write(&mut name, value, b'g', None);
        Err(Error::UnsupportedValue(name.to_str_lossy().into_owned()))
    }

    fn string(&mut self, text: &[u8]) {
        write_string(&mut self.out, text, self.style != Style::Raw);
    }

    fn list(&mut self, value: &Value, list: &List) -> Result<(), Error> {
        if list.is_nil() {
            self.out.extend_from_slice(b"null");
            return Ok(());
        }
        self.enter(value)?;
        self.out.push(b'[');
        for (index, item) in list.as_slice().iter().enumerate() {
            self.separate(index);
            self.value(item)?;
        }
        self.leave(list.as_slice().is_empty());
        self.out.push(b']');
        Ok(())
    }

    fn map(&mut self, value: &Value, map: &Map) -> Result<(), Error> {
        if map.is_nil() {
            self.out.extend_from_slice(b"null");
            return Ok(());
        }
        self.enter(value)?;
        self.out.push(b'{');
        for (index, (key, value)) in map.borrow().iter().enumerate() {
            self.separate(index);
            self.key(key);
            self.value(value)?;
        }
        self.leave(map.is_empty());
        self.out.push(b'}');
        Ok(())
    }

    fn rare(&mut self, value: &Value, rare: &Rare) -> Result<(), Error> {
        match rare {
            Rare::Complex(..) => return Err(Error::UnsupportedType(value.type_name())),
            Rare::Sized(_, int) => self.out.extend_from_slice(int.to_string().as_bytes()),
            Rare::Bytes(bytes) => self.string(BASE64.encode(bytes).as_bytes()),
            Rare::Time(time) => {
                let text = time.to_json().map_err(|error| Error::Method("time.Time", error))?;
                self.string(text.as_bytes());
            }
            Rare::Files(files) => {
                self.enter(value)?;
                self.out.push(b'{');
                for (index, (path, content)) in files.iter().enumerate() {
                    self.separate(index);
                    self.key(path);
                    self.string(BASE64.encode(content).as_bytes());
                }
                self.leave(files.is_empty());
                self.out.push(b'}');
            }
            Rare::Struct(target) => match target.type_name {
                "*semver.Version" => {
                    let text = stringer::string(value).unwrap_or_default();
                    self.string(text.as_bytes());
                }
                _ => self.fields(value, target)?,
            },
        }
        Ok(())
    }

    fn fields(&mut self, value: &Value, target: &Struct) -> Result<(), Error> {
        self.enter(value)?;
        self.out.push(b'{');
        let mut index = 0;
        for (field, value) in &target.fields {
            let Some(key) = encoded_name(target.type_name, field, value) else { continue };
            self.separate(index);
            self.key(key.as_bytes());
            self.value(value)?;
            index += 1;
        }
        self.leave(index == 0);
        self.out.push(b'}');
        Ok(())
    }

    fn key(&mut self, key: &[u8]) {
        self.string(key);
        self.out.extend_from_slice(if self.style == Style::Pretty { b": " } else { b":" });
    }

    fn separate(&mut self, index: usize) {
        if index > 0 {
            self.out.push(b',');
        }
        self.line_break();
    }

    fn line_break(&mut self) {
        if self.style == Style::Pretty {
            self.out.push(b'\n');
            self.out.extend(std::iter::repeat_n(b' ', 2 * self.depth));
        }
    }

    fn enter(&mut self, value: &Value) -> Result<(), Error> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Exceeded::Depth.into());
        }
        if self.depth > DETECT_AFTER {
            if self.open.iter().any(|open| is_same(open, value)) {
                let name = value.type_name();
                return Err(Error::UnsupportedValue(format!("encountered a cycle via {name}")));
            }
            self.open.push(value.clone());
        }
        Ok(())
    }

    fn leave(&mut self, empty: bool) {
        if self.depth > DETECT_AFTER {
            self.open.pop();
        }
        self.depth -= 1;
        if !empty {
            self.line_break();
        }
    }
}

/// Whether both are one map or one list.
fn is_same(a: &Value, b: &Value) -> bool {
    match (&a.data, &b.data) {
        (Data::Map(a), Data::Map(b)) => a.is_same(b),
        (Data::List(a), Data::List(b)) => a.is_same(b),
        _ => false,
    }
}

/// The name that a field has in JSON; None if it is left out.
pub(crate) fn encoded_name<'a>(type_name: &str, field: &'a str, value: &Value) -> Option<&'a str> {
    // The json tags of `BuildInfo` in `internal/version/version.go`.
    let (name, omit_empty) = match (type_name, field) {
        ("version.BuildInfo", _) => match field {
            "Version" => ("version", true),
            "GitCommit" => ("git_commit", true),
            "GitTreeState" => ("git_tree_state", true),
            "GoVersion" => ("go_version", true),
            "KubeClientVersion" => ("kube_client_version", false),
            _ => (field, false),
        },
        _ => (field, false),
    };
    let exported = field.starts_with(|c: char| c.is_ascii_uppercase());
    (exported && (!omit_empty || value.is_true())).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{ListKind, MapKind};

    #[track_caller]
    fn check(value: impl Into<Value>, style: Style, expected: &str) {
        let found = match encode(&value.into(), style, 1 << 20) {
            Ok(text) => String::from_utf8(text).unwrap(),
            Err(error) => error.to_string(),
        };
        assert_eq!(found, expected);
    }

    fn map(entries: &[(&str, Value)]) -> Value {
        let map = Map::new(MapKind::Any);
        for (key, value) in entries {
            map.insert(key.as_bytes(), value.clone());
        }
        Value::from(map)
    }

    #[test]
    fn numbers() {
        for (number, expected) in [
            (1e6, "1000000"),
            (1e20, "100000000000000000000"),
            (1e21, "1e+21"),
            (1e-6, "0.000001"),
            (1e-7, "1e-7"),
            (1e-10, "1e-10"),
            (-0.0, "-0"),
            (f64::INFINITY, "json: unsupported value: +Inf"),
        ] {
            check(number, Style::Compact, expected);
        }
    }

    #[test]
    fn strings() {
        let text = Value::text(b"<&>\"\\\n\x00\x7f\xff\xe2\x80\xa8");
        check(
            text.clone(),
            Style::Compact,
            "\"\\u003c\\u0026\\u003e\\\"\\\\\\n\\u0000\u{7f}\\ufffd\\u2028\"",
        );
        check(text, Style::Raw, "\"<&>\\\"\\\\\\n\\u0000\u{7f}\\ufffd\\u2028\"");
    }

    #[test]
    fn layouts() {
        let value = map(&[
            ("b", Value::from(vec![Value::int(1), map(&[("x", Value::NIL)])])),
            ("a", Value::from(List::nil(ListKind::Any))),
            ("c", Value::from(Vec::new())),
        ]);
        check(value.clone(), Style::Compact, r#"{"a":null,"b":[1,{"x":null}],"c":[]}"#);
        check(
            value,
            Style::Pretty,
            "{\n  \"a\": null,\n  \"b\": [\n    1,\n    {\n      \"x\": null\n    }\n  ],\n  \"c\": []\n}",
        );
    }

    #[test]
    fn a_map_that_contains_itself_is_an_error() {
        let map = Map::new(MapKind::Any);
        map.insert(&b"self"[..], Value::from(map.clone()));
        check(
            map,
            Style::Compact,
            "json: unsupported value: encountered a cycle via map[string]interface {}",
        );
    }
}

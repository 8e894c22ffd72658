//! Writes values as TOML (`encode.go`).

use std::rc::Rc;

use crate::funcs::{Ctx, TextBuilder};
use crate::value::time::{Time, Zone, duration_text};
use crate::value::{Data, Exceeded, List, Map, Rare, Struct, Text, Value, float};

use super::{MAX_DEPTH, escape, quote_key};

/// Why a value has no TOML.
pub(super) enum Error {
    /// The library's error.
    Toml(String),
    /// The library's panic.
    Panic(&'static str),
    Depth,
}

type Result<T> = std::result::Result<T, Error>;

/// What the library makes of a value.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Type {
    /// Left out, but for lists, which must not hold it.
    Nil,
    Scalar,
    Array,
    Table,
    ArrayOfTables,
}

pub(super) fn encode(ctx: &Ctx<'_>, value: &Value) -> Result<TextBuilder> {
    if value.is_nil() {
        return Err(Error::Panic("reflect: call of reflect.Value.Type on zero Value"));
    }
    let mut writer = Writer { ctx, text: TextBuilder::new(ctx), key: Vec::new(), depth: 0 };
    writer.value(value)?;
    Ok(writer.text)
}

struct Writer<'a> {
    ctx: &'a Ctx<'a>,
    text: TextBuilder,
    /// The key of what is being written, each part as it is written.
    key: Vec<String>,
    /// How deeply inline arrays and tables are nested.
    depth: usize,
}

impl Writer<'_> {
    fn value(&mut self, value: &Value) -> Result<()> {
        if self.key.is_empty() && matches!(value.as_rare(), Some(Rare::Complex(..))) {
            let message = "unsupported type for key '': complex128";
            return Err(Error::Toml(message.to_owned()));
        }
        match type_of(value, 0)? {
            Type::Nil => Ok(()),
            Type::Scalar | Type::Array => self.key_value(value),
            Type::Table => self.table(value),
            Type::ArrayOfTables => self.array_of_tables(value),
        }
    }

    fn key_value(&mut self, value: &Value) -> Result<()> {
        let Some(name) = self.key.last() else { return self.element(value) };
        let line = format!("{}{name} = ", self.indent());
        self.text.plain(line);
        self.element(value)?;
        self.newline();
        Ok(())
    }

    fn table(&mut self, value: &Value) -> Result<()> {
        if self.key.len() == 1 {
            self.newline();
        }
        if !self.key.is_empty() {
            let header = format!("{}[{}]", self.indent(), self.key.join("."));
            self.text.plain(header);
            self.newline();
        }
        self.entries(value)
    }

    fn array_of_tables(&mut self, value: &Value) -> Result<()> {
        if self.key.is_empty() {
            let message = "toml: top-level values must be Go maps or structs";
            return Err(Error::Toml(message.to_owned()));
        }
        let tables = value.as_list().map_or(&[][..], List::as_slice);
        for table in tables {
            self.newline();
            let header = format!("{}[[{}]]", self.indent(), self.key.join("."));
            self.text.plain(header);
            self.newline();
            self.entries(table)?;
        }
        Ok(())
    }

    /// The entries of a map or struct: tables come after all else.
    fn entries(&mut self, value: &Value) -> Result<()> {
        if self.key.len() > MAX_DEPTH {
            return Err(Error::Depth);
        }
        let (direct, tables) = split(&fields(value))?;
        for entry in direct.into_iter().chain(tables) {
            if !is_nil(&entry.value) {
                self.key.push(quote_key(&String::from_utf8_lossy(&entry.name)));
                self.value(&entry.value)?;
                self.key.pop();
            }
        }
        Ok(())
    }

    /// A value on the right side of a key, or in an array.
    fn element(&mut self, value: &Value) -> Result<()> {
        if self.depth > MAX_DEPTH {
            return Err(Error::Depth);
        }
        match &value.data {
            Data::Str(text) => self.quoted(text, value),
            Data::Bool(flag) => self.text.whole(flag.to_string(), value.src),
            Data::Int(int) | Data::Int64(int) => self.text.whole(int.to_string(), value.src),
            Data::Float(number) => self.text.whole(float_text(*number), value.src),
            Data::List(list) => return self.array(list.as_slice()),
            Data::Map(_) => return self.inline_map(value),
            Data::Rare(rare) => return self.rare(rare, value),
            Data::Nil => {
                return Err(Error::Panic("reflect: call of reflect.Value.Interface on zero Value"));
            }
        }
        Ok(())
    }

    fn rare(&mut self, rare: &Rare, value: &Value) -> Result<()> {
        match rare {
            Rare::Sized("time.Duration", nanos) => {
                let text = format!("\"{}\"", duration_text(*nanos as i64));
                self.text.whole(text, value.src);
            }
            Rare::Sized(_, int) => self.text.whole(int.to_string(), value.src),
            Rare::Time(time) => self.text.whole(time_text(time), value.src),
            Rare::Bytes(bytes) => {
                let items: Vec<String> = bytes.iter().map(u8::to_string).collect();
                self.text.whole(format!("[{}]", items.join(", ")), value.src);
            }
            Rare::Struct(inner) if is_version(inner) => {
                let text = value.to_text(MAX_VERSION)?;
                self.text.whole(format!("\"{}\"", String::from_utf8_lossy(&text)), value.src);
            }
            Rare::Struct(inner) => return self.inline_struct(inner),
            Rare::Files(_) => return self.inline_map(value),
            Rare::Complex(..) => {
                return Err(Error::Toml("unexpected type: complex128".to_owned()));
            }
        }
        Ok(())
    }

    fn array(&mut self, items: &[Value]) -> Result<()> {
        self.depth += 1;
        self.text.plain("[");
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.text.plain(", ");
            }
            self.element(item)?;
        }
        self.text.plain("]");
        self.depth -= 1;
        Ok(())
    }

    /// Nil values are left out, but not the comma after them.
    fn inline_map(&mut self, value: &Value) -> Result<()> {
        let (direct, tables) = split(&fields(value))?;
        self.text.plain("{");
        let count = direct.len();
        for (index, entry) in direct.iter().enumerate() {
            self.inline_entry(entry, !tables.is_empty() || index + 1 < count)?;
        }
        for (index, entry) in tables.iter().enumerate() {
            self.inline_entry(entry, index + 1 < tables.len())?;
        }
        self.text.plain("}");
        Ok(())
    }

    /// The library counts all fields of a struct for commas, those it leaves out too.
    fn inline_struct(&mut self, value: &Struct) -> Result<()> {
        let exported: Vec<Entry> = struct_fields(value);
        let count = exported.len();
        let (direct, tables) = split(&exported)?;
        self.text.plain("{");
        for entry in direct.iter().chain(&tables) {
            self.inline_entry(entry, entry.index + 1 != count)?;
        }
        self.text.plain("}");
        Ok(())
    }

    fn inline_entry(&mut self, entry: &Entry, comma: bool) -> Result<()> {
        if is_nil(&entry.value) {
            return Ok(());
        }
        let name = quote_key(&String::from_utf8_lossy(&entry.name));
        self.text.plain(format!("{name} = "));
        self.depth += 1;
        self.element(&entry.value)?;
        self.depth -= 1;
        if comma {
            self.text.plain(", ");
        }
        Ok(())
    }

    fn quoted(&mut self, text: &[u8], value: &Value) {
        self.text.plain("\"");
        let mut start = 0;
        for (at, &byte) in text.iter().enumerate() {
            if let Some(escape) = escape(byte) {
                self.text.piece(self.ctx, text, start..at, value.src);
                self.text.whole(escape, value.src);
                start = at + 1;
            }
        }
        self.text.piece(self.ctx, text, start..text.len(), value.src);
        self.text.plain("\"");
    }

    /// No line ends before the first.
    fn newline(&mut self) {
        if !self.text.is_empty() {
            self.text.plain("\n");
        }
    }

    fn indent(&self) -> String {
        "  ".repeat(self.key.len().saturating_sub(1))
    }
}

const MAX_VERSION: usize = 1 << 20;

/// An entry of a map or a field of a struct; `index` counts all fields.
#[derive(Clone)]
struct Entry {
    name: Text,
    value: Value,
    index: usize,
}

/// The entries that are no tables, and those that are.
fn split(entries: &[Entry]) -> Result<(Vec<Entry>, Vec<Entry>)> {
    let (mut direct, mut tables) = (Vec::new(), Vec::new());
    for entry in entries {
        match type_of(&entry.value, 0)? {
            Type::Table | Type::ArrayOfTables => tables.push(entry.clone()),
            Type::Nil | Type::Scalar | Type::Array => direct.push(entry.clone()),
        }
    }
    Ok((direct, tables))
}

fn fields(value: &Value) -> Vec<Entry> {
    match (value.as_map(), value.as_rare()) {
        (Some(map), _) => map_fields(map),
        (_, Some(Rare::Struct(inner))) => struct_fields(inner),
        (_, Some(Rare::Files(files))) => {
            let bytes = |text: &[u8]| Data::Rare(Rc::new(Rare::Bytes(text.to_vec()))).into();
            let entries = files.iter().map(|(name, text)| (name, bytes(text)));
            entries
                .enumerate()
                .map(|(index, (name, value))| Entry { name: name.clone(), value, index })
                .collect()
        }
        _ => Vec::new(),
    }
}

fn map_fields(map: &Map) -> Vec<Entry> {
    let entry = |(index, (name, value)): (usize, (&Text, &Value))| Entry {
        name: name.clone(),
        value: value.clone(),
        index,
    };
    map.borrow().iter().enumerate().map(entry).collect()
}

/// The exported fields.
fn struct_fields(value: &Struct) -> Vec<Entry> {
    let fields = value.fields.iter().enumerate();
    fields
        .filter(|(_, (name, _))| name.starts_with(|c: char| c.is_ascii_uppercase()))
        .map(|(index, (name, value))| Entry {
            name: name.as_bytes().into(),
            value: value.clone(),
            index,
        })
        .collect()
}

fn is_nil(value: &Value) -> bool {
    match &value.data {
        Data::Nil => true,
        Data::List(list) => list.is_nil(),
        Data::Map(map) => map.is_nil(),
        Data::Bool(_) | Data::Int(_) | Data::Int64(_) | Data::Float(_) => false,
        Data::Str(_) | Data::Rare(_) => false,
    }
}

/// Go's `tomlTypeOfGo`, which looks into arrays.
fn type_of(value: &Value, depth: usize) -> Result<Type> {
    match &value.data {
        _ if is_nil(value) => Ok(Type::Nil),
        Data::List(list) => array_type(list.as_slice(), depth + 1),
        Data::Map(_) => Ok(Type::Table),
        Data::Rare(rare) => match &**rare {
            Rare::Bytes(_) => Ok(Type::Array),
            Rare::Files(_) => Ok(Type::Table),
            Rare::Struct(inner) if is_version(inner) => Ok(Type::Scalar),
            Rare::Struct(_) => Ok(Type::Table),
            Rare::Sized(..) | Rare::Time(_) => Ok(Type::Scalar),
            Rare::Complex(..) => Err(Error::Toml("unsupported type: complex128".to_owned())),
        },
        Data::Nil | Data::Bool(_) | Data::Int(_) | Data::Int64(_) => Ok(Type::Scalar),
        Data::Float(_) | Data::Str(_) => Ok(Type::Scalar),
    }
}

fn array_type(items: &[Value], depth: usize) -> Result<Type> {
    if depth > MAX_DEPTH {
        return Err(Error::Depth);
    }
    let mut are_tables = !items.is_empty();
    for item in items {
        match type_of(item, depth)? {
            Type::Nil => {
                let message = "toml: cannot encode array with nil element";
                return Err(Error::Toml(message.to_owned()));
            }
            Type::Table => {}
            Type::Scalar | Type::Array | Type::ArrayOfTables => are_tables = false,
        }
    }
    Ok(if are_tables { Type::ArrayOfTables } else { Type::Array })
}

/// Versions are written as the texts that they print as.
fn is_version(value: &Struct) -> bool {
    value.type_name.trim_start_matches('*') == "semver.Version"
}

fn float_text(number: f64) -> String {
    let sign = if number.is_sign_negative() { "-" } else { "" };
    if number.is_nan() {
        return format!("{sign}nan");
    }
    if number.is_infinite() {
        return format!("{sign}inf");
    }
    let mut digits = Vec::new();
    float::write_shortest(&mut digits, number);
    if !digits.iter().any(|digit| matches!(digit, b'e' | b'.')) {
        digits.extend(b".0");
    }
    String::from_utf8_lossy(&digits).into_owned()
}

/// Times that were read without a zone are written without one.
fn time_text(time: &Time) -> String {
    let (layout, zone) = match time.zone.name() {
        "datetime-local" => ("2006-01-02T15:04:05.999999999", Zone::Utc),
        "date-local" => ("2006-01-02", Zone::Utc),
        "time-local" => ("15:04:05.999999999", Zone::Utc),
        _ => ("2006-01-02T15:04:05.999999999Z07:00", time.zone.clone()),
    };
    let text = time.in_zone(zone).format(layout.as_bytes());
    String::from_utf8_lossy(&text).into_owned()
}

impl From<Exceeded> for Error {
    fn from(_: Exceeded) -> Error {
        Error::Depth
    }
}

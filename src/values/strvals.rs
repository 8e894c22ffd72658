//! The syntax of `--set` and its kin: `a.b[0].c=value,d={x,y}` (`pkg/strvals` of Helm).

use std::fmt;
use std::iter::Peekable;
use std::str::CharIndices;

use super::table::{self, is_table};
use crate::origin::{Src, Step, Tracer};
use crate::source::{FileId, Span};
use crate::value::{
    Data, Value, json,
    quote::{self, quoted},
};

/// The largest index of a list (`MaxIndex`).
const MAX_INDEX: i64 = 65536;

/// How many dots a key may have (`MaxNestedNameLevel`).
const MAX_DOTS: usize = 30;

/// How many brackets a key may have; ours, not Helm's.
const MAX_BRACKETS: usize = 200;

/// What stands right of the equals sign.
pub(super) enum Values<'a> {
    /// `--set`: booleans, null and integers are recognised.
    Typed,
    /// `--set-string`
    Text,
    /// `--set-json`
    Json,
    /// `--set-literal`: all of the rest, as it stands.
    Literal,
    /// `--set-file`: a path, whose contents are the value.
    File(&'a dyn Fn(&str) -> Result<Value, String>),
}

/// Why a text is refused, in Helm's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    KeyWithoutValue(String),
    /// A key before a comma.
    KeyBeforeComma(String),
    MapWithoutValue(String),
    TooManyDots,
    /// The part between brackets, which is no number.
    Index {
        text: String,
        too_large: bool,
    },
    NegativeIndex(i64),
    LargeIndex(i64),
    AfterIndex(String),
    OpenList,
    /// A key goes through a value that is something else: its Go type, and the one needed.
    Conflict {
        found: &'static str,
        needed: &'static str,
    },
    /// What is no JSON; Helm prints the flag's text only.
    Json,
    /// A file of `--set-file` that cannot be read.
    File(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::KeyWithoutValue(key) => write!(f, "key {} has no value", quoted(key)),
            Error::KeyBeforeComma(key) => {
                write!(f, "key {} has no value (cannot end with ,)", quoted(key))
            }
            Error::MapWithoutValue(key) => write!(f, "key map {} has no value", quoted(key)),
            Error::TooManyDots => write!(
                f,
                "value name nested level is greater than maximum supported nested level of {MAX_DOTS}"
            ),
            Error::Index { text, too_large } => {
                let reason = if *too_large { "value out of range" } else { "invalid syntax" };
                write!(f, "error parsing index: strconv.Atoi: parsing {}: {reason}", quoted(text))
            }
            Error::NegativeIndex(index) => write!(f, "negative {index} index not allowed"),
            Error::LargeIndex(index) => {
                write!(f, "index of {index} is greater than maximum supported index of {MAX_INDEX}")
            }
            Error::AfterIndex(text) => {
                let runes: Vec<String> = text.chars().map(quoted_char).collect();
                write!(f, "unexpected data at end of array index: [{}]", runes.join(" "))
            }
            Error::OpenList => f.write_str("list must terminate with '}'"),
            Error::Conflict { found, needed } => write!(
                f,
                "unable to parse key: interface conversion: interface {{}} is {found}, not {needed}"
            ),
            Error::Json => f.write_str("invalid JSON"),
            Error::File(error) => f.write_str(error),
        }
    }
}

/// Why the parser returns: the text has ended (Go's `io.EOF`), or it is wrong.
enum Stop {
    End,
    Wrong(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Stop {
        Stop::Wrong(error)
    }
}

/// Sets in `target`, a table, what `text` says. `file` is where the text stands in the sources.
pub(super) fn set(
    target: &mut Value,
    text: &str,
    values: &Values<'_>,
    file: FileId,
    tracer: Option<&mut Tracer>,
) -> Result<(), Error> {
    let rest = text.char_indices().peekable();
    let mut parser = Parser { text, rest, values, file, start: 0, tracer };
    loop {
        parser.start = parser.at();
        match parser.key(target, Depth::default()) {
            Ok(()) => {}
            Err(Stop::End) => return Ok(()),
            Err(Stop::Wrong(error)) => return Err(error),
        }
    }
}

struct Parser<'a, 'b> {
    text: &'a str,
    rest: Peekable<CharIndices<'a>>,
    values: &'b Values<'b>,
    file: FileId,
    /// Where the assignment starts that is being read.
    start: usize,
    tracer: Option<&'b mut Tracer>,
}

impl Parser<'_, '_> {
    fn key(&mut self, table: &mut Value, depth: Depth) -> Result<(), Stop> {
        let (key, end) = self.until(self.key_ends());
        match end {
            None if key.is_empty() => Err(Stop::End),
            None => Err(Error::KeyWithoutValue(key).into()),
            Some('[') => self.list(table, &key, depth),
            Some('=') => {
                let right = self.right_side()?;
                let value = self.traced(right.value, table.src, Step::Key(key.clone()));
                insert(table, &key, value);
                if right.missing { Err(Stop::End) } else { Ok(()) }
            }
            Some('.') => self.nested(table, &key, depth),
            Some(_) => Err(Error::KeyBeforeComma(key).into()),
        }
    }

    /// `key.` and what follows.
    fn nested(&mut self, table: &mut Value, key: &str, depth: Depth) -> Result<(), Stop> {
        let depth = depth.dot()?;
        let existing = take(table, key);
        if let Some(value) = existing.as_ref().filter(|value| !is_table(value)) {
            return Err(conflict(value, MAP));
        }
        let existed = existing.is_some();
        let mut inner = match existing {
            Some(inner) => inner,
            None => self.traced(table::empty(), table.src, Step::Key(key.to_owned())),
        };
        let result = self.key(&mut inner, depth);
        let empty = matches!(&inner.data, Data::Map(map) if map.is_empty());
        if existed || !empty {
            insert(table, key, inner);
        }
        if empty && result.is_ok() {
            return Err(Error::MapWithoutValue(key.to_owned()).into());
        }
        result
    }

    /// `key[` and what follows.
    fn list(&mut self, table: &mut Value, key: &str, depth: Depth) -> Result<(), Stop> {
        let index = self.index()?;
        let list = self.traced(Value::from(Vec::new()), table.src, Step::Key(key.to_owned()));
        let mut items = take(table, key).map_or(Ok(Vec::new()), into_items)?;
        let result = self.item(&mut items, index, list.src, depth);
        insert(table, key, Value::from(items).with(list.src));
        result
    }

    /// The number up to the closing bracket.
    fn index(&mut self) -> Result<i64, Stop> {
        match self.until(&[']']) {
            (_, None) => Err(Stop::End),
            (text, Some(_)) => parse_index(text),
        }
    }

    /// What follows `]`.
    fn item(
        &mut self,
        items: &mut Vec<Value>,
        index: i64,
        parent: Src,
        depth: Depth,
    ) -> Result<(), Stop> {
        let depth = depth.bracket()?;
        if index < 0 {
            return Err(Error::NegativeIndex(index).into());
        }
        let (text, end) = self.until(&['[', '.', '=']);
        if !text.is_empty() {
            return Err(Error::AfterIndex(text).into());
        }
        match end {
            None => Err(Stop::End),
            Some('=') => {
                let right = self.right_side()?;
                let value = self.traced(right.value, parent, Step::Index(index as usize));
                put(items, index, value)
            }
            Some('[') => self.nested_item(items, index, parent, depth),
            Some(_) => self.item_key(items, index, parent, depth),
        }
    }

    /// `[index][` and what follows.
    fn nested_item(
        &mut self,
        items: &mut Vec<Value>,
        index: i64,
        parent: Src,
        depth: Depth,
    ) -> Result<(), Stop> {
        let next = self.index()?;
        let list = self.traced(Value::from(Vec::new()), parent, Step::Index(index as usize));
        let existing = existing(items, index);
        let existed = existing.is_some();
        let mut inner = existing.map_or(Ok(Vec::new()), into_items)?;
        let result = self.item(&mut inner, next, list.src, depth);
        if existed || result.is_ok() {
            put(items, index, Value::from(inner).with(list.src))?;
        }
        result
    }

    /// `[index].` and what follows. Helm forgets a new item that the end of the text cuts short.
    fn item_key(
        &mut self,
        items: &mut Vec<Value>,
        index: i64,
        parent: Src,
        depth: Depth,
    ) -> Result<(), Stop> {
        let existed = (index as usize) < items.len();
        let mut inner = match existing(items, index).filter(is_table) {
            Some(inner) => inner,
            None => self.traced(table::empty(), parent, Step::Index(index as usize)),
        };
        let result = self.key(&mut inner, depth);
        if existed || result.is_ok() {
            put(items, index, inner)?;
        }
        result
    }

    /// Reads what stands right of the equals sign.
    fn right_side(&mut self) -> Result<RightSide, Stop> {
        let value = match self.values {
            Values::Json => self.json()?,
            Values::Literal => {
                let rest = Value::text(self.rest_of_text());
                self.rest.by_ref().for_each(drop);
                rest
            }
            Values::Typed | Values::Text | Values::File(_) => match self.rest.peek() {
                None => return Ok(RightSide { value: Value::text(""), missing: true }),
                Some((_, '{')) => {
                    self.rest.next();
                    self.braces()?.into()
                }
                Some(_) => {
                    let (text, _) = self.until(&[',']);
                    self.value(&text)?
                }
            },
        };
        Ok(RightSide { value, missing: false })
    }

    fn json(&mut self) -> Result<Value, Stop> {
        if self.skip_blanks() {
            return Ok(Value::NIL);
        }
        let rest = self.rest_of_text();
        let (decoded, length) = json::decode_first(rest.as_bytes()).map_err(|_| Error::Json)?;
        let end = self.at() + length;
        while self.rest.next_if(|(at, _)| *at < end).is_some() {}
        if decoded.error.is_some() {
            return Err(Error::Json.into());
        }
        self.skip_blanks();
        Ok(decoded.value)
    }

    /// Skips blanks, and a comma behind them; true if there is no value before it (`emptyVal`).
    fn skip_blanks(&mut self) -> bool {
        while self.rest.next_if(|(_, c)| c.is_whitespace()).is_some() {}
        match self.rest.peek() {
            None => true,
            Some((_, ',')) => self.rest.next().is_some(),
            Some(_) => false,
        }
    }

    /// The items up to `}`.
    fn braces(&mut self) -> Result<Vec<Value>, Stop> {
        let mut items = Vec::new();
        loop {
            let (text, end) = self.until(&[',', '}']);
            if end.is_none() {
                return Err(Error::OpenList.into());
            }
            items.push(self.value(&text)?);
            if end == Some('}') {
                self.rest.next_if(|(_, c)| *c == ',');
                return Ok(items);
            }
        }
    }

    fn value(&self, text: &str) -> Result<Value, Stop> {
        match self.values {
            Values::Typed => Ok(typed(text)),
            Values::File(read) => read(text).map_err(|error| Error::File(error).into()),
            Values::Text | Values::Json | Values::Literal => Ok(Value::text(text)),
        }
    }

    /// The text up to one of `ends`, without backslashes, and the end that was found.
    fn until(&mut self, ends: &[char]) -> (String, Option<char>) {
        let literal = matches!(self.values, Values::Literal);
        let mut text = String::new();
        while let Some((_, c)) = self.rest.next() {
            match c {
                c if ends.contains(&c) => return (text, Some(c)),
                '\\' if !literal => match self.rest.next() {
                    Some((_, escaped)) => text.push(escaped),
                    None => break,
                },
                c => text.push(c),
            }
        }
        (text, None)
    }

    fn key_ends(&self) -> &'static [char] {
        match self.values {
            Values::Literal => &['=', '[', '.'],
            Values::Typed | Values::Text | Values::Json | Values::File(_) => &['=', '[', ',', '.'],
        }
    }

    fn at(&mut self) -> usize {
        self.rest.peek().map_or(self.text.len(), |(at, _)| *at)
    }

    fn rest_of_text(&mut self) -> &str {
        let at = self.at();
        &self.text[at..]
    }

    /// Gives a value, and all within it, the place of the assignment that has been read so far.
    fn traced(&mut self, mut value: Value, parent: Src, step: Step) -> Value {
        let span = Span { file: self.file, start: self.start as u32, end: self.at() as u32 };
        if let Some(tracer) = &mut self.tracer {
            set_source(&mut value, parent, step, span, tracer);
        }
        value
    }
}

/// What stands right of an equals sign.
struct RightSide {
    value: Value,
    /// The text has ended before it.
    missing: bool,
}

/// How deep a key has gone.
#[derive(Copy, Clone, Default)]
struct Depth {
    dots: usize,
    brackets: usize,
}

impl Depth {
    fn dot(self) -> Result<Depth, Stop> {
        if self.dots == MAX_DOTS {
            return Err(Error::TooManyDots.into());
        }
        Ok(Depth { dots: self.dots + 1, ..self })
    }

    fn bracket(self) -> Result<Depth, Stop> {
        if self.brackets == MAX_BRACKETS {
            return Err(Error::TooManyDots.into());
        }
        Ok(Depth { brackets: self.brackets + 1, ..self })
    }
}

const MAP: &str = "map[string]interface {}";
const LIST: &str = "[]interface {}";

/// `typedVal`
fn typed(text: &str) -> Value {
    if text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false") {
        return Value::from(text.len() == "true".len());
    }
    if text.eq_ignore_ascii_case("null") {
        return Value::NIL;
    }
    if (text == "0" || !text.starts_with('0'))
        && let Ok(int) = text.parse()
    {
        return Data::Int64(int).into();
    }
    Value::text(text)
}

/// `strconv.Atoi`
fn parse_index(text: String) -> Result<i64, Stop> {
    text.parse().map_err(|_| {
        let digits = text.strip_prefix(['+', '-']).unwrap_or(&text);
        let too_large = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        Error::Index { text, too_large }.into()
    })
}

/// Gives the values of a whole object their place: the text of the flag.
pub(super) fn trace_object(object: &mut Value, text: &str, file: FileId, tracer: &mut Tracer) {
    let span = Span { file, start: 0, end: text.len() as u32 };
    if let Data::Map(map) = &mut object.data {
        for (key, value) in map.make_mut().iter_mut() {
            let step = Step::Key(String::from_utf8_lossy(key).into_owned());
            set_source(value, Src::NONE, step, span, tracer);
        }
    }
}

fn set_source(value: &mut Value, parent: Src, step: Step, span: Span, tracer: &mut Tracer) {
    value.src = tracer.key(parent, step, span);
    match &mut value.data {
        Data::Map(map) => {
            for (key, inner) in map.make_mut().iter_mut() {
                let step = Step::Key(String::from_utf8_lossy(key).into_owned());
                set_source(inner, value.src, step, span, tracer);
            }
        }
        Data::List(list) => {
            for (index, inner) in list.make_mut().iter_mut().enumerate() {
                set_source(inner, value.src, Step::Index(index), span, tracer);
            }
        }
        _ => {}
    }
}

/// A character as Go's `%q` prints it.
fn quoted_char(c: char) -> String {
    let mut text = Vec::new();
    quote::write_quoted_char(&mut text, c, quote::Plain::Printable);
    String::from_utf8_lossy(&text).into_owned()
}

fn insert(table: &mut Value, key: &str, value: Value) {
    if let (Data::Map(map), false) = (&mut table.data, key.is_empty()) {
        map.make_mut().insert(key.as_bytes().into(), value);
    }
}

/// Takes a value out of a table, so that it can be changed without a copy and put back.
fn take(table: &mut Value, key: &str) -> Option<Value> {
    let Data::Map(map) = &mut table.data else { return None };
    map.make_mut().remove(key.as_bytes())
}

/// Takes an item out of a list; None if there is none, or null.
fn existing(items: &mut [Value], index: i64) -> Option<Value> {
    let item = items.get_mut(index as usize)?;
    Some(std::mem::replace(item, Value::NIL)).filter(|item| !matches!(item.data, Data::Nil))
}

fn into_items(value: Value) -> Result<Vec<Value>, Stop> {
    match value.data {
        Data::List(list) => Ok(list.into_vec()),
        _ => Err(conflict(&value, LIST)),
    }
}

/// `setIndex`
fn put(items: &mut Vec<Value>, index: i64, value: Value) -> Result<(), Stop> {
    if index > MAX_INDEX {
        return Err(Error::LargeIndex(index).into());
    }
    let index = index as usize;
    if items.len() <= index {
        items.resize(index + 1, Value::NIL);
    }
    if let Some(item) = items.get_mut(index) {
        *item = value;
    }
    Ok(())
}

fn conflict(found: &Value, needed: &'static str) -> Stop {
    let found = if found.is_nil() { "nil" } else { found.type_name() };
    Error::Conflict { found, needed }.into()
}

//! Reads TOML documents (`lex.go` and `parse.go`, whose errors come from both).

use crate::funcs::go::{time, unicode};
use crate::origin::Src;
use crate::value::quote;
use crate::value::time::Zone;
use crate::value::{Data, Map, MapKind, Value, cast};

use super::MAX_DEPTH;
use super::read::{Error, Mistake, Read, Reader, quoted};
use super::tables::{Node, Tables};

/// Reads a document; all values have the source of its text.
pub(super) fn decode(text: &[u8], src: Src) -> Result<Map, Error> {
    let text = [&b"\xff\xfe"[..], b"\xfe\xff", b"\xef\xbb\xbf"]
        .into_iter()
        .find_map(|mark| text.strip_prefix(mark))
        .unwrap_or(text);
    if text[..text.len().min(6)].contains(&0) {
        let message = "toml: line 1: files cannot contain NULL bytes; probably using UTF-16; TOML \
                       files must be UTF-8";
        return Err(Error::Toml(message.to_owned()));
    }
    let mut parser = Parser {
        reader: Reader::new(text),
        tables: Tables::default(),
        src,
        depth: 0,
        is_too_deep: false,
    };
    match parser.document() {
        Ok(()) => Ok(parser.tables.finish(src)),
        Err(_) if parser.is_too_deep => Err(Error::Depth),
        Err(Mistake { line, message }) => {
            let key = match parser.tables.last_key().as_str() {
                "" => String::new(),
                key => format!(" (last key {})", quote::quoted(key)),
            };
            Err(Error::Toml(format!("toml: line {line}{key}: {message}")))
        }
    }
}

struct Parser<'a> {
    reader: Reader<'a>,
    tables: Tables,
    src: Src,
    /// How deeply arrays and inline tables are nested.
    depth: usize,
    /// What stopped the parser is our limit.
    is_too_deep: bool,
}

/// A value, and whether it is an array.
type Typed = (Value, bool);

impl Parser<'_> {
    fn document(&mut self) -> Read<()> {
        loop {
            match self.reader.skip_lines()? {
                None => return Ok(()),
                Some('[') => self.header()?,
                other => {
                    self.reader.back(other);
                    self.entry()?;
                }
            }
            self.end_of_item()?;
        }
    }

    /// After a table's header or an entry the line ends.
    fn end_of_item(&mut self) -> Read<()> {
        loop {
            match self.reader.next()? {
                None | Some('\r' | '\n') => return Ok(()),
                Some('#') => return self.reader.comment(),
                Some(' ' | '\t') => {}
                other => {
                    let found = quoted(other);
                    return Err(self.reader.mistake(format!(
                        "expected a top-level item to end with a newline, comment, or EOF, but got \
                         {found} instead"
                    )));
                }
            }
        }
    }

    /// `[a.b]` or `[[a.b]]`.
    fn header(&mut self) -> Read<()> {
        let is_array = self.reader.peek()? == Some('[');
        if is_array {
            self.reader.next()?;
        }
        let mut key = Vec::new();
        loop {
            self.reader.skip_spaces()?;
            match self.reader.peek()? {
                None | Some(']') => {
                    let message = "unexpected end of table name (table names cannot be empty)";
                    return Err(self.reader.mistake(message));
                }
                Some('.') => {
                    let message = "unexpected table separator (table names cannot be empty)";
                    return Err(self.reader.mistake(message));
                }
                Some(_) => {}
            }
            let part = self.reader.key_part()?;
            if key.is_empty() {
                self.tables.line = part.line;
            }
            key.push(part.text);
            self.limit(key.len())?;
            self.reader.skip_spaces()?;
            match self.reader.next()? {
                Some('.') => {}
                Some(']') => break,
                other => {
                    let found = quoted(other);
                    let message =
                        format!("expected '.' or ']' to end table name, but got {found} instead");
                    return Err(self.reader.mistake(message));
                }
            }
        }
        if is_array {
            match self.reader.next()? {
                Some(']') => {}
                other => {
                    let found = quoted(other);
                    return Err(self.reader.mistake(format!(
                        "expected end of table array name delimiter ']', but got {found} instead"
                    )));
                }
            }
        }
        self.tables.enter(&key, is_array)?;
        self.tables.set_type("", false);
        Ok(())
    }

    /// `a.b = value` at the top level.
    fn entry(&mut self) -> Read<()> {
        let outer = self.tables.context.clone();
        let key = self.key()?;
        self.define_parents(&key)?;
        let (value, is_array) = self.value(false)?;
        let name = self.tables.current.clone();
        self.tables.set(&name, Node::Value(value))?;
        self.tables.set_type(&name, is_array);
        self.tables.context = outer;
        self.tables.current.clear();
        Ok(())
    }

    /// Makes the last part of a key current, and tables of those before it.
    fn define_parents(&mut self, key: &[String]) -> Read<()> {
        let Some((last, parents)) = key.split_last() else { return Ok(()) };
        self.tables.current.clone_from(last);
        parents.iter().try_for_each(|part| self.tables.enter_implicitly(part))
    }

    /// A key and the `=` after it.
    fn key(&mut self) -> Read<Vec<String>> {
        self.reader.skip_spaces()?;
        match self.reader.peek()? {
            None | Some('=') => {
                return Err(self.reader.mistake("unexpected '=': key name appears blank"));
            }
            Some('.') => {
                return Err(self.reader.mistake("unexpected '.': keys cannot start with a '.'"));
            }
            Some(_) => {}
        }
        let mut key = Vec::new();
        loop {
            let part = self.reader.key_part()?;
            if key.is_empty() {
                self.tables.line = part.line;
            }
            key.push(part.text);
            self.limit(key.len() + self.tables.context.len())?;
            self.reader.skip_spaces()?;
            match self.reader.next()? {
                Some('.') => {}
                Some('=') => return Ok(key),
                None => {
                    let message = "unexpected EOF; expected key separator '='";
                    return Err(self.reader.mistake(message));
                }
                other => {
                    let message = format!("expected '.' or '=', but got {} instead", quoted(other));
                    return Err(match other {
                        Some('\n') => self.reader.mistake_above(message),
                        _ => self.reader.mistake(message),
                    });
                }
            }
            self.reader.skip_spaces()?;
            match self.reader.peek()? {
                None | Some('=') => return Err(self.reader.mistake("unexpected '='")),
                Some('.') => return Err(self.reader.mistake("unexpected '.'")),
                Some(_) => {}
            }
        }
    }

    fn value(&mut self, in_array: bool) -> Read<Typed> {
        self.reader.skip_spaces()?;
        let start = self.reader.at();
        let first = self.reader.next()?;
        let scalar = |value: Value| Ok((value, false));
        match first {
            Some('[') => return self.array(),
            Some('{') => return self.inline_table(in_array),
            Some('"') => return scalar(self.reader.any_string()?.text.into()),
            Some('\'') => return scalar(self.reader.any_raw_string()?.text.into()),
            Some('0'..='9') => {
                self.reader.back(first);
                return self.number_or_date(start).and_then(scalar);
            }
            Some('-' | '+') => return self.signed_number(start).and_then(scalar),
            Some('.') => {
                return Err(self.reader.mistake("floats must start with a digit, not '.'"));
            }
            Some('i' | 'n') if self.reader.special_number()? => {
                return self.float(start).and_then(scalar);
            }
            _ => {}
        }
        match first {
            Some(c) if unicode::is_letter(c) => self.bool(start).and_then(scalar),
            None => Err(self.reader.mistake("unexpected EOF; expected value")),
            Some(c) => {
                let message = format!("expected value but found {} instead", quoted(first));
                Err(match c {
                    '\n' => self.reader.mistake_above(message),
                    _ => self.reader.mistake(message),
                })
            }
        }
    }

    /// `true` or `false`. Of a word that began like a number, the library puts back one letter.
    fn bool(&mut self, start: usize) -> Read<Value> {
        let last = self.reader.since(start).chars().next_back();
        self.reader.back(last);
        match self.reader.word()?.as_str() {
            "true" => Ok(true.into()),
            "false" => Ok(false.into()),
            word => {
                let word = quote::quoted(word);
                Err(self.reader.mistake(format!("expected value but found {word} instead")))
            }
        }
    }

    fn array(&mut self) -> Read<Typed> {
        let key = self.tables.current.clone();
        self.tables.set_type(&key, true);
        self.nest()?;
        let mut items = Vec::new();
        loop {
            match self.reader.skip_lines()? {
                Some(',') => return Err(self.reader.mistake("unexpected comma")),
                Some(']') => break,
                other => self.reader.back(other),
            }
            let (value, _) = self.value(true)?;
            items.push(value.with(self.src));
            match self.reader.skip_lines()? {
                Some(',') => {}
                Some(']') => break,
                other => {
                    let found = bare(other);
                    return Err(self.reader.mistake(format!(
                        "expected a comma (',') or array terminator (']'), but got {found}"
                    )));
                }
            }
        }
        self.depth -= 1;
        Ok((items.into(), true))
    }

    fn inline_table(&mut self, in_array: bool) -> Read<Typed> {
        let (outer, name) = (self.tables.context.clone(), self.tables.current.clone());
        self.nest()?;
        self.tables.current.clear();
        self.tables.enter_inline(&name, in_array)?;
        let own = outer.iter().chain([&name]).cloned().collect::<Vec<_>>();
        let map = Map::new(MapKind::Any);
        loop {
            match self.reader.skip_lines()? {
                Some(',') => return Err(self.reader.mistake("unexpected comma")),
                Some('}') => break,
                other => self.reader.back(other),
            }
            self.inline_entry(&map)?;
            self.tables.context.clone_from(&own);
            if self.ends_inline()? {
                break;
            }
        }
        (self.tables.context, self.tables.current) = (outer, name);
        self.depth -= 1;
        Ok((map.into(), false))
    }

    fn inline_entry(&mut self, map: &Map) -> Read<()> {
        let key = self.key()?;
        self.define_parents(&key)?;
        let (value, is_array) = self.value(false)?;
        let name = self.tables.current.clone();
        self.tables.set(&name, Node::Value(value.clone()))?;
        self.tables.set_type(&name, is_array);
        let Some((last, parents)) = key.split_last() else { return Ok(()) };
        let mut table = map.clone();
        for part in parents {
            table = match table.get(part.as_bytes()) {
                None => {
                    let fresh = Map::new(MapKind::Any);
                    table.insert(part.as_bytes(), Value::from(fresh.clone()).with(self.src));
                    fresh
                }
                Some(known) => known.as_map().cloned().ok_or_else(|| self.tables.no_table())?,
            };
        }
        table.insert(last.as_bytes(), value.with(self.src));
        Ok(())
    }

    /// What follows an entry of an inline table: a comma, or its end. A last comma is allowed.
    fn ends_inline(&mut self) -> Read<bool> {
        loop {
            match self.reader.skip_lines()? {
                Some('}') => return Ok(true),
                Some(',') => {
                    self.reader.skip_spaces()?;
                    if self.reader.peek()? != Some('}') {
                        return Ok(false);
                    }
                }
                other => {
                    let found = bare(other);
                    return Err(self.reader.mistake(format!(
                        "expected a comma or an inline table terminator '}}', but got {found} instead"
                    )));
                }
            }
        }
    }

    fn signed_number(&mut self, start: usize) -> Read<Value> {
        let first = self.reader.next()?;
        let rest = match first {
            Some('i') => Some(['n', 'f']),
            Some('n') => Some(['a', 'n']),
            _ => None,
        };
        if let Some(rest) = rest {
            if !self.reader.accept_all(rest)? {
                let found = self.reader.since(start);
                return Err(self.reader.mistake(format!("invalid float: '{found}'")));
            }
            return self.float(start);
        }
        match first {
            Some('0') => {
                if let Some(base @ ('b' | 'o' | 'x')) = self.reader.peek()? {
                    let found = self.reader.since(start);
                    return Err(self.reader.mistake(format!(
                        "cannot use sign with non-decimal numbers: '{found}{base}'"
                    )));
                }
            }
            Some('1'..='9') => {}
            Some('.') => {
                return Err(self.reader.mistake("floats must start with a digit, not '.'"));
            }
            other => {
                return Err(self
                    .reader
                    .mistake(format!("expected a digit but got {}", quoted(other))));
            }
        }
        self.decimal(start)
    }

    fn number_or_date(&mut self, start: usize) -> Read<Value> {
        let first = self.reader.next()?;
        let base = if first == Some('0') { self.reader.peek()? } else { None };
        match base {
            Some('b') => return self.based(start, "a binary", |c| matches!(c, '0' | '1')),
            Some('o') => return self.based(start, "an octal", |c| matches!(c, '0'..='7')),
            Some('x') => return self.based(start, "a hexadecimal", |c| c.is_ascii_hexdigit()),
            _ => {}
        }
        self.reader.take_while(|c| c.is_ascii_digit())?;
        let is_date = matches!(self.reader.peek()?, Some('-' | ':'))
            && self.reader.since(start).len() + usize::from(first != Some('0')) > 1;
        if is_date {
            return self.date(start);
        }
        self.decimal(start)
    }

    /// The rest of a decimal integer or a float.
    fn decimal(&mut self, start: usize) -> Read<Value> {
        self.reader.take_while(|c| c.is_ascii_digit() || c == '_')?;
        if matches!(self.reader.peek()?, Some('.' | 'e' | 'E')) {
            let is_float = |c| matches!(c, '0'..='9' | '_' | '.' | '-' | '+' | 'e' | 'E');
            self.reader.take_while(is_float)?;
            return self.float(start);
        }
        self.integer(start)
    }

    fn based(&mut self, start: usize, name: &str, is_digit: fn(char) -> bool) -> Read<Value> {
        self.reader.next()?;
        let first = self.reader.peek()?;
        if !first.is_some_and(is_digit) {
            let found = format!("{}{}", self.reader.since(start), first.unwrap_or('\0'));
            return Err(self.reader.mistake(format!("not {name} number: '{found}'")));
        }
        self.reader.take_while(|c| is_digit(c) || c == '_')?;
        self.integer(start)
    }

    fn integer(&mut self, start: usize) -> Read<Value> {
        let text = self.reader.since(start);
        let wrong = |message: &str| {
            self.reader.mistake(format!("Invalid integer {}: {message}", quote::quoted(&text)))
        };
        if !are_underscores_between_digits(&text) {
            return Err(wrong("underscores must be surrounded by digits"));
        }
        if has_leading_zero(&text) {
            return Err(wrong("cannot have leading zeroes"));
        }
        match cast::parse_int(text.as_bytes(), 0) {
            Ok(int) => Ok(Data::Int64(int).into()),
            Err(_) => Err(self.reader.mistake(format!("{text} is out of range for int64"))),
        }
    }

    fn float(&mut self, start: usize) -> Read<Value> {
        let text = self.reader.since(start);
        let name = quote::quoted(&text);
        let wrong = |message: &str| self.reader.mistake(format!("Invalid float {name}: {message}"));
        let mut parts = text.split(['.', 'e', 'E']).filter(|part| !part.is_empty()).peekable();
        let is_padded = parts.peek().is_some_and(|part| has_leading_zero(part));
        if !parts.all(are_underscores_between_digits) {
            return Err(wrong("underscores must be surrounded by digits"));
        }
        if is_padded {
            return Err(wrong("cannot have leading zeroes"));
        }
        let mut after_points = text.split('.').skip(1);
        if !after_points.all(|after| after.starts_with(|c: char| c.is_ascii_digit())) {
            return Err(wrong("'.' must be followed by one or more digits"));
        }
        match text.replace('_', "").parse::<f64>() {
            Ok(float) if float.is_infinite() && !text.ends_with("inf") => {
                Err(self.reader.mistake(format!("{text} is out of range for float64")))
            }
            Ok(float) => Ok(float.into()),
            Err(_) => Err(self.reader.mistake(format!("Invalid float value: {name}"))),
        }
    }

    fn date(&mut self, start: usize) -> Read<Value> {
        let is_date =
            |c| matches!(c, '0'..='9' | '-' | ':' | 'T' | 't' | ' ' | '.' | 'Z' | 'z' | '+');
        self.reader.take_while(is_date)?;
        let text = self.reader.since(start);
        let text = text.trim().replace('z', "Z").replace(['t', ' '], "T");
        read_date(&text).ok_or_else(|| {
            self.reader.mistake(format!("invalid datetime: {}", quote::quoted(&text)))
        })
    }

    fn nest(&mut self) -> Read<()> {
        self.depth += 1;
        self.limit(self.depth + self.tables.context.len())
    }

    fn limit(&mut self, depth: usize) -> Read<()> {
        self.is_too_deep |= depth > MAX_DEPTH;
        if self.is_too_deep { Err(self.reader.mistake("")) } else { Ok(()) }
    }
}

/// A character in plain quotes, or the end.
fn bare(c: Option<char>) -> String {
    c.map_or("end of file".to_owned(), |c| format!("'{c}'"))
}

/// The layouts of dates, with the name of the zone of those that have none.
const DATES: &[(&str, &str)] = &[
    ("2006-01-02T15:04:05.999999999Z07:00", ""),
    ("2006-01-02T15:04:05.999999999", "datetime-local"),
    ("2006-01-02", "date-local"),
    ("15:04:05.999999999", "time-local"),
    ("2006-01-02T15:04Z07:00", ""),
    ("2006-01-02T15:04", "datetime-local"),
    ("15:04", "time-local"),
];

fn read_date(text: &str) -> Option<Value> {
    let read = |(layout, zone): &(&'static str, &'static str)| {
        let time = time::parse(layout.as_bytes(), text.as_bytes()).ok()?;
        Some((time, *layout, *zone))
    };
    let (time, layout, zone) = DATES.iter().find_map(read)?;
    // Go reads `7:30` where the layout has two digits; TOML does not.
    let punctuation = layout.bytes().take_while(|byte| !matches!(byte, b'.' | b'Z')).enumerate();
    let is_padded = punctuation
        .filter(|(_, byte)| !byte.is_ascii_digit())
        .all(|(at, byte)| text.as_bytes().get(at) == Some(&byte));
    if !is_padded {
        return None;
    }
    let time = if zone.is_empty() { time } else { time.in_zone(Zone::fixed(zone, 0)) };
    Some(time::value(time))
}

fn has_leading_zero(text: &str) -> bool {
    match text.as_bytes() {
        [b'0', second, ..] => !matches!(second, b'b' | b'o' | b'x'),
        [b'-' | b'+', b'0', _, ..] => true,
        _ => false,
    }
}

fn are_underscores_between_digits(text: &str) -> bool {
    if matches!(text.trim_start_matches(['+', '-']), "nan" | "inf") {
        return true;
    }
    let mut accepted = false;
    for c in text.chars() {
        if c == '_' && !accepted {
            return false;
        }
        accepted = c.is_ascii_hexdigit();
    }
    accepted
}

//! JSON as values: what Go's `encoding/json` puts into an `interface{}`, and why it refuses a text.

use std::fmt;

use crate::value::quote::quoted;
use crate::value::{Map, MapKind, Text, Value};

/// Go's decoder goes no deeper (`maxNestingDepth`).
const MAX_NESTING: usize = 10_000;

/// Why a text is no JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JsonError {
    /// The text ends in the midst of a value, or before one.
    End,
    /// A byte that cannot stand there, and where that is.
    Invalid { byte: u8, place: &'static str },
    /// A number that is no `float64`.
    Number(String),
}

/// As `json.Unmarshal` puts it.
impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            JsonError::End => f.write_str("unexpected end of JSON input"),
            JsonError::Invalid { byte, place } => {
                write!(f, "invalid character {} {place}", quoted_byte(*byte))
            }
            JsonError::Number(digits) => {
                write!(f, "json: cannot unmarshal number {digits} into Go value of type float64")
            }
        }
    }
}

/// `quoteChar` in `encoding/json/scanner.go`, which takes a byte for a character.
fn quoted_byte(byte: u8) -> String {
    match byte {
        b'\'' => r"'\''".to_owned(),
        b'"' => r#"'"'"#.to_owned(),
        byte => {
            let quoted = quoted(&char::from(byte).to_string());
            format!("'{}'", quoted.trim_matches('"'))
        }
    }
}

/// The value of a text that holds nothing else (`json.Unmarshal`).
pub fn decode(text: &[u8]) -> Result<Value, JsonError> {
    let (value, end) = decode_first(text)?;
    let rest = text.get(end..).unwrap_or_default();
    match rest.iter().find(|byte| !is_space(**byte)) {
        None => Ok(value),
        Some(&byte) => Err(JsonError::Invalid { byte, place: "after top-level value" }),
    }
}

/// The first value of a text, and where it ends (`json.Decoder`).
pub fn decode_first(text: &[u8]) -> Result<(Value, usize), JsonError> {
    let mut reader = Reader { text, at: 0 };
    let value = reader.document()?;
    Ok((value, reader.at))
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

/// A collection that is being read.
enum Open {
    List(Vec<Value>),
    Object(Map, Text),
}

impl Reader<'_> {
    fn document(&mut self) -> Result<Value, JsonError> {
        let mut open: Vec<Open> = Vec::new();
        loop {
            let mut done = self.begin(&mut open)?;
            while let Some(value) = done.take() {
                match open.pop() {
                    None => return Ok(value),
                    Some(collection) => done = self.put(collection, value, &mut open)?,
                }
            }
        }
    }

    /// Reads a scalar or an empty collection, or opens a collection.
    fn begin(&mut self, open: &mut Vec<Open>) -> Result<Option<Value>, JsonError> {
        let byte = self.next_byte()?;
        match byte {
            b'{' | b'[' if open.len() == MAX_NESTING => {
                Err(JsonError::Invalid { byte, place: "exceeded max depth" })
            }
            b'{' => {
                let map = Map::new(MapKind::Any);
                if self.skip(b'}') {
                    return Ok(Some(map.into()));
                }
                let key = self.key()?;
                open.push(Open::Object(map, key));
                Ok(None)
            }
            b'[' => {
                if self.skip(b']') {
                    return Ok(Some(Value::from(Vec::new())));
                }
                open.push(Open::List(Vec::new()));
                Ok(None)
            }
            b'"' => self.string().map(|text| Some(Value::from(text))),
            b't' => self.literal("true", Value::from(true)).map(Some),
            b'f' => self.literal("false", Value::from(false)).map(Some),
            b'n' => self.literal("null", Value::NIL).map(Some),
            b'-' | b'0'..=b'9' => self.number().map(Some),
            byte => Err(JsonError::Invalid { byte, place: "looking for beginning of value" }),
        }
    }

    /// Puts a value into its collection, and returns the collection if it ends here.
    fn put(
        &mut self,
        collection: Open,
        value: Value,
        open: &mut Vec<Open>,
    ) -> Result<Option<Value>, JsonError> {
        let byte = self.next_byte()?;
        match (collection, byte) {
            (Open::List(mut items), b',' | b']') => {
                items.push(value);
                if byte == b']' {
                    return Ok(Some(items.into()));
                }
                open.push(Open::List(items));
            }
            (Open::Object(map, key), b',' | b'}') => {
                map.insert(key, value);
                if byte == b'}' {
                    return Ok(Some(map.into()));
                }
                let key = self.key()?;
                open.push(Open::Object(map, key));
            }
            (Open::List(_), byte) => {
                return Err(JsonError::Invalid { byte, place: "after array element" });
            }
            (Open::Object(..), byte) => {
                return Err(JsonError::Invalid { byte, place: "after object key:value pair" });
            }
        }
        Ok(None)
    }

    /// A key and its colon.
    fn key(&mut self) -> Result<Text, JsonError> {
        match self.next_byte()? {
            b'"' => {}
            byte => {
                let place = "looking for beginning of object key string";
                return Err(JsonError::Invalid { byte, place });
            }
        }
        let key = self.string()?;
        match self.next_byte()? {
            b':' => Ok(key),
            byte => Err(JsonError::Invalid { byte, place: "after object key" }),
        }
    }

    /// The rest of a string whose opening quote was read.
    fn string(&mut self) -> Result<Text, JsonError> {
        let start = self.at;
        let mut plain = true;
        loop {
            match self.byte()? {
                b'"' => break,
                b'\\' => {
                    plain = false;
                    self.escape()?;
                }
                byte @ 0..0x20 => {
                    return Err(JsonError::Invalid { byte, place: "in string literal" });
                }
                byte => plain &= byte.is_ascii(),
            }
        }
        let raw = &self.text[start..self.at - 1];
        Ok(if plain { raw.into() } else { unescape(raw).into_bytes().into() })
    }

    fn escape(&mut self) -> Result<(), JsonError> {
        match self.byte()? {
            b'b' | b'f' | b'n' | b'r' | b't' | b'\\' | b'/' | b'"' => Ok(()),
            b'u' => (0..4).try_for_each(|_| match self.byte()? {
                byte if byte.is_ascii_hexdigit() => Ok(()),
                byte => {
                    Err(JsonError::Invalid { byte, place: r"in \u hexadecimal character escape" })
                }
            }),
            byte => Err(JsonError::Invalid { byte, place: "in string escape code" }),
        }
    }

    /// The rest of a word whose first letter was read.
    fn literal(&mut self, word: &'static str, value: Value) -> Result<Value, JsonError> {
        for (at, expected) in word.bytes().enumerate().skip(1) {
            let byte = self.byte()?;
            if byte != expected {
                return Err(JsonError::Invalid { byte, place: literal_place(word, at) });
            }
        }
        Ok(value)
    }

    /// A number whose first character was read.
    fn number(&mut self) -> Result<Value, JsonError> {
        let start = self.at - 1;
        let mut first = self.text[start];
        if first == b'-' {
            first = self.byte()?;
            if !first.is_ascii_digit() {
                return Err(JsonError::Invalid { byte: first, place: "in numeric literal" });
            }
        }
        if first != b'0' {
            self.digits();
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.some_digits("after decimal point in numeric literal")?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.some_digits("in exponent of numeric literal")?;
        }
        let digits = String::from_utf8_lossy(&self.text[start..self.at]);
        match digits.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(number.into()),
            _ => Err(JsonError::Number(digits.into_owned())),
        }
    }

    fn some_digits(&mut self, place: &'static str) -> Result<(), JsonError> {
        match self.byte()? {
            byte if byte.is_ascii_digit() => {
                self.digits();
                Ok(())
            }
            byte => Err(JsonError::Invalid { byte, place }),
        }
    }

    fn digits(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
    }

    /// Skips spaces, and then this byte if it comes next.
    fn skip(&mut self, byte: u8) -> bool {
        self.skip_spaces();
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// The next byte that is no space.
    fn next_byte(&mut self) -> Result<u8, JsonError> {
        self.skip_spaces();
        self.byte()
    }

    fn skip_spaces(&mut self) {
        while self.peek().is_some_and(is_space) {
            self.at += 1;
        }
    }

    fn byte(&mut self) -> Result<u8, JsonError> {
        let byte = self.peek().ok_or(JsonError::End)?;
        self.at += 1;
        Ok(byte)
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

fn literal_place(word: &str, at: usize) -> &'static str {
    match (word, at) {
        ("true", 1) => "in literal true (expecting 'r')",
        ("true", 2) => "in literal true (expecting 'u')",
        ("true", _) => "in literal true (expecting 'e')",
        ("false", 1) => "in literal false (expecting 'a')",
        ("false", 2) => "in literal false (expecting 'l')",
        ("false", 3) => "in literal false (expecting 's')",
        ("false", _) => "in literal false (expecting 'e')",
        (_, 1) => "in literal null (expecting 'u')",
        (_, _) => "in literal null (expecting 'l')",
    }
}

/// The text of a string without its escapes; what is no UTF-8 and no character becomes U+FFFD.
fn unescape(raw: &[u8]) -> String {
    let raw = String::from_utf8_lossy(raw);
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw.as_ref();
    while let Some((plain, escaped)) = rest.split_once('\\') {
        text.push_str(plain);
        let mut chars = escaped.chars();
        match chars.next() {
            Some('b') => text.push('\u{8}'),
            Some('f') => text.push('\u{c}'),
            Some('n') => text.push('\n'),
            Some('r') => text.push('\r'),
            Some('t') => text.push('\t'),
            Some('u') => {
                let (c, after) = unicode(chars.as_str());
                text.push(c);
                rest = after;
                continue;
            }
            Some(c) => text.push(c),
            None => {}
        }
        rest = chars.as_str();
    }
    text.push_str(rest);
    text
}

/// The character of `\u` and four digits, or of a pair of surrogates, and what follows.
fn unicode(digits: &str) -> (char, &str) {
    let code = |text: &str| u32::from_str_radix(text.get(..4)?, 16).ok();
    let Some(first) = code(digits) else { return (char::REPLACEMENT_CHARACTER, "") };
    let rest = &digits[4..];
    if let Some(c) = char::from_u32(first) {
        return (c, rest);
    }
    let pair = rest.strip_prefix("\\u").and_then(|second| {
        let low = code(second).filter(|low| (0xDC00..0xE000).contains(low) && first < 0xDC00)?;
        let c = char::from_u32(0x10000 + ((first - 0xD800) << 10) + (low - 0xDC00))?;
        Some((c, &second[4..]))
    });
    pair.unwrap_or((char::REPLACEMENT_CHARACTER, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::json::{Style, encode};

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let value = decode(text.as_bytes()).unwrap();
        let json = encode(&value, Style::Raw, 1 << 20).unwrap();
        assert_eq!(String::from_utf8(json).unwrap().trim_end(), expected);
    }

    #[track_caller]
    fn refuse(text: &str, expected: &str) {
        assert_eq!(decode(text.as_bytes()).unwrap_err().to_string(), expected);
    }

    #[test]
    fn values() {
        check(r#" {"b": [1, -0.5e2, {}], "a": [], "b": true} "#, r#"{"a":[],"b":true}"#);
        check(
            r#"["\u00e9\ud83d\ude00\ud800x\/\n", null, false]"#,
            "[\"é😀\u{fffd}x/\\n\",null,false]",
        );
        check("0", "0");
    }

    #[test]
    fn errors_are_those_of_go() {
        refuse("", "unexpected end of JSON input");
        refuse(r#"{"a": 1"#, "unexpected end of JSON input");
        refuse("{b", "invalid character 'b' looking for beginning of object key string");
        refuse(r#"{"a" 1}"#, "invalid character '1' after object key");
        refuse(r#"{"a": 1 "b"}"#, "invalid character '\"' after object key:value pair");
        refuse("[1 2]", "invalid character '2' after array element");
        refuse("[1,]", "invalid character ']' looking for beginning of value");
        refuse("1 x", "invalid character 'x' after top-level value");
        refuse("tru ", "invalid character ' ' in literal true (expecting 'e')");
        refuse("\"a\nb\"", "invalid character '\\n' in string literal");
        refuse(r#""\x""#, "invalid character 'x' in string escape code");
        refuse("-a", "invalid character 'a' in numeric literal");
        refuse("01", "invalid character '1' after top-level value");
        refuse("1.x", "invalid character 'x' after decimal point in numeric literal");
        refuse("1e999", "json: cannot unmarshal number 1e999 into Go value of type float64");
        refuse("é", "invalid character 'Ã' looking for beginning of value");
        refuse(&"[".repeat(10_001), "invalid character '[' exceeded max depth");
    }

    #[test]
    fn the_first_value_ends_where_it_ends() {
        assert_eq!(decode_first(b"1,b=2").unwrap().1, 1);
        assert_eq!(decode_first(b"{\"a\":[1]} , x").unwrap().1, 9);
    }
}

//! Reads JSON: Go's `json.Unmarshal` into an `interface {}`, with its words for what is wrong
//! (`encoding/json/scanner.go`).

use crate::value::cast::parse_float;
use crate::value::quote::{self, Plain};
use crate::value::runes::{chars, lossy, push};
use crate::value::{List, Map, MapKind, Text, Value};

/// A value, and what else is wrong with it: Go reads on after a number that does not fit.
#[derive(Clone, Debug)]
pub struct Decoded {
    pub value: Value,
    pub error: Option<String>,
}

/// Reads a text that is one JSON value, or tells in Go's words why it is none.
pub fn decode(text: &[u8]) -> Result<Decoded, String> {
    let (decoded, end) = decode_first(text)?;
    let mut decoder = Decoder { text, at: end, error: None };
    decoder.end()?;
    Ok(decoded)
}

/// Reads the JSON value that a text starts with, and tells where it ends (`json.Decoder`).
pub fn decode_first(text: &[u8]) -> Result<(Decoded, usize), String> {
    let mut decoder = Decoder { text, at: 0, error: None };
    let value = decoder.document()?;
    Ok((Decoded { value, error: decoder.error }, decoder.at))
}

/// Where a text stops being a JSON value, as Go counts (`json.SyntaxError`): the wrong byte is among
/// those before. None if the text starts with a value.
pub fn syntax_error(text: &[u8]) -> Option<(usize, String)> {
    let mut decoder = Decoder { text, at: 0, error: None };
    let error = decoder.document().err()?;
    Some((decoder.at + 1, error))
}

/// What `json.Unmarshal` says of a value of another type than wanted.
pub fn mismatch(value: &Value, type_name: &str) -> String {
    let found = match value.kind().name() {
        "map" => "object",
        "slice" => "array",
        "float64" | "invalid" => "number",
        other => other,
    };
    format!("json: cannot unmarshal {found} into Go value of type {type_name}")
}

/// How deeply Go lets arrays and objects be nested (`maxNestingDepth`).
const MAX_NESTING: usize = 10_000;

struct Decoder<'a> {
    text: &'a [u8],
    at: usize,
    error: Option<String>,
}

/// An array or object that is not closed yet.
enum Open {
    Array(Vec<Value>),
    /// With the key of the value that comes next.
    Object(Map, Text),
}

impl<'a> Decoder<'a> {
    /// Reads without recursion: a text may nest as deeply as Go allows.
    fn document(&mut self) -> Result<Value, String> {
        let mut open: Vec<Open> = Vec::new();
        loop {
            let mut value = match self.space() {
                Some(byte @ (b'[' | b'{')) => {
                    if open.len() >= MAX_NESTING {
                        return Err(self.wrong("exceeded max depth"));
                    }
                    self.at += 1;
                    match self.opened(byte)? {
                        Started::Open(inner) => {
                            open.push(inner);
                            continue;
                        }
                        Started::Empty(value) => value,
                    }
                }
                _ => self.scalar()?,
            };
            // The value is complete, and with it perhaps what it stands in.
            loop {
                let Some(outer) = open.pop() else { return Ok(value) };
                match self.add(outer, value)? {
                    Started::Open(outer) => {
                        open.push(outer);
                        break;
                    }
                    Started::Empty(closed) => value = closed,
                }
            }
        }
    }

    /// After the bracket of an array or object: up to its first value.
    fn opened(&mut self, bracket: u8) -> Result<Started, String> {
        let next = self.space();
        if bracket == b'[' {
            if next == Some(b']') {
                self.at += 1;
                return Ok(Started::Empty(Value::from(Vec::new())));
            }
            return Ok(Started::Open(Open::Array(Vec::new())));
        }
        let map = Map::new(MapKind::Any);
        if next == Some(b'}') {
            self.at += 1;
            return Ok(Started::Empty(map.into()));
        }
        let key = self.key()?;
        Ok(Started::Open(Open::Object(map, key)))
    }

    /// Adds a value to what it stands in, and reads on to the next one or to the end.
    fn add(&mut self, outer: Open, value: Value) -> Result<Started, String> {
        let next = self.space();
        match outer {
            Open::Array(mut items) => {
                items.push(value);
                match next {
                    Some(b',') => self.at += 1,
                    Some(b']') => {
                        self.at += 1;
                        return Ok(Started::Empty(List::new(items).into()));
                    }
                    _ => return Err(self.wrong("after array element")),
                }
                Ok(Started::Open(Open::Array(items)))
            }
            Open::Object(map, key) => {
                map.insert(key, value);
                match next {
                    Some(b',') => self.at += 1,
                    Some(b'}') => {
                        self.at += 1;
                        return Ok(Started::Empty(map.into()));
                    }
                    _ => return Err(self.wrong("after object key:value pair")),
                }
                let key = self.key()?;
                Ok(Started::Open(Open::Object(map, key)))
            }
        }
    }

    fn key(&mut self) -> Result<Text, String> {
        if self.space() != Some(b'"') {
            return Err(self.wrong("looking for beginning of object key string"));
        }
        let key = self.string()?;
        if self.space() != Some(b':') {
            return Err(self.wrong("after object key"));
        }
        self.at += 1;
        Ok(key)
    }

    /// Refuses what stands behind the value.
    fn end(&mut self) -> Result<(), String> {
        match self.space() {
            None => Ok(()),
            Some(_) => Err(self.wrong("after top-level value")),
        }
    }

    fn scalar(&mut self) -> Result<Value, String> {
        match self.peek() {
            Some(b'"') => Ok(Value::from(self.string()?)),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.literal("true", true.into()),
            Some(b'f') => self.literal("false", false.into()),
            Some(b'n') => self.literal("null", Value::NIL),
            _ => Err(self.wrong("looking for beginning of value")),
        }
    }

    fn literal(&mut self, word: &str, value: Value) -> Result<Value, String> {
        for letter in word.bytes() {
            if self.peek() != Some(letter) {
                let letter = char::from(letter);
                return Err(self.wrong_inside(&format!("in literal {word} (expecting '{letter}')")));
            }
            self.at += 1;
        }
        Ok(value)
    }

    fn number(&mut self) -> Result<Value, String> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek() {
            Some(b'0') => self.at += 1,
            _ => self.digits("in numeric literal")?,
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits("after decimal point in numeric literal")?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits("in exponent of numeric literal")?;
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        Ok(parse_float(text).map_or_else(|| self.out_of_range(text), Value::from))
    }

    /// Notes the first number that does not fit; it reads as nil.
    fn out_of_range(&mut self, text: &[u8]) -> Value {
        let text = lossy(text);
        self.error.get_or_insert_with(|| {
            format!("json: cannot unmarshal number {text} into Go value of type float64")
        });
        Value::NIL
    }

    /// At least one digit.
    fn digits(&mut self, context: &str) -> Result<(), String> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if count == 0 {
            return Err(self.wrong_inside(context));
        }
        self.at += count;
        Ok(())
    }

    /// A string, from its first quote on.
    fn string(&mut self) -> Result<Text, String> {
        self.at += 1;
        let plain = self.plain();
        if self.text.get(self.at + plain.len()) == Some(&b'"') && str::from_utf8(plain).is_ok() {
            self.at += plain.len() + 1;
            return Ok(plain.into());
        }
        self.marked_string().map(Text::from)
    }

    /// What follows up to a quote, a backslash or a control character.
    fn plain(&self) -> &'a [u8] {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let is_mark = |byte: &u8| *byte < b' ' || matches!(byte, b'"' | b'\\');
        &rest[..rest.iter().position(is_mark).unwrap_or(rest.len())]
    }

    /// The rest of a string with escapes; what is not UTF-8 becomes the replacement character.
    fn marked_string(&mut self) -> Result<Vec<u8>, String> {
        let mut out = Vec::new();
        loop {
            let plain = self.plain();
            chars(plain).for_each(|c| push(&mut out, c));
            self.at += plain.len();
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => {
                    self.at += 1;
                    let c = self.escape()?;
                    push(&mut out, c);
                }
                _ => return Err(self.wrong("in string literal")),
            }
        }
    }

    /// What follows a backslash.
    fn escape(&mut self) -> Result<char, String> {
        let c = match self.peek() {
            Some(c @ (b'"' | b'\\' | b'/')) => char::from(c),
            Some(b'b') => '\x08',
            Some(b'f') => '\x0c',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                return self.unicode_escape();
            }
            _ => return Err(self.wrong_inside("in string escape code")),
        };
        self.at += 1;
        Ok(c)
    }

    /// The four digits after `\u`, and the second half of a pair of surrogates.
    fn unicode_escape(&mut self) -> Result<char, String> {
        let first = self.hex_digits()?;
        if let 0xd800..=0xdbff = first
            && self.text.get(self.at..).unwrap_or_default().starts_with(b"\\u")
        {
            let before = self.at;
            self.at += 2;
            let second = self.hex_digits()?;
            if let 0xdc00..=0xdfff = second {
                let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at = before;
        }
        Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn hex_digits(&mut self) -> Result<u32, String> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            let Some(digit) = digit else {
                return Err(self.wrong_inside("in \\u hexadecimal character escape"));
            };
            code = code << 4 | digit;
            self.at += 1;
        }
        Ok(code)
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    /// Skips white space and looks at what follows.
    fn space(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\t' | b'\r' | b'\n') = self.peek() {
            self.at += 1;
        }
        self.peek()
    }

    /// Complains about the next byte, or the end of the text.
    fn wrong(&self, context: &str) -> String {
        match self.peek() {
            Some(byte) => complaint(byte, context),
            None => "unexpected end of JSON input".to_owned(),
        }
    }

    /// The same inside a literal, a number or an escape. Go takes the end of the text for a space, and
    /// finds that none may stand there (`scanner.eof`).
    fn wrong_inside(&self, context: &str) -> String {
        complaint(self.peek().unwrap_or(b' '), context)
    }
}

/// What Go says of a byte that may not stand there.
fn complaint(byte: u8, context: &str) -> String {
    let mut shown = Vec::new();
    match byte {
        // Go shows a quote as it is, and escapes what it puts its own quotes around.
        b'"' => shown.push(byte),
        b'\'' => shown.extend_from_slice(b"\\'"),
        _ => {
            let c = char::from(byte).to_string();
            quote::write_escaped(&mut shown, c.as_bytes(), Plain::Printable);
        }
    }
    format!("invalid character '{}' {context}", lossy(&shown))
}

/// An array or object that goes on, or one that is complete.
enum Started {
    Open(Open),
    Empty(Value),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::json::{Style, encode};

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let found = match decode(text.as_bytes()) {
            Ok(Decoded { value, error: None }) => {
                String::from_utf8(encode(&value, Style::Raw, 1 << 20).unwrap()).unwrap()
            }
            Ok(Decoded { error: Some(error), .. }) | Err(error) => error,
        };
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn values() {
        check(
            " [1, -0.5e1, true, null, {\"b\": {}, \"a\": []}] ",
            r#"[1,-5,true,null,{"a":[],"b":{}}]"#,
        );
        check(r#"{"a": 1, "a": 2}"#, r#"{"a":2}"#);
        check(r#""\u00e9\ud83d\ude00\ud83d\n\/""#, "\"é😀\u{fffd}\\n/\"");
        check(r#""\ud83d\u0041""#, "\"\u{fffd}A\"");
    }

    #[test]
    fn complaints() {
        let end = "unexpected end of JSON input";
        for text in ["", " ", "[", "[1", "[1,", "{", "{\"a\"", "{\"a\":", "\"a"] {
            check(text, end);
        }
        for (text, character, context) in [
            ("x", "x", "looking for beginning of value"),
            ("[1 2]", "2", "after array element"),
            ("[1,]", "]", "looking for beginning of value"),
            ("{1}", "1", "looking for beginning of object key string"),
            ("{\"a\" 1}", "1", "after object key"),
            ("{\"a\":1 \"b\"}", "\"", "after object key:value pair"),
            ("{\"a\":1,}", "}", "looking for beginning of object key string"),
            ("1 2", "2", "after top-level value"),
            ("01", "1", "after top-level value"),
            ("-x", "x", "in numeric literal"),
            ("1.x", "x", "after decimal point in numeric literal"),
            ("1e+x", "x", "in exponent of numeric literal"),
            ("nul ", " ", "in literal null (expecting 'l')"),
            ("tru", " ", "in literal true (expecting 'e')"),
            ("-", " ", "in numeric literal"),
            ("1.", " ", "after decimal point in numeric literal"),
            ("1e", " ", "in exponent of numeric literal"),
            ("\"\\", " ", "in string escape code"),
            ("\"\\u1", " ", "in \\u hexadecimal character escape"),
            ("\"a\nb\"", "\\n", "in string literal"),
            ("\"\\x\"", "x", "in string escape code"),
            ("\"\\u12x\"", "x", "in \\u hexadecimal character escape"),
            ("'a'", "\\'", "looking for beginning of value"),
            ("é", "Ã", "looking for beginning of value"),
        ] {
            check(text, &format!("invalid character '{character}' {context}"));
        }
    }

    #[test]
    fn deep_nesting() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(decode(nested(10_000).as_bytes()).is_ok());
        let error = decode(nested(10_001).as_bytes()).unwrap_err();
        assert_eq!(error, "invalid character '[' exceeded max depth");
    }
}

//! Go's string literals (`strconv.Unquote`) and the characters of Go's names.

use std::borrow::Cow;
use std::ops::RangeInclusive;
use std::sync::OnceLock;

use regex_syntax::hir::{Class, HirKind};

use crate::value::quote::{self, Plain};

/// The first character of a text and its length; an invalid byte is U+FFFD of length 1, the end of
/// the text has length 0 (`utf8.DecodeRune`).
pub(crate) fn decode(text: &[u8]) -> (char, usize) {
    match text.first() {
        None => ('\0', 0),
        Some(byte) if byte.is_ascii() => (char::from(*byte), 1),
        Some(_) => {
            let (c, len) = bstr::decode_utf8(text);
            // bstr takes a longer broken sequence at once; Go always goes on at the next byte.
            c.map_or((char::REPLACEMENT_CHARACTER, 1), |c| (c, len))
        }
    }
}

/// `isAlphaNumeric` of the lexer: an underscore, `unicode.IsLetter`, `unicode.IsDigit`.
pub(crate) fn is_letter_or_digit(c: char) -> bool {
    static CLASS: OnceLock<Vec<RangeInclusive<char>>> = OnceLock::new();
    match c {
        '_' => true,
        c if c.is_ascii() => c.is_ascii_alphanumeric(),
        c => holds(CLASS.get_or_init(|| class(r"[\p{L}\p{Nd}]")), c),
    }
}

fn holds(class: &[RangeInclusive<char>], c: char) -> bool {
    let next = class.partition_point(|range| *range.end() < c);
    class.get(next).is_some_and(|range| range.contains(&c))
}

/// The characters of a class of the regular expression syntax, in order.
fn class(pattern: &str) -> Vec<RangeInclusive<char>> {
    let hir = regex_syntax::parse(pattern).map(|hir| hir.into_kind());
    let Ok(HirKind::Class(Class::Unicode(class))) = hir else { return Vec::new() };
    class.ranges().iter().map(|range| range.start()..=range.end()).collect()
}

/// `strconv.Quote`.
pub fn quote(text: &[u8]) -> String {
    let mut quoted = Vec::new();
    quote::write(&mut quoted, text, Plain::Printable);
    String::from_utf8_lossy(&quoted).into_owned()
}

/// `%.10q`: the first ten characters only.
pub(crate) fn quote_start(text: &[u8]) -> String {
    let mut len = 0;
    for _ in 0..10 {
        len += decode(&text[len..]).1;
    }
    quote(&text[..len])
}

/// The text of a string literal, quotes included; None where Go says `invalid syntax`.
pub(crate) fn unquote(literal: &[u8]) -> Option<Cow<'_, [u8]>> {
    match literal {
        [b'`', inner @ .., b'`'] if memchr::memchr(b'\r', inner).is_none() => {
            Some(Cow::Borrowed(inner))
        }
        [b'`', inner @ .., b'`'] => {
            Some(inner.iter().copied().filter(|&byte| byte != b'\r').collect())
        }
        [b'"', inner @ .., b'"'] => unquote_escapes(inner),
        _ => None,
    }
}

fn unquote_escapes(inner: &[u8]) -> Option<Cow<'_, [u8]>> {
    let is_plain = |text: &[u8]| text.is_ascii() || str::from_utf8(text).is_ok();
    if memchr::memchr(b'\\', inner).is_none() && is_plain(inner) {
        return Some(Cow::Borrowed(inner));
    }
    let mut text = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while !rest.is_empty() {
        let (unit, len) = unquote_char(rest, b'"')?;
        match unit {
            Unit::Byte(byte) => text.push(byte),
            Unit::Char(c) => text.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
        rest = &rest[len..];
    }
    Some(Cow::Owned(text))
}

/// What one character or escape of a literal stands for.
pub(crate) enum Unit {
    Byte(u8),
    Char(char),
}

/// `strconv.UnquoteChar`: the first character or escape, and its length in the literal.
pub(crate) fn unquote_char(rest: &[u8], quote: u8) -> Option<(Unit, usize)> {
    let (&first, &second) = (rest.first()?, rest.get(1).unwrap_or(&0));
    if first == quote {
        return None;
    }
    if first != b'\\' {
        let (c, len) = decode(rest);
        return Some((Unit::Char(c), len));
    }
    let simple = match second {
        b'a' => 0x07,
        b'b' => 0x08,
        b'f' => 0x0c,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 0x0b,
        b'\\' => b'\\',
        b'\'' | b'"' if second == quote => quote,
        b'x' => return escape(rest, 2..4, 16).map(byte_unit),
        b'0'..=b'7' => return octal(rest),
        b'u' => return unicode(rest, 6),
        b'U' => return unicode(rest, 10),
        _ => return None,
    };
    Some((Unit::Byte(simple), 2))
}

fn byte_unit((value, len): (u32, usize)) -> (Unit, usize) {
    (Unit::Byte(value as u8), len)
}

fn octal(rest: &[u8]) -> Option<(Unit, usize)> {
    escape(rest, 1..4, 8).filter(|(value, _)| *value <= 0xff).map(byte_unit)
}

fn unicode(rest: &[u8], end: usize) -> Option<(Unit, usize)> {
    let (value, len) = escape(rest, 2..end, 16)?;
    Some((Unit::Char(char::from_u32(value)?), len))
}

/// The number that the digits in `range` write, and where they end.
fn escape(rest: &[u8], range: std::ops::Range<usize>, radix: u32) -> Option<(u32, usize)> {
    let end = range.end;
    let mut value: u32 = 0;
    for &byte in rest.get(range)? {
        value = value.wrapping_mul(radix).wrapping_add(char::from(byte).to_digit(radix)?);
    }
    Some((value, end))
}

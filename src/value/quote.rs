//! Text in quotes with Go's escapes: `strconv.Quote` and its relatives.

use crate::value::runes::lossy;
use std::io::Write;

use bstr::ByteSlice;

use crate::value::printable::is_printable;

/// What may stand in quotes without an escape.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Plain {
    /// All that Go calls printable.
    Printable,
    /// Only ASCII (`%+q`).
    Ascii,
}

/// A text in double quotes (`%q`).
pub(crate) fn quoted(text: &str) -> String {
    let mut out = Vec::new();
    write(&mut out, text.as_bytes(), Plain::Printable);
    lossy(&out)
}

/// Appends `text` in double quotes.
pub(crate) fn write(out: &mut Vec<u8>, text: &[u8], plain: Plain) {
    out.push(b'"');
    write_escaped(out, text, plain);
    out.push(b'"');
}

/// Appends `text` as it stands between double quotes.
pub(crate) fn write_escaped(out: &mut Vec<u8>, text: &[u8], plain: Plain) {
    out.reserve(text.len() + 1);
    let simple = |&byte: &u8| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\';
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.iter().position(|byte| !simple(byte)).unwrap_or(rest.len());
        out.extend_from_slice(&rest[..end]);
        rest = &rest[end..];
        let (decoded, size) = bstr::decode_utf8(rest);
        match decoded {
            Some(c) => write_char(out, c, '"', plain),
            None => {
                for byte in &rest[..size] {
                    let _ = write!(out, "\\x{byte:02x}");
                }
            }
        }
        rest = &rest[size..];
    }
}

/// Appends a character in single quotes (`%q` of a number).
pub(crate) fn write_quoted_char(out: &mut Vec<u8>, c: char, plain: Plain) {
    out.push(b'\'');
    write_char(out, c, '\'', plain);
    out.push(b'\'');
}

/// Whether `%#q` may use back quotes: one line, no control characters but tab, no back quote
/// (`strconv.CanBackquote`).
pub(crate) fn can_backquote(text: &[u8]) -> bool {
    let refused = |c| matches!(c, '\0'..='\x08' | '\n'..='\x1f' | '`' | '\x7f' | '\u{feff}');
    text.to_str().is_ok_and(|text| !text.chars().any(refused))
}

/// `appendEscapedRune` in `strconv/quote.go`.
fn write_char(out: &mut Vec<u8>, c: char, quote: char, plain: Plain) {
    let keep = match plain {
        Plain::Printable => is_printable(c),
        Plain::Ascii => c.is_ascii() && is_printable(c),
    };
    let escape = match c {
        '\\' => Some(b'\\'),
        _ if c == quote => Some(c as u8),
        '\x07' => Some(b'a'),
        '\x08' => Some(b'b'),
        '\x0c' => Some(b'f'),
        '\n' => Some(b'n'),
        '\r' => Some(b'r'),
        '\t' => Some(b't'),
        '\x0b' => Some(b'v'),
        _ => None,
    };
    let code = c as u32;
    // Writing to a vector cannot fail.
    let _ = match escape {
        Some(letter) => out.write_all(&[b'\\', letter]),
        None if keep => out.write_all(c.encode_utf8(&mut [0; 4]).as_bytes()),
        None if code < 0x20 || code == 0x7f => write!(out, "\\x{code:02x}"),
        None if code < 0x10000 => write!(out, "\\u{code:04x}"),
        None => write!(out, "\\U{code:08x}"),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &[u8], expected: &str, ascii: &str) {
        for (plain, expected) in [(Plain::Printable, expected), (Plain::Ascii, ascii)] {
            let mut out = Vec::new();
            write(&mut out, text, plain);
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }

    // The expectations are those of `quotetests` in Go's `strconv`.
    #[test]
    fn escapes() {
        check(b"\x07\x08\x0c\r\n\t\x0b", r#""\a\b\f\r\n\t\v""#, r#""\a\b\f\r\n\t\v""#);
        check(b"\\", r#""\\""#, r#""\\""#);
        check(b"abc\xffdef", r#""abc\xffdef""#, r#""abc\xffdef""#);
        check(b"\xe2\x98", r#""\xe2\x98""#, r#""\xe2\x98""#);
        check("\u{263a}".as_bytes(), "\"\u{263a}\"", r#""\u263a""#);
        check("\u{10ffff}".as_bytes(), r#""\U0010ffff""#, r#""\U0010ffff""#);
        check("\u{4}\u{7f}\u{a0}".as_bytes(), r#""\x04\x7f\u00a0""#, r#""\x04\x7f\u00a0""#);
        check("!\u{fffd}'\"".as_bytes(), "\"!\u{fffd}'\\\"\"", r#""!\ufffd'\"""#);
    }
}

//! Base64 and base32 as Sprig's `strings.go` uses Go's packages.
//!
//! Decoding a wrong text gives the text of Go's error, which names the byte; so the decoders are
//! Go's (`encoding/base64`, `encoding/base32`).

use data_encoding::{BASE32, BASE64};

use crate::funcs::{Ctx, Func, FuncError, Type, args};
use crate::value::Value;

pub(crate) const FUNCS: &[Func] = &[
    Func::new("b32dec", &[Type::String], b32dec),
    Func::new("b32enc", &[Type::String], b32enc),
    Func::new("b64dec", &[Type::String], b64dec),
    Func::new("b64enc", &[Type::String], b64enc),
];

fn b64enc(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok(Value::from(BASE64.encode(args::text(args, 0))))
}

fn b32enc(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok(Value::from(BASE32.encode(args::text(args, 0))))
}

fn b64dec(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let decoded = decode_base64(args::text(args, 0));
    Ok(decoded.map_or_else(|CorruptAt(at)| corrupt("base64", at), Value::text))
}

fn b32dec(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let decoded = decode_base32(args::text(args, 0));
    Ok(decoded.map_or_else(|CorruptAt(at)| corrupt("base32", at), Value::text))
}

/// The byte at which Go finds the input wrong.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct CorruptAt(pub(crate) usize);

fn corrupt(encoding: &str, at: usize) -> Value {
    Value::from(format!("illegal {encoding} data at input byte {at}"))
}

/// `base64.StdEncoding.DecodeString`: line breaks are skipped, padding is required.
pub(crate) fn decode_base64(text: &[u8]) -> Result<Vec<u8>, CorruptAt> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let mut at = 0;
    while at < text.len() {
        at = decode_quantum(text, at, &mut out)?;
    }
    Ok(out)
}

/// Decodes four characters from `at` on, and returns where they end (`decodeQuantum`).
fn decode_quantum(text: &[u8], mut at: usize, out: &mut Vec<u8>) -> Result<usize, CorruptAt> {
    let mut bits: u32 = 0;
    let mut count = 0;
    while count < 4 {
        let Some(&byte) = text.get(at) else {
            return if count == 0 { Ok(at) } else { Err(CorruptAt(at - count)) };
        };
        at += 1;
        match base64_digit(byte) {
            Some(digit) => {
                bits = bits << 6 | digit;
                count += 1;
            }
            None if matches!(byte, b'\n' | b'\r') => {}
            None if byte == b'=' && count >= 2 => {
                let end = padding_end(text, at, count)?;
                let [_, bytes @ ..] = (bits << (6 * (4 - count))).to_be_bytes();
                out.extend_from_slice(&bytes[..count - 1]);
                return Ok(end);
            }
            None => return Err(CorruptAt(at - 1)),
        }
    }
    let [_, bytes @ ..] = bits.to_be_bytes();
    out.extend_from_slice(&bytes);
    Ok(at)
}

/// Where the text ends after the first `=`: nothing but the rest of the padding may follow.
fn padding_end(text: &[u8], mut at: usize, count: usize) -> Result<usize, CorruptAt> {
    at = skip_breaks(text, at);
    if count == 2 {
        match text.get(at) {
            None => return Err(CorruptAt(text.len())),
            Some(b'=') => at = skip_breaks(text, at + 1),
            Some(_) => return Err(CorruptAt(at - 1)),
        }
    }
    if at < text.len() { Err(CorruptAt(at)) } else { Ok(at) }
}

fn skip_breaks(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count()
}

fn base64_digit(byte: u8) -> Option<u32> {
    match byte {
        b'A'..=b'Z' => Some(u32::from(byte - b'A')),
        b'a'..=b'z' => Some(u32::from(byte - b'a') + 26),
        b'0'..=b'9' => Some(u32::from(byte - b'0') + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

/// `base32.StdEncoding.DecodeString`. Places are counted without the line breaks.
fn decode_base32(text: &[u8]) -> Result<Vec<u8>, CorruptAt> {
    let text: Vec<u8> =
        text.iter().copied().filter(|byte| !matches!(byte, b'\n' | b'\r')).collect();
    let mut out = Vec::with_capacity(text.len() / 8 * 5);
    let mut at = 0;
    while at < text.len() {
        let (mut bits, mut count): (u64, usize) = (0, 0);
        while count < 8 {
            let Some(&byte) = text.get(at) else { return Err(CorruptAt(at - count)) };
            at += 1;
            if byte == b'=' && count >= 2 && text.len() - at < 8 {
                check_base32_padding(&text, at, count)?;
                at = text.len();
                break;
            }
            bits = bits << 5 | base32_digit(byte).ok_or(CorruptAt(at - 1))?;
            count += 1;
        }
        let [_, _, _, bytes @ ..] = (bits << (5 * (8 - count))).to_be_bytes();
        out.extend_from_slice(&bytes[..count * 5 / 8]);
    }
    Ok(out)
}

/// Checks what follows the first `=`, which stands before `at` after `count` digits.
fn check_base32_padding(text: &[u8], at: usize, count: usize) -> Result<(), CorruptAt> {
    let rest = &text[at..];
    if rest.len() + count < 7 {
        return Err(CorruptAt(text.len()));
    }
    if let Some(wrong) = rest.iter().take(7 - count).position(|&byte| byte != b'=') {
        return Err(CorruptAt((at + wrong).saturating_sub(1)));
    }
    // So few digits hold no whole byte more than two, four or five of them do.
    if matches!(count, 1 | 3 | 6) { Err(CorruptAt(at - 1)) } else { Ok(()) }
}

fn base32_digit(byte: u8) -> Option<u64> {
    match byte {
        b'A'..=b'Z' => Some(u64::from(byte - b'A')),
        b'2'..=b'7' => Some(u64::from(byte - b'2') + 26),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::funcs::testing::check_text;

    #[track_caller]
    fn check(name: &str, text: &str, expected: &str) {
        check_text(name, &[text.into()], expected);
    }

    // The places are those of `TestDecodeCorrupt` in Go's `base64` and `base32`.
    #[test]
    fn base64() {
        check("b64enc", "hello", "aGVsbG8=");
        check("b64dec", "aGVs\r\nbG8=\n", "hello");
        check("b64dec", "AA==", "\0");
        for (text, at) in [
            ("!!!!", 0),
            ("====", 0),
            ("x===", 1),
            ("=AAA", 0),
            ("A=AA", 1),
            ("AA=A", 2),
            ("AA==A", 4),
            ("AAA=AAAA", 4),
            ("AAAAA", 4),
            ("AAAAAA", 4),
            ("A=", 1),
            ("A==", 1),
            ("AA=", 3),
            ("AAA==", 4),
            ("AAAAAA=", 7),
            ("YWJjZA=====", 8),
            ("A!\n", 1),
            ("A=\n", 1),
        ] {
            check("b64dec", text, &format!("illegal base64 data at input byte {at}"));
        }
    }

    #[test]
    fn base32() {
        check("b32enc", "hello", "NBSWY3DP");
        check("b32dec", "MZXW6YQ=", "foob");
        check("b32dec", "MZXW\n6YTB", "fooba");
        for (text, at) in [
            ("!!!!", 0),
            ("x===", 0),
            ("AA=A====", 2),
            ("AAA=AAAA", 3),
            ("MMMMMMMMM", 8),
            ("MMMMMM", 0),
            ("A=", 1),
            ("AA=", 3),
            ("AA==", 4),
            ("AAAA=", 5),
            ("AAAAA=", 6),
            ("AAAAA==", 7),
            ("A=======", 1),
            ("AAA=====", 3),
            ("AAAAAA==", 6),
        ] {
            check("b32dec", text, &format!("illegal base32 data at input byte {at}"));
        }
    }
}

//! Go's number literals with all types that can hold them (`NumberNode` of `text/template/parse`).

use crate::template::lex::TokenKind;
use crate::template::literal::{Unit, unquote_char};
use crate::value::cast::{self, IntError};

/// A number constant: the value under each type that can represent it, as Go's ideal constants.
#[derive(Copy, Clone, Debug, Default, PartialEq)]
pub struct Number {
    pub int: Option<i64>,
    pub uint: Option<u64>,
    pub float: Option<f64>,
    pub complex: Option<(f64, f64)>,
}

/// Why a token is no number.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum NumberFault {
    /// `illegal number syntax`
    Illegal,
    /// `integer overflow`
    Overflow,
    /// `malformed character constant`
    MalformedChar,
    /// `invalid syntax`: a character constant with a wrong escape.
    InvalidChar,
    /// What `fmt.Sscan` says of a complex constant that is none.
    Complex,
}

pub(crate) fn parse(text: &[u8], kind: TokenKind) -> Result<Number, NumberFault> {
    let text = match str::from_utf8(text) {
        _ if kind == TokenKind::Char => return character(text),
        Ok(text) => text,
        Err(_) => return Err(NumberFault::Illegal),
    };
    if kind == TokenKind::Complex {
        return complex(text).ok_or(NumberFault::Complex);
    }
    if let Some(imaginary) = text.strip_suffix('i').and_then(parse_float) {
        return Ok(simplified(0.0, imaginary));
    }
    integer_or_float(text)
}

fn character(text: &[u8]) -> Result<Number, NumberFault> {
    let inner = text.get(1..).unwrap_or_default();
    let (unit, len) = unquote_char(inner, b'\'').ok_or(NumberFault::InvalidChar)?;
    if inner.get(len..) != Some(b"'") {
        return Err(NumberFault::MalformedChar);
    }
    let value = match unit {
        Unit::Byte(byte) => u32::from(byte),
        Unit::Char(c) => c as u32,
    };
    Ok(Number {
        int: Some(i64::from(value)),
        uint: Some(u64::from(value)),
        float: Some(f64::from(value)),
        complex: None,
    })
}

/// `1+2i`: two floats with a sign between them.
fn complex(text: &str) -> Option<Number> {
    let text = text.strip_suffix('i')?;
    let is_sign = |at: usize| {
        let before = text.as_bytes().get(at.wrapping_sub(1));
        let hex = text.trim_start_matches(['+', '-']).to_ascii_lowercase().starts_with("0x");
        let exponent = if hex {
            matches!(before, Some(b'p' | b'P'))
        } else {
            matches!(before, Some(b'e' | b'E'))
        };
        matches!(text.as_bytes().get(at), Some(b'+' | b'-')) && !exponent
    };
    let split = (1..text.len()).find(|&at| is_sign(at))?;
    Some(simplified(parse_float(&text[..split])?, parse_float(&text[split..])?))
}

/// A complex number and the other types that can hold it, if its imaginary part is zero.
fn simplified(real: f64, imaginary: f64) -> Number {
    let mut number = Number { complex: Some((real, imaginary)), ..Number::default() };
    if imaginary == 0.0 {
        number.float = Some(real);
        number.int = float_to_int(real);
        number.uint = float_to_uint(real);
    }
    number
}

fn integer_or_float(text: &str) -> Result<Number, NumberFault> {
    let int = cast::parse_int(text.as_bytes(), 0).ok();
    let mut number = Number { int, uint: parse_uint(text), ..Number::default() };
    if number.int == Some(0) {
        number.uint = Some(0); // -0
    }
    if let Some(int) = number.int {
        number.float = Some(int as f64);
    } else if let Some(uint) = number.uint {
        number.float = Some(uint as f64);
    } else {
        let float = parse_float(text).ok_or(NumberFault::Illegal)?;
        if !text.contains(['.', 'e', 'E', 'p', 'P']) {
            return Err(NumberFault::Overflow);
        }
        number.float = Some(float);
        number.int = float_to_int(float);
        number.uint = float_to_uint(float);
    }
    Ok(number)
}

fn float_to_int(float: f64) -> Option<i64> {
    let fits = float.fract() == 0.0
        && (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&float);
    fits.then_some(float as i64)
}

fn float_to_uint(float: f64) -> Option<u64> {
    let fits = float.fract() == 0.0 && (0.0..18_446_744_073_709_551_616.0).contains(&float);
    fits.then_some(float as u64)
}

/// `strconv.ParseUint(text, 0, 64)`
fn parse_uint(text: &str) -> Option<u64> {
    if text.starts_with(['+', '-']) {
        return None;
    }
    match cast::parse_int(text.as_bytes(), 0) {
        Ok(int) => u64::try_from(int).ok(),
        Err(IntError::Syntax) => None,
        Err(IntError::Range(_)) => large_uint(&text.replace('_', "").to_ascii_lowercase()),
    }
}

/// An integer above `i64::MAX`, known to be well written; None if it is too large all the same.
fn large_uint(text: &str) -> Option<u64> {
    let (digits, radix) = match text.split_at_checked(2) {
        Some(("0x", digits)) => (digits, 16),
        Some(("0b", digits)) => (digits, 2),
        Some(("0o", digits)) => (digits, 8),
        _ if text.starts_with('0') => (text, 8),
        _ => (text, 10),
    };
    u64::from_str_radix(digits, radix).ok()
}

fn parse_float(text: &str) -> Option<f64> {
    cast::parse_float(text.as_bytes())
}

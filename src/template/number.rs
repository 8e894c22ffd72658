//! Go's number literals with all types that can hold them (`NumberNode` of `text/template/parse`).

use crate::template::lex::TokenKind;
use crate::template::literal::{Unit, unquote_char};

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
    let mut number = Number { int: parse_int(text), uint: parse_uint(text), ..Number::default() };
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
    let lower = text.to_ascii_lowercase();
    let (digits, radix) = if let Some(hex) = lower.strip_prefix("0x") {
        (hex, 16)
    } else if let Some(binary) = lower.strip_prefix("0b") {
        (binary, 2)
    } else if let Some(octal) = lower.strip_prefix("0o") {
        (octal, 8)
    } else if lower.len() > 1 && lower.starts_with('0') {
        (&lower[1..], 8)
    } else {
        (&*lower, 10)
    };
    if !digits.starts_with(|c: char| c == '_' || c.is_digit(radix)) || !underscores_separate(text) {
        return None;
    }
    u64::from_str_radix(&digits.replace('_', ""), radix).ok()
}

/// `strconv.ParseInt(text, 0, 64)`
fn parse_int(text: &str) -> Option<i64> {
    let negative = text.starts_with('-');
    let magnitude = parse_uint(text.strip_prefix(['-', '+']).unwrap_or(text))?;
    if negative { 0_i64.checked_sub_unsigned(magnitude) } else { magnitude.try_into().ok() }
}

/// `strconv.ParseFloat(text, 64)` of what the lexer takes for a number; None where Go has an error,
/// be it syntax or range.
fn parse_float(text: &str) -> Option<f64> {
    if !underscores_separate(text) {
        return None;
    }
    let plain = text.replace('_', "").to_ascii_lowercase();
    let (sign, magnitude) = match plain.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, plain.strip_prefix('+').unwrap_or(&plain)),
    };
    let float = match magnitude.strip_prefix("0x") {
        Some(hex) => parse_hex_float(hex)?,
        None if magnitude.starts_with(|c: char| c == '.' || c.is_ascii_digit()) => {
            magnitude.parse().ok()?
        }
        None => return None,
    };
    f64::is_finite(float).then_some(sign * float)
}

/// `1.8p3`, lower case: rounds half to even as all of IEEE 754 does.
fn parse_hex_float(text: &str) -> Option<f64> {
    let (mantissa, exponent) = text.split_once('p')?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut exponent: i64 = exponent.parse::<i32>().ok()?.into();
    let mut bits: u64 = 0;
    for (index, c) in whole.chars().chain(fraction.chars()).enumerate() {
        let digit = u64::from(c.to_digit(16)?);
        let in_fraction = index >= whole.len();
        if bits >> 59 == 0 {
            bits = bits << 4 | digit;
            exponent -= if in_fraction { 4 } else { 0 };
        } else {
            // Digits beyond 60 bits only matter in that they are there.
            bits |= u64::from(digit != 0);
            exponent += if in_fraction { 0 } else { 4 };
        }
    }
    Some(scale(bits, exponent))
}

/// `bits` times two to the power of `exponent`, rounded once, half to even.
fn scale(bits: u64, exponent: i64) -> f64 {
    if bits == 0 {
        return 0.0;
    }
    let leading = bits.leading_zeros();
    let bits = bits << leading;
    let exponent = exponent.saturating_add(63 - i64::from(leading));
    if exponent > 1023 {
        return f64::INFINITY;
    }
    // Below the smallest normal exponent, bits of the mantissa are lost.
    let dropped = (11 + (-1022 - exponent).max(0)).min(64) as u32;
    let kept = bits.checked_shr(dropped).unwrap_or(0);
    let half = 1_u64 << (dropped - 1);
    let rest = bits & (half - 1) | bits & half;
    let mantissa = kept + u64::from(rest > half || rest == half && kept & 1 == 1);
    let biased = if exponent >= -1022 { (exponent + 1022) as u64 } else { 0 };
    f64::from_bits((biased << 52) + mantissa)
}

/// `underscoreOK` of `strconv`: an underscore stands between digits, or behind the base prefix.
fn underscores_separate(text: &str) -> bool {
    if !text.contains('_') {
        return true;
    }
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text).to_ascii_lowercase();
    let prefixed = ["0b", "0o", "0x"].iter().any(|prefix| digits.starts_with(prefix));
    let hex = digits.starts_with("0x");
    let mut before = if prefixed { '0' } else { '^' };
    for c in digits.chars().skip(if prefixed { 2 } else { 0 }) {
        let digit = c.is_ascii_digit() || hex && c.is_ascii_hexdigit();
        match c {
            _ if digit => before = '0',
            '_' if before != '0' => return false,
            '_' => before = '_',
            _ if before == '_' => return false,
            _ => before = '!',
        }
    }
    before != '_'
}

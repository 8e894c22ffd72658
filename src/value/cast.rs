//! Values as numbers: `github.com/spf13/cast`, and Go's `strconv.ParseInt` and `ParseFloat`.

use std::borrow::Cow;

use crate::value::float::ldexp;
use crate::value::{Data, Rare, Value};

/// Why a text is no integer.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum IntError {
    Syntax,
    /// Too large; holds what `strconv.ParseInt` returns beside the error, the nearest integer.
    Range(i64),
}

/// `cast.ToInt` and `cast.ToInt64`: what is no number is zero.
pub fn to_int(value: &Value) -> i64 {
    match &value.data {
        Data::Int(value) | Data::Int64(value) => *value,
        Data::Float(value) => float_to_int(*value),
        Data::Bool(value) => i64::from(*value),
        Data::Str(text) => parse_int(&without_fraction(text), 0).unwrap_or(0),
        Data::Nil | Data::List(_) | Data::Map(_) => 0,
        Data::Rare(rare) => sized(rare).map_or(0, |value| value as i64),
    }
}

/// `cast.ToFloat64`: what is no number is zero.
pub fn to_float(value: &Value) -> f64 {
    match &value.data {
        Data::Float(value) => *value,
        Data::Int(value) | Data::Int64(value) => *value as f64,
        Data::Bool(value) => f64::from(u8::from(*value)),
        Data::Str(text) => parse_float(text).unwrap_or(0.0),
        Data::Nil | Data::List(_) | Data::Map(_) => 0.0,
        Data::Rare(rare) => sized(rare).map_or(0.0, |value| value as f64),
    }
}

fn sized(rare: &Rare) -> Option<i128> {
    let Rare::Sized(_, value) = rare else { return None };
    Some(*value)
}

/// Go's conversion on amd64, where all that does not fit becomes the smallest integer.
pub fn float_to_int(value: f64) -> i64 {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if (-LIMIT..LIMIT).contains(&value) { value as i64 } else { i64::MIN }
}

/// Drops the fraction of a plain decimal number (`trimDecimal` in cast's `number.go`).
fn without_fraction(text: &[u8]) -> Cow<'_, [u8]> {
    let Some(point) = text.iter().position(|&byte| byte == b'.') else {
        return Cow::Borrowed(text);
    };
    let (whole, fraction) = (&text[..point], &text[point + 1..]);
    let digits = whole.strip_prefix(b"-").or(whole.strip_prefix(b"+")).unwrap_or(whole);
    if !digits.iter().chain(fraction).all(u8::is_ascii_digit) {
        return Cow::Borrowed(text);
    }
    if digits.is_empty() { Cow::Owned([whole, b"0"].concat()) } else { Cow::Borrowed(whole) }
}

/// `strconv.ParseInt(text, base, 64)`. Base 0 takes the base from the prefix (`0x`, `0o`, `0b`,
/// and a plain `0` for octal) and lets underscores stand between digits.
pub fn parse_int(text: &[u8], base: u32) -> Result<i64, IntError> {
    let (negative, unsigned) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let (base, digits) =
        if base == 0 { prefixed(unsigned)? } else { (base, Cow::Borrowed(unsigned)) };
    if digits.is_empty() {
        return Err(IntError::Syntax);
    }
    let mut total = Some(0_i64);
    for &digit in digits.iter() {
        let digit = char::from(digit).to_digit(base).ok_or(IntError::Syntax)?;
        let digit = if negative { -i64::from(digit) } else { i64::from(digit) };
        total = total.and_then(|total| total.checked_mul(i64::from(base))?.checked_add(digit));
    }
    total.ok_or(IntError::Range(if negative { i64::MIN } else { i64::MAX }))
}

/// The base that the prefix tells, and the digits without prefix and underscores.
fn prefixed(text: &[u8]) -> Result<(u32, Cow<'_, [u8]>), IntError> {
    let (base, digits) = match text {
        [b'0', b'x' | b'X', digits @ ..] if !digits.is_empty() => (16, digits),
        [b'0', b'o' | b'O', digits @ ..] if !digits.is_empty() => (8, digits),
        [b'0', b'b' | b'B', digits @ ..] if !digits.is_empty() => (2, digits),
        [b'0', digits @ ..] if !digits.is_empty() => (8, digits),
        _ => (10, text),
    };
    if !digits.contains(&b'_') {
        return Ok((base, Cow::Borrowed(digits)));
    }
    if !underscores_ok(text) {
        return Err(IntError::Syntax);
    }
    Ok((base, digits.iter().copied().filter(|&byte| byte != b'_').collect()))
}

/// Underscores must separate digits, and one may follow a base prefix (`underscoreOK` in
/// `strconv/atoi.go`). `text` has no sign.
fn underscores_ok(text: &[u8]) -> bool {
    let (prefix, hex) = match text {
        [b'0', b'x' | b'X', ..] => (2, true),
        [b'0', b'b' | b'B' | b'o' | b'O', ..] => (2, false),
        _ => (0, false),
    };
    let is_digit = |byte: u8| byte.is_ascii_digit() || (hex && byte.is_ascii_hexdigit());
    let mut before_is_digit = prefix > 0;
    let mut open = false;
    for &byte in &text[prefix..] {
        if byte == b'_' {
            if !before_is_digit {
                return false;
            }
            (before_is_digit, open) = (false, true);
        } else {
            if open && !is_digit(byte) {
                return false;
            }
            (before_is_digit, open) = (is_digit(byte), false);
        }
    }
    !open
}

/// `strconv.ParseFloat(text, 64)`; None for any error, a number out of range included.
pub fn parse_float(text: &[u8]) -> Option<f64> {
    let text = str::from_utf8(text).ok()?;
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    let lower = unsigned.to_ascii_lowercase();
    match lower.as_str() {
        "inf" | "infinity" => return Some(sign * f64::INFINITY),
        // Go knows no signed NaN.
        "nan" if unsigned.len() == text.len() => return Some(f64::NAN),
        _ => {}
    }
    if lower.contains('_') && !underscores_ok(lower.as_bytes()) {
        return None;
    }
    let digits = lower.replace('_', "");
    let value = match digits.strip_prefix("0x") {
        Some(hex) => hex_float(hex)?,
        None => decimal_float(&digits)?,
    };
    value.is_finite().then_some(sign * value)
}

/// `1`, `1.`, `.5`, `1e3`; infinite if too large.
fn decimal_float(text: &str) -> Option<f64> {
    let plain = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'+' | b'-');
    let starts_well = text.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    (starts_well && text.bytes().all(plain)).then(|| text.parse().ok()).flatten()
}

/// `1.8p1`, what stands behind `0x`; infinite if too large. The exponent is required.
fn hex_float(text: &str) -> Option<f64> {
    let (mantissa, exponent) = text.split_once('p')?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent_digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let well_formed = whole.len() + fraction.len() > 0
        && !exponent_digits.is_empty()
        && exponent_digits.bytes().all(|byte| byte.is_ascii_digit());
    if !well_formed {
        return None;
    }
    // Beyond these the number is zero or infinite, however many digits it has.
    let mut exponent = exponent.parse::<i64>().unwrap_or(if exponent.starts_with('-') {
        -1_000_000_000
    } else {
        1_000_000_000
    });
    exponent = exponent.clamp(-1_000_000_000, 1_000_000_000) - 4 * fraction.len() as i64;
    let mut bits: u64 = 0;
    for digit in whole.chars().chain(fraction.chars()) {
        let digit = u64::from(digit.to_digit(16)?);
        if bits >> 60 == 0 {
            bits = bits << 4 | digit;
        } else {
            // Only whether anything follows matters for the rounding.
            bits |= u64::from(digit != 0);
            exponent += 4;
        }
    }
    Some(scaled(bits, exponent))
}

/// `bits × 2^exponent`, rounded to even once.
fn scaled(bits: u64, exponent: i64) -> f64 {
    if bits == 0 {
        return 0.0;
    }
    let length = 64 - i64::from(bits.leading_zeros());
    // The lowest bit that a number of this size can hold.
    let lowest = (exponent + length - 53).max(-1074);
    let drop = lowest - exponent;
    let (kept, exponent) = match drop {
        ..=0 => (bits, exponent),
        1..=63 => {
            let (kept, rest, half) = (bits >> drop, bits & ((1 << drop) - 1), 1 << (drop - 1));
            (kept + u64::from(rest > half || (rest == half && kept & 1 == 1)), lowest)
        }
        64 => (u64::from(bits > 1 << 63), lowest),
        _ => (0, lowest),
    };
    ldexp(kept as f64, exponent.clamp(-4000, 4000) as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_int(text: &str, expected: i64) {
        assert_eq!(to_int(&Value::from(text)), expected, "{text}");
    }

    #[track_caller]
    fn check_float(text: &str, expected: f64) {
        assert_eq!(to_float(&Value::from(text)), expected, "{text}");
    }

    #[test]
    fn integers_of_text() {
        check_int("42", 42);
        check_int("-7", -7);
        check_int("+7", 7);
        check_int("", 0);
        check_int(" 1", 0);
        check_int("3.7", 3);
        check_int("-.5", 0);
        check_int("12.0", 12);
        check_int("1.2.3", 0);
        check_int("010", 8);
        check_int("08", 0);
        check_int("08.5", 0);
        check_int("0x1F", 31);
        check_int("0b11", 3);
        check_int("0o17", 15);
        check_int("1_000", 1000);
        check_int("0x_1", 1);
        check_int("1__0", 0);
        check_int("_1", 0);
        check_int("1e3", 0);
        check_int("9223372036854775807", i64::MAX);
        check_int("-9223372036854775808", i64::MIN);
        check_int("9223372036854775808", 0);
    }

    // The expectations are those of `atoftests` in Go's `strconv`; errors are zero.
    #[test]
    fn floats_of_text() {
        check_float("1x", 0.0);
        check_float("1.", 1.0);
        check_float(".5", 0.5);
        check_float("+.", 0.0);
        check_float("1E23", 1e23);
        check_float("1_000", 1000.0);
        check_float("1_23.50_0_0e+1_2", 1.235e14);
        check_float("1e400", 0.0);
        check_float("inf", f64::INFINITY);
        check_float("-Infinity", f64::NEG_INFINITY);
        check_float("0x1p0", 1.0);
        check_float("0x1.8p1", 3.0);
        check_float("-0x2.p3", -16.0);
        check_float("0x0.fp4", 15.0);
        check_float("0x1p", 0.0);
        check_float("0x1", 0.0);
        check_float("0x1p1023", 8.98846567431158e307);
        check_float("0x1.fffffffffffff8p1023", 0.0);
        check_float("0x1p-1074", 5e-324);
        check_float("0x1p-1075", 0.0);
        check_float("0x1.8p-1074", 1e-323);
    }

    #[test]
    fn large_floats_become_the_smallest_integer() {
        assert_eq!(to_int(&Value::from(1e19)), i64::MIN);
        assert_eq!(to_int(&Value::from(f64::NAN)), i64::MIN);
        assert_eq!(to_int(&Value::from(-3.9)), -3);
    }
}

//! Floats as text: Go's `strconv.FormatFloat`.

use std::io::Write;

/// The decimal digits of a number that is not negative: `0.d₁d₂d₃… × 10^point`, without
/// trailing zeros; none for zero.
struct Digits {
    digits: Vec<u8>,
    point: i32,
}

/// Appends what `%v` prints: the fewest digits that give the number back, with an exponent
/// below 1e-4 and from seven digits before the point.
pub(crate) fn write_shortest(out: &mut Vec<u8>, value: f64) {
    let negative_zero = value == 0.0 && value.is_sign_negative();
    if value.fract() == 0.0 && value.abs() < 1e6 && !negative_zero {
        write_int(out, value as i64);
    } else {
        write(out, value, b'g', None);
    }
}

/// Appends an integer in base ten.
pub(crate) fn write_int(out: &mut Vec<u8>, value: i64) {
    if let Ok(digit @ 0..10) = u8::try_from(value) {
        return out.push(b'0' + digit);
    }
    // Writing to a vector cannot fail.
    let _ = write!(out, "{value}");
}

/// Appends `value` as one of the verbs `b e E f g G x X`; without a precision, with the fewest
/// digits that give the number back.
pub(crate) fn write(out: &mut Vec<u8>, value: f64, verb: u8, precision: Option<usize>) {
    if value.is_nan() {
        return out.extend_from_slice(b"NaN");
    }
    if value.is_infinite() {
        return out.extend_from_slice(if value > 0.0 { b"+Inf" } else { b"-Inf" });
    }
    if value.is_sign_negative() {
        out.push(b'-');
    }
    let value = value.abs();
    match verb {
        b'b' => write_binary(out, value),
        b'x' | b'X' => write_hex(out, value, verb, precision),
        b'f' => write_fixed(out, value, precision),
        b'e' | b'E' => {
            let digits = digits(value, precision.map(|after_point| after_point + 1));
            let precision = precision.unwrap_or(digits.digits.len().max(1) - 1);
            write_exponent(out, &digits, verb, precision);
        }
        _ => write_general(out, value, verb, precision),
    }
}

fn write_fixed(out: &mut Vec<u8>, value: f64, precision: Option<usize>) {
    // Writing to a vector cannot fail.
    let _ = match precision {
        Some(precision) => write!(out, "{value:.precision$}"),
        None => write!(out, "{value}"),
    };
}

/// `%g`: the plain form, or one with an exponent where that would be long.
fn write_general(out: &mut Vec<u8>, value: f64, verb: u8, precision: Option<usize>) {
    let wanted = precision.map(|precision| precision.max(1));
    let digits = digits(value, wanted);
    let count = digits.digits.len();
    let threshold = match wanted {
        None => 6,
        Some(wanted) if wanted > count && count as i32 >= digits.point => count,
        Some(wanted) => wanted,
    };
    let exponent = digits.point - 1;
    if exponent < -4 || exponent >= threshold as i32 {
        let precision = wanted.map_or(count, |wanted| wanted.min(count)).max(1) - 1;
        write_exponent(out, &digits, if verb == b'G' { b'E' } else { b'e' }, precision);
    } else {
        write_plain(out, &digits);
    }
}

/// `d.ddde±dd` with `precision` digits after the point.
fn write_exponent(out: &mut Vec<u8>, digits: &Digits, verb: u8, precision: usize) {
    let mut source = digits.digits.iter().copied().chain(std::iter::repeat(b'0'));
    out.extend(source.by_ref().take(1));
    if precision > 0 {
        out.push(b'.');
        out.extend(source.take(precision));
    }
    let exponent = if digits.digits.is_empty() { 0 } else { digits.point - 1 };
    out.push(verb);
    out.push(if exponent < 0 { b'-' } else { b'+' });
    let _ = write!(out, "{:02}", exponent.unsigned_abs());
}

/// All digits, with the point where it belongs.
fn write_plain(out: &mut Vec<u8>, digits: &Digits) {
    let Digits { digits, point } = digits;
    let whole = usize::try_from(*point).unwrap_or(0);
    if whole == 0 {
        out.push(b'0');
    }
    out.extend(digits.iter().copied().chain(std::iter::repeat(b'0')).take(whole));
    if digits.len() > whole {
        out.push(b'.');
        out.extend(std::iter::repeat_n(b'0', point.min(&0).unsigned_abs() as usize));
        out.extend_from_slice(&digits[whole..]);
    }
}

/// The fewest digits that give `value` back, or `count` digits.
fn digits(value: f64, count: Option<usize>) -> Digits {
    let text = match count {
        Some(count) => format!("{:.*e}", count.max(1) - 1, value),
        None => format!("{value:e}"),
    };
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let mut digits: Vec<u8> = mantissa.bytes().filter(|&byte| byte != b'.').collect();
    while digits.last() == Some(&b'0') {
        digits.pop();
    }
    let point = if digits.is_empty() { 0 } else { exponent + 1 };
    Digits { digits, point }
}

/// `value × 2^exponent`
pub(crate) fn ldexp(mut value: f64, mut exponent: i32) -> f64 {
    // Steps that a power of two can make exactly; more than four of them leave nothing to round.
    for _ in 0..4 {
        let step = exponent.clamp(-1000, 1000);
        value *= f64::from_bits(((step + 1023) as u64) << 52);
        exponent -= step;
    }
    value
}

/// The mantissa's bits and the exponent of two: `value = mantissa × 2^exponent`.
fn parts(value: f64) -> (u64, i32) {
    let bits = value.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    match (bits >> 52) & 0x7ff {
        0 => (fraction, -1074),
        exponent => (fraction | 1 << 52, exponent as i32 - 1075),
    }
}

/// `%b`: `4503599627370496p-52`.
fn write_binary(out: &mut Vec<u8>, value: f64) {
    let (mantissa, exponent) = parts(value);
    let _ = write!(out, "{mantissa}p{exponent:+}");
}

/// `%x`: `0x1.8p+01` (`fmtX` in `strconv/ftoa.go`).
fn write_hex(out: &mut Vec<u8>, value: f64, verb: u8, precision: Option<usize>) {
    let (mut mantissa, mut exponent) = parts(value);
    if mantissa == 0 {
        exponent = 0;
    } else {
        // One bit before the point and sixty after it; a bit of room above for rounding.
        let shift = mantissa.leading_zeros() as i32 - 3;
        mantissa <<= shift;
        exponent += 60 - shift;
    }
    if let Some(digits @ 0..15) = precision {
        let below = 60 - 4 * digits as u32;
        let rest = mantissa & ((1 << below) - 1);
        mantissa >>= below;
        let half = 1 << (below - 1);
        if rest > half || (rest == half && mantissa & 1 == 1) {
            mantissa += 1;
        }
        mantissa <<= below;
        if mantissa >> 61 != 0 {
            mantissa >>= 1;
            exponent += 1;
        }
    }
    let digits = format!("{:015x}", mantissa & ((1 << 60) - 1));
    let shown = match precision {
        Some(precision) => precision,
        None => digits.trim_end_matches('0').len(),
    };
    let mut text = format!("0x{}", mantissa >> 60);
    if shown > 0 {
        text.push('.');
        text.extend(digits.chars().chain(std::iter::repeat('0')).take(shown));
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    text.extend(format!("p{sign}{:02}", exponent.unsigned_abs()).chars());
    if verb == b'X' {
        text.make_ascii_uppercase();
    }
    out.extend_from_slice(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: f64, verb: u8, precision: Option<usize>, expected: &str) {
        let mut out = Vec::new();
        write(&mut out, value, verb, precision);
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[track_caller]
    fn check_shortest(value: f64, expected: &str) {
        let mut out = Vec::new();
        write_shortest(&mut out, value);
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    // The expectations are those of `atofTests` and `ftoatests` in Go's `strconv`.
    #[test]
    fn shortest() {
        check_shortest(1.0, "1");
        check_shortest(-7.0, "-7");
        check_shortest(-0.0, "-0");
        check_shortest(12345678.0, "1.2345678e+07");
        check_shortest(400000.0, "400000");
        check_shortest(1e6, "1e+06");
        check_shortest(1e21, "1e+21");
        check_shortest(0.0001, "0.0001");
        check_shortest(0.00001, "1e-05");
        check_shortest(0.1 + 0.2, "0.30000000000000004");
        check_shortest(5e-324, "5e-324");
        check_shortest(f64::NEG_INFINITY, "-Inf");
    }

    #[test]
    fn verbs() {
        check(1.0, b'e', Some(5), "1.00000e+00");
        check(1.0, b'f', Some(5), "1.00000");
        check(1.0, b'g', Some(5), "1");
        check(20.0, b'g', None, "20");
        check(1234567.8, b'g', None, "1.2345678e+06");
        check(200000.0, b'g', None, "200000");
        check(2000000.0, b'g', None, "2e+06");
        check(1e10, b'g', Some(10), "1e+10");
        check(0.0, b'e', Some(5), "0.00000e+00");
        check(0.0, b'e', None, "0e+00");
        check(0.0, b'x', None, "0x0p+00");
        check(400.0, b'g', Some(2), "4e+02");
        check(40.0, b'g', Some(2), "40");
        check(2.275555555555555, b'g', Some(3), "2.28");
        check(1.0, b'b', None, "4503599627370496p-52");
        check(1.5, b'x', None, "0x1.8p+00");
        check(1.0, b'x', Some(5), "0x1.00000p+00");
        check(-1.0, b'x', None, "-0x1p+00");
        check(3.0, b'x', Some(0), "0x1p+02");
        check(100.0, b'X', None, "0X1.9P+06");
        check(32.0, b'G', None, "32");
        check(1e23, b'f', Some(17), "99999999999999991611392.00000000000000000");
        check(123456.7, b'f', None, "123456.7");
        check(2.5, b'f', Some(0), "2");
    }
}

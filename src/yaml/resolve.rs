//! What plain scalars mean: YAML 1.1's types as go-yaml has them (`resolve.go`).

use super::error::Problem;

/// The value of a scalar.
#[derive(Copy, Clone, Debug, PartialEq)]
pub(super) enum Resolved {
    Null,
    Bool(bool),
    Int(i64),
    /// An integer above `i64::MAX`.
    Uint(u64),
    Float(f64),
    /// Its text as it stands.
    String,
}

impl Resolved {
    fn tag(self) -> &'static str {
        match self {
            Resolved::Null => "!!null",
            Resolved::Bool(_) => "!!bool",
            Resolved::Int(_) | Resolved::Uint(_) => "!!int",
            Resolved::Float(_) => "!!float",
            Resolved::String => "!!str",
        }
    }
}

const STANDARD: &str = "tag:yaml.org,2002:";

/// A scalar with an explicit tag. `!!binary` is left to the caller: it is a string here.
pub(super) fn resolve_tagged(tag: &[u8], text: &str) -> Result<Resolved, Problem> {
    let short = match str::from_utf8(tag).ok().and_then(|tag| tag.strip_prefix(STANDARD)) {
        Some(short @ ("bool" | "int" | "float" | "null" | "timestamp")) => short,
        _ => return Ok(Resolved::String),
    };
    let resolved = resolve(text);
    let wrong = |found: &'static str| Problem::WrongTag {
        found,
        value: text.to_owned(),
        wanted: format!("!!{short}"),
    };
    match (short, resolved) {
        ("float", Resolved::Int(value)) => Ok(Resolved::Float(value as f64)),
        ("timestamp", Resolved::String) if is_timestamp(text) => Ok(Resolved::String),
        _ if resolved.tag().strip_prefix("!!") == Some(short) => Ok(resolved),
        _ => Err(wrong(resolved.tag())),
    }
}

/// A plain scalar without a tag.
pub(super) fn resolve(text: &str) -> Resolved {
    match text.as_bytes() {
        [] => Resolved::Null,
        [b'0'..=b'9' | b'+' | b'-', ..] => word(text).unwrap_or_else(|| number(text)),
        [b'.', ..] => word(text).unwrap_or_else(|| match parse_float(text) {
            Some(value) => Resolved::Float(value),
            None => Resolved::String,
        }),
        [b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~', ..] => {
            word(text).unwrap_or(Resolved::String)
        }
        _ => Resolved::String,
    }
}

fn word(text: &str) -> Option<Resolved> {
    if text.len() > 5 {
        return None;
    }
    Some(match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            Resolved::Bool(true)
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Resolved::Bool(false)
        }
        "~" | "null" | "Null" | "NULL" => Resolved::Null,
        ".nan" | ".NaN" | ".NAN" => Resolved::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Resolved::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Resolved::Float(f64::NEG_INFINITY),
        _ => return None,
    })
}

/// An integer of any of Go's bases, or a float; underscores anywhere. Sexagesimal numbers and
/// timestamps stay strings.
fn number(text: &str) -> Resolved {
    let without;
    let plain = if text.contains('_') {
        without = text.replace('_', "");
        &without
    } else {
        text
    };
    if let Some(integer) = integer(plain) {
        return integer;
    }
    if is_yaml_float(plain)
        && let Some(value) = parse_float(plain)
    {
        return Resolved::Float(value);
    }
    // go-yaml hands what follows `0b` to Go, which takes a sign there too.
    match plain.strip_prefix("0b").and_then(|digits| i64::from_str_radix(digits, 2).ok()) {
        Some(value) => Resolved::Int(value),
        None => Resolved::String,
    }
}

/// Go's `ParseInt` and `ParseUint` with base 0; no underscores.
fn integer(text: &str) -> Option<Resolved> {
    let (negative, sign, digits) = match text.as_bytes() {
        [b'-', ..] => (true, true, &text[1..]),
        [b'+', ..] => (false, true, &text[1..]),
        _ => (false, false, text),
    };
    let (base, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', _, ..] => (16, &digits[2..]),
        [b'0', b'o' | b'O', _, ..] => (8, &digits[2..]),
        [b'0', b'b' | b'B', _, ..] => (2, &digits[2..]),
        [b'0', _, ..] => (8, &digits[1..]),
        _ => (10, digits),
    };
    let first_is_digit = digits.chars().next().is_some_and(|first| first.is_digit(base));
    if !first_is_digit {
        return None;
    }
    let magnitude = u64::from_str_radix(digits, base).ok()?;
    match (negative, i64::try_from(magnitude)) {
        (false, Ok(value)) => Some(Resolved::Int(value)),
        (true, Ok(value)) => Some(Resolved::Int(-value)),
        (true, Err(_)) if magnitude == 1 << 63 => Some(Resolved::Int(i64::MIN)),
        (false, Err(_)) if !sign => Some(Resolved::Uint(magnitude)),
        _ => None,
    }
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn is_yaml_float(text: &str) -> bool {
    let digits = |from: &[u8]| from.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut rest = text.as_bytes();
    if let [b'-' | b'+', tail @ ..] = rest {
        rest = tail;
    }
    let whole = digits(rest);
    rest = &rest[whole..];
    if let [b'.', tail @ ..] = rest {
        let fraction = digits(tail);
        if whole + fraction == 0 {
            return false;
        }
        rest = &tail[fraction..];
    } else if whole == 0 {
        return false;
    }
    if let [b'e' | b'E', tail @ ..] = rest {
        let exponent = if let [b'-' | b'+', tail @ ..] = tail { tail } else { tail };
        return !exponent.is_empty() && digits(exponent) == exponent.len();
    }
    rest.is_empty()
}

/// Go's `ParseFloat` for decimal numbers: underscores between digits, nothing too large.
fn parse_float(text: &str) -> Option<f64> {
    if !text
        .bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-' | b'_'))
    {
        return None;
    }
    let value: f64 = if text.contains('_') {
        let bytes = text.as_bytes();
        let separates = |at: usize| {
            let digit =
                |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
            digit(at.checked_sub(1)) && digit(Some(at + 1))
        };
        let misplaced = bytes.iter().enumerate().any(|(at, &byte)| byte == b'_' && !separates(at));
        if misplaced {
            return None;
        }
        text.replace('_', "").parse().ok()?
    } else {
        text.parse().ok()?
    };
    value.is_finite().then_some(value)
}

/// Whether Go's `time.Parse` accepts the text in one of go-yaml's four layouts.
pub(super) fn is_timestamp(text: &str) -> bool {
    let Some((date, time)) = split_date(text) else { return false };
    if !is_date(date) {
        return false;
    }
    match time.as_bytes() {
        [] => true,
        [b'T' | b't', ..] => is_clock(&time[1..]).is_some_and(is_zone),
        [b' ', ..] => is_clock(time.trim_start_matches(' ')).is_some_and(str::is_empty),
        _ => false,
    }
}

/// `YYYY-M-D` and what follows it.
fn split_date(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '-').unwrap_or(text.len());
    text.split_at_checked(end)
}

fn is_date(date: &str) -> bool {
    let mut parts = date.split('-');
    let (Some(year), Some(month), Some(day), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let (Ok(year_number), Some(month), Some(day)) =
        (year.parse::<u32>(), short_number(month), short_number(day))
    else {
        return false;
    };
    let leap = year_number % 4 == 0 && (year_number % 100 != 0 || year_number % 400 == 0);
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 31,
    };
    year.len() == 4 && (1..=12).contains(&month) && (1..=days).contains(&day)
}

/// A number of one or two digits.
fn short_number(text: &str) -> Option<u32> {
    let digits = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}

/// `H:M:S` with an optional fraction; what follows it.
fn is_clock(text: &str) -> Option<&str> {
    let mut rest = text;
    for (limit, separator) in [(23, ":"), (59, ":"), (59, "")] {
        let width = rest.bytes().take(2).take_while(u8::is_ascii_digit).count();
        if short_number(rest.get(..width)?)? > limit {
            return None;
        }
        rest = rest[width..].strip_prefix(separator)?;
    }
    let Some(fraction) = rest.strip_prefix(['.', ',']) else { return Some(rest) };
    let width = fraction.bytes().take_while(u8::is_ascii_digit).count();
    (width > 0).then(|| &fraction[width..])
}

/// `Z` or `+hh:mm`.
fn is_zone(text: &str) -> bool {
    match text.as_bytes() {
        b"Z" => true,
        [b'+' | b'-', h1, h2, b':', m1, m2] => {
            let number = |high: &u8, low: &u8| {
                let digits = high.is_ascii_digit() && low.is_ascii_digit();
                digits.then(|| (high - b'0') * 10 + (low - b'0'))
            };
            number(h1, h2).is_some_and(|hours| hours <= 24)
                && number(m1, m2).is_some_and(|minutes| minutes <= 60)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Resolved) {
        assert_eq!(resolve(text), expected, "{text}");
    }

    #[test]
    fn words() {
        for text in ["y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE"] {
            check(text, Resolved::Bool(true));
        }
        for text in ["n", "N", "no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE"] {
            check(text, Resolved::Bool(false));
        }
        for text in ["", "~", "null", "Null", "NULL"] {
            check(text, Resolved::Null);
        }
        for text in ["yEs", "nULL", "tRue", "oN", "nil", "none", "<<", "=", "Infinity", "nan"] {
            check(text, Resolved::String);
        }
    }

    #[test]
    fn integers() {
        check("0", Resolved::Int(0));
        check("-0", Resolved::Int(0));
        check("+12", Resolved::Int(12));
        check("0777", Resolved::Int(0o777));
        check("0o777", Resolved::Int(0o777));
        check("-0x1F", Resolved::Int(-31));
        check("0b1011", Resolved::Int(11));
        check("0b-11", Resolved::Int(-3));
        check("1_000_", Resolved::Int(1000));
        check("0x_f_f", Resolved::Int(255));
        check("9223372036854775807", Resolved::Int(i64::MAX));
        check("-9223372036854775808", Resolved::Int(i64::MIN));
        check("9223372036854775808", Resolved::Uint(1 << 63));
        check("+9223372036854775808", Resolved::Float(9_223_372_036_854_775_808.0));
    }

    #[test]
    fn floats() {
        check("1.5", Resolved::Float(1.5));
        check("1.", Resolved::Float(1.0));
        check(".5", Resolved::Float(0.5));
        check("+.5e-3", Resolved::Float(0.0005));
        check("08", Resolved::Float(8.0));
        check("1e3", Resolved::Float(1000.0));
        check("18446744073709551616", Resolved::Float(18_446_744_073_709_551_616.0));
        check(".1_0", Resolved::Float(0.1));
        check("1_0.5_", Resolved::Float(10.5));
        check("-.INF", Resolved::Float(f64::NEG_INFINITY));
    }

    #[test]
    fn strings_that_look_like_numbers() {
        for text in [
            "1:30",
            "2001-12-14",
            "0x",
            "0o",
            "0b2",
            "1.2.3",
            "1e",
            "1e400",
            ".",
            "-",
            "+",
            "--1",
            "._1",
            ".1_",
            "0x1p4",
            "1,5",
            "é1",
            "_1",
            "0b",
            "-.",
            "1e+",
        ] {
            check(text, Resolved::String);
        }
    }

    #[test]
    fn tags() {
        let resolved =
            |tag: &str, text| resolve_tagged(format!("{STANDARD}{tag}").as_bytes(), text);
        assert_eq!(resolved("str", "1"), Ok(Resolved::String));
        assert_eq!(resolved("float", "1"), Ok(Resolved::Float(1.0)));
        assert_eq!(resolved("timestamp", "2001-12-14t21:59:43.10-05:00"), Ok(Resolved::String));
        assert_eq!(resolve_tagged(b"!int", "x"), Ok(Resolved::String));
        let wrong = |found, value: &str, wanted: &str| {
            Err(Problem::WrongTag { found, value: value.to_owned(), wanted: wanted.to_owned() })
        };
        assert_eq!(resolved("int", "1.5"), wrong("!!float", "1.5", "!!int"));
        assert_eq!(resolved("null", "x"), wrong("!!str", "x", "!!null"));
        assert_eq!(
            resolved("timestamp", "2001-02-30"),
            wrong("!!str", "2001-02-30", "!!timestamp")
        );
    }
}

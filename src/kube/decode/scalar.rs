//! Values that are no structs, lists or maps.

use super::super::quantity::Quantity;
use super::super::types::{Scalar, Shape, Type};
use crate::yaml::{Kind, Node};

/// Why a value is refused.
pub(super) enum Refusal {
    /// It has another JSON type.
    Type,
    /// It is a text (or a number, for quantities) that does not say what it should.
    Text { rule: &'static str, reason: String },
}

pub(super) fn check(node: Node<'_>, of: Scalar) -> Result<(), Refusal> {
    let fits = match of {
        Scalar::String => node.kind() == Kind::String,
        Scalar::Bool => node.kind() == Kind::Bool,
        Scalar::Int32 => is_int32(node),
        Scalar::Int64 => node.as_i64().is_some(),
        Scalar::Float => node.kind() == Kind::Number,
        Scalar::IntOrString => node.kind() == Kind::String || is_int32(node),
        Scalar::Bytes if node.kind() == Kind::Seq => node.items().all(is_byte),
        Scalar::Bytes => return with_text(node, base64),
        Scalar::Time => return with_text(node, |text| time(text, Fraction::Any)),
        Scalar::MicroTime => return with_text(node, |text| time(text, Fraction::Micro)),
        Scalar::Quantity => return quantity(node),
        Scalar::Any | Scalar::SchemaOrBool | Scalar::SchemaOrArray | Scalar::SchemaOrStrings => {
            true
        }
    };
    if fits { Ok(()) } else { Err(Refusal::Type) }
}

/// The server says nothing of where these stand.
pub(super) fn hides_its_path(shape: Shape) -> bool {
    matches!(shape, Shape::One(Type::Scalar(Scalar::SchemaOrBool)))
}

fn is_int32(node: Node<'_>) -> bool {
    node.as_i64().is_some_and(|number| i32::try_from(number).is_ok())
}

fn is_byte(node: Node<'_>) -> bool {
    node.is_null() || node.as_i64().is_some_and(|number| u8::try_from(number).is_ok())
}

fn with_text(node: Node<'_>, check: impl Fn(&str) -> Result<(), Refusal>) -> Result<(), Refusal> {
    node.as_str().map_or(Err(Refusal::Type), check)
}

fn quantity(node: Node<'_>) -> Result<(), Refusal> {
    Quantity::read(Some(node))
        .map(|_| ())
        .map_err(|error| Refusal::Text { rule: "bad-quantity", reason: error.message().to_owned() })
}

/// Go's `base64.StdEncoding`: line breaks are skipped, padding is required, and the offset of an
/// error is that of its decoder.
fn base64(text: &str) -> Result<(), Refusal> {
    match base64_error(text.as_bytes()) {
        None => Ok(()),
        Some(offset) => Err(Refusal::Text {
            rule: "bad-base64",
            reason: format!("illegal base64 data at input byte {offset}"),
        }),
    }
}

/// The offset at which `base64.StdEncoding.Decode` fails.
fn base64_error(text: &[u8]) -> Option<usize> {
    let mut letters =
        text.iter().enumerate().filter(|&(_, &byte)| byte != b'\n' && byte != b'\r').peekable();
    while letters.peek().is_some() {
        for position in 0..4 {
            match letters.next() {
                None => return Some(text.len() - position),
                Some((_, byte)) if is_base64(*byte) => {}
                Some((offset, b'=')) if position < 2 => return Some(offset),
                Some((_, b'=')) if position == 2 => {
                    return match letters.next() {
                        None => Some(text.len()),
                        Some((_, b'=')) => letters.next().map(|(offset, _)| offset),
                        Some((offset, _)) => Some(offset - 1),
                    };
                }
                Some((_, b'=')) => return letters.next().map(|(offset, _)| offset),
                Some((offset, _)) => return Some(offset),
            }
        }
    }
    None
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/'
}

#[derive(Copy, Clone, PartialEq, Eq)]
enum Fraction {
    /// None or any number of digits: `time.RFC3339`.
    Any,
    /// Six digits: `metav1.RFC3339Micro`.
    Micro,
}

fn time(text: &str, fraction: Fraction) -> Result<(), Refusal> {
    if is_time(text.as_bytes(), fraction).is_some() {
        return Ok(());
    }
    let layout = match fraction {
        Fraction::Any => "2006-01-02T15:04:05Z",
        Fraction::Micro => "2006-01-02T15:04:05.000000Z",
    };
    Err(Refusal::Text { rule: "bad-timestamp", reason: format!("not a time such as `{layout}`") })
}

/// Whether Go's `time.Parse` reads it.
fn is_time(text: &[u8], fraction: Fraction) -> Option<()> {
    let (year, rest) = digits(text, 4)?;
    let (month, rest) = digits(rest.strip_prefix(b"-")?, 2)?;
    let (day, rest) = digits(rest.strip_prefix(b"-")?, 2)?;
    let (hour, rest) = digits(rest.strip_prefix(b"T")?, 2)?;
    let (minute, rest) = digits(rest.strip_prefix(b":")?, 2)?;
    let (second, rest) = digits(rest.strip_prefix(b":")?, 2)?;
    let rest = skip_fraction(rest, fraction)?;
    let in_range = (1..=12).contains(&month)
        && (1..=days_of(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    (in_range && is_offset(rest)).then_some(())
}

fn skip_fraction(text: &[u8], fraction: Fraction) -> Option<&[u8]> {
    let Some(rest) = text.strip_prefix(b".").or_else(|| text.strip_prefix(b",")) else {
        return (fraction == Fraction::Any).then_some(text);
    };
    let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let fits = if fraction == Fraction::Any { length > 0 } else { length == 6 };
    fits.then(|| &rest[length..])
}

fn is_offset(text: &[u8]) -> bool {
    match text {
        b"Z" => true,
        [b'+' | b'-', offset @ ..] => {
            let parts = digits(offset, 2).and_then(|(hours, rest)| {
                let (minutes, rest) = digits(rest.strip_prefix(b":")?, 2)?;
                rest.is_empty().then_some((hours, minutes))
            });
            parts.is_some_and(|(hours, minutes)| hours <= 24 && minutes < 60)
        }
        _ => false,
    }
}

/// The number in the first `count` bytes, and what follows.
fn digits(text: &[u8], count: usize) -> Option<(u32, &[u8])> {
    let (head, rest) = text.split_at_checked(count)?;
    head.iter().all(u8::is_ascii_digit).then(|| {
        let number = head.iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0'));
        (number, rest)
    })
}

fn days_of(year: u32, month: u32) -> u32 {
    let leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_errors_are_where_go_finds_them() {
        let check = |text: &str, expected| assert_eq!(base64_error(text.as_bytes()), expected);
        check("", None);
        check("aGVsbG8=", None);
        check("aGVs\nbG8=\n", None);
        check("aGVsbA==", None);
        check("aGVsbG8", Some(4));
        check("not base64!", Some(3));
        check("cGFzcw=-", Some(6));
        check("c_-z", Some(1));
        check("====", Some(0));
        check("aGVsbG8=x", Some(8));
    }

    #[test]
    fn times() {
        let check = |text: &str, any: bool, micro: bool| {
            assert_eq!(is_time(text.as_bytes(), Fraction::Any).is_some(), any, "{text}");
            assert_eq!(is_time(text.as_bytes(), Fraction::Micro).is_some(), micro, "{text}");
        };
        check("2024-02-29T23:59:59Z", true, false);
        check("2024-02-29T23:59:59.123456Z", true, true);
        check("2024-02-29T23:59:59.5+01:30", true, false);
        check("2023-02-29T23:59:59Z", false, false);
        check("2024-01-01T24:00:00Z", false, false);
        check("2024-01-01 00:00:00Z", false, false);
        check("2024-01-01T00:00:00", false, false);
        check("2024-01-01", false, false);
        check("yesterday", false, false);
    }
}

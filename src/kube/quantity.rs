//! Amounts of resources, such as `500m` or `1.5Gi`: `resource.Quantity` of apimachinery.

use std::fmt::{self, Display};
use std::ops::{Add, Sub};

use crate::yaml::{Kind, Node};

/// An amount, in billionths: the server rounds what is finer up to one of them.
///
/// Exact up to 10²⁹, far above the 8 exa that a server can count in bytes; what is larger is that
/// maximum.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quantity {
    nano: i128,
}

/// Why a text is no quantity; the server's decoder says it in these words, without a path.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum QuantityError {
    Format,
    Suffix,
}

impl QuantityError {
    pub fn message(self) -> &'static str {
        match self {
            QuantityError::Format => {
                "quantities must match the regular expression \
                 '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
            }
            QuantityError::Suffix => "unable to parse quantity's suffix",
        }
    }
}

const NANO_PER_UNIT: i128 = 1_000_000_000;
/// `maxAllowed`: only amounts with a binary suffix are capped.
const MAX_BINARY: i128 = i64::MAX as i128;

impl Quantity {
    pub const ZERO: Quantity = Quantity { nano: 0 };

    pub const fn units(units: i64) -> Quantity {
        Quantity { nano: units as i128 * NANO_PER_UNIT }
    }

    /// `ParseQuantity`.
    pub fn parse(text: &str) -> Result<Quantity, QuantityError> {
        if text.is_empty() {
            return Err(QuantityError::Format);
        }
        let parts = split(text)?;
        let (base, exponent) = suffix(parts.suffix).ok_or(QuantityError::Suffix)?;
        let magnitude = match base {
            Base::Ten => decimal(parts.whole, parts.fraction, exponent),
            Base::Two => binary(parts.whole, parts.fraction, exponent),
        };
        Ok(Quantity { nano: if parts.negative { -magnitude } else { magnitude } })
    }

    /// The amount that a node of an object stands for; none or null is zero.
    pub fn read(node: Option<Node<'_>>) -> Result<Quantity, QuantityError> {
        let Some(node) = node else { return Ok(Quantity::ZERO) };
        match (node.kind(), node.as_i64(), node.as_f64()) {
            (Kind::Null, _, _) => Ok(Quantity::ZERO),
            // `UnmarshalJSON` takes spaces around the number for nothing.
            (Kind::String, _, _) => Quantity::parse(node.as_str().unwrap_or("").trim()),
            (Kind::Number, Some(units), _) => Ok(Quantity::units(units)),
            (Kind::Number, None, Some(float)) => Quantity::parse(&float.to_string()),
            (Kind::Number, None, None) | (Kind::Bool | Kind::Seq | Kind::Map, _, _) => {
                Err(QuantityError::Format)
            }
        }
    }

    /// In whole units, rounded away from zero; at most what an `i64` holds (`Value`).
    pub fn value(self) -> i64 {
        self.scaled(NANO_PER_UNIT)
    }

    /// In thousandths, rounded away from zero (`MilliValue`).
    pub fn milli_value(self) -> i64 {
        self.scaled(NANO_PER_UNIT / 1000)
    }

    /// Rounded away from zero to thousandths, which is as fine as resources of containers are.
    #[must_use]
    pub fn rounded_up_to_milli(self) -> Quantity {
        let step = NANO_PER_UNIT / 1000;
        let rest = self.nano % step;
        let missing = if rest == 0 { 0 } else { step * self.nano.signum() - rest };
        Quantity { nano: self.nano.saturating_add(missing) }
    }

    fn scaled(self, step: i128) -> i64 {
        let magnitude = self.nano.unsigned_abs().div_ceil(step.unsigned_abs());
        let magnitude = i64::try_from(magnitude).unwrap_or(i64::MAX);
        if self.nano < 0 { -magnitude } else { magnitude }
    }

    pub fn is_zero(self) -> bool {
        self.nano == 0
    }

    /// The nearest `f64` (`AsApproximateFloat64`).
    pub fn approximate(self) -> f64 {
        self.nano as f64 / NANO_PER_UNIT as f64
    }

    pub fn is_negative(self) -> bool {
        self.nano < 0
    }
}

impl Sub for Quantity {
    type Output = Quantity;

    fn sub(self, other: Quantity) -> Quantity {
        Quantity { nano: self.nano.saturating_sub(other.nano) }
    }
}

impl Add for Quantity {
    type Output = Quantity;

    fn add(self, other: Quantity) -> Quantity {
        Quantity { nano: self.nano.saturating_add(other.nano) }
    }
}

/// In the largest unit that takes no fraction, binary ones from 1Ki on: `512Mi`, `1500m`, `2G`.
impl Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = BINARY.into_iter().chain(DECIMAL.map(|(size, suffix, _)| (size, suffix)));
        f.write_str(&self.in_largest(units))
    }
}

/// Units in billionths, with their suffixes.
const BINARY: [(i128, &str); 6] = [
    ((1 << 60) * NANO_PER_UNIT, "Ei"),
    ((1 << 50) * NANO_PER_UNIT, "Pi"),
    ((1 << 40) * NANO_PER_UNIT, "Ti"),
    ((1 << 30) * NANO_PER_UNIT, "Gi"),
    ((1 << 20) * NANO_PER_UNIT, "Mi"),
    ((1 << 10) * NANO_PER_UNIT, "Ki"),
];
/// The same with the exponents that say as much.
const DECIMAL: [(i128, &str, &str); 10] = [
    (1_000_000_000_000_000_000_000_000_000, "E", "e18"),
    (1_000_000_000_000_000_000_000_000, "P", "e15"),
    (1_000_000_000_000_000_000_000, "T", "e12"),
    (1_000_000_000_000_000_000, "G", "e9"),
    (1_000_000_000_000_000, "M", "e6"),
    (1_000_000_000_000, "k", "e3"),
    (NANO_PER_UNIT, "", ""),
    (1_000_000, "m", "e-3"),
    (1_000, "u", "e-6"),
    (1, "n", "e-9"),
];

impl Quantity {
    /// The canonical text of the amount in a node (`Quantity.String`): it keeps the kind of unit
    /// that it was written with. None or null is zero.
    pub fn canonical(node: Option<Node<'_>>) -> String {
        let written = node.and_then(Node::as_str).unwrap_or("");
        Quantity::read(node).unwrap_or_default().written_like(written)
    }

    fn written_like(self, written: &str) -> String {
        let is_whole = self.nano % NANO_PER_UNIT == 0;
        let is_large = self.nano.abs() >= 1024 * NANO_PER_UNIT;
        let exponent = written.trim_end_matches(|c: char| c.is_ascii_digit());
        let has_exponent = exponent.len() < written.len()
            && exponent.trim_end_matches(['+', '-']).ends_with(['e', 'E']);
        if written.ends_with('i') && is_whole && is_large {
            self.in_largest(BINARY.into_iter().chain([(NANO_PER_UNIT, "")]))
        } else if has_exponent {
            self.in_largest(DECIMAL.into_iter().map(|(size, _, exponent)| (size, exponent)))
        } else {
            self.in_largest(DECIMAL.into_iter().map(|(size, suffix, _)| (size, suffix)))
        }
    }

    /// In the largest of the units that takes no fraction.
    fn in_largest(self, units: impl Iterator<Item = (i128, &'static str)>) -> String {
        let fitting = units.filter(|(size, _)| self.nano % size == 0);
        match fitting.max_by_key(|(size, _)| *size) {
            Some((size, suffix)) if self.nano != 0 => format!("{}{suffix}", self.nano / size),
            Some(_) | None => "0".to_owned(),
        }
    }
}

/// The parts of a quantity's text.
struct Parts<'a> {
    negative: bool,
    whole: &'a str,
    fraction: &'a str,
    suffix: &'a str,
}

/// `parseQuantityString`. Both `whole` and `fraction` may be empty: `m` is zero.
fn split(text: &str) -> Result<Parts<'_>, QuantityError> {
    let negative = text.starts_with('-');
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, rest) = split_digits(unsigned);
    let (fraction, suffix) = match rest.strip_prefix('.') {
        Some(rest) => split_digits(rest),
        None => ("", rest),
    };
    let exponent = suffix.trim_start_matches(|c| "eEinumkKMGTP".contains(c));
    let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
    match exponent.bytes().all(|b| b.is_ascii_digit()) {
        true => Ok(Parts { negative, whole, fraction, suffix }),
        false => Err(QuantityError::Format),
    }
}

fn split_digits(text: &str) -> (&str, &str) {
    let end = text.bytes().position(|b| !b.is_ascii_digit()).unwrap_or(text.len());
    text.split_at(end)
}

#[derive(Copy, Clone)]
enum Base {
    Two,
    Ten,
}

/// `suffixHandler.interpret`.
fn suffix(suffix: &str) -> Option<(Base, i64)> {
    Some(match suffix {
        "" => (Base::Ten, 0),
        "n" => (Base::Ten, -9),
        "u" => (Base::Ten, -6),
        "m" => (Base::Ten, -3),
        "k" => (Base::Ten, 3),
        "M" => (Base::Ten, 6),
        "G" => (Base::Ten, 9),
        "T" => (Base::Ten, 12),
        "P" => (Base::Ten, 15),
        "E" => (Base::Ten, 18),
        "Ki" => (Base::Two, 10),
        "Mi" => (Base::Two, 20),
        "Gi" => (Base::Two, 30),
        "Ti" => (Base::Two, 40),
        "Pi" => (Base::Two, 50),
        "Ei" => (Base::Two, 60),
        _ => (Base::Ten, suffix.strip_prefix(['e', 'E'])?.parse().ok()?),
    })
}

/// `whole.fraction × 10^exponent` in billionths, rounded up.
fn decimal(whole: &str, fraction: &str, exponent: i64) -> i128 {
    let digits = || whole.bytes().chain(fraction.bytes()).map(|b| i128::from(b - b'0'));
    if digits().all(|digit| digit == 0) {
        return 0;
    }
    // How many of the digits stand before the point once counted in billionths.
    let kept = exponent.saturating_add(9).saturating_add(whole.len() as i64);
    let kept_digits = usize::try_from(kept).unwrap_or(0);
    let total = whole.len() + fraction.len();
    let mut nano = 0i128;
    for digit in digits().take(kept_digits) {
        nano = nano.saturating_mul(10).saturating_add(digit);
    }
    // More zeros than an i128 has digits saturate it anyway.
    for _ in 0..kept_digits.saturating_sub(total).min(40) {
        nano = nano.saturating_mul(10);
    }
    let lost = digits().skip(kept_digits).any(|digit| digit != 0);
    nano.saturating_add(i128::from(lost))
}

/// How many digits after the point a binary amount is exact to: 10¹⁸ × 2⁶⁰ fits an `i128`.
const BINARY_DIGITS: usize = 18;

/// `whole.fraction × 2^exponent` in billionths, rounded up and capped.
fn binary(whole: &str, fraction: &str, exponent: i64) -> i128 {
    let factor = 1i128 << exponent;
    let units = decimal(whole, "", -9).saturating_mul(factor).min(MAX_BINARY);
    let (seen, rest) = fraction.split_at(fraction.len().min(BINARY_DIGITS));
    let scale = 10i128.pow(seen.len() as u32);
    let lost = i128::from(rest.bytes().any(|b| b != b'0'));
    let part = seen.bytes().fold(0, |value, b| value * 10 + i128::from(b - b'0')) + lost;
    let (part_units, remainder) = (part * factor / scale, part * factor % scale);
    let part_nano = (remainder * NANO_PER_UNIT + scale - 1) / scale;
    ((units + part_units) * NANO_PER_UNIT + part_nano).min(MAX_BINARY * NANO_PER_UNIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `text` and `same` are one amount.
    #[track_caller]
    fn check(text: &str, same: &str) {
        assert_eq!(Quantity::parse(text), Quantity::parse(same), "{text} and {same}");
        assert!(Quantity::parse(text).is_ok(), "{text}");
    }

    #[track_caller]
    fn check_error(text: &str, expected: QuantityError) {
        assert_eq!(Quantity::parse(text), Err(expected), "{text}");
    }

    #[test]
    fn units() {
        check("1", "1000m");
        check("0.5", "500m");
        check("1k", "1e3");
        check("1Ki", "1024");
        check("8Gi", "8192Mi");
        check("1.5Gi", "1536Mi");
        check("0.1Gi", "107374182.4");
        check("1E", "1000P");
        check("12e-3", "12m");
        check("+1", "01.0");
    }

    #[test]
    fn odd_spellings_that_the_server_takes() {
        check("m", "0");
        check("5.Mi", "5Mi");
        check(".5", "500m");
        check("-", "0");
    }

    #[test]
    fn what_is_too_fine_is_rounded_up_and_what_is_too_large_is_capped() {
        check("0.0000000001", "1n");
        check("-0.1n", "-1n");
        check("16Ei", "8Ei");
        check("0.00000000000000000001Ki", "1n");
        check("1e999999999999", "1e99");
        check("1e-999999999999", "1n");
    }

    #[test]
    fn errors() {
        check_error("", QuantityError::Format);
        check_error("1 Gi", QuantityError::Format);
        check_error("1.2.3", QuantityError::Format);
        check_error("1Gb", QuantityError::Format);
        check_error("1gi", QuantityError::Format);
        check_error("1e", QuantityError::Suffix);
        check_error("1mi", QuantityError::Suffix);
        check_error("1GiM", QuantityError::Suffix);
    }

    #[test]
    fn printed() {
        let print = |text| Quantity::parse(text).unwrap_or_default().to_string();
        let texts = ["0.5", "1024Mi", "1500M", "2e3", "0", "-1", "100m", "1.5Gi"];
        let printed = ["500m", "1Gi", "1500M", "2k", "0", "-1", "100m", "1536Mi"];
        assert_eq!(texts.map(print), printed);
    }

    #[test]
    fn canonical_texts_keep_their_kind_of_unit() {
        let cases = [
            ("1024Mi", "1Gi"),
            ("1536Mi", "1536Mi"),
            ("1024", "1024"),
            ("2048000", "2048k"),
            ("0.5", "500m"),
            ("0.5Ki", "512"),
            ("1.5Ki", "1536"),
            ("2000Ki", "2000Ki"),
            ("0.1Ki", "102400m"),
            ("1e-3", "1e-3"),
            ("12e5", "1200e3"),
            ("1E", "1E"),
            ("-1000m", "-1"),
            ("", "0"),
        ];
        for (written, expected) in cases {
            let amount = Quantity::parse(written).unwrap_or_default();
            assert_eq!(amount.written_like(written), expected, "{written}");
        }
    }

    #[test]
    fn order_and_value() {
        let parse = |text| Quantity::parse(text).unwrap_or_default();
        assert!(parse("1Gi") > parse("1G"));
        assert!(parse("-1").is_negative());
        assert_eq!(parse("1.2").value(), 2);
        assert_eq!(parse("-1.2").value(), -2);
        assert_eq!(parse("1.0001").milli_value(), 1001);
        assert_eq!(parse("1e30").value(), i64::MAX);
    }
}

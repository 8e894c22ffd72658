//! Floats as Go's `strconv.FormatFloat` with format `g` and the shortest precision prints them.

use super::node::{Node, Shape};

/// `FormatFloat(value, 'g', -1, 64)`.
pub(super) fn shortest(value: f64) -> String {
    layout(&format!("{value:e}"))
}

/// `FormatFloat(value, 'g', -1, 32)`.
pub(super) fn shortest_f32(value: f32) -> String {
    layout(&format!("{value:e}"))
}

/// `fmt`'s `%v`, which knows infinity.
pub(super) fn go_value(value: f64) -> String {
    if value.is_nan() {
        "NaN".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned()
    } else {
        shortest(value)
    }
}

/// A number as go-yaml writes it.
pub(super) fn number_text(node: Node<'_>) -> String {
    if let Shape::Int(value) = *node.shape() {
        value.to_string()
    } else if let Shape::Uint(value) = *node.shape() {
        value.to_string()
    } else {
        yaml_float(node.as_f64().unwrap_or_default())
    }
}

/// A float as go-yaml writes it (`floatv` in `encode.go`).
pub fn yaml_float(value: f64) -> String {
    if value.is_nan() {
        ".nan".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { ".inf" } else { "-.inf" }.to_owned()
    } else {
        shortest(value)
    }
}

/// A finite float as go-yaml writes it after a detour over JSON, where whole numbers lose their
/// type: the digits that JSON has, as an integer if they are one of 64 bits.
pub fn json_float(value: f64) -> String {
    if value.fract() != 0.0 || value.abs() >= 1e21 {
        return shortest(value);
    }
    // Exact, and done sooner than the digits of a float.
    if value.abs() < 1e15 {
        return (value as i64).to_string();
    }
    let digits = format!("{value}");
    match (digits.parse::<i64>(), digits.parse::<u64>()) {
        (Ok(0), _) => "0".to_owned(),
        (Ok(_), _) | (_, Ok(_)) => digits,
        _ => shortest(value),
    }
}

/// Lays out `-d.ddde±x`, the shortest digits as Rust prints them, in the way of `%g`: plain for
/// exponents from -4 to 5, as `de+xx` beyond.
fn layout(scientific: &str) -> String {
    let (sign, number) = match scientific.strip_prefix('-') {
        Some(number) => ("-", number),
        None => ("", scientific),
    };
    let (mantissa, exponent) = number.split_once('e').unwrap_or((number, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let digits: String = mantissa.chars().filter(|c| *c != '.').collect();
    if !(-4..LARGE).contains(&exponent) {
        let sign_of_exponent = if exponent < 0 { '-' } else { '+' };
        return format!("{sign}{mantissa}e{sign_of_exponent}{:02}", exponent.abs());
    }
    if exponent < 0 {
        let zeros = "0".repeat((-exponent - 1) as usize);
        return format!("{sign}0.{zeros}{digits}");
    }
    let whole = exponent as usize + 1;
    if digits.len() <= whole {
        return format!("{sign}{digits}{}", "0".repeat(whole - digits.len()));
    }
    let (whole, fraction) = digits.split_at(whole);
    format!("{sign}{whole}.{fraction}")
}

/// The exponent from which `%g` switches to the form with `e`.
const LARGE: i32 = 6;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles() {
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "-0"),
            (1.5, "1.5"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1e20, "1e+20"),
            (1e21, "1e+21"),
            (12_345_678.0, "1.2345678e+07"),
            (12_345_678.9, "1.23456789e+07"),
            (123_456.5, "123456.5"),
            (-1.5e-7, "-1.5e-07"),
        ] {
            assert_eq!(shortest(value), text);
        }
    }
}

//! The order in which go-yaml writes the keys of a mapping (`sorter.go`): numbers in keys count as
//! numbers, and letters come behind all else.

use std::sync::OnceLock;

use regex_syntax::hir::{Class, HirKind};

use super::emitter::Version;

/// Sorts by keys as `keyList` does.
///
/// The order of go-yaml is not a proper one for every set of keys, which the standard library's
/// sorts may answer with a panic; this one does not.
pub fn sort_keys<T>(items: &mut Vec<T>, version: Version, key: impl Fn(&T) -> &str) {
    let less = |a: &T, b: &T| is_less(key(a), key(b), version);
    if !items.windows(2).any(|two| less(&two[1], &two[0])) {
        return;
    }
    let mut runs: Vec<Vec<T>> = items.drain(..).map(|item| vec![item]).collect();
    while runs.len() > 1 {
        let mut merged = Vec::with_capacity(runs.len().div_ceil(2));
        let mut rest = runs.into_iter();
        while let Some(first) = rest.next() {
            merged.push(match rest.next() {
                Some(second) => merge(first, second, less),
                None => first,
            });
        }
        runs = merged;
    }
    items.extend(runs.into_iter().flatten());
}

fn merge<T>(first: Vec<T>, second: Vec<T>, less: impl Fn(&T, &T) -> bool) -> Vec<T> {
    let mut merged = Vec::with_capacity(first.len() + second.len());
    let (mut first, mut second) = (first.into_iter().peekable(), second.into_iter().peekable());
    while let (Some(a), Some(b)) = (first.peek(), second.peek()) {
        let next = if less(b, a) { second.next() } else { first.next() };
        merged.extend(next);
    }
    merged.extend(first);
    merged.extend(second);
    merged
}

/// `keyList.Less` for two strings.
fn is_less(a: &str, b: &str, version: Version) -> bool {
    let common = common_prefix(a, b);
    let (rest_a, rest_b) = (&a[common..], &b[common..]);
    let (Some(first_a), Some(first_b)) = (rest_a.chars().next(), rest_b.chars().next()) else {
        return rest_a.is_empty() && !rest_b.is_empty();
    };
    let before = &a[..common];
    match (is_letter(first_a), is_letter(first_b)) {
        (true, true) => return first_a < first_b,
        (false, false) => {}
        (a_is_letter, b_is_letter) => {
            let behind_digit = before.chars().next_back().is_some_and(is_digit);
            let letters_first = version == Version::V3 && behind_digit;
            return if letters_first { a_is_letter } else { b_is_letter };
        }
    }
    // Zeros within a number count, those before it do not.
    let within = i64::from(
        (first_a == '0' || first_b == '0')
            && before.chars().rev().take_while(|&c| is_digit(c)).any(|c| c != '0'),
    );
    let (number_a, digits_a) = number(within, rest_a);
    let (number_b, digits_b) = number(within, rest_b);
    if number_a != number_b {
        number_a < number_b
    } else if digits_a != digits_b {
        digits_a < digits_b
    } else {
        first_a < first_b
    }
}

/// The length of what both start with, in whole characters.
fn common_prefix(a: &str, b: &str) -> usize {
    let same = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    (0..=same).rev().find(|&at| a.is_char_boundary(at) && b.is_char_boundary(at)).unwrap_or(0)
}

/// The digits at the start of `text` appended to `start`, overflowing as in Go; how many they are.
fn number(start: i64, text: &str) -> (i64, usize) {
    let digits = text.chars().take_while(|&c| is_digit(c));
    digits.fold((start, 0), |(number, count), digit| {
        let value = i64::from(digit as u32) - i64::from(b'0');
        (number.wrapping_mul(10).wrapping_add(value), count + 1)
    })
}

/// Go's `unicode.IsLetter`.
fn is_letter(c: char) -> bool {
    static LETTERS: OnceLock<Vec<(char, char)>> = OnceLock::new();
    if c.is_ascii() {
        return c.is_ascii_alphabetic();
    }
    is_in(LETTERS.get_or_init(|| class(r"\p{L}")), c)
}

/// Go's `unicode.IsDigit`.
fn is_digit(c: char) -> bool {
    static DIGITS: OnceLock<Vec<(char, char)>> = OnceLock::new();
    if c.is_ascii() {
        return c.is_ascii_digit();
    }
    is_in(DIGITS.get_or_init(|| class(r"\p{Nd}")), c)
}

fn is_in(ranges: &[(char, char)], c: char) -> bool {
    let at = ranges.partition_point(|&(_, last)| last < c);
    ranges.get(at).is_some_and(|&(first, _)| first <= c)
}

/// The characters of a Unicode category.
fn class(pattern: &str) -> Vec<(char, char)> {
    let Ok(parsed) = regex_syntax::parse(pattern) else { return Vec::new() };
    let HirKind::Class(Class::Unicode(class)) = parsed.kind() else { return Vec::new() };
    class.iter().map(|range| (range.start(), range.end())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(version: Version, expected: &[&str]) {
        let mut keys = expected.to_vec();
        keys.sort_unstable();
        keys.reverse();
        sort_keys(&mut keys, version, |key| key);
        assert_eq!(keys, expected);
    }

    #[test]
    fn numbers_count_and_letters_come_last() {
        for version in [Version::V2, Version::V3] {
            check(version, &["", "_", "1", "9", "10", "B", "a1", "a2", "a10", "é"]);
            check(version, &["a", "a.b", "a/c", "ab"]);
        }
    }

    #[test]
    fn versions_differ_behind_digits() {
        check(Version::V2, &["1_", "1a"]);
        check(Version::V3, &["1a", "1_"]);
    }
}

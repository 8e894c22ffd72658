//! Characters as Go's `unicode` classifies and maps them, and what of `strings` rests on it.
//!
//! Go maps one character to one character (Unicode's simple mappings); Rust's full mappings agree
//! where they are one character long.

use unicode_general_category::{GeneralCategory as Category, get_general_category};

use crate::value::runes::{chars, push, runes};

/// `unicode.IsSpace`
pub(crate) fn is_space(c: char) -> bool {
    match c {
        '\t' | '\n' | '\x0b' | '\x0c' | '\r' | ' ' | '\u{85}' | '\u{a0}' => true,
        _ => c >= '\u{1680}' && c.is_whitespace(),
    }
}

/// `unicode.IsUpper`
pub(crate) fn is_upper(c: char) -> bool {
    get_general_category(c) == Category::UppercaseLetter
}

/// `unicode.IsLower`
pub(crate) fn is_lower(c: char) -> bool {
    get_general_category(c) == Category::LowercaseLetter
}

/// `unicode.IsTitle`
pub(crate) fn is_title(c: char) -> bool {
    get_general_category(c) == Category::TitlecaseLetter
}

/// `unicode.IsLetter`
pub(crate) fn is_letter(c: char) -> bool {
    matches!(
        get_general_category(c),
        Category::UppercaseLetter
            | Category::LowercaseLetter
            | Category::TitlecaseLetter
            | Category::ModifierLetter
            | Category::OtherLetter
    )
}

/// `unicode.IsDigit`
pub(crate) fn is_digit(c: char) -> bool {
    get_general_category(c) == Category::DecimalNumber
}

/// `unicode.IsNumber`
pub(crate) fn is_number(c: char) -> bool {
    matches!(
        get_general_category(c),
        Category::DecimalNumber | Category::LetterNumber | Category::OtherNumber
    )
}

/// `unicode.IsPunct`
pub(crate) fn is_punct(c: char) -> bool {
    matches!(
        get_general_category(c),
        Category::ConnectorPunctuation
            | Category::DashPunctuation
            | Category::OpenPunctuation
            | Category::ClosePunctuation
            | Category::InitialPunctuation
            | Category::FinalPunctuation
            | Category::OtherPunctuation
    )
}

/// `unicode.ToUpper`
pub(crate) fn to_upper(c: char) -> char {
    let mut upper = c.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(upper), None) => upper,
        _ => with_iota(c),
    }
}

/// `unicode.ToLower`
pub(crate) fn to_lower(c: char) -> char {
    // Of several characters, which only `İ` has, the first is the simple mapping.
    c.to_lowercase().next().unwrap_or(c)
}

/// `unicode.ToTitle`
pub(crate) fn to_title(c: char) -> char {
    match c {
        '\u{1c4}'..='\u{1c6}' => '\u{1c5}',
        '\u{1c7}'..='\u{1c9}' => '\u{1c8}',
        '\u{1ca}'..='\u{1cc}' => '\u{1cb}',
        '\u{1f1}'..='\u{1f3}' => '\u{1f2}',
        // Georgian has capitals, but titles are not written with them.
        '\u{10d0}'..='\u{10ff}' => c,
        _ => to_upper(c),
    }
}

/// The simple capital of a Greek letter with an iota below, which Rust writes as two letters. No
/// other letter whose full capital is several has a simple one.
fn with_iota(c: char) -> char {
    let offset = match c {
        '\u{1f80}'..='\u{1f87}' | '\u{1f90}'..='\u{1f97}' | '\u{1fa0}'..='\u{1fa7}' => 8,
        '\u{1fb3}' | '\u{1fc3}' | '\u{1ff3}' => 9,
        _ => 0,
    };
    char::from_u32(c as u32 + offset).unwrap_or(c)
}

/// `strings.Map` with a mapping that keeps the replacement character: what is not UTF-8 becomes one.
pub(crate) fn map(text: &[u8], mapping: impl Fn(char) -> char) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for c in chars(text) {
        push(&mut out, mapping(c));
    }
    out
}

/// `strings.Title`: the first letter of each word in title case.
pub(crate) fn title(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut before = ' ';
    for c in chars(text) {
        push(&mut out, if separates_words(before) { to_title(c) } else { c });
        before = c;
    }
    out
}

/// `isSeparator` in `strings/strings.go`.
fn separates_words(c: char) -> bool {
    match c {
        '_' => false,
        _ if c.is_ascii() => !c.is_ascii_alphanumeric(),
        _ => !is_letter(c) && !is_digit(c) && is_space(c),
    }
}

/// The part that `strings.TrimSpace` leaves.
pub(crate) fn trim_space(text: &[u8]) -> std::ops::Range<usize> {
    trim(text, |c| c.is_some_and(is_space))
}

/// The part that `strings.TrimFunc` leaves; None is a byte that is not UTF-8.
pub(crate) fn trim(text: &[u8], cut: impl Fn(Option<char>) -> bool) -> std::ops::Range<usize> {
    let start = runes(text).find(|&(_, c)| !cut(c)).map_or(text.len(), |(at, _)| at);
    let mut end = text.len();
    while end > start {
        let (c, size) = bstr::decode_last_utf8(&text[start..end]);
        if !cut(c) {
            break;
        }
        end -= if c.is_some() { size } else { 1 };
    }
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(function: fn(char) -> char, text: &str, expected: &str) {
        assert_eq!(text.chars().map(function).collect::<String>(), expected);
    }

    // The expectations are those of `caseTest` in Go's `unicode`, and of Unicode's data.
    #[test]
    fn cases() {
        check(to_upper, "azßıäÿﬁǆᾀᾳა", "AZßIÄŸﬁǄᾈᾼᲐ");
        check(to_lower, "AZİẞÄǄᾈᲐ", "azißäǆᾀა");
        check(to_title, "aǆǉǌǳაä", "AǅǈǋǲაÄ");
    }
}

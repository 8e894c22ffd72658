//! Which styles a scalar can be written in (`yaml_emitter_analyze_scalar`).

use super::Version;

/// What the text of a scalar allows.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) struct Analysis {
    /// Has line breaks of any kind.
    pub(super) multiline: bool,
    pub(super) plain_allowed: bool,
    pub(super) single_quoted_allowed: bool,
    pub(super) block_allowed: bool,
}

impl Analysis {
    pub(super) fn of(text: &str, version: Version) -> Analysis {
        if text.is_empty() {
            return Analysis {
                multiline: false,
                plain_allowed: true,
                single_quoted_allowed: true,
                block_allowed: false,
            };
        }
        if is_harmless(text.as_bytes()) {
            return Analysis {
                multiline: false,
                plain_allowed: true,
                single_quoted_allowed: true,
                block_allowed: true,
            };
        }
        let found = Found::in_text(text, version);
        let edge = found.space_at_start
            || found.space_at_end
            || found.break_at_start
            || found.break_at_end;
        let mixed = found.space_break || found.special;
        Analysis {
            multiline: found.breaks,
            plain_allowed: !(edge
                || found.break_space
                || mixed
                || found.tabs
                || found.breaks
                || found.indicators),
            single_quoted_allowed: !(found.break_space || mixed || found.tabs),
            block_allowed: !(found.space_at_end || mixed),
        }
    }
}

/// Letters, digits, and signs that mean nothing to YAML where they stand: what most strings are.
fn is_harmless(bytes: &[u8]) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'/' | b'=' | b';');
    let inner = |byte: u8| word(byte) || matches!(byte, b'.' | b'-' | b'+' | b'@' | b'$' | b' ');
    match bytes {
        [first, .., last] => word(*first) && word(*last) && bytes.iter().all(|&byte| inner(byte)),
        [only] => word(*only),
        [] => false,
    }
}

/// What a text has that restricts its styles.
#[derive(Default)]
struct Found {
    /// Characters that mean something to YAML where they stand.
    indicators: bool,
    breaks: bool,
    tabs: bool,
    /// Characters that have to be escaped.
    special: bool,
    space_at_start: bool,
    space_at_end: bool,
    break_at_start: bool,
    break_at_end: bool,
    /// A space behind a break.
    break_space: bool,
    /// A break behind a space.
    space_break: bool,
}

impl Found {
    fn in_text(text: &str, version: Version) -> Found {
        let mut found = Found {
            indicators: text.starts_with("---") || text.starts_with("..."),
            ..Found::default()
        };
        let mut previous = None;
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            let next = characters.peek().copied();
            let before_blank = next.is_none_or(|next| matches!(next, ' ' | '\t'));
            found.indicators |= is_indicator(character, previous, before_blank);
            if character == '\t' && version == Version::V3 {
                found.tabs = true;
            } else {
                found.special |= !is_printable(character);
            }
            let (first, last) = (previous.is_none(), next.is_none());
            if character == ' ' {
                found.space_at_start |= first;
                found.space_at_end |= last;
                found.break_space |= previous.is_some_and(is_break);
            } else if is_break(character) {
                found.breaks = true;
                found.break_at_start |= first;
                found.break_at_end |= last;
                found.space_break |= previous == Some(' ');
            }
            previous = Some(character);
        }
        found
    }
}

/// Whether a character keeps a scalar in a block from being plain.
fn is_indicator(character: char, previous: Option<char>, before_blank: bool) -> bool {
    match (character, previous) {
        ('?' | ':' | '-', None) => before_blank,
        (':', Some(_)) => before_blank,
        ('#', Some(previous)) => matches!(previous, ' ' | '\t') || is_break(previous),
        (
            '#' | ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%'
            | '@' | '`',
            None,
        ) => true,
        _ => false,
    }
}

/// Whether a character may stand in the output as it is: no controls, nothing beyond the basic
/// plane.
fn is_printable(character: char) -> bool {
    matches!(
        character,
        '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}'
    )
}

pub(super) fn needs_escape(character: char) -> bool {
    matches!(character, '"' | '\\') || is_break(character) || !is_printable(character)
}

pub(super) fn is_break(character: char) -> bool {
    matches!(character, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

pub(super) fn has_breaks(text: &str) -> bool {
    find_break(text).is_some()
}

pub(super) fn find_break(text: &str) -> Option<usize> {
    text.find(is_break)
}

//! Classes of characters: `\d`, `[:alpha:]`, `\p{Greek}`, and sets of them.

use regex_syntax::hir::{Class, ClassBytes, ClassBytesRange, ClassUnicode, ClassUnicodeRange};
use regex_syntax::hir::{Hir, HirKind};

/// Ranges of code points. Surrogates are code points to Go, but no text holds one.
pub(super) type Ranges = &'static [(u32, u32)];

const DIGIT: Ranges = &[(0x30, 0x39)];
const PERL_SPACE: Ranges = &[(0x09, 0x0a), (0x0c, 0x0d), (0x20, 0x20)];
const WORD: Ranges = &[(0x30, 0x39), (0x41, 0x5a), (0x5f, 0x5f), (0x61, 0x7a)];

const ANY: Ranges = &[(0, MAX)];
const ASCII: Ranges = &[(0, 0x7f)];
const MAX: u32 = char::MAX as u32;

/// A set under construction.
#[derive(Default)]
pub(super) struct Set {
    /// Single characters and ranges: `(?i)` adds their other cases.
    plain: Vec<ClassUnicodeRange>,
    /// Named classes, whose cases were added when they were read.
    named: Vec<ClassUnicodeRange>,
}

impl Set {
    pub(super) fn push_range(&mut self, low: u32, high: u32) {
        push(&mut self.plain, low, high);
    }

    pub(super) fn push_class(&mut self, class: &ClassUnicode) {
        self.named.extend_from_slice(class.ranges());
    }

    pub(super) fn finish(self, fold: bool, negate: bool) -> ClassUnicode {
        let mut class = ClassUnicode::new(self.plain);
        if fold {
            add_cases(&mut class);
        }
        class.union(&ClassUnicode::new(self.named));
        if negate {
            class.negate();
        }
        class
    }
}

/// A class of its own.
pub(super) fn hir(class: ClassUnicode) -> Hir {
    match class.ranges() {
        // Such as `.`, `\W`, `[^/]`.
        [ascii @ .., last] if last.start() <= '\u{80}' && last.end() == char::MAX => {
            let all = ascii.iter().chain([last]);
            let one_byte = all.filter(|range| range.start().is_ascii()).map(|range| {
                ClassBytesRange::new(range.start() as u8, u32::from(range.end()).min(0x7f) as u8)
            });
            let mut alternatives = vec![Hir::class(Class::Bytes(ClassBytes::new(one_byte)))];
            alternatives.extend(not_ascii());
            Hir::alternation(alternatives)
        }
        _ => Hir::class(Class::Unicode(class)),
    }
}

/// Every character beyond ASCII. A text is UTF-8, so that its first byte tells how long it is. As a
/// class of characters it would cost the compiler a table of 320 kB.
fn not_ascii() -> impl Iterator<Item = Hir> {
    let byte =
        |low, high| Hir::class(Class::Bytes(ClassBytes::new([ClassBytesRange::new(low, high)])));
    [(0xc2, 0xdf), (0xe0, 0xef), (0xf0, 0xf4)].into_iter().zip(1..).map(
        move |((low, high), more)| {
            let rest = std::iter::repeat_n(byte(0x80, 0xbf), more);
            Hir::concat([byte(low, high)].into_iter().chain(rest).collect())
        },
    )
}

/// `.`
pub(super) fn dot(newline: bool) -> ClassUnicode {
    let mut set = Set::default();
    if !newline {
        set.push_range(u32::from(b'\n'), u32::from(b'\n'));
    }
    set.finish(false, true)
}

/// One character, and under `(?i)` its other cases.
pub(super) fn literal(code: u32, fold: bool) -> Hir {
    let mut set = Set::default();
    set.push_range(code, code);
    hir(set.finish(fold, false))
}

/// `\d`, `\S`, …
pub(super) fn perl(letter: u8, fold: bool) -> Option<ClassUnicode> {
    let ranges = match letter.to_ascii_lowercase() {
        b'd' => DIGIT,
        b's' => PERL_SPACE,
        b'w' => WORD,
        _ => return None,
    };
    Some(group(ranges, fold, letter.is_ascii_uppercase()))
}

/// The class of that name between `[:` and `:]`.
pub(super) fn posix(name: &[u8], fold: bool) -> Option<ClassUnicode> {
    let (name, negate) = match name.strip_prefix(b"^") {
        Some(name) => (name, true),
        None => (name, false),
    };
    let ranges: Ranges = match name {
        b"alnum" => &[(0x30, 0x39), (0x41, 0x5a), (0x61, 0x7a)],
        b"alpha" => &[(0x41, 0x5a), (0x61, 0x7a)],
        b"ascii" => ASCII,
        b"blank" => &[(0x09, 0x09), (0x20, 0x20)],
        b"cntrl" => &[(0x00, 0x1f), (0x7f, 0x7f)],
        b"digit" => DIGIT,
        b"graph" => &[(0x21, 0x7e)],
        b"lower" => &[(0x61, 0x7a)],
        b"print" => &[(0x20, 0x7e)],
        b"punct" => &[(0x21, 0x2f), (0x3a, 0x40), (0x5b, 0x60), (0x7b, 0x7e)],
        b"space" => &[(0x09, 0x0d), (0x20, 0x20)],
        b"upper" => &[(0x41, 0x5a)],
        b"word" => WORD,
        b"xdigit" => &[(0x30, 0x39), (0x41, 0x46), (0x61, 0x66)],
        _ => return None,
    };
    Some(group(ranges, fold, negate))
}

/// The Unicode category or script of that name. Go ignores case, spaces, `-` and `_` in it.
pub(super) fn unicode(name: &str, fold: bool, negate: bool) -> Option<ClassUnicode> {
    let plain = name.replace(['_', '-', ' '], "").to_ascii_lowercase();
    let mut class = match plain.as_str() {
        "any" => group(ANY, false, false),
        "ascii" => group(ASCII, false, false),
        "assigned" => {
            let mut unassigned = property("gc", "cn")?;
            unassigned.negate();
            unassigned
        }
        _ => property("gc", &plain).or_else(|| property("sc", &plain))?,
    };
    if fold {
        add_cases(&mut class);
    }
    if negate {
        class.negate();
    }
    Some(class)
}

/// Asks for a Unicode property by its kind (`gc`, `sc`) and value.
fn property(kind: &str, value: &str) -> Option<ClassUnicode> {
    // Unicode's own loose matching would also drop an `is`.
    let is_name = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'&');
    if value.is_empty() || value.starts_with("is") || !is_name {
        return None;
    }
    let hir = regex_syntax::parse(&format!(r"\p{{{kind}={value}}}")).ok()?;
    match hir.into_kind() {
        HirKind::Class(Class::Unicode(class)) => Some(class),
        HirKind::Literal(literal) => {
            let only = str::from_utf8(&literal.0).ok()?.chars().next()?;
            Some(ClassUnicode::new([ClassUnicodeRange::new(only, only)]))
        }
        // A property without members, such as the surrogates.
        HirKind::Class(Class::Bytes(_)) | HirKind::Empty => Some(ClassUnicode::empty()),
        HirKind::Look(_) | HirKind::Repetition(_) | HirKind::Capture(_) => None,
        HirKind::Concat(_) | HirKind::Alternation(_) => None,
    }
}

fn group(ranges: Ranges, fold: bool, negate: bool) -> ClassUnicode {
    let mut set = Set::default();
    for &(low, high) in ranges {
        set.push_range(low, high);
    }
    set.finish(fold, negate)
}

fn add_cases(class: &mut ClassUnicode) {
    // The case tables are compiled in, so this cannot fail.
    let _ = class.try_case_fold_simple();
}

/// Adds a range without its surrogates.
fn push(ranges: &mut Vec<ClassUnicodeRange>, low: u32, high: u32) {
    for (low, high) in [(low, high.min(0xd7ff)), (low.max(0xe000), high)] {
        if let (Some(low), Some(high)) = (char::from_u32(low), char::from_u32(high))
            && low <= high
        {
            ranges.push(ClassUnicodeRange::new(low, high));
        }
    }
}

//! Reads regular expressions in Go's syntax (`regexp/syntax/parse.go`), with Go's errors.

use crate::value::runes::lossy;
use std::fmt;

use regex_syntax::hir::{Capture, Hir, Look, Repetition};

use super::class;

/// What an expression means, and the names of its groups; the first is the whole match.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) hir: Hir,
    pub(super) names: Vec<Option<String>>,
}

/// Why a text is no regular expression; prints as in Go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Error {
    pub(crate) problem: Problem,
    /// The part of the expression that is wrong.
    pub(crate) expression: String,
}

#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    CharRange,
    Escape,
    NamedCapture,
    PerlOperator,
    NestedRepeat,
    RepeatSize,
    Utf8,
    MissingBracket,
    MissingParen,
    MissingRepeatArgument,
    TrailingBackslash,
    UnexpectedParen,
    NestingDepth,
    Large,
    /// Our limit, not Go's.
    TooComplex,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problem = match self.problem {
            Problem::CharRange => "invalid character class range",
            Problem::Escape => "invalid escape sequence",
            Problem::NamedCapture => "invalid named capture",
            Problem::PerlOperator => "invalid or unsupported Perl syntax",
            Problem::NestedRepeat => "invalid nested repetition operator",
            Problem::RepeatSize => "invalid repeat count",
            Problem::Utf8 => "invalid UTF-8",
            Problem::MissingBracket => "missing closing ]",
            Problem::MissingParen => "missing closing )",
            Problem::MissingRepeatArgument => "missing argument to repetition operator",
            Problem::TrailingBackslash => "trailing backslash at end of expression",
            Problem::UnexpectedParen => "unexpected )",
            Problem::NestingDepth => "expression nests too deeply",
            Problem::Large => "expression too large",
            Problem::TooComplex => "the expression is too complex for chartc",
        };
        write!(f, "error parsing regexp: {problem}: `{}`", self.expression)
    }
}

impl std::error::Error for Error {}

/// Go's limits on counted repetition, nesting, and instructions.
const MAX_REPEAT: u32 = 1000;
const MAX_HEIGHT: u32 = 1000;
const MAX_SIZE: u64 = (128 << 20) / 40;

/// Deeper expressions are Go's but not ours: the compiler behind us recurses.
const OUR_HEIGHT: u32 = 250;

/// Reads an expression.
pub(super) fn parse(expression: &[u8]) -> Result<Parsed, Error> {
    let mut parser = Parser {
        text: expression,
        at: 0,
        flags: Flags::default(),
        groups: vec![Group::default()],
        names: vec![None],
    };
    parser.run()?;
    match parser.groups.pop() {
        Some(group) if parser.groups.is_empty() => {
            let node = group.finish();
            parser.check(&node)?;
            if node.height > OUR_HEIGHT {
                return Err(parser.error_at(Problem::TooComplex, 0, expression.len()));
            }
            Ok(Parsed { hir: node.hir, names: parser.names })
        }
        _ => Err(parser.error_at(Problem::MissingParen, 0, expression.len())),
    }
}

struct Parser<'a> {
    text: &'a [u8],
    at: usize,
    flags: Flags,
    /// The open groups, innermost last; the first is the whole expression.
    groups: Vec<Group>,
    names: Vec<Option<String>>,
}

#[derive(Copy, Clone, Default)]
struct Flags {
    /// `i`
    fold: bool,
    /// `m`
    multi_line: bool,
    /// `s`
    dot_newline: bool,
    /// `U`
    lazy: bool,
}

#[derive(Default)]
struct Group {
    /// Finished alternatives.
    alternatives: Vec<Node>,
    /// The alternative that is being read.
    concat: Vec<Node>,
    /// The flags to go back to, and the number of the group if it captures.
    flags: Flags,
    capture: Option<u32>,
}

/// Part of the expression, with what Go's limits count.
struct Node {
    hir: Hir,
    height: u32,
    size: u64,
    /// Product of nested repeat counts.
    repeats: u32,
}

impl Node {
    fn leaf(hir: Hir) -> Node {
        Node { hir, height: 1, size: 1, repeats: 1 }
    }

    /// Joins nodes into one; a single one stays as it is.
    fn join(mut nodes: Vec<Node>, join: fn(Vec<Hir>) -> Hir) -> Node {
        if nodes.len() == 1
            && let Some(node) = nodes.pop()
        {
            return node;
        }
        let height = nodes.iter().map(|node| node.height).max().unwrap_or(0) + 1;
        let size = nodes.iter().map(|node| node.size).sum::<u64>().max(1);
        let repeats = nodes.iter().map(|node| node.repeats).max().unwrap_or(1);
        let hir = join(nodes.into_iter().map(|node| node.hir).collect());
        Node { hir, height, size, repeats }
    }
}

impl Group {
    fn end_alternative(&mut self) {
        let concat = std::mem::take(&mut self.concat);
        self.alternatives.push(Node::join(concat, Hir::concat));
    }

    fn finish(mut self) -> Node {
        self.end_alternative();
        Node::join(self.alternatives, Hir::alternation)
    }
}

/// A repetition operator: how often, and where it stands.
struct Repeat {
    min: u32,
    /// None is without end.
    max: Option<u32>,
    /// Written with braces.
    counted: bool,
    start: usize,
}

impl Parser<'_> {
    fn run(&mut self) -> Result<(), Error> {
        let mut last_repeat = None;
        while let Some(&byte) = self.text.get(self.at) {
            let start = self.at;
            let repeat = match byte {
                b'*' => Some(self.repeat(0, None)),
                b'+' => Some(self.repeat(1, None)),
                b'?' => Some(self.repeat(0, Some(1))),
                b'{' => self.counted_repeat()?,
                _ => None,
            };
            last_repeat = match repeat {
                Some(repeat) => {
                    self.apply(repeat, last_repeat)?;
                    Some(start)
                }
                None => {
                    self.item(byte)?;
                    None
                }
            };
        }
        Ok(())
    }

    fn item(&mut self, byte: u8) -> Result<(), Error> {
        match byte {
            b'(' if self.text.get(self.at + 1) == Some(&b'?') => self.special_group(),
            b'(' => {
                self.at += 1;
                self.open(Some(None));
                Ok(())
            }
            b'|' => {
                self.at += 1;
                self.group().end_alternative();
                Ok(())
            }
            b')' => self.close(),
            b'^' => {
                let look = if self.flags.multi_line { Look::StartLF } else { Look::Start };
                self.push_short(1, Hir::look(look))
            }
            b'$' => {
                let look = if self.flags.multi_line { Look::EndLF } else { Look::End };
                self.push_short(1, Hir::look(look))
            }
            b'.' => {
                let dot = class::dot(self.flags.dot_newline);
                self.push_short(1, class::hir(dot))
            }
            b'[' => self.class(),
            b'\\' => self.escape(),
            _ => {
                let literal = self.next_char()?;
                self.push_literal(literal.into())
            }
        }
    }

    /// The innermost group; the whole expression never closes.
    fn group(&mut self) -> &mut Group {
        if self.groups.is_empty() {
            self.groups.push(Group::default());
        }
        let last = self.groups.len() - 1;
        &mut self.groups[last]
    }

    fn push(&mut self, node: Node) -> Result<(), Error> {
        self.check(&node)?;
        self.group().concat.push(node);
        Ok(())
    }

    fn push_short(&mut self, len: usize, hir: Hir) -> Result<(), Error> {
        self.at += len;
        self.push(Node::leaf(hir))
    }

    fn push_literal(&mut self, code: u32) -> Result<(), Error> {
        let hir = match char::from_u32(code) {
            Some(literal) if !self.flags.fold => Hir::literal(literal.to_string().into_bytes()),
            _ => class::literal(code, self.flags.fold),
        };
        self.push(Node::leaf(hir))
    }

    fn check(&self, node: &Node) -> Result<(), Error> {
        let whole = |problem| Err(self.error_at(problem, 0, self.text.len()));
        if node.size > MAX_SIZE {
            return whole(Problem::Large);
        }
        if node.height > MAX_HEIGHT {
            return whole(Problem::NestingDepth);
        }
        Ok(())
    }

    /// Opens a group; `capture` holds its name if it captures.
    fn open(&mut self, capture: Option<Option<String>>) {
        let capture = capture.map(|name| {
            self.names.push(name);
            self.names.len() as u32 - 1
        });
        self.groups.push(Group { flags: self.flags, capture, ..Group::default() });
    }

    fn close(&mut self) -> Result<(), Error> {
        self.at += 1;
        let group = self.groups.pop().filter(|_| !self.groups.is_empty());
        let Some(group) = group else {
            return Err(self.error_at(Problem::UnexpectedParen, 0, self.text.len()));
        };
        self.flags = group.flags;
        let capture = group.capture;
        let mut node = group.finish();
        if let Some(index) = capture {
            let sub = Box::new(node.hir);
            node.hir = Hir::capture(Capture { index, name: None, sub });
            node.height += 1;
            node.size += 2;
        }
        self.push(node)
    }

    /// `(?P<name>`, `(?i)`, `(?i:`.
    fn special_group(&mut self) -> Result<(), Error> {
        let rest = &self.text[self.at..];
        let name_start = match rest {
            [_, _, b'P', b'<', _, ..] => Some(4),
            [_, _, b'<', _, ..] => Some(3),
            _ => None,
        };
        match name_start {
            Some(start) => self.named_group(start),
            None => self.flag_group(),
        }
    }

    fn named_group(&mut self, name_start: usize) -> Result<(), Error> {
        let start = self.at;
        let Some(len) = memchr::memchr(b'>', &self.text[start..]) else {
            self.check_utf8(start, self.text.len())?;
            return Err(self.error_at(Problem::NamedCapture, start, self.text.len()));
        };
        self.check_utf8(start + name_start, start + len)?;
        let name = &self.text[start + name_start..start + len];
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        if name.is_empty() || !name.iter().all(is_word) {
            return Err(self.error_at(Problem::NamedCapture, start, start + len + 1));
        }
        let name = lossy(name);
        self.at = start + len + 1;
        self.open(Some(Some(name)));
        Ok(())
    }

    fn flag_group(&mut self) -> Result<(), Error> {
        let start = self.at;
        self.at += 2;
        let mut flags = self.flags;
        // Whether flags are being set, and whether one was named since the sign.
        let (mut on, mut named) = (true, false);
        while self.at < self.text.len() {
            match self.next_char()? {
                'i' => (flags.fold, named) = (on, true),
                'm' => (flags.multi_line, named) = (on, true),
                's' => (flags.dot_newline, named) = (on, true),
                'U' => (flags.lazy, named) = (on, true),
                '-' if on => (on, named) = (false, false),
                end @ (':' | ')') if on || named => {
                    if end == ':' {
                        self.open(None);
                    }
                    self.flags = flags;
                    return Ok(());
                }
                _ => break,
            }
        }
        Err(self.error_at(Problem::PerlOperator, start, self.at))
    }

    fn repeat(&mut self, min: u32, max: Option<u32>) -> Repeat {
        self.at += 1;
        Repeat { min, max, counted: false, start: self.at - 1 }
    }

    /// `{2}`, `{2,}`, `{2,5}`; None where the brace is a literal.
    fn counted_repeat(&mut self) -> Result<Option<Repeat>, Error> {
        let start = self.at;
        let Some((min, max, len)) = read_counts(&self.text[start..]) else { return Ok(None) };
        let is_inverted = max.is_some_and(|max| min > max);
        if min > MAX_REPEAT || max.is_some_and(|max| max > MAX_REPEAT) || is_inverted {
            return Err(self.error_at(Problem::RepeatSize, start, start + len));
        }
        self.at += len;
        Ok(Some(Repeat { min, max, counted: true, start }))
    }

    /// Repeats what was read last.
    fn apply(&mut self, repeat: Repeat, last_repeat: Option<usize>) -> Result<(), Error> {
        let mut greedy = !self.flags.lazy;
        if self.text.get(self.at) == Some(&b'?') {
            self.at += 1;
            greedy = !greedy;
        }
        if let Some(last) = last_repeat {
            return Err(self.error_at(Problem::NestedRepeat, last, self.at));
        }
        let Repeat { min, max, counted, start } = repeat;
        let Some(sub) = self.group().concat.pop() else {
            return Err(self.error_at(Problem::MissingRepeatArgument, start, self.at));
        };
        let node = repeated(sub, min, max, greedy, counted);
        let is_many = counted && (min >= 2 || max.is_some_and(|max| max >= 2));
        if is_many && node.repeats > MAX_REPEAT {
            return Err(self.error_at(Problem::RepeatSize, start, self.at));
        }
        self.push(node)
    }

    fn escape(&mut self) -> Result<(), Error> {
        let fold = self.flags.fold;
        match self.text.get(self.at + 1) {
            Some(b'A') => self.push_short(2, Hir::look(Look::Start)),
            Some(b'z') => self.push_short(2, Hir::look(Look::End)),
            Some(b'b') => self.push_short(2, Hir::look(Look::WordAscii)),
            Some(b'B') => self.push_short(2, Hir::look(Look::WordAsciiNegate)),
            Some(b'C') => Err(self.error_at(Problem::Escape, self.at, self.at + 2)),
            Some(b'Q') => self.quoted(),
            Some(b'p' | b'P') => {
                let class = self.unicode_class()?;
                self.push_short(0, class::hir(class))
            }
            Some(&letter) => match class::perl(letter, fold) {
                Some(class) => self.push_short(2, class::hir(class)),
                None => {
                    let code = self.escaped_char()?;
                    self.push_literal(code)
                }
            },
            None => Err(Error { problem: Problem::TrailingBackslash, expression: String::new() }),
        }
    }

    /// `\Q…\E`: literals all of them.
    fn quoted(&mut self) -> Result<(), Error> {
        self.at += 2;
        let rest = &self.text[self.at..];
        let len = memchr::memmem::find(rest, br"\E");
        let end = self.at + len.unwrap_or(rest.len());
        let whole = self.text;
        self.text = &whole[..end];
        while self.at < end {
            let literal = self.next_char()?;
            self.push_literal(literal.into())?;
        }
        self.text = whole;
        self.at += if len.is_some() { 2 } else { 0 };
        Ok(())
    }

    /// `\pL`, `\P{Greek}`, `\p{^Greek}`.
    fn unicode_class(&mut self) -> Result<regex_syntax::hir::ClassUnicode, Error> {
        let start = self.at;
        let mut negate = self.text.get(start + 1) == Some(&b'P');
        self.at += 2;
        let first = self.next_char_or_end()?;
        let mut name_range = start + 2..self.at;
        if first == Some('{') {
            let Some(len) = memchr::memchr(b'}', &self.text[start..]) else {
                self.check_utf8(start, self.text.len())?;
                return Err(self.error_at(Problem::CharRange, start, self.text.len()));
            };
            name_range = start + 3..start + len;
            self.check_utf8(name_range.start, name_range.end)?;
            self.at = start + len + 1;
        }
        let name = lossy(&self.text[name_range]);
        let name = match name.strip_prefix('^') {
            Some(name) => {
                negate = !negate;
                name
            }
            None => &name,
        };
        class::unicode(name, self.flags.fold, negate)
            .ok_or_else(|| self.error_at(Problem::CharRange, start, self.at))
    }

    /// `\n`, `\x41`, `\.`: the code point that an escape stands for.
    fn escaped_char(&mut self) -> Result<u32, Error> {
        let start = self.at;
        self.at += 1;
        let Some(letter) = self.next_char_or_end()? else {
            return Err(Error { problem: Problem::TrailingBackslash, expression: String::new() });
        };
        let code = match letter {
            '1'..='7' if !matches!(self.text.get(self.at), Some(b'0'..=b'7')) => None,
            '0'..='7' => Some(self.octal(u32::from(letter) - u32::from('0'))),
            'x' => self.hexadecimal()?,
            'a' => Some(0x07),
            'f' => Some(0x0c),
            'n' => Some(0x0a),
            'r' => Some(0x0d),
            't' => Some(0x09),
            'v' => Some(0x0b),
            _ if letter.is_ascii() && !letter.is_ascii_alphanumeric() => Some(letter.into()),
            _ => None,
        };
        code.ok_or_else(|| self.error_at(Problem::Escape, start, self.at))
    }

    fn octal(&mut self, mut code: u32) -> u32 {
        for _ in 0..2 {
            let Some(&digit @ b'0'..=b'7') = self.text.get(self.at) else { break };
            code = code * 8 + u32::from(digit - b'0');
            self.at += 1;
        }
        code
    }

    /// What follows `\x`: two digits, or any number of them in braces.
    fn hexadecimal(&mut self) -> Result<Option<u32>, Error> {
        let digit = |c: Option<char>| c.and_then(|c| c.to_digit(16));
        let first = match self.next_char_or_end()? {
            None => return Ok(None),
            Some('{') => return self.braced_hexadecimal(),
            first => digit(first),
        };
        let second = digit(self.next_char_or_end()?);
        Ok(first.zip(second).map(|(first, second)| first * 16 + second))
    }

    fn braced_hexadecimal(&mut self) -> Result<Option<u32>, Error> {
        let mut code = None;
        while let Some(c) = self.next_char_or_end()? {
            match c.to_digit(16) {
                _ if c == '}' => return Ok(code),
                Some(digit) => {
                    let more = code.unwrap_or(0) * 16 + digit;
                    if more > u32::from(char::MAX) {
                        return Ok(None);
                    }
                    code = Some(more);
                }
                None => return Ok(None),
            }
        }
        Ok(None)
    }

    fn class(&mut self) -> Result<(), Error> {
        let start = self.at;
        let fold = self.flags.fold;
        self.at += 1;
        let negate = self.text.get(self.at) == Some(&b'^');
        self.at += usize::from(negate);
        let mut set = class::Set::default();
        // A bracket that comes first is a literal.
        let mut first = true;
        while first || self.text.get(self.at) != Some(&b']') {
            first = false;
            match self.class_in_class()? {
                Some(class) => set.push_class(&class),
                None => {
                    let (low, high) = self.class_range(start)?;
                    set.push_range(low, high);
                }
            }
        }
        self.push_short(1, class::hir(set.finish(fold, negate)))
    }

    /// `[:alpha:]`, `\pL` or `\d` inside brackets.
    fn class_in_class(&mut self) -> Result<Option<regex_syntax::hir::ClassUnicode>, Error> {
        let (fold, start) = (self.flags.fold, self.at);
        match self.text[start..] {
            [b'[', b':', _, ..] => {
                let Some(len) = memchr::memmem::find(&self.text[start + 2..], b":]") else {
                    return Ok(None);
                };
                self.at = start + len + 4;
                let name = &self.text[start + 2..start + 2 + len];
                let wrong = || self.error_at(Problem::CharRange, start, start + len + 4);
                class::posix(name, fold).ok_or_else(wrong).map(Some)
            }
            [b'\\', b'p' | b'P', ..] => self.unicode_class().map(Some),
            [b'\\', letter, ..] => {
                let class = class::perl(letter, fold);
                self.at += if class.is_some() { 2 } else { 0 };
                Ok(class)
            }
            _ => Ok(None),
        }
    }

    /// A character or a range of them; `class` is where the brackets opened.
    fn class_range(&mut self, class: usize) -> Result<(u32, u32), Error> {
        let start = self.at;
        let low = self.class_char(class)?;
        let is_range = matches!(self.text[self.at..], [b'-', end, ..] if end != b']');
        if !is_range {
            return Ok((low, low));
        }
        self.at += 1;
        let high = self.class_char(class)?;
        if high < low {
            return Err(self.error_at(Problem::CharRange, start, self.at));
        }
        Ok((low, high))
    }

    fn class_char(&mut self, class: usize) -> Result<u32, Error> {
        match self.text.get(self.at) {
            Some(b'\\') => self.escaped_char(),
            Some(_) => self.next_char().map(u32::from),
            None => Err(self.error_at(Problem::MissingBracket, class, self.text.len())),
        }
    }

    fn next_char(&mut self) -> Result<char, Error> {
        self.next_char_or_end().map(|next| next.unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn next_char_or_end(&mut self) -> Result<Option<char>, Error> {
        let (next, len) = bstr::decode_utf8(&self.text[self.at..]);
        if next.is_none() && len > 0 {
            return Err(self.error_at(Problem::Utf8, self.at, self.text.len()));
        }
        self.at += len;
        Ok(next)
    }

    fn check_utf8(&self, start: usize, end: usize) -> Result<(), Error> {
        match str::from_utf8(&self.text[start..end]) {
            Ok(_) => Ok(()),
            Err(error) => Err(self.error_at(Problem::Utf8, start + error.valid_up_to(), end)),
        }
    }

    fn error_at(&self, problem: Problem, start: usize, end: usize) -> Error {
        let expression = lossy(&self.text[start..end]);
        Error { problem, expression }
    }
}

/// The counts between braces, None where the brace is a literal. A count that is too large for
/// Go is larger than [`MAX_REPEAT`] here.
fn read_counts(text: &[u8]) -> Option<(u32, Option<u32>, usize)> {
    let rest = text.strip_prefix(b"{")?;
    let (min, rest) = read_count(rest)?;
    let (max, rest) = match rest.strip_prefix(b",") {
        None => (Some(min), rest),
        Some(rest) if rest.starts_with(b"}") => (None, rest),
        Some(rest) => {
            let (max, rest) = read_count(rest)?;
            (Some(max), rest)
        }
    };
    let rest = rest.strip_prefix(b"}")?;
    Some((min, max, text.len() - rest.len()))
}

fn read_count(text: &[u8]) -> Option<(u32, &[u8])> {
    let len = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = text.split_at(len);
    let is_padded = digits.len() > 1 && digits[0] == b'0';
    if digits.is_empty() || is_padded {
        return None;
    }
    let count = digits.iter().fold(0_u32, |count, digit| {
        count.saturating_mul(10).saturating_add(u32::from(digit - b'0'))
    });
    Some((count, rest))
}

/// `sub` repeated, with what Go counts for it (`calcSize`, `repeatIsValid`).
fn repeated(sub: Node, min: u32, max: Option<u32>, greedy: bool, counted: bool) -> Node {
    let (low, inner) = (u64::from(min), sub.size);
    let size = match max {
        _ if !counted => inner + if max.is_none() && min == 0 { 2 } else { 1 },
        None if min == 0 => inner + 2,
        None => 1 + low * inner,
        Some(max) => u64::from(max) * inner + u64::from(max) - low,
    };
    let repeats = match (counted, max) {
        (true, Some(0)) => 1,
        (true, count) => sub.repeats.saturating_mul(count.unwrap_or(min).max(1)),
        (false, _) => sub.repeats,
    };
    let is_never = max == Some(0);
    let has_groups = sub.hir.properties().explicit_captures_len() > 0;
    let hir = if is_never && has_groups {
        // The groups keep their numbers although they never match.
        let never = Hir::concat(vec![Hir::fail(), sub.hir]);
        Hir::repetition(Repetition { min: 0, max: Some(1), greedy, sub: Box::new(never) })
    } else {
        Hir::repetition(Repetition { min, max, greedy, sub: Box::new(sub.hir) })
    };
    Node { hir, height: sub.height + 1, size: size.max(1), repeats }
}

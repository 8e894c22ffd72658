//! Go's `regexp`: its syntax and its ways of finding and replacing, on the automata of Rust's
//! `regex`, which finds what Go's finds (leftmost, first alternative).

use crate::value::runes::lossy;
use std::borrow::Cow;
use std::cell::{Cell, OnceCell, RefCell};
use std::ops::Range;
use std::rc::Rc;

use regex_automata::meta;
use regex_automata::util::captures::Captures;
use regex_automata::{Anchored, Input};
use regex_syntax::hir::Hir;
use rustc_hash::FxHashMap;

mod class;
mod parse;

use crate::funcs::FuncError;
use crate::funcs::go::unicode;

pub(crate) use parse::{Error, Problem};

/// A compiled expression.
#[derive(Debug)]
pub(crate) struct Regexp {
    hir: Hir,
    /// For the first texts: simulates the automaton as it is.
    simple: meta::Regex,
    /// Once there is more to search: determinizes it as far as that pays.
    fast: OnceCell<Option<meta::Regex>>,
    /// How many bytes were searched, each text counted with what it costs to begin.
    searched: Cell<usize>,
    /// The names of the groups; the first is the whole match.
    names: Vec<Option<String>>,
}

/// The size of what an expression may compile to, in bytes.
const MAX_PROGRAM: usize = 32 << 20;

/// How much text is searched sooner than a fast engine is made, and how much the shortest counts.
const LITTLE: usize = 8 << 10;
const LEAST: usize = 64;

/// How many expressions a thread keeps compiled.
const MAX_KEPT: usize = 512;

/// Bytes of program times bytes of text: beyond it a search could take many seconds.
const MAX_WORK: usize = 1 << 36;

type Compiled = FxHashMap<Box<[u8]>, Result<Rc<Regexp>, Error>>;

thread_local! {
    static COMPILED: RefCell<Compiled> = RefCell::default();
}

/// Compiles an expression, or finds it among those that were compiled before.
pub(crate) fn compile(expression: &[u8]) -> Result<Rc<Regexp>, Error> {
    COMPILED.with_borrow_mut(|compiled| {
        if let Some(known) = compiled.get(expression) {
            return known.clone();
        }
        if compiled.len() >= MAX_KEPT {
            compiled.clear();
        }
        let fresh = Regexp::new(expression).map(Rc::new);
        compiled.insert(expression.into(), fresh.clone());
        fresh
    })
}

/// Go's `QuoteMeta`.
pub(crate) fn is_meta(byte: u8) -> bool {
    br"\.+*?()|[]{}^$".contains(&byte)
}

impl Regexp {
    fn new(expression: &[u8]) -> Result<Regexp, Error> {
        let parse::Parsed { hir, names } = parse::parse(expression)?;
        let simple = engine(&hir, meta::Config::new().hybrid(false).dfa(false).onepass(false));
        let too_complex = || Error { problem: Problem::TooComplex, expression: lossy(expression) };
        let (simple, fast) = (simple.ok_or_else(too_complex)?, OnceCell::new());
        Ok(Regexp { hir, simple, fast, searched: Cell::new(0), names })
    }

    /// Makes ready to search in `text`.
    pub(crate) fn search<'a>(&'a self, text: &'a [u8]) -> Result<Search<'a>, FuncError> {
        let engine = self.engine(text.len());
        let work = engine.memory_usage().saturating_mul(text.len());
        if work > MAX_WORK {
            let message = "the regular expression is too complex for a text of that size";
            return Err(FuncError::Limit(message.to_owned()));
        }
        let (readable, starts) = readable(text);
        let captures = engine.create_captures();
        Ok(Search { regexp: self, engine, readable, starts, captures })
    }

    /// What is fastest for another text of that length, its making included.
    fn engine(&self, text: usize) -> &meta::Regex {
        let searched = self.searched.get().saturating_add(text.max(LEAST));
        self.searched.set(searched);
        if searched <= LITTLE {
            return &self.simple;
        }
        let fast = self.fast.get_or_init(|| engine(&self.hir, meta::Config::new()));
        fast.as_ref().unwrap_or(&self.simple)
    }

    /// The group that a template such as `$1` or `${name}` means, if there is one.
    fn group(&self, name: &str) -> Option<Vec<usize>> {
        match group_number(name) {
            Some(number) => (number < self.names.len()).then(|| vec![number]),
            None => {
                let named = |group: &Option<String>| group.as_deref() == Some(name);
                Some((0..self.names.len()).filter(|&index| named(&self.names[index])).collect())
            }
        }
    }
}

/// None where the program becomes too large.
fn engine(hir: &Hir, config: meta::Config) -> Option<meta::Regex> {
    // Expressions stay with their thread: one cache is enough.
    let config = config.nfa_size_limit(Some(MAX_PROGRAM)).pool_capacity(1);
    meta::Builder::new().configure(config).build_from_hir(hir).ok()
}

/// One expression in one text.
pub(crate) struct Search<'a> {
    regexp: &'a Regexp,
    engine: &'a meta::Regex,
    /// The text in UTF-8.
    readable: Cow<'a, [u8]>,
    /// Where the text has bytes that are not UTF-8: for each byte of `readable` (and its end) the
    /// offset in the text.
    starts: Option<Vec<usize>>,
    captures: Captures,
}

/// Go reads each byte that is not UTF-8 as U+FFFD; with the offsets of what was read.
fn readable(text: &[u8]) -> (Cow<'_, [u8]>, Option<Vec<usize>>) {
    if str::from_utf8(text).is_ok() {
        return (Cow::Borrowed(text), None);
    }
    let (mut readable, mut starts) = (Vec::with_capacity(text.len()), Vec::new());
    let mut at = 0;
    while at < text.len() {
        let (next, len) = bstr::decode_utf8(&text[at..]);
        // Of a broken sequence Go takes one byte at a time.
        let len = if next.is_some() { len } else { 1 };
        let next = next.unwrap_or(char::REPLACEMENT_CHARACTER);
        starts.extend(std::iter::repeat_n(at, next.len_utf8()));
        readable.extend_from_slice(next.encode_utf8(&mut [0; 4]).as_bytes());
        at += len;
    }
    starts.push(text.len());
    (Cow::Owned(readable), Some(starts))
}

impl Search<'_> {
    pub(crate) fn is_match(&self) -> bool {
        self.engine.is_match(Input::new(&self.readable))
    }

    /// The first match.
    pub(crate) fn first(&self) -> Option<Range<usize>> {
        let found = self.engine.find(Input::new(&self.readable))?;
        Some(self.original(found.range()))
    }

    /// Go's `FindAllStringIndex`: at most `limit` matches, and no empty one right after another.
    pub(crate) fn all(&self, limit: usize) -> Vec<Range<usize>> {
        let (mut found, mut at, mut last_end) = (Vec::new(), 0, None);
        while found.len() < limit && at <= self.readable.len() {
            let Some(range) = self.next(at) else { break };
            let is_empty_at = range.end == at;
            let is_repeated = is_empty_at && Some(range.start) == last_end;
            at = if is_empty_at { at + self.width(at).max(1) } else { range.end };
            last_end = Some(range.end);
            if !is_repeated {
                found.push(self.original(range));
            }
        }
        found
    }

    /// Go's `replaceAll`: calls `each` with the text between matches and the groups of a match
    /// (those it was asked for), at last with the rest and no groups.
    pub(crate) fn replace(
        &mut self,
        with_groups: bool,
        mut each: impl FnMut(Range<usize>, Option<&Groups<'_>>),
    ) {
        let (mut at, mut last_end) = (0, 0);
        while at <= self.readable.len() {
            let Some(range) = self.next_groups(at, with_groups) else { break };
            let between = self.original(last_end..range.start);
            // An empty match right after another one is none.
            if range.end > last_end || range.start == 0 {
                each(between, Some(&Groups { search: self, whole: range.clone() }));
            } else {
                each(between, None);
            }
            last_end = range.end;
            let next = at + self.width(at);
            at = if next > range.end { next } else { range.end.max(at + 1) };
        }
        each(self.original(last_end..self.readable.len()), None);
    }

    fn next(&self, at: usize) -> Option<Range<usize>> {
        let found = self.engine.find(Input::new(&self.readable).range(at..))?;
        Some(found.range())
    }

    fn next_groups(&mut self, at: usize, with_groups: bool) -> Option<Range<usize>> {
        if !with_groups {
            return self.next(at);
        }
        let input = Input::new(&self.readable).range(at..).anchored(Anchored::No);
        self.engine.search_captures(&input, &mut self.captures);
        self.captures.get_match().map(|found| found.range())
    }

    /// The length of the character at `at`; 0 at the end.
    fn width(&self, at: usize) -> usize {
        bstr::decode_utf8(&self.readable[at..]).1
    }

    fn original(&self, range: Range<usize>) -> Range<usize> {
        match &self.starts {
            Some(starts) => starts[range.start]..starts[range.end],
            None => range,
        }
    }
}

/// The groups of one match.
pub(crate) struct Groups<'a> {
    search: &'a Search<'a>,
    whole: Range<usize>,
}

/// A piece of a replacement: text of the template, or of a group.
pub(crate) enum Piece {
    Template(Range<usize>),
    Source(Range<usize>),
}

impl Groups<'_> {
    /// Go's `expand`: the pieces that `template` becomes for this match.
    pub(crate) fn expand(&self, template: &[u8], mut each: impl FnMut(Piece)) {
        let mut at = 0;
        while let Some(len) = memchr::memchr(b'$', &template[at..]) {
            let dollar = at + len;
            at = dollar + 1;
            if template.get(at) == Some(&b'$') {
                each(Piece::Template(at - 1 - len..at));
                at += 1;
                continue;
            }
            let Some((name, rest)) = group_name(&template[at..]) else {
                each(Piece::Template(dollar - len..at));
                continue;
            };
            each(Piece::Template(dollar - len..dollar));
            let name = lossy(name);
            let groups = self.search.regexp.group(&name).unwrap_or_default();
            if let Some(range) = groups.into_iter().find_map(|group| self.get(group)) {
                each(Piece::Source(range));
            }
            at += rest;
        }
        each(Piece::Template(at..template.len()));
    }

    fn get(&self, group: usize) -> Option<Range<usize>> {
        let range = match group {
            0 => self.whole.clone(),
            _ => self.search.captures.get_group(group)?.range(),
        };
        Some(self.search.original(range))
    }
}

/// The name at the start of `text`, in braces or not, and its length with them (Go's `extract`).
fn group_name(text: &[u8]) -> Option<(&[u8], usize)> {
    let braced = text.first() == Some(&b'{');
    let text = &text[usize::from(braced)..];
    let mut end = 0;
    while let (Some(c), len) = bstr::decode_utf8(&text[end..]) {
        if !unicode::is_letter(c) && !unicode::is_digit(c) && c != '_' {
            break;
        }
        end += len;
    }
    let is_whole = end > 0 && (!braced || text.get(end) == Some(&b'}'));
    if is_whole { Some((&text[..end], end + 2 * usize::from(braced))) } else { None }
}

/// The number that a name is, if it is one. Numbers have no leading zeros.
fn group_number(name: &str) -> Option<usize> {
    let is_number = name.bytes().all(|byte| byte.is_ascii_digit());
    let is_padded = name.len() > 1 && name.starts_with('0');
    if is_number && !is_padded && name.len() <= 9 { name.parse().ok() } else { None }
}

#[cfg(test)]
mod tests;

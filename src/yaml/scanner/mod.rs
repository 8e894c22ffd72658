//! Text into tokens, as libyaml's scanner does it (go-yaml's `scannerc.go`).
//!
//! The order in which libyaml looks ahead decides which of several mistakes is reported, so the
//! token queue, the candidates for simple keys and the stack of indentations work as they do there.
//! What differs: places are offsets, from which lines and columns are counted only when they
//! matter, and text is copied only when it differs from its source.

mod cursor;
mod fetch;
mod scalar;
mod tag;

use std::collections::VecDeque;

use super::input::Fault;

/// What a token is. Its text lies in [`Token::text`].
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    StreamEnd,
    /// `%YAML`; the text's start and end are the major and minor number.
    VersionDirective,
    /// `%TAG`; the text's start is an index for [`Scanner::tag`].
    TagDirective,
    DocumentStart,
    DocumentEnd,
    BlockSequenceStart,
    BlockMappingStart,
    BlockEnd,
    FlowSequenceStart,
    FlowSequenceEnd,
    FlowMappingStart,
    FlowMappingEnd,
    BlockEntry,
    FlowEntry,
    Key,
    Value,
    Alias,
    Anchor,
    /// The text's start is an index for [`Scanner::tag`].
    Tag,
    /// A scalar without quotes or block indicator: its type depends on what it says.
    Plain,
    /// Any other scalar: a string, unless it has a tag.
    Quoted,
}

#[derive(Copy, Clone, Debug)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) text: Piece,
}

/// A piece of text: of the source, or of [`Scanner::unescaped`].
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) unescaped: bool,
}

/// `!handle!rest` of a tag, or handle and prefix of a `%TAG` directive. Bytes, because escapes
/// such as `%ff` may make anything.
#[derive(Clone, Debug, Default)]
pub(super) struct Tag {
    pub(super) handle: Vec<u8>,
    pub(super) rest: Vec<u8>,
}

/// Why scanning or parsing stopped, at an offset of the text.
#[derive(Copy, Clone, Debug)]
pub(super) struct Stop {
    pub(super) problem: &'static str,
    /// One beyond the end where libyaml ends the last line itself.
    pub(super) offset: u32,
    pub(super) by: StoppedBy,
}

/// go-yaml numbers the lines of its own problems differently.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum StoppedBy {
    /// The characters themselves.
    Reader,
    Scanner,
    Parser,
}

/// A place where a key may have started that shows itself only by a later `:`.
#[derive(Copy, Clone, Default)]
struct SimpleKey {
    possible: bool,
    /// Nothing but a key can stand here.
    required: bool,
    /// The number of the token that would be the key.
    token: u32,
    offset: u32,
    column: i32,
}

/// More nested brackets than this are an error (`max_flow_level`).
const MAX_FLOW_LEVEL: usize = 10_000;
/// More nested block collections than this are an error (`max_indents`).
const MAX_INDENTS: usize = 10_000;
/// A simple key ends at most so many characters behind its start.
const MAX_SIMPLE_KEY: usize = 1024;

pub(super) struct Scanner<'a> {
    text: &'a str,
    fault: Option<Fault>,
    pos: usize,
    line_start: usize,
    /// An offset in the current line and its column, from which later columns are counted.
    counted: (usize, i32),
    /// The start of the line whose first token has closed the collections that it ends.
    unrolled: Option<usize>,
    /// libyaml has ended the last line, which had no break.
    line_forced: bool,
    indent: i32,
    indents: Vec<i32>,
    /// How many brackets are open.
    flow_level: usize,
    simple_key_allowed: bool,
    /// One for the block context, and one for each open bracket.
    simple_keys: Vec<SimpleKey>,
    /// The tokens that may turn out to be keys, ascending, with their place in `simple_keys`.
    candidates: VecDeque<(u32, u32)>,
    tokens: VecDeque<Token>,
    /// How many tokens have been taken out of the queue.
    taken: u32,
    /// The first token of the queue is known not to be a key.
    ready: bool,
    tags: Vec<Tag>,
    /// Scalars that differ from their source text, one after the other.
    pub(super) unescaped: String,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str, fault: Option<Fault>) -> Scanner<'a> {
        Scanner {
            text,
            fault,
            pos: 0,
            line_start: 0,
            counted: (0, 0),
            unrolled: None,
            line_forced: false,
            indent: -1,
            indents: Vec::new(),
            flow_level: 0,
            simple_key_allowed: true,
            simple_keys: vec![SimpleKey::default()],
            candidates: VecDeque::new(),
            tokens: VecDeque::new(),
            taken: 0,
            ready: false,
            tags: Vec::new(),
            unescaped: String::new(),
        }
    }

    pub(super) fn text(&self) -> &'a str {
        self.text
    }

    pub(super) fn piece(&self, piece: Piece) -> &str {
        let from = if piece.unescaped { &self.unescaped } else { self.text };
        from.get(piece.start as usize..piece.end as usize).unwrap_or_default()
    }

    pub(super) fn tag(&self, token: Token) -> Tag {
        self.tags.get(token.text.start as usize).cloned().unwrap_or_default()
    }

    /// The next token, which stays in the queue.
    pub(super) fn peek(&mut self) -> Result<Token, Stop> {
        while !self.ready {
            if !self.tokens.is_empty() && !self.head_may_be_key()? {
                self.ready = true;
            } else {
                self.fetch()?;
            }
        }
        match self.tokens.front() {
            Some(&token) => Ok(token),
            None => Err(self.stop("unknown problem parsing YAML content")),
        }
    }

    /// Takes the token that [`Scanner::peek`] gave out of the queue.
    pub(super) fn take(&mut self) {
        self.ready = false;
        self.taken += 1;
        self.tokens.pop_front();
    }

    /// The zero-based line of an offset.
    pub(super) fn line(&self, offset: u32) -> u32 {
        cursor::line_of(self.text, offset)
    }

    /// Whether a `:` may still make a key of the first token in the queue, so that it cannot be
    /// given away yet (`yaml_parser_fetch_more_tokens`).
    fn head_may_be_key(&mut self) -> Result<bool, Stop> {
        while let Some(&(token, key)) = self.candidates.front() {
            if token >= self.taken {
                return Ok(token == self.taken && self.key_is_valid(key as usize)?);
            }
            self.candidates.pop_front();
        }
        Ok(false)
    }

    /// Whether the scanner is still in the line of the key and near enough.
    fn key_is_valid(&mut self, key: usize) -> Result<bool, Stop> {
        let Some(&SimpleKey { possible, required, offset, .. }) = self.simple_keys.get(key) else {
            return Ok(false);
        };
        if !possible {
            return Ok(false);
        }
        if (offset as usize) >= self.line_start && !self.is_far(offset as usize) {
            return Ok(true);
        }
        if required {
            return Err(self.stop("could not find expected ':'"));
        }
        self.simple_keys[key].possible = false;
        Ok(false)
    }

    /// Whether the current place is too many characters away for a simple key.
    fn is_far(&self, offset: usize) -> bool {
        let bytes = self.pos - offset;
        let longest = MAX_SIMPLE_KEY * 4;
        bytes > longest
            || (bytes > MAX_SIMPLE_KEY
                && self.text[offset..self.pos].chars().count() > MAX_SIMPLE_KEY)
    }

    fn next_token_number(&self) -> u32 {
        self.taken + self.tokens.len() as u32
    }

    fn save_simple_key(&mut self) -> Result<(), Stop> {
        if !self.simple_key_allowed {
            return Ok(());
        }
        let column = if self.flow_level == 0 { self.column() } else { 0 };
        self.remove_simple_key()?;
        let token = self.next_token_number();
        let key = SimpleKey {
            possible: true,
            required: self.flow_level == 0 && self.indent == column,
            token,
            offset: self.pos as u32,
            column,
        };
        let level = self.simple_keys.len() - 1;
        self.simple_keys[level] = key;
        self.candidates.push_back((token, level as u32));
        Ok(())
    }

    fn remove_simple_key(&mut self) -> Result<(), Stop> {
        let level = self.simple_keys.len() - 1;
        let key = self.simple_keys[level];
        if key.possible {
            if key.required {
                return Err(self.stop("could not find expected ':'"));
            }
            self.simple_keys[level].possible = false;
            self.forget_candidate(key.token);
        }
        Ok(())
    }

    fn forget_candidate(&mut self, token: u32) {
        match self.candidates.back() {
            Some(&(last, _)) if last == token => {
                self.candidates.pop_back();
            }
            Some(_) => {
                if let Ok(at) = self.candidates.binary_search_by_key(&token, |&(token, _)| token) {
                    self.candidates.remove(at);
                }
            }
            None => {}
        }
    }

    fn open_bracket(&mut self) -> Result<(), Stop> {
        self.simple_keys
            .push(SimpleKey { token: self.next_token_number(), ..SimpleKey::default() });
        self.flow_level += 1;
        if self.flow_level > MAX_FLOW_LEVEL {
            return Err(self.stop("exceeded max depth of 10000"));
        }
        Ok(())
    }

    /// Also forgets the candidate of the level's last key. Before the first key within the bracket
    /// that is the bracket itself, so what follows `[]:` does not make it a key, as in go-yaml.
    fn close_bracket(&mut self) {
        if self.flow_level > 0 {
            self.flow_level -= 1;
            if let Some(SimpleKey { token, .. }) = self.simple_keys.pop() {
                self.forget_candidate(token);
            }
        }
    }

    /// Opens a block collection if `column` is deeper than the ones that are open. Its token goes
    /// before the queued token with the number `before`, or to the end.
    fn roll_indent(
        &mut self,
        column: i32,
        before: Option<u32>,
        kind: TokenKind,
        offset: u32,
    ) -> Result<(), Stop> {
        if self.flow_level > 0 || self.indent >= column {
            return Ok(());
        }
        self.indents.push(self.indent);
        self.indent = column;
        if self.indents.len() > MAX_INDENTS {
            return Err(self.stop("exceeded max depth of 10000"));
        }
        self.insert(before, Token { kind, start: offset, end: offset, text: Piece::default() });
        Ok(())
    }

    /// Closes the block collections that are deeper than `column`.
    fn unroll_indent(&mut self, column: i32) {
        if self.flow_level > 0 {
            return;
        }
        while self.indent > column {
            let here = self.offset();
            self.push(TokenKind::BlockEnd, here);
            self.indent = self.indents.pop().unwrap_or(-1);
        }
    }

    fn insert(&mut self, before: Option<u32>, token: Token) {
        match before.and_then(|number| number.checked_sub(self.taken)) {
            Some(at) if (at as usize) < self.tokens.len() => self.tokens.insert(at as usize, token),
            _ => self.tokens.push_back(token),
        }
    }

    /// A token without text, from `start` to the current place.
    fn push(&mut self, kind: TokenKind, start: u32) {
        self.push_text(kind, start, Piece::default());
    }

    fn push_text(&mut self, kind: TokenKind, start: u32, text: Piece) {
        let end = self.offset().max(start);
        self.tokens.push_back(Token { kind, start, end, text });
    }
}

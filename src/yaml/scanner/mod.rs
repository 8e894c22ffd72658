//! Text into tokens, as libyaml's scanner does it (go-yaml's `scannerc.go`).
//!
//! The order in which libyaml looks ahead decides which of several mistakes is reported, so the
//! token queue, the candidates for simple keys and the stack of indentations work as they do there.
//! What differs: places are offsets, from which lines and columns are counted only when they
//! matter, and text is copied only when it differs from its source.

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
    comments: Option<Vec<(u32, u32)>>,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str, fault: Option<Fault>) -> Scanner<'a> {
        Scanner {
            text,
            fault,
            pos: 0,
            line_start: 0,
            counted: (0, 0),
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
            comments: None,
        }
    }

    /// From now on, comments are remembered.
    pub(super) fn keep_comments(&mut self) {
        self.comments = Some(Vec::new());
    }

    pub(super) fn into_comments(self) -> Vec<(u32, u32)> {
        self.comments.unwrap_or_default()
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
        line_of(self.text, offset)
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

    /// Scans the next token into the queue (`yaml_parser_fetch_next_token`).
    fn fetch(&mut self) -> Result<(), Stop> {
        self.skip_to_token();
        self.check_fault(4)?;
        if self.flow_level == 0 {
            let column = self.column();
            self.unroll_indent(column);
        }
        self.fetch_here()?;
        self.check_fault(0)
    }

    /// go-yaml fails when it needs `length` characters and cannot decode them.
    fn check_fault(&self, length: usize) -> Result<(), Stop> {
        match self.fault {
            Some(fault) if self.pos + length >= self.text.len() => {
                Err(Stop { problem: fault.problem, offset: self.pos as u32, by: StoppedBy::Reader })
            }
            _ => Ok(()),
        }
    }

    fn fetch_here(&mut self) -> Result<(), Stop> {
        let byte = self.byte(0);
        if self.pos == self.line_start {
            match byte {
                b'%' => return self.fetch_directive(),
                b'-' if self.is_document_indicator(b"---") => {
                    return self.fetch_document_indicator(TokenKind::DocumentStart);
                }
                b'.' if self.is_document_indicator(b"...") => {
                    return self.fetch_document_indicator(TokenKind::DocumentEnd);
                }
                _ => {}
            }
        }
        let block = self.flow_level == 0;
        match byte {
            0 => self.fetch_stream_end(),
            b'[' => self.fetch_flow_start(TokenKind::FlowSequenceStart),
            b'{' => self.fetch_flow_start(TokenKind::FlowMappingStart),
            b']' => self.fetch_flow_end(TokenKind::FlowSequenceEnd),
            b'}' => self.fetch_flow_end(TokenKind::FlowMappingEnd),
            b',' => self.fetch_flow_entry(),
            b'-' if self.is_blankz(1) => self.fetch_block_entry(),
            b'?' if !block || self.is_blankz(1) => self.fetch_key(),
            b':' if !block || self.is_blankz(1) => self.fetch_value(),
            b'*' => self.fetch_anchor(TokenKind::Alias),
            b'&' => self.fetch_anchor(TokenKind::Anchor),
            b'!' => self.fetch_tag(),
            b'|' if block => self.fetch_block_scalar(scalar::Block::Literal),
            b'>' if block => self.fetch_block_scalar(scalar::Block::Folded),
            b'\'' => self.fetch_quoted(scalar::Quote::Single),
            b'"' => self.fetch_quoted(scalar::Quote::Double),
            b' ' | b'\t' | b'#' | b'|' | b'>' | b'%' | b'@' | b'`' => Err(self.bad_start()),
            _ => self.fetch_plain(),
        }
    }

    fn bad_start(&self) -> Stop {
        self.stop("found character that cannot start any token")
    }

    /// Skips blanks, comments and line breaks.
    fn skip_to_token(&mut self) {
        if self.pos == 0 && self.text.starts_with('\u{feff}') {
            self.pos += '\u{feff}'.len_utf8();
        }
        loop {
            let tabs = self.flow_level > 0 || !self.simple_key_allowed;
            while self.byte(0) == b' ' || (tabs && self.byte(0) == b'\t') {
                self.pos += 1;
            }
            if self.byte(0) == b'#' {
                self.skip_comment();
            }
            if !self.is_break(0) {
                return;
            }
            self.take_break();
            if self.flow_level == 0 {
                self.simple_key_allowed = true;
            }
        }
    }

    fn skip_comment(&mut self) {
        let start = self.pos;
        self.skip_line_rest();
        if let Some(comments) = &mut self.comments {
            comments.push((start as u32, self.pos as u32));
        }
    }

    /// Goes to the next line break.
    fn skip_line_rest(&mut self) {
        while !self.is_break(0) && self.pos < self.text.len() {
            self.pos += 1;
        }
    }

    fn fetch_stream_end(&mut self) -> Result<(), Stop> {
        if self.pos != self.line_start {
            self.line_forced = true;
            self.line_start = self.pos;
        }
        self.unroll_indent(-1);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        let here = self.offset();
        self.push(TokenKind::StreamEnd, here);
        Ok(())
    }

    fn fetch_document_indicator(&mut self, kind: TokenKind) -> Result<(), Stop> {
        self.unroll_indent(-1);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        self.push_indicator(kind, 3);
        Ok(())
    }

    fn fetch_flow_start(&mut self, kind: TokenKind) -> Result<(), Stop> {
        self.save_simple_key()?;
        self.open_bracket()?;
        self.simple_key_allowed = true;
        self.push_indicator(kind, 1);
        Ok(())
    }

    fn fetch_flow_end(&mut self, kind: TokenKind) -> Result<(), Stop> {
        self.remove_simple_key()?;
        self.close_bracket();
        self.simple_key_allowed = false;
        self.push_indicator(kind, 1);
        Ok(())
    }

    fn fetch_flow_entry(&mut self) -> Result<(), Stop> {
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        self.push_indicator(TokenKind::FlowEntry, 1);
        Ok(())
    }

    fn fetch_block_entry(&mut self) -> Result<(), Stop> {
        if self.flow_level == 0 {
            if !self.simple_key_allowed {
                return Err(self.stop("block sequence entries are not allowed in this context"));
            }
            self.roll_here(TokenKind::BlockSequenceStart)?;
        }
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        self.push_indicator(TokenKind::BlockEntry, 1);
        Ok(())
    }

    fn fetch_key(&mut self) -> Result<(), Stop> {
        if self.flow_level == 0 {
            if !self.simple_key_allowed {
                return Err(self.stop("mapping keys are not allowed in this context"));
            }
            self.roll_here(TokenKind::BlockMappingStart)?;
        }
        self.remove_simple_key()?;
        self.simple_key_allowed = self.flow_level == 0;
        self.push_indicator(TokenKind::Key, 1);
        Ok(())
    }

    fn fetch_value(&mut self) -> Result<(), Stop> {
        let level = self.simple_keys.len() - 1;
        if self.key_is_valid(level)? {
            self.turn_into_key(level)?;
            self.simple_key_allowed = false;
        } else {
            if self.flow_level == 0 {
                if !self.simple_key_allowed {
                    return Err(self.stop("mapping values are not allowed in this context"));
                }
                self.roll_here(TokenKind::BlockMappingStart)?;
            }
            self.simple_key_allowed = self.flow_level == 0;
        }
        self.push_indicator(TokenKind::Value, 1);
        Ok(())
    }

    fn turn_into_key(&mut self, level: usize) -> Result<(), Stop> {
        let key = self.simple_keys[level];
        let (start, end) = (key.offset, key.offset);
        let token = Token { kind: TokenKind::Key, start, end, text: Piece::default() };
        self.insert(Some(key.token), token);
        self.roll_indent(key.column, Some(key.token), TokenKind::BlockMappingStart, key.offset)?;
        self.simple_keys[level].possible = false;
        self.forget_candidate(key.token);
        Ok(())
    }

    fn roll_here(&mut self, kind: TokenKind) -> Result<(), Stop> {
        let column = self.column();
        self.roll_indent(column, None, kind, self.pos as u32)
    }

    fn push_indicator(&mut self, kind: TokenKind, width: usize) {
        let start = self.offset();
        self.pos += width;
        self.push(kind, start);
    }

    fn is_document_indicator(&self, indicator: &[u8; 3]) -> bool {
        self.text.as_bytes()[self.pos..].starts_with(indicator) && self.is_blankz(3)
    }

    /// Whether the line starts with `---` or `...` and a blank.
    fn is_at_document_indicator(&self) -> bool {
        self.pos == self.line_start
            && (self.is_document_indicator(b"---") || self.is_document_indicator(b"..."))
    }

    /// The column of the current place, in characters.
    fn column(&mut self) -> i32 {
        let (from, column) = match self.counted {
            (offset, column) if offset >= self.line_start => (offset, column),
            _ => (self.line_start, 0),
        };
        let bytes = self.text.as_bytes().get(from..self.pos).unwrap_or_default();
        let count = bytes.iter().filter(|&&byte| byte & 0xc0 != 0x80).count();
        self.counted = (self.pos, column + count as i32);
        self.counted.1
    }

    /// The current place as an offset for tokens and errors.
    fn offset(&self) -> u32 {
        self.pos as u32 + u32::from(self.line_forced)
    }

    fn stop(&self, problem: &'static str) -> Stop {
        match self.fault {
            Some(fault) if self.pos >= self.text.len() => {
                Stop { problem: fault.problem, offset: self.pos as u32, by: StoppedBy::Reader }
            }
            _ => Stop { problem, offset: self.offset(), by: StoppedBy::Scanner },
        }
    }

    /// The byte `ahead` of the current place; 0 at the end, which no text contains.
    fn byte(&self, ahead: usize) -> u8 {
        self.text.as_bytes().get(self.pos + ahead).copied().unwrap_or(0)
    }

    fn is_blank(&self, ahead: usize) -> bool {
        matches!(self.byte(ahead), b' ' | b'\t')
    }

    fn is_break(&self, ahead: usize) -> bool {
        break_width(self.text.as_bytes(), self.pos + ahead) > 0
    }

    /// A blank, a line break, or the end.
    fn is_blankz(&self, ahead: usize) -> bool {
        matches!(self.byte(ahead), b' ' | b'\t' | 0) || self.is_break(ahead)
    }

    /// Goes behind the line break that stands here; whether it is one that folding keeps (LS, PS).
    fn take_break(&mut self) -> Break {
        let bytes = self.text.as_bytes();
        let kind = if bytes.get(self.pos) == Some(&0xe2) { Break::Kept } else { Break::Line };
        self.pos += break_width(bytes, self.pos);
        self.line_start = self.pos;
        kind
    }
}

/// The kinds of line breaks.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Break {
    /// CR, LF, CR LF or NEL: reads as LF.
    Line,
    /// LS or PS: reads as itself.
    Kept,
}

/// The width of the line break at `at`, 0 if there is none.
fn break_width(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at) {
        Some(b'\n') => 1,
        Some(b'\r') => 1 + usize::from(bytes.get(at + 1) == Some(&b'\n')),
        Some(0xc2) if bytes.get(at + 1) == Some(&0x85) => 2,
        Some(0xe2) if matches!(bytes.get(at + 1..at + 3), Some([0x80, 0xa8 | 0xa9])) => 3,
        _ => 0,
    }
}

/// The zero-based line of an offset; one more if the offset is beyond the end.
fn line_of(text: &str, offset: u32) -> u32 {
    let bytes = text.as_bytes();
    let end = (offset as usize).min(bytes.len());
    let mut line = u32::from(offset as usize > bytes.len());
    let mut at = 0;
    while at < end {
        let width = break_width(bytes, at);
        line += u32::from(width > 0 && at + width <= end);
        at += width.max(1);
    }
    line
}

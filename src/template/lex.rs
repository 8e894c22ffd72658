//! Tokens, found on demand as `text/template/parse/lex.go` finds them.

use crate::template::literal::{decode, is_letter_or_digit};
use crate::value::printable::is_printable;

/// A token: which kind, and where.
#[derive(Copy, Clone, Debug)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) start: u32,
    pub(crate) end: u32,
}

#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// What [`Lexer::fault`] tells.
    Error,
    Eof,
    Text,
    LeftDelim,
    RightDelim,
    LeftParen,
    RightParen,
    Space,
    Pipe,
    Assign,
    Declare,
    Bool,
    Char,
    /// A character that means nothing by itself, such as a comma.
    Other,
    Complex,
    Number,
    Field,
    Identifier,
    Variable,
    String,
    RawString,
    Block,
    Break,
    Continue,
    Dot,
    Define,
    Else,
    End,
    If,
    Nil,
    Range,
    Template,
    With,
}

impl TokenKind {
    /// Go lists these behind its `itemKeyword`, and prints them in `<>`.
    pub(crate) fn is_keyword(self) -> bool {
        use TokenKind::{
            Block, Break, Continue, Define, Dot, Else, End, If, Nil, Range, Template, With,
        };
        matches!(
            self,
            Block
                | Break
                | Continue
                | Dot
                | Define
                | Else
                | End
                | If
                | Nil
                | Range
                | Template
                | With
        )
    }
}

/// Text that is no token.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    UnclosedComment,
    CommentEndsEarly,
    UnclosedAction,
    UnclosedParen,
    UnexpectedParen,
    ExpectedDeclare,
    UnterminatedChar,
    UnterminatedString,
    UnterminatedRawString,
    BadNumber,
    /// Behind a name.
    BadCharacter(char),
    /// Where a token should start.
    UnrecognizedCharacter(char),
}

pub(crate) struct Lexer<'a> {
    text: &'a [u8],
    pos: usize,
    /// Open parentheses of the action.
    parens: usize,
    in_action: bool,
    /// What is wrong with the last token, if that is an error.
    pub(crate) fault: Fault,
}

const LEFT: &[u8] = b"{{";
const RIGHT: &[u8] = b"}}";
/// A minus sign and the space beside it.
const TRIM_MARKER_LEN: usize = 2;

impl<'a> Lexer<'a> {
    pub(crate) fn new(text: &'a [u8]) -> Lexer<'a> {
        Lexer { text, pos: 0, parens: 0, in_action: false, fault: Fault::UnclosedAction }
    }

    pub(crate) fn next(&mut self) -> Token {
        if self.in_action { self.inside_action() } else { self.text_or_delim() }
    }

    /// Goes on behind the next `}}` after a token that was wrong, or at the end of the text.
    pub(crate) fn recover(&mut self, from: u32) {
        let from = (from as usize).min(self.text.len());
        let rest = self.text.get(from..).unwrap_or_default();
        let close = memchr::memmem::find(rest, RIGHT);
        self.pos = close.map_or(self.text.len(), |at| from + at + RIGHT.len());
        self.in_action = false;
        self.parens = 0;
    }

    pub(crate) fn is_in_action(&self) -> bool {
        self.in_action
    }

    pub(crate) fn offset(&self) -> u32 {
        self.pos as u32
    }

    fn rest(&self) -> &'a [u8] {
        self.text.get(self.pos..).unwrap_or_default()
    }

    fn token(&self, kind: TokenKind, start: usize) -> Token {
        Token { kind, start: start as u32, end: self.pos as u32 }
    }

    #[cold]
    fn error(&mut self, start: usize, fault: Fault) -> Token {
        self.fault = fault;
        self.token(TokenKind::Error, start)
    }

    fn text_or_delim(&mut self) -> Token {
        loop {
            let start = self.pos;
            let Some(open) = find_open(self.rest()) else {
                self.pos = self.text.len();
                let kind = if start < self.pos { TokenKind::Text } else { TokenKind::Eof };
                return self.token(kind, start);
            };
            if open > 0 {
                let text = &self.rest()[..open];
                let trims = has_left_trim_marker(&self.rest()[open + LEFT.len()..]);
                let kept = if trims { trim_end(text).len() } else { open };
                self.pos += open;
                if kept > 0 {
                    let end = (start + kept) as u32;
                    return Token { kind: TokenKind::Text, start: start as u32, end };
                }
            }
            if let Some(token) = self.left_delim() {
                return token;
            }
        }
    }

    /// The left delimiter, or nothing if a comment was skipped.
    fn left_delim(&mut self) -> Option<Token> {
        let start = self.pos;
        self.pos += LEFT.len();
        let trims = has_left_trim_marker(self.rest());
        let marker = if trims { TRIM_MARKER_LEN } else { 0 };
        if self.rest().get(marker..).is_some_and(|rest| rest.starts_with(b"/*")) {
            let start = if trims { self.pos + marker } else { start };
            self.pos += marker;
            return self.comment(start);
        }
        let token = self.token(TokenKind::LeftDelim, start);
        self.pos += marker;
        self.in_action = true;
        self.parens = 0;
        Some(token)
    }

    fn comment(&mut self, start: usize) -> Option<Token> {
        self.pos += 2;
        let Some(close) = memchr::memmem::find(self.rest(), b"*/") else {
            return Some(self.error(start, Fault::UnclosedComment));
        };
        self.pos += close + 2;
        let Some(trims) = self.at_right_delim() else {
            return Some(self.error(start, Fault::CommentEndsEarly));
        };
        self.skip_right_delim(trims);
        None
    }

    /// Whether a right delimiter is next, and if so, whether it trims.
    fn at_right_delim(&self) -> Option<bool> {
        let rest = self.rest();
        if rest.starts_with(RIGHT) {
            return Some(false);
        }
        let trims = has_right_trim_marker(rest) && rest.get(TRIM_MARKER_LEN..)?.starts_with(RIGHT);
        trims.then_some(true)
    }

    fn skip_right_delim(&mut self, trims: bool) {
        self.pos += RIGHT.len();
        if trims {
            self.pos += TRIM_MARKER_LEN;
            let rest = self.rest();
            self.pos += rest.len() - trim_start(rest).len();
        }
    }

    fn right_delim(&mut self, trims: bool) -> Token {
        let start = if trims { self.pos + TRIM_MARKER_LEN } else { self.pos };
        self.skip_right_delim(trims);
        self.in_action = false;
        let end = (start + RIGHT.len()) as u32;
        Token { kind: TokenKind::RightDelim, start: start as u32, end }
    }

    fn inside_action(&mut self) -> Token {
        let start = self.pos;
        let Some(&byte) = self.text.get(start) else {
            return self.error(start, Fault::UnclosedAction);
        };
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' | b'}' => self.space_or_end(),
            b'=' => self.single(TokenKind::Assign),
            b':' => self.declare(),
            b'|' => self.single(TokenKind::Pipe),
            b'"' => self.quoted(b'"', TokenKind::String, Fault::UnterminatedString),
            b'\'' => self.quoted(b'\'', TokenKind::Char, Fault::UnterminatedChar),
            b'`' => self.raw_string(),
            b'$' => self.field_or_variable(TokenKind::Variable),
            b'.' if !self.rest().get(1).is_some_and(u8::is_ascii_digit)
                && self.rest().len() > 1 =>
            {
                self.field_or_variable(TokenKind::Field)
            }
            b'.' | b'+' | b'-' | b'0'..=b'9' => self.number(),
            b'(' => {
                self.parens += 1;
                self.single(TokenKind::LeftParen)
            }
            b')' if self.parens == 0 => {
                self.pos += 1;
                self.error(start, Fault::UnexpectedParen)
            }
            b')' => {
                self.parens -= 1;
                self.single(TokenKind::RightParen)
            }
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => self.identifier(),
            _ => self.other(),
        }
    }

    /// The right delimiter, with or without a trim marker, or what else starts as one does.
    fn space_or_end(&mut self) -> Token {
        match self.at_right_delim() {
            Some(trims) if self.parens == 0 => self.right_delim(trims),
            Some(_) => self.error(self.pos, Fault::UnclosedParen),
            None if self.rest().starts_with(b"}") => self.other(),
            None => self.space(),
        }
    }

    fn single(&mut self, kind: TokenKind) -> Token {
        let start = self.pos;
        self.pos += 1;
        self.token(kind, start)
    }

    fn declare(&mut self) -> Token {
        let start = self.pos;
        if self.rest().starts_with(b":=") {
            self.pos += 2;
            return self.token(TokenKind::Declare, start);
        }
        self.pos += 1;
        self.error(start, Fault::ExpectedDeclare)
    }

    /// A letter beyond ASCII, a character that means nothing, or one that may not stand here.
    #[cold]
    fn other(&mut self) -> Token {
        let start = self.pos;
        let (c, len) = decode(self.rest());
        if is_letter_or_digit(c) {
            return self.identifier();
        }
        self.pos += len;
        if c.is_ascii() && is_printable(c) {
            return self.token(TokenKind::Other, start);
        }
        self.error(start, Fault::UnrecognizedCharacter(c))
    }

    /// A run of spaces; the last one belongs to the delimiter if that trims.
    fn space(&mut self) -> Token {
        let start = self.pos;
        let rest = self.rest();
        let mut len = rest.iter().position(|&byte| !is_space(byte)).unwrap_or(rest.len());
        let last = &rest[len - 1..];
        let trims = has_right_trim_marker(last)
            && last.get(TRIM_MARKER_LEN..).is_some_and(|rest| rest.starts_with(RIGHT));
        if trims {
            len -= 1;
        }
        self.pos += len;
        self.token(TokenKind::Space, start)
    }

    fn identifier(&mut self) -> Token {
        let start = self.pos;
        self.skip_word();
        if let Some(fault) = self.not_at_terminator() {
            return self.error(start, fault);
        }
        let kind = match &self.text[start..self.pos] {
            b"block" => TokenKind::Block,
            b"break" => TokenKind::Break,
            b"continue" => TokenKind::Continue,
            b"define" => TokenKind::Define,
            b"else" => TokenKind::Else,
            b"end" => TokenKind::End,
            b"if" => TokenKind::If,
            b"range" => TokenKind::Range,
            b"nil" => TokenKind::Nil,
            b"template" => TokenKind::Template,
            b"with" => TokenKind::With,
            b"true" | b"false" => TokenKind::Bool,
            _ => TokenKind::Identifier,
        };
        self.token(kind, start)
    }

    /// `.name`, `$name`, or `.` and `$` alone.
    fn field_or_variable(&mut self, kind: TokenKind) -> Token {
        let start = self.pos;
        self.pos += 1;
        if self.not_at_terminator().is_none() {
            let alone = if kind == TokenKind::Variable { kind } else { TokenKind::Dot };
            return self.token(alone, start);
        }
        self.skip_word();
        match self.not_at_terminator() {
            Some(fault) => self.error(start, fault),
            None => self.token(kind, start),
        }
    }

    fn skip_word(&mut self) {
        loop {
            let rest = self.rest();
            let word = rest.iter().position(|&byte| !is_ascii_word(byte)).unwrap_or(rest.len());
            self.pos += word;
            if rest.get(word).is_none_or(u8::is_ascii) {
                return;
            }
            let (c, len) = decode(&rest[word..]);
            if !is_letter_or_digit(c) {
                return;
            }
            self.pos += len;
        }
    }

    /// What is wrong if the character that follows may not follow a name (`atTerminator`).
    fn not_at_terminator(&self) -> Option<Fault> {
        let rest = self.rest();
        match rest.first()? {
            b' ' | b'\t' | b'\r' | b'\n' | b'.' | b',' | b'|' | b':' | b'(' | b')' => None,
            b'}' if rest.starts_with(RIGHT) => None,
            _ => Some(Fault::BadCharacter(decode(rest).0)),
        }
    }

    /// Up to the closing quote; a backslash hides the character behind it.
    fn quoted(&mut self, quote: u8, kind: TokenKind, unterminated: Fault) -> Token {
        let start = self.pos;
        self.pos += 1;
        loop {
            let rest = self.rest();
            let Some(at) = memchr::memchr3(quote, b'\\', b'\n', rest) else {
                self.pos = self.text.len();
                return self.error(start, unterminated);
            };
            let hidden = rest.get(at + 1).copied();
            self.pos += at + 1;
            match (rest[at], hidden) {
                (b'\\', None | Some(b'\n')) | (b'\n', _) => return self.error(start, unterminated),
                (b'\\', Some(_)) => self.pos += 1,
                _ => return self.token(kind, start),
            }
        }
    }

    fn raw_string(&mut self) -> Token {
        let start = self.pos;
        match memchr::memchr(b'`', &self.rest()[1..]) {
            Some(at) => {
                self.pos += at + 2;
                self.token(TokenKind::RawString, start)
            }
            None => {
                self.pos = self.text.len();
                self.error(start, Fault::UnterminatedRawString)
            }
        }
    }

    /// Accepts more than Go's numbers; the parser refuses what is none.
    fn number(&mut self) -> Token {
        let start = self.pos;
        if !self.scan_number() {
            return self.error(start, Fault::BadNumber);
        }
        if !matches!(self.rest().first(), Some(b'+' | b'-')) {
            return self.token(TokenKind::Number, start);
        }
        if !self.scan_number() || self.text[self.pos - 1] != b'i' {
            return self.error(start, Fault::BadNumber);
        }
        self.token(TokenKind::Complex, start)
    }

    fn scan_number(&mut self) -> bool {
        self.accept(b"+-");
        let (mut digits, mut exponent): (&[u8], &[u8]) = (b"0123456789_", b"eE");
        if self.accept(b"0") {
            if self.accept(b"xX") {
                (digits, exponent) = (b"0123456789abcdefABCDEF_", b"pP");
            } else if self.accept(b"oO") {
                (digits, exponent) = (b"01234567_", b"");
            } else if self.accept(b"bB") {
                (digits, exponent) = (b"01_", b"");
            }
        }
        self.accept_run(digits);
        if self.accept(b".") {
            self.accept_run(digits);
        }
        if self.accept(exponent) {
            self.accept(b"+-");
            self.accept_run(b"0123456789_");
        }
        self.accept(b"i");
        let (c, len) = decode(self.rest());
        if len > 0 && is_letter_or_digit(c) {
            self.pos += len;
            return false;
        }
        true
    }

    fn accept(&mut self, valid: &[u8]) -> bool {
        let accepted = self.rest().first().is_some_and(|byte| valid.contains(byte));
        self.pos += usize::from(accepted);
        accepted
    }

    fn accept_run(&mut self, valid: &[u8]) {
        while self.accept(valid) {}
    }
}

/// The first `{{`.
fn find_open(text: &[u8]) -> Option<usize> {
    memchr::memchr_iter(b'{', text).find(|&at| text.get(at + 1) == Some(&b'{'))
}

fn is_ascii_word(byte: u8) -> bool {
    /// For each byte the answer: half of all that the lexer does is to ask this.
    const WORD: [bool; 256] = {
        let mut word = [false; 256];
        let mut byte = 0;
        while byte < 128 {
            word[byte] = byte == b'_' as usize || (byte as u8).is_ascii_alphanumeric();
            byte += 1;
        }
        word
    };
    WORD[usize::from(byte)]
}

/// Space as the lexer knows it: ASCII only.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

fn trim_start(text: &[u8]) -> &[u8] {
    let start = text.iter().position(|&byte| !is_space(byte)).unwrap_or(text.len());
    &text[start..]
}

fn trim_end(text: &[u8]) -> &[u8] {
    let end = text.iter().rposition(|&byte| !is_space(byte)).map_or(0, |at| at + 1);
    &text[..end]
}

fn has_left_trim_marker(text: &[u8]) -> bool {
    matches!(text, [b'-', space, ..] if is_space(*space))
}

fn has_right_trim_marker(text: &[u8]) -> bool {
    matches!(text, [space, b'-', ..] if is_space(*space))
}

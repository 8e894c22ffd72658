//! Reads the tokens of TOML (`lex.go`): keys, strings and bare words, with the library's errors.

use crate::funcs::go::unicode;
use crate::value::quote::{self, Plain};

/// Why a text is no TOML.
#[derive(Debug)]
pub(super) enum Error {
    /// The library's error, with its line.
    Toml(String),
    /// Ours: nested too deeply.
    Depth,
}

/// A mistake and the line that the library finds it on.
#[derive(Debug)]
pub(super) struct Mistake {
    pub(super) line: usize,
    pub(super) message: String,
}

pub(super) type Read<T> = Result<T, Mistake>;

pub(super) struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    /// The end was read, and not put back: the library then counts lines otherwise.
    is_past_end: bool,
}

/// A string, or what stands for a key.
pub(super) struct Token {
    pub(super) text: String,
    pub(super) line: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a [u8]) -> Reader<'a> {
        Reader { text, at: 0, is_past_end: false }
    }

    /// The line on which the reader stands.
    pub(super) fn line(&self) -> usize {
        1 + memchr::memchr_iter(b'\n', &self.text[..self.at]).count()
    }

    /// Reads a character; None at the end.
    pub(super) fn next(&mut self) -> Read<Option<char>> {
        let (next, len) = bstr::decode_utf8(&self.text[self.at..]);
        let Some(c) = next else {
            if let Some(byte) = self.text.get(self.at) {
                return Err(self.mistake(format!("invalid UTF-8 byte: 0x{byte:02x}")));
            }
            self.is_past_end = true;
            return Ok(None);
        };
        let is_lone_return = c == '\r' && self.text.get(self.at + 1) != Some(&b'\n');
        if is_lone_return || c.is_ascii_control() && !matches!(c, '\t' | '\r' | '\n') {
            let code = u32::from(c);
            let message = format!("TOML files cannot contain control characters: '0x{code:02x}'");
            return Err(self.mistake(message));
        }
        self.at += len;
        Ok(Some(c))
    }

    /// Reads a character that is in the way if it is not `expected`.
    fn accept(&mut self, expected: char) -> Read<bool> {
        let is_next = self.peek()? == Some(expected);
        if is_next {
            self.next()?;
        }
        Ok(is_next)
    }

    pub(super) fn peek(&mut self) -> Read<Option<char>> {
        let next = self.next()?;
        self.back(next);
        Ok(next)
    }

    /// Puts back what was read last.
    pub(super) fn back(&mut self, last: Option<char>) {
        self.is_past_end = false;
        self.at -= last.map_or(0, char::len_utf8);
    }

    /// A mistake where the reader stands.
    pub(super) fn mistake(&self, message: impl Into<String>) -> Mistake {
        let is_after_line = self.is_past_end && self.text[..self.at].ends_with(b"\n");
        Mistake { line: self.line() - usize::from(is_after_line), message: message.into() }
    }

    /// A mistake that the library places one line up.
    pub(super) fn mistake_above(&self, message: impl Into<String>) -> Mistake {
        Mistake { line: self.line().wrapping_sub(1), message: message.into() }
    }

    pub(super) fn skip_spaces(&mut self) -> Read<()> {
        while matches!(self.peek()?, Some(' ' | '\t')) {
            self.next()?;
        }
        Ok(())
    }

    /// Reads a comment whose `#` was read.
    pub(super) fn comment(&mut self) -> Read<()> {
        while !matches!(self.peek()?, None | Some('\r' | '\n')) {
            self.next()?;
        }
        Ok(())
    }

    /// Skips white space, lines and comments.
    pub(super) fn skip_lines(&mut self) -> Read<Option<char>> {
        loop {
            match self.next()? {
                Some(' ' | '\t' | '\r' | '\n') => {}
                Some('#') => self.comment()?,
                other => return Ok(other),
            }
        }
    }

    /// Part of a key; nothing is a bare key too, what follows it will be wrong.
    pub(super) fn key_part(&mut self) -> Read<Token> {
        match self.peek()? {
            Some('"') => {
                self.next()?;
                self.string()
            }
            Some('\'') => {
                self.next()?;
                self.raw_string()
            }
            _ => {
                let start = self.at;
                while self.peek()?.is_some_and(|c| c.is_ascii() && super::is_bare(c as u8)) {
                    self.next()?;
                }
                Ok(self.token(start, self.at))
            }
        }
    }

    fn token(&self, start: usize, end: usize) -> Token {
        let text = String::from_utf8_lossy(&self.text[start..end]).into_owned();
        Token { text, line: self.line() }
    }

    /// What was read since `start`.
    pub(super) fn since(&self, start: usize) -> String {
        String::from_utf8_lossy(&self.text[start..self.at]).into_owned()
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// A string in double quotes, one or three; the first was read.
    pub(super) fn any_string(&mut self) -> Read<Token> {
        if self.text[self.at..].starts_with(b"\"\"") {
            self.at += 2;
            return self.multiline_string();
        }
        self.string()
    }

    pub(super) fn any_raw_string(&mut self) -> Read<Token> {
        if self.text[self.at..].starts_with(b"''") {
            self.at += 2;
            return self.multiline_raw_string();
        }
        self.raw_string()
    }

    fn string(&mut self) -> Read<Token> {
        let start = self.at;
        let mut has_escapes = false;
        loop {
            match self.next()? {
                None => return Err(self.mistake("unexpected EOF; expected '\"'")),
                Some('\r' | '\n') => {
                    return Err(self.mistake_above("strings cannot contain newlines"));
                }
                Some('\\') => {
                    has_escapes = true;
                    self.escape(start)?;
                }
                Some('"') => break,
                Some(_) => {}
            }
        }
        let mut token = self.token(start, self.at - 1);
        if has_escapes {
            token.text = replace_escapes(&token)?;
        }
        Ok(token)
    }

    fn raw_string(&mut self) -> Read<Token> {
        let start = self.at;
        loop {
            match self.next()? {
                None => return Err(self.mistake("unexpected EOF; expected \"'\"")),
                Some('\r' | '\n') => {
                    return Err(self.mistake_above("strings cannot contain newlines"));
                }
                Some('\'') => return Ok(self.token(start, self.at - 1)),
                Some(_) => {}
            }
        }
    }

    fn multiline_string(&mut self) -> Read<Token> {
        let start = self.at;
        loop {
            match self.next()? {
                None => return Err(self.mistake("unexpected EOF; expected '\"\"\"'")),
                Some('\\') if matches!(self.peek()?, Some('\r' | '\n')) => {}
                Some('\\') => self.escape(start)?,
                Some('"') if self.closes(start, b'"')? => break,
                Some(_) => {}
            }
        }
        let mut token = self.token(start, self.at - 3);
        token.text = strip_escaped_newlines(without_first_newline(&token.text));
        token.text = replace_escapes(&token)?;
        Ok(token)
    }

    fn multiline_raw_string(&mut self) -> Read<Token> {
        let start = self.at;
        loop {
            match self.next()? {
                None => return Err(self.mistake("unexpected EOF; expected \"'''\"")),
                Some('\'') if self.closes(start, b'\'')? => break,
                Some(_) => {}
            }
        }
        let mut token = self.token(start, self.at - 3);
        token.text = without_first_newline(&token.text).to_owned();
        Ok(token)
    }

    /// Whether the quote that was read is the first of the last three; then reads the others.
    fn closes(&mut self, start: usize, quote: u8) -> Read<bool> {
        let [Some(&second), Some(&third)] = [self.text.get(self.at), self.text.get(self.at + 1)]
        else {
            return Ok(false);
        };
        if second != quote || third != quote {
            return Ok(false);
        }
        if self.text.get(self.at + 2) == Some(&quote) {
            // Up to two quotes may stand before the closing three.
            let read = &self.text[start..self.at + 2];
            let is_escaped = quote == b'"' && read.ends_with(br#"\""""""#);
            if read.ends_with(&[quote; 5]) && !is_escaped {
                self.at += 2;
                let six = String::from_utf8_lossy(&[quote; 6]).into_owned();
                let outer = if quote == b'"' { '\'' } else { '"' };
                return Err(self.mistake(format!("unexpected {outer}{six}{outer}")));
            }
            return Ok(false);
        }
        self.at += 2;
        Ok(true)
    }

    /// Checks the escape whose backslash was read; `start` is where the string starts.
    fn escape(&mut self, start: usize) -> Read<()> {
        let (count, name) = match self.next()? {
            Some('e' | 'b' | 't' | 'n' | 'f' | 'r' | '"' | ' ' | '\t' | '\\') => return Ok(()),
            Some('x') => (2, "two hexadecimal digits after '\\x'"),
            Some('u') => (4, "four hexadecimal digits after '\\u'"),
            Some('U') => (8, "eight hexadecimal digits after '\\U'"),
            other => {
                let message = format!("invalid escape in string '\\{}'", other.unwrap_or('\0'));
                return Err(match other {
                    Some(_) => self.mistake(message),
                    None => self.mistake_above(message),
                });
            }
        };
        for _ in 0..count {
            if !self.next()?.is_some_and(|c| c.is_ascii_hexdigit()) {
                let found = quote::quoted(&self.since(start));
                return Err(self.mistake(format!("expected {name}, but got {found} instead")));
            }
        }
        Ok(())
    }

    /// A word of letters, such as `true`.
    pub(super) fn word(&mut self) -> Read<String> {
        let start = self.at;
        while self.peek()?.is_some_and(unicode::is_letter) {
            self.next()?;
        }
        Ok(self.since(start))
    }

    /// `inf` or `nan` without a sign, whose first letter was read. The library takes some other
    /// words for numbers at first, and puts back too little of others.
    pub(super) fn special_number(&mut self) -> Read<bool> {
        if self.accept('n')? && self.accept('f')? {
            return Ok(true);
        }
        Ok(self.accept('a')? && self.accept('n')?)
    }

    /// The letters of `inf` or `nan` after their first.
    pub(super) fn accept_all(&mut self, letters: [char; 2]) -> Read<bool> {
        Ok(self.accept(letters[0])? && self.accept(letters[1])?)
    }

    /// Reads on while the characters are among these.
    pub(super) fn take_while(&mut self, is_wanted: impl Fn(char) -> bool) -> Read<()> {
        while self.peek()?.is_some_and(&is_wanted) {
            self.next()?;
        }
        Ok(())
    }
}

/// A character as Go's `%q` prints it; the end is a NUL.
pub(super) fn quoted(c: Option<char>) -> String {
    let mut text = Vec::new();
    quote::write_quoted_char(&mut text, c.unwrap_or('\0'), Plain::Printable);
    String::from_utf8_lossy(&text).into_owned()
}

fn without_first_newline(text: &str) -> &str {
    text.strip_prefix('\n').or_else(|| text.strip_prefix("\r\n")).unwrap_or(text)
}

/// Drops each backslash that ends a line, with all white space after it.
fn strip_escaped_newlines(text: &str) -> String {
    let mut stripped = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (before, after) = rest.split_at(at);
        stripped.push_str(before);
        let spaces =
            after[1..].len() - after[1..].trim_start_matches([' ', '\t', '\r', '\n']).len();
        if after[1..=spaces].contains('\n') {
            rest = &after[1 + spaces..];
        } else {
            // An escaped backslash escapes nothing itself.
            let len = if after.starts_with("\\\\") { 2 } else { 1 };
            stripped.push_str(&after[..len]);
            rest = &after[len..];
        }
    }
    stripped.push_str(rest);
    stripped
}

/// Replaces escapes, which were checked before.
fn replace_escapes(token: &Token) -> Read<String> {
    let wrong = |message| Mistake { line: token.line, message };
    let mut replaced = String::with_capacity(token.text.len());
    let mut rest = token.text.as_str();
    while let Some(at) = rest.find('\\') {
        replaced.push_str(&rest[..at]);
        let mut escape = rest[at + 1..].chars();
        let letter = escape.next().unwrap_or('\\');
        rest = escape.as_str();
        replaced.push(match letter {
            'b' => '\u{8}',
            't' => '\t',
            'n' => '\n',
            'f' => '\u{c}',
            'r' => '\r',
            'e' => '\u{1b}',
            'x' | 'u' | 'U' => {
                let len = match letter {
                    'x' => 2,
                    'u' => 4,
                    _ => 8,
                };
                let (digits, after) = rest.split_at_checked(len).unwrap_or((rest, ""));
                rest = after;
                let code = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
                let message = format!("Escaped character '\\u{digits}' is not valid UTF-8.");
                code.ok_or_else(|| wrong(message))?
            }
            ' ' | '\t' => return Err(wrong(format!("invalid escape: '\\{letter}'"))),
            other => other,
        });
    }
    replaced.push_str(rest);
    Ok(replaced)
}

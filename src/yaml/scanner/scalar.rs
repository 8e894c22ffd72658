//! Plain, quoted and block scalars.

use super::cursor::{Break, break_width};
use super::{Piece, Scanner, Stop, TokenKind};

#[derive(Copy, Clone, PartialEq, Eq)]
pub(super) enum Quote {
    Single,
    Double,
}

#[derive(Copy, Clone, PartialEq, Eq)]
pub(super) enum Block {
    Literal,
    Folded,
}

/// What becomes of the line breaks at the end of a block scalar.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Chomping {
    /// `-`: none is kept.
    Strip,
    /// One is kept.
    Clip,
    /// `+`: all are kept.
    Keep,
}

/// Line breaks between two lines of a flow scalar, as offsets.
#[derive(Copy, Clone, Default)]
struct Fold {
    /// The first break, unless it was escaped, and where it ends.
    first: Option<(Break, usize)>,
    /// The empty lines behind it.
    rest: (usize, usize),
}

impl Scanner<'_> {
    pub(super) fn fetch_plain(&mut self) -> Result<(), Stop> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.pos;
        let (text, end) = self.scan_plain()?;
        self.tokens.push_back(super::Token {
            kind: TokenKind::Plain,
            start: start as u32,
            end: end as u32,
            text,
        });
        Ok(())
    }

    /// The text of a plain scalar, and where it ends; the scanner goes behind the blanks and line
    /// breaks that follow.
    fn scan_plain(&mut self) -> Result<(Piece, usize), Stop> {
        let start = self.pos;
        let indent = self.indent + 1;
        let mut end = self.pos;
        let mut copied: Option<usize> = None;
        loop {
            let run = self.plain_run();
            if run > end {
                if let Some(from) = copied {
                    debug_assert!(from <= self.unescaped.len());
                    self.unescaped.push_str(&self.text[self.pos..run]);
                }
                end = run;
            }
            self.pos = self.after_blanks(run);
            if !self.is_break(0) {
                break;
            }
            let fold = self.take_plain_breaks(indent)?;
            self.simple_key_allowed = true;
            let over = self.flow_level == 0 && self.column() < indent;
            if over || self.ends_plain() {
                break;
            }
            self.simple_key_allowed = false;
            if copied.is_none() {
                copied = Some(self.unescaped.len());
                self.unescaped.push_str(&self.text[start..end]);
            }
            self.push_fold(fold);
        }
        let piece = match copied {
            None => Piece { start: start as u32, end: end as u32, unescaped: false },
            Some(from) => self.unescaped_from(from),
        };
        Ok((piece, end))
    }

    /// Whether what stands at the start of a continued line ends the scalar before it.
    fn ends_plain(&self) -> bool {
        let byte = self.byte(0);
        self.is_at_document_indicator() || byte == b'#' || byte == 0 || self.is_plain_end(self.pos)
    }

    /// Where the part of the scalar in the current line ends, trailing blanks not counted.
    fn plain_run(&self) -> usize {
        let bytes = self.text.as_bytes();
        let mut at = self.pos;
        let mut end = at;
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b' ' | b'\t' => {
                    at += 1;
                    if bytes.get(at) == Some(&b'#') {
                        break;
                    }
                    continue;
                }
                b'\n' | b'\r' => break,
                0xc2 | 0xe2 if break_width(bytes, at) > 0 => break,
                b':' | b',' | b'?' | b'[' | b']' | b'{' | b'}' if self.is_plain_end(at) => break,
                _ => {}
            }
            at += 1;
            end = at;
        }
        end
    }

    /// Whether an indicator stands at `at` that ends a plain scalar.
    fn is_plain_end(&self, at: usize) -> bool {
        match self.byte(at - self.pos) {
            b':' => self.is_blankz(at - self.pos + 1),
            b',' | b'?' | b'[' | b']' | b'{' | b'}' => self.flow_level > 0,
            _ => false,
        }
    }

    fn after_blanks(&self, from: usize) -> usize {
        let bytes = self.text.as_bytes();
        let blanks = bytes[from..].iter().take_while(|byte| matches!(byte, b' ' | b'\t'));
        from + blanks.count()
    }

    /// Takes the line breaks here and the blanks that start the next lines.
    fn take_plain_breaks(&mut self, indent: i32) -> Result<Fold, Stop> {
        let first = Some((self.take_break(), self.pos));
        let start = self.pos;
        loop {
            match self.byte(0) {
                b' ' => self.skip_spaces(),
                b'\t' if self.column() < indent => {
                    return Err(self.stop("found a tab character that violates indentation"));
                }
                b'\t' => self.pos += 1,
                _ if self.is_break(0) => {
                    self.take_break();
                }
                _ => return Ok(Fold { first, rest: (start, self.pos) }),
            }
        }
    }

    /// One break becomes a space, several lose the first.
    fn push_fold(&mut self, fold: Fold) {
        let before = self.unescaped.len();
        if let Some(kept @ (Break::Kept, _)) = fold.first {
            self.push_break(kept);
        }
        self.push_breaks(fold.rest);
        if self.unescaped.len() == before && fold.first.is_some() {
            self.unescaped.push(' ');
        }
    }

    /// All breaks in a piece of the source that holds nothing but blanks and breaks.
    fn push_breaks(&mut self, (start, end): (usize, usize)) {
        let bytes = self.text.as_bytes();
        let mut at = start;
        while at < end {
            let width = break_width(bytes, at);
            match width {
                0 => {}
                3 => self.unescaped.push_str(&self.text[at..at + 3]),
                _ => self.unescaped.push('\n'),
            }
            at += width.max(1);
        }
    }

    fn unescaped_from(&self, from: usize) -> Piece {
        Piece { start: from as u32, end: self.unescaped.len() as u32, unescaped: true }
    }

    pub(super) fn fetch_quoted(&mut self, quote: Quote) -> Result<(), Stop> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.pos as u32;
        self.pos += 1;
        let text = match self.quoted_as_it_stands(quote) {
            Some(end) => {
                let piece = Piece { start: start + 1, end: end as u32, unescaped: false };
                self.pos = end;
                piece
            }
            None => self.scan_quoted(quote)?,
        };
        self.pos += 1;
        self.push_text(TokenKind::Quoted, start, text);
        Ok(())
    }

    /// The end of a quoted scalar in one line and without escapes.
    fn quoted_as_it_stands(&self, quote: Quote) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let mut at = self.pos;
        loop {
            match *bytes.get(at)? {
                b'\'' if quote == Quote::Single => {
                    return (bytes.get(at + 1) != Some(&b'\'')).then_some(at);
                }
                b'"' if quote == Quote::Double => return Some(at),
                b'\\' if quote == Quote::Double => return None,
                b'\n' | b'\r' => return None,
                0xc2 | 0xe2 if break_width(bytes, at) > 0 => return None,
                _ => at += 1,
            }
        }
    }

    fn scan_quoted(&mut self, quote: Quote) -> Result<Piece, Stop> {
        let from = self.unescaped.len();
        loop {
            if self.is_at_document_indicator() {
                return Err(self.stop("found unexpected document indicator"));
            }
            if self.pos >= self.text.len() {
                return Err(self.stop("found unexpected end of stream"));
            }
            let escaped_break = self.scan_quoted_run(quote)?;
            let closing = if quote == Quote::Single { b'\'' } else { b'"' };
            if self.byte(0) == closing {
                return Ok(self.unescaped_from(from));
            }
            self.scan_quoted_blanks(escaped_break);
        }
    }

    /// Takes characters up to a blank, a line break or the closing quote; whether it stopped
    /// behind an escaped line break.
    fn scan_quoted_run(&mut self, quote: Quote) -> Result<bool, Stop> {
        loop {
            let run = self.quoted_run(quote);
            self.unescaped.push_str(&self.text[self.pos..run]);
            self.pos = run;
            match (quote, self.byte(0)) {
                (Quote::Single, b'\'') if self.byte(1) == b'\'' => {
                    self.unescaped.push('\'');
                    self.pos += 2;
                }
                (Quote::Double, b'\\') if self.is_break(1) => {
                    self.pos += 1;
                    self.take_break();
                    return Ok(true);
                }
                (Quote::Double, b'\\') => self.scan_escape()?,
                _ => return Ok(false),
            }
        }
    }

    /// The end of the characters that stand for themselves.
    fn quoted_run(&self, quote: Quote) -> usize {
        let bytes = self.text.as_bytes();
        let mut at = self.pos;
        while let Some(&byte) = bytes.get(at) {
            let special = match byte {
                b' ' | b'\t' | b'\n' | b'\r' => true,
                b'\'' => quote == Quote::Single,
                b'"' | b'\\' => quote == Quote::Double,
                0xc2 | 0xe2 => break_width(bytes, at) > 0,
                _ => false,
            };
            if special {
                break;
            }
            at += 1;
        }
        at
    }

    /// Takes blanks and line breaks, and folds them.
    fn scan_quoted_blanks(&mut self, escaped_break: bool) {
        let start = self.pos;
        self.pos = self.after_blanks(start);
        let first = (!escaped_break && self.is_break(0)).then(|| (self.take_break(), self.pos));
        if !escaped_break && first.is_none() {
            self.unescaped.push_str(&self.text[start..self.pos]);
            return;
        }
        let rest = self.pos;
        while self.is_blank(0) || self.is_break(0) {
            if self.is_blank(0) {
                self.pos += 1;
            } else {
                self.take_break();
            }
        }
        self.push_fold(Fold { first, rest: (rest, self.pos) });
    }

    fn scan_escape(&mut self) -> Result<(), Stop> {
        let digits = match self.byte(1) {
            b'x' => 2,
            b'u' => 4,
            b'U' => 8,
            other => {
                let Some(text) = escape(other) else {
                    return Err(self.stop("found unknown escape character"));
                };
                self.unescaped.push_str(text);
                self.pos += 2;
                return Ok(());
            }
        };
        self.pos += 2;
        let mut value: u32 = 0;
        for ahead in 0..digits {
            let Some(digit) = (self.byte(ahead) as char).to_digit(16) else {
                return Err(self.stop("did not find expected hexdecimal number"));
            };
            value = (value << 4) | digit;
        }
        let Some(character) = char::from_u32(value) else {
            return Err(self.stop("found invalid Unicode character escape code"));
        };
        self.unescaped.push(character);
        self.pos += digits;
        Ok(())
    }

    pub(super) fn fetch_block_scalar(&mut self, block: Block) -> Result<(), Stop> {
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        let start = self.pos as u32;
        self.pos += 1;
        let (chomping, indicated) = self.scan_block_header()?;
        let (text, end) = self.scan_block(block, chomping, indicated)?;
        let kind = TokenKind::Quoted;
        self.tokens.push_back(super::Token { kind, start, end: end as u32, text });
        Ok(())
    }

    /// The indicators behind `|` or `>`, up to the line break.
    fn scan_block_header(&mut self) -> Result<(Chomping, i32), Stop> {
        let mut chomping = self.scan_chomping();
        let indicated = self.scan_indentation()?;
        if chomping.is_none() && indicated.is_some() {
            chomping = self.scan_chomping();
        }
        self.pos = self.after_blanks(self.pos);
        if self.byte(0) == b'#' {
            self.skip_line_rest();
        }
        if self.is_break(0) {
            self.take_break();
        } else if self.pos < self.text.len() {
            return Err(self.stop("did not find expected comment or line break"));
        }
        Ok((chomping.unwrap_or(Chomping::Clip), indicated.unwrap_or(0)))
    }

    fn scan_chomping(&mut self) -> Option<Chomping> {
        let chomping = match self.byte(0) {
            b'+' => Chomping::Keep,
            b'-' => Chomping::Strip,
            _ => return None,
        };
        self.pos += 1;
        Some(chomping)
    }

    fn scan_indentation(&mut self) -> Result<Option<i32>, Stop> {
        match self.byte(0) {
            b'0' => Err(self.stop("found an indentation indicator equal to 0")),
            digit @ b'1'..=b'9' => {
                self.pos += 1;
                Ok(Some(i32::from(digit - b'0')))
            }
            _ => Ok(None),
        }
    }

    /// The lines of a block scalar, and where the last one ends. `indicated` is the indentation
    /// in relation to the parent, or 0 to take that of the first line.
    fn scan_block(
        &mut self,
        block: Block,
        chomping: Chomping,
        indicated: i32,
    ) -> Result<(Piece, usize), Stop> {
        let from = self.unescaped.len();
        let mut indent = if indicated > 0 { self.indent.max(0) + indicated } else { 0 };
        let mut end = self.pos;
        let mut trailing = self.scan_block_breaks(&mut indent)?;
        let mut leading: Option<(Break, usize)> = None;
        let mut leading_blank = false;
        while self.spaces() == indent && self.pos < self.text.len() {
            let trailing_blank = self.is_blank(0);
            match leading {
                Some((Break::Line, _))
                    if block == Block::Folded && !leading_blank && !trailing_blank =>
                {
                    self.push_fold(Fold { first: leading, rest: trailing });
                }
                Some(leading) => {
                    self.push_break(leading);
                    self.push_breaks(trailing);
                }
                None => self.push_breaks(trailing),
            }
            leading_blank = trailing_blank;
            let line = self.pos;
            self.skip_line_rest();
            end = self.pos;
            self.unescaped.push_str(&self.text[line..end]);
            leading = self.is_break(0).then(|| (self.take_break(), self.pos));
            trailing = self.scan_block_breaks(&mut indent)?;
        }
        if let (Some(leading), Chomping::Clip | Chomping::Keep) = (leading, chomping) {
            self.push_break(leading);
        }
        if chomping == Chomping::Keep {
            self.push_breaks(trailing);
        }
        Ok((self.unescaped_from(from), end))
    }

    /// A break that ends at `end`.
    fn push_break(&mut self, (kind, end): (Break, usize)) {
        match kind {
            Break::Line => self.unescaped.push('\n'),
            Break::Kept => self.unescaped.push_str(&self.text[end - 3..end]),
        }
    }

    /// Takes indentation and empty lines, and finds out the indentation if it is 0.
    fn scan_block_breaks(&mut self, indent: &mut i32) -> Result<(usize, usize), Stop> {
        let start = self.pos;
        let mut deepest = 0;
        loop {
            let line = self.pos;
            self.skip_spaces();
            if *indent > 0 && self.spaces() > *indent {
                self.pos = line.max(self.line_start + *indent as usize);
            }
            deepest = deepest.max(self.spaces());
            if self.byte(0) == b'\t' && (*indent == 0 || self.spaces() < *indent) {
                return Err(
                    self.stop("found a tab character where an indentation space is expected")
                );
            }
            if !self.is_break(0) {
                break;
            }
            self.take_break();
        }
        if *indent == 0 {
            *indent = deepest.max(self.indent + 1).max(1);
        }
        Ok((start, self.pos))
    }

    /// The column of a place that only spaces precede in its line.
    fn spaces(&self) -> i32 {
        (self.pos - self.line_start) as i32
    }
}

/// What a one-letter escape stands for.
fn escape(letter: u8) -> Option<&'static str> {
    Some(match letter {
        b'0' => "\0",
        b'a' => "\x07",
        b'b' => "\x08",
        b't' | b'\t' => "\t",
        b'n' => "\n",
        b'v' => "\x0b",
        b'f' => "\x0c",
        b'r' => "\r",
        b'e' => "\x1b",
        b' ' => " ",
        b'"' => "\"",
        b'\'' => "'",
        b'\\' => "\\",
        b'N' => "\u{85}",
        b'_' => "\u{a0}",
        b'L' => "\u{2028}",
        b'P' => "\u{2029}",
        _ => return None,
    })
}

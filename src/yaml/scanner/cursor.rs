//! The current place in the text: what stands there, and how to go on.

use super::{Scanner, Stop, StoppedBy};

impl Scanner<'_> {
    /// Skips blanks, comments and line breaks.
    pub(super) fn skip_to_token(&mut self) {
        if self.pos == 0 && self.text.starts_with('\u{feff}') {
            self.pos += '\u{feff}'.len_utf8();
        }
        loop {
            let tabs = self.flow_level > 0 || !self.simple_key_allowed;
            self.skip_spaces();
            while tabs && self.byte(0) == b'\t' {
                self.pos += 1;
                self.skip_spaces();
            }
            if self.byte(0) == b'#' {
                self.skip_line_rest();
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

    pub(super) fn skip_spaces(&mut self) {
        let rest = self.text.as_bytes().get(self.pos..).unwrap_or_default();
        self.pos += rest.iter().position(|&byte| byte != b' ').unwrap_or(rest.len());
    }

    /// Goes to the next line break.
    pub(super) fn skip_line_rest(&mut self) {
        let bytes = self.text.as_bytes();
        let rest = bytes.get(self.pos..).unwrap_or_default();
        let end = self.pos + memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        if bytes[self.pos..end].is_ascii() {
            self.pos = end;
            return;
        }
        while !self.is_break(0) && self.pos < self.text.len() {
            self.pos += 1;
        }
    }

    pub(super) fn is_document_indicator(&self, indicator: &[u8; 3]) -> bool {
        self.text.as_bytes()[self.pos..].starts_with(indicator) && self.is_blankz(3)
    }

    /// Whether the line starts with `---` or `...` and a blank.
    pub(super) fn is_at_document_indicator(&self) -> bool {
        self.pos == self.line_start
            && (self.is_document_indicator(b"---") || self.is_document_indicator(b"..."))
    }

    /// The column of the current place, in characters.
    pub(super) fn column(&mut self) -> i32 {
        let (from, column) = match self.counted {
            (offset, column) if offset >= self.line_start => (offset, column),
            _ => (self.line_start, 0),
        };
        let bytes = self.text.as_bytes().get(from..self.pos).unwrap_or_default();
        let count = match bytes.is_ascii() {
            true => bytes.len(),
            false => bytes.iter().filter(|&&byte| byte & 0xc0 != 0x80).count(),
        };
        self.counted = (self.pos, column + count as i32);
        self.counted.1
    }

    /// The current place as an offset for tokens and errors.
    pub(super) fn offset(&self) -> u32 {
        self.pos as u32 + u32::from(self.line_forced)
    }

    pub(super) fn stop(&self, problem: &'static str) -> Stop {
        match self.fault {
            Some(fault) if self.pos >= self.text.len() => {
                Stop { problem: fault.problem, offset: self.pos as u32, by: StoppedBy::Reader }
            }
            _ => Stop { problem, offset: self.offset(), by: StoppedBy::Scanner },
        }
    }

    /// The byte `ahead` of the current place; 0 at the end, which no text contains.
    pub(super) fn byte(&self, ahead: usize) -> u8 {
        self.text.as_bytes().get(self.pos + ahead).copied().unwrap_or(0)
    }

    pub(super) fn is_blank(&self, ahead: usize) -> bool {
        matches!(self.byte(ahead), b' ' | b'\t')
    }

    pub(super) fn is_break(&self, ahead: usize) -> bool {
        break_width(self.text.as_bytes(), self.pos + ahead) > 0
    }

    /// A blank, a line break, or the end.
    pub(super) fn is_blankz(&self, ahead: usize) -> bool {
        matches!(self.byte(ahead), b' ' | b'\t' | 0) || self.is_break(ahead)
    }

    /// Goes behind the line break that stands here; whether it is one that folding keeps (LS, PS).
    pub(super) fn take_break(&mut self) -> Break {
        let bytes = self.text.as_bytes();
        let kind = if bytes.get(self.pos) == Some(&0xe2) { Break::Kept } else { Break::Line };
        self.pos += break_width(bytes, self.pos);
        self.line_start = self.pos;
        kind
    }
}

/// The kinds of line breaks.
#[derive(Copy, Clone, PartialEq, Eq)]
pub(super) enum Break {
    /// CR, LF, CR LF or NEL: reads as LF.
    Line,
    /// LS or PS: reads as itself.
    Kept,
}

/// The width of the line break at `at`, 0 if there is none.
pub(super) fn break_width(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at) {
        Some(b'\n') => 1,
        Some(b'\r') => 1 + usize::from(bytes.get(at + 1) == Some(&b'\n')),
        Some(0xc2) if bytes.get(at + 1) == Some(&0x85) => 2,
        Some(0xe2) if matches!(bytes.get(at + 1..at + 3), Some([0x80, 0xa8 | 0xa9])) => 3,
        _ => 0,
    }
}

/// The zero-based line of an offset; one more if the offset is beyond the end.
pub(super) fn line_of(text: &str, offset: u32) -> u32 {
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

//! Scalars in the style that suits their text.

use super::super::resolve::{Resolved, is_timestamp, resolve};
use super::analyze::{self, Analysis};
use super::{Emitter, Next, Version};

/// Lines are folded at the first space behind this column.
const WIDTH: usize = 80;

/// Longer keys are written behind a `?` (`yaml_emitter_check_simple_key`).
const MAX_SIMPLE_KEY: usize = 128;

/// How a scalar is written.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
enum Style {
    Plain,
    Single,
    Double,
    Literal,
}

impl Emitter {
    /// A scalar that is written as it is: a number, a boolean, null, a time.
    pub fn plain(&mut self, text: &str) {
        let analysis = Analysis::of(text, self.version);
        self.write_scalar(text, Style::Plain, analysis, "");
    }

    /// A string, quoted if it would be read as something else.
    pub fn string(&mut self, text: &str) {
        let style = if memchr::memchr(b'\n', text.as_bytes()).is_some() {
            Style::Literal
        } else if self.reads_as_string(text) {
            Style::Plain
        } else {
            Style::Double
        };
        self.write_scalar(text, style, Analysis::of(text, self.version), "");
    }

    /// Bytes that are no UTF-8, in base 64 with lines of 70 characters (`encodeBase64`).
    pub fn binary(&mut self, bytes: &[u8]) {
        let digits = data_encoding::BASE64.encode(bytes);
        let mut text = String::with_capacity(digits.len() + digits.len() / 70 + 1);
        let mut rest = digits.as_str();
        while rest.len() > 70 {
            let (line, tail) = rest.split_at(70);
            text.push_str(line);
            text.push('\n');
            rest = tail;
        }
        text.push_str(rest);
        if digits.len() >= 70 {
            text.push('\n');
        }
        let style = if text.contains('\n') { Style::Literal } else { Style::Plain };
        let analysis = Analysis::of(&text, self.version);
        self.write_scalar(&text, style, analysis, "!!binary");
    }

    /// Whether go-yaml reads a plain scalar of this text as a string, and no other reader of
    /// YAML 1.1 takes it for a number in base 60 (`stringv` in `encode.go`).
    fn reads_as_string(&self, text: &str) -> bool {
        let starts_like_word = matches!(
            text.as_bytes(),
            [b'0'..=b'9' | b'+' | b'-' | b'.' | b'~', ..]
                | [b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O', ..]
                | []
        );
        if !starts_like_word {
            return true;
        }
        let special = resolve(text) != Resolved::String
            || is_timestamp(text)
            || is_base_60(text)
            || (self.version == Version::V3 && is_signed_octal(text));
        !special
    }

    fn write_scalar(&mut self, text: &str, wanted: Style, analysis: Analysis, tag: &str) {
        let length = text.len() + tag.len();
        let simple = !analysis.multiline && length <= MAX_SIMPLE_KEY;
        let next = self.before_node(Some(simple));
        let simple_key = next == Some(Next::Key) && simple;
        if !tag.is_empty() {
            if !self.whitespace {
                self.put(' ');
            }
            self.write(tag);
            self.whitespace = false;
            self.indention = false;
        }
        let outer = self.indent;
        self.indent = Some(outer.map_or(2, |indent| indent + 2));
        match select(wanted, analysis, simple_key) {
            Style::Plain => self.write_plain(text, !simple_key),
            Style::Single => self.write_single(text, !simple_key),
            Style::Double => self.write_double(text, !simple_key),
            Style::Literal => self.write_literal(text),
        }
        self.indent = outer;
    }

    fn write_plain(&mut self, text: &str, may_fold: bool) {
        if !self.whitespace {
            self.put(' ');
        }
        if may_fold && self.is_too_wide(text) {
            self.write_folded(text, |at| !text[at + 1..].starts_with(' '));
        } else {
            self.write(text);
        }
        self.whitespace = false;
        self.indention = false;
    }

    /// Whether folding may be needed. Bytes are counted: more than enough.
    fn is_too_wide(&self, text: &str) -> bool {
        self.version == Version::V2 && self.column + text.len() > WIDTH
    }

    /// Text in one line, folded at spaces that `foldable` allows.
    fn write_folded(&mut self, text: &str, foldable: impl Fn(usize) -> bool) {
        let mut behind_space = false;
        let mut rest = 0;
        for at in memchr::memchr_iter(b' ', text.as_bytes()) {
            if at > rest {
                self.write(&text[rest..at]);
                behind_space = false;
            }
            if !behind_space && self.column > WIDTH && foldable(at) {
                self.write_indent();
            } else {
                self.put(' ');
            }
            behind_space = true;
            rest = at + 1;
        }
        self.write(&text[rest..]);
    }

    fn write_single(&mut self, text: &str, may_fold: bool) {
        self.write_indicator("'", true);
        if analyze::has_breaks(text) {
            self.write_single_lines(text, may_fold);
        } else if may_fold && self.is_too_wide(text) {
            let doubled = text.replace('\'', "''");
            let foldable =
                |at: usize| at > 0 && at < doubled.len() - 1 && !doubled[at + 1..].starts_with(' ');
            self.write_folded(&doubled, foldable);
        } else if text.contains('\'') {
            self.write(&text.replace('\'', "''"));
        } else {
            self.write(text);
        }
        self.write_indicator("'", false);
    }

    /// A single-quoted scalar with line breaks other than LF, which would make it a literal.
    fn write_single_lines(&mut self, text: &str, may_fold: bool) {
        let mut behind_space = false;
        let mut behind_break = false;
        let mut characters = text.char_indices().peekable();
        while let Some((at, character)) = characters.next() {
            let next = characters.peek().map(|&(_, next)| next);
            if character == ' ' {
                let inside = at > 0 && next.is_some_and(|next| next != ' ');
                if may_fold
                    && self.version == Version::V2
                    && !behind_space
                    && self.column > WIDTH
                    && inside
                {
                    self.write_indent();
                } else {
                    self.put(' ');
                }
                behind_space = true;
            } else if analyze::is_break(character) {
                self.write_break(character.encode_utf8(&mut [0; 4]));
                behind_break = true;
            } else {
                if behind_break {
                    self.write_indent();
                }
                if character == '\'' {
                    self.put('\'');
                }
                self.write(character.encode_utf8(&mut [0; 4]));
                self.indention = false;
                behind_space = false;
                behind_break = false;
            }
        }
    }

    fn write_double(&mut self, text: &str, may_fold: bool) {
        self.write_indicator("\"", true);
        // go-yaml looks for a byte order mark at the start of the text, whatever character it is
        // about to write (`is_bom` in `yamlprivateh.go`).
        let escape_all = text.starts_with('\u{feff}');
        let mut behind_space = false;
        let mut characters = text.char_indices().peekable();
        while let Some((at, character)) = characters.next() {
            let next = characters.peek().map(|&(_, next)| next);
            if escape_all || analyze::needs_escape(character) {
                self.write_escape(character);
                behind_space = false;
            } else if character == ' ' {
                let folds = may_fold && self.version == Version::V2 && !behind_space;
                if folds && self.column > WIDTH && at > 0 && next.is_some() {
                    self.write_indent();
                    if next == Some(' ') {
                        self.put('\\');
                    }
                } else {
                    self.put(' ');
                }
                behind_space = true;
            } else {
                self.write(character.encode_utf8(&mut [0; 4]));
                behind_space = false;
            }
        }
        self.write_indicator("\"", false);
    }

    fn write_escape(&mut self, character: char) {
        let code = character as u32;
        let name = match character {
            '\0' => "0",
            '\x07' => "a",
            '\x08' => "b",
            '\t' => "t",
            '\n' => "n",
            '\x0b' => "v",
            '\x0c' => "f",
            '\r' => "r",
            '\x1b' => "e",
            '"' => "\"",
            '\\' => "\\",
            '\u{85}' => "N",
            '\u{a0}' => "_",
            '\u{2028}' => "L",
            '\u{2029}' => "P",
            _ => "",
        };
        self.put('\\');
        if !name.is_empty() {
            self.write(name);
        } else if code <= 0xff {
            self.write(&format!("x{code:02X}"));
        } else if code <= 0xffff {
            self.write(&format!("u{code:04X}"));
        } else {
            self.write(&format!("U{code:08X}"));
        }
    }

    fn write_literal(&mut self, text: &str) {
        self.write_indicator("|", true);
        self.write_block_hints(text);
        self.put_break();
        self.indention = true;
        self.whitespace = true;
        let mut rest = text;
        while !rest.is_empty() {
            let end = analyze::find_break(rest).unwrap_or(rest.len());
            if end > 0 {
                self.write_indent();
                self.write(&rest[..end]);
                self.indention = false;
            }
            rest = &rest[end..];
            if let Some(line_break) = rest.chars().next() {
                self.write_break(&rest[..line_break.len_utf8()]);
                rest = &rest[line_break.len_utf8()..];
            }
        }
    }

    /// The indentation, if the text starts with a blank, and what becomes of breaks at its end.
    fn write_block_hints(&mut self, text: &str) {
        if text.starts_with(|first| first == ' ' || analyze::is_break(first)) {
            self.write_indicator("2", false);
        }
        let mut last = text.chars().rev();
        if !last.next().is_some_and(analyze::is_break) {
            self.write_indicator("-", false);
        } else if last.next().is_none_or(analyze::is_break) {
            self.write_indicator("+", false);
        }
    }
}

/// The style in which a scalar can be written, as near as possible to the one that is wanted
/// (`yaml_emitter_select_scalar_style`).
fn select(wanted: Style, analysis: Analysis, simple_key: bool) -> Style {
    let mut style = wanted;
    if simple_key && analysis.multiline {
        style = Style::Double;
    }
    if style == Style::Plain && !analysis.plain_allowed {
        style = Style::Single;
    }
    if style == Style::Single && !analysis.single_quoted_allowed {
        style = Style::Double;
    }
    if style == Style::Literal && (!analysis.block_allowed || simple_key) {
        style = Style::Double;
    }
    style
}

/// go-yaml's third version hands what follows `0o` to Go, which takes a sign there too.
fn is_signed_octal(text: &str) -> bool {
    text.strip_prefix("0o")
        .is_some_and(|digits| i64::from_str_radix(&digits.replace('_', ""), 8).is_ok())
}

/// `[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?`
fn is_base_60(text: &str) -> bool {
    if !text.as_bytes().contains(&b':') {
        return false;
    }
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut groups = whole.split(':');
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    let first = groups.next().unwrap_or_default();
    let mut count = 0;
    let all = groups.all(|group| {
        count += 1;
        matches!(group.as_bytes(), [b'0'..=b'9'] | [b'0'..=b'5', b'0'..=b'9'])
    });
    first.starts_with(|first: char| first.is_ascii_digit())
        && digits(first)
        && digits(fraction)
        && all
        && count > 0
}

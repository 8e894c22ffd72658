//! Directives, tags, anchors and aliases.

use super::{Piece, Scanner, Stop, Tag, TokenKind};

impl Scanner<'_> {
    pub(super) fn fetch_directive(&mut self) -> Result<(), Stop> {
        self.unroll_indent(-1);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.pos as u32;
        self.pos += 1;
        match self.scan_directive_name()? {
            "YAML" => {
                let text = self.scan_version()?;
                self.push_text(TokenKind::VersionDirective, start, text);
            }
            "TAG" => {
                let tag = self.scan_tag_directive()?;
                self.push_tag(TokenKind::TagDirective, start, tag);
            }
            _ => return Err(self.stop("found unknown directive name")),
        }
        self.skip_blanks();
        if self.byte(0) == b'#' {
            self.skip_line_rest();
        }
        if self.is_break(0) {
            self.take_break();
        } else if self.pos < self.text.len() {
            return Err(self.stop("did not find expected comment or line break"));
        }
        Ok(())
    }

    fn scan_directive_name(&mut self) -> Result<&str, Stop> {
        let start = self.pos;
        self.skip_word();
        if self.pos == start {
            return Err(self.stop("could not find expected directive name"));
        }
        if !self.is_blankz(0) {
            return Err(self.stop("found unexpected non-alphabetical character"));
        }
        Ok(&self.text[start..self.pos])
    }

    fn scan_version(&mut self) -> Result<Piece, Stop> {
        self.skip_blanks();
        let start = self.scan_version_number()?;
        if self.byte(0) != b'.' {
            return Err(self.stop("did not find expected digit or '.' character"));
        }
        self.pos += 1;
        let end = self.scan_version_number()?;
        Ok(Piece { start, end, unescaped: false })
    }

    fn scan_version_number(&mut self) -> Result<u32, Stop> {
        let start = self.pos;
        let mut number = 0;
        while self.byte(0).is_ascii_digit() {
            if self.pos - start == 2 {
                return Err(self.stop("found extremely long version number"));
            }
            number = number * 10 + u32::from(self.byte(0) - b'0');
            self.pos += 1;
        }
        if self.pos == start {
            return Err(self.stop("did not find expected version number"));
        }
        Ok(number)
    }

    fn scan_tag_directive(&mut self) -> Result<Tag, Stop> {
        self.skip_blanks();
        let handle = self.scan_tag_handle()?;
        if handle != b"!" && !(handle.len() > 1 && handle.ends_with(b"!")) {
            return Err(self.stop("did not find expected '!'"));
        }
        if !self.is_blank(0) {
            return Err(self.stop("did not find expected whitespace"));
        }
        self.skip_blanks();
        let rest = self.scan_tag_uri(b"")?;
        if !self.is_blankz(0) {
            return Err(self.stop("did not find expected whitespace or line break"));
        }
        Ok(Tag { handle, rest })
    }

    pub(super) fn fetch_anchor(&mut self, kind: TokenKind) -> Result<(), Stop> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.pos as u32;
        self.pos += 1;
        self.skip_word();
        let text = Piece { start: start + 1, end: self.pos as u32, unescaped: false };
        let ends = self.is_blankz(0)
            || matches!(self.byte(0), b'?' | b':' | b',' | b']' | b'}' | b'%' | b'@' | b'`');
        if text.start == text.end || !ends {
            return Err(self.stop("did not find expected alphabetic or numeric character"));
        }
        self.push_text(kind, start, text);
        Ok(())
    }

    pub(super) fn fetch_tag(&mut self) -> Result<(), Stop> {
        self.save_simple_key()?;
        self.simple_key_allowed = false;
        let start = self.pos as u32;
        let tag = self.scan_tag()?;
        if !self.is_blankz(0) {
            return Err(self.stop("did not find expected whitespace or line break"));
        }
        self.push_tag(TokenKind::Tag, start, tag);
        Ok(())
    }

    /// `!<uri>`, `!handle!suffix`, `!suffix` or `!`.
    fn scan_tag(&mut self) -> Result<Tag, Stop> {
        if self.byte(1) == b'<' {
            self.pos += 2;
            let rest = self.scan_tag_uri(b"")?;
            if self.byte(0) != b'>' {
                return Err(self.stop("did not find the expected '>'"));
            }
            self.pos += 1;
            return Ok(Tag { handle: Vec::new(), rest });
        }
        let handle = self.scan_tag_handle()?;
        if handle.len() > 1 && handle.ends_with(b"!") {
            let rest = self.scan_tag_uri(b"")?;
            return Ok(Tag { handle, rest });
        }
        let rest = self.scan_tag_uri(&handle)?;
        Ok(if rest.is_empty() {
            Tag { handle: Vec::new(), rest: b"!".to_vec() }
        } else {
            Tag { handle: b"!".to_vec(), rest }
        })
    }

    /// `!`, a word, and a `!` if one follows.
    fn scan_tag_handle(&mut self) -> Result<Vec<u8>, Stop> {
        if self.byte(0) != b'!' {
            return Err(self.stop("did not find expected '!'"));
        }
        let start = self.pos;
        self.pos += 1;
        self.skip_word();
        if self.byte(0) == b'!' {
            self.pos += 1;
        }
        Ok(self.text.as_bytes()[start..self.pos].to_vec())
    }

    /// The characters of a URI. `head` was scanned as a handle but is the start of the URI; its
    /// `!` is not part of it.
    fn scan_tag_uri(&mut self, head: &[u8]) -> Result<Vec<u8>, Stop> {
        let mut uri = head.get(1..).unwrap_or_default().to_vec();
        let start = self.pos;
        loop {
            match self.byte(0) {
                b'%' => self.scan_uri_escapes(&mut uri)?,
                byte if is_word(byte) || b";/?:@&=+$,.!~*'()[]".contains(&byte) => {
                    uri.push(byte);
                    self.pos += 1;
                }
                _ => break,
            }
        }
        if head.is_empty() && self.pos == start {
            return Err(self.stop("did not find expected tag URI"));
        }
        Ok(uri)
    }

    /// The escaped octets of one character.
    fn scan_uri_escapes(&mut self, uri: &mut Vec<u8>) -> Result<(), Stop> {
        let mut missing = None;
        while missing != Some(0) {
            let digits = [1, 2].map(|ahead| (self.byte(ahead) as char).to_digit(16));
            let (b'%', [Some(high), Some(low)]) = (self.byte(0), digits) else {
                return Err(self.stop("did not find URI escaped octet"));
            };
            let octet = (high * 16 + low) as u8;
            missing = match missing {
                None => match utf8_width(octet) {
                    0 => return Err(self.stop("found an incorrect leading UTF-8 octet")),
                    width => Some(width - 1),
                },
                Some(_) if octet & 0xc0 != 0x80 => {
                    return Err(self.stop("found an incorrect trailing UTF-8 octet"));
                }
                Some(missing) => Some(missing - 1),
            };
            uri.push(octet);
            self.pos += 3;
        }
        Ok(())
    }

    fn push_tag(&mut self, kind: TokenKind, start: u32, tag: Tag) {
        let index = self.tags.len() as u32;
        self.tags.push(tag);
        self.push_text(kind, start, Piece { start: index, end: index, unescaped: false });
    }

    fn skip_blanks(&mut self) {
        while self.is_blank(0) {
            self.pos += 1;
        }
    }

    fn skip_word(&mut self) {
        while is_word(self.byte(0)) {
            self.pos += 1;
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// The length of a UTF-8 sequence that starts with `octet`, 0 if none does.
fn utf8_width(octet: u8) -> usize {
    match octet {
        0x00..=0x7f => 1,
        0xc0..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf7 => 4,
        0x80..=0xbf | 0xf8..=0xff => 0,
    }
}

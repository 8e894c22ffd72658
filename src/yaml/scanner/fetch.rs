//! Which token stands at the current place, and what it does to the state of the scanner.

use super::scalar::{Block, Quote};
use super::{Piece, Scanner, Stop, StoppedBy, Token, TokenKind};

impl Scanner<'_> {
    /// Scans the next token into the queue (`yaml_parser_fetch_next_token`).
    pub(super) fn fetch(&mut self) -> Result<(), Stop> {
        self.skip_to_token();
        self.check_fault(4)?;
        // Only the first token of a line can stand left of what is open.
        if self.flow_level == 0 && self.unrolled != Some(self.line_start) {
            let column = self.column();
            self.unroll_indent(column);
            self.unrolled = Some(self.line_start);
        }
        self.fetch_here()?;
        self.check_fault(0)
    }

    /// go-yaml fails when it needs `length` characters and cannot decode them.
    pub(super) fn check_fault(&self, length: usize) -> Result<(), Stop> {
        match self.fault {
            Some(fault) if self.pos + length >= self.text.len() => {
                Err(Stop { problem: fault.problem, offset: self.pos as u32, by: StoppedBy::Reader })
            }
            _ => Ok(()),
        }
    }

    pub(super) fn fetch_here(&mut self) -> Result<(), Stop> {
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
            b'|' if block => self.fetch_block_scalar(Block::Literal),
            b'>' if block => self.fetch_block_scalar(Block::Folded),
            b'\'' => self.fetch_quoted(Quote::Single),
            b'"' => self.fetch_quoted(Quote::Double),
            b' ' | b'\t' | b'#' | b'|' | b'>' | b'%' | b'@' | b'`' => Err(self.bad_start()),
            _ => self.fetch_plain(),
        }
    }

    pub(super) fn bad_start(&self) -> Stop {
        self.stop("found character that cannot start any token")
    }

    pub(super) fn fetch_stream_end(&mut self) -> Result<(), Stop> {
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

    pub(super) fn fetch_document_indicator(&mut self, kind: TokenKind) -> Result<(), Stop> {
        self.unroll_indent(-1);
        self.remove_simple_key()?;
        self.simple_key_allowed = false;
        self.push_indicator(kind, 3);
        Ok(())
    }

    pub(super) fn fetch_flow_start(&mut self, kind: TokenKind) -> Result<(), Stop> {
        self.save_simple_key()?;
        self.open_bracket()?;
        self.simple_key_allowed = true;
        self.push_indicator(kind, 1);
        Ok(())
    }

    pub(super) fn fetch_flow_end(&mut self, kind: TokenKind) -> Result<(), Stop> {
        self.remove_simple_key()?;
        self.close_bracket();
        self.simple_key_allowed = false;
        self.push_indicator(kind, 1);
        Ok(())
    }

    pub(super) fn fetch_flow_entry(&mut self) -> Result<(), Stop> {
        self.remove_simple_key()?;
        self.simple_key_allowed = true;
        self.push_indicator(TokenKind::FlowEntry, 1);
        Ok(())
    }

    pub(super) fn fetch_block_entry(&mut self) -> Result<(), Stop> {
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

    pub(super) fn fetch_key(&mut self) -> Result<(), Stop> {
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

    pub(super) fn fetch_value(&mut self) -> Result<(), Stop> {
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

    pub(super) fn turn_into_key(&mut self, level: usize) -> Result<(), Stop> {
        let key = self.simple_keys[level];
        let (start, end) = (key.offset, key.offset);
        let token = Token { kind: TokenKind::Key, start, end, text: Piece::default() };
        self.insert(Some(key.token), token);
        self.roll_indent(key.column, Some(key.token), TokenKind::BlockMappingStart, key.offset)?;
        self.simple_keys[level].possible = false;
        self.forget_candidate(key.token);
        Ok(())
    }

    pub(super) fn roll_here(&mut self, kind: TokenKind) -> Result<(), Stop> {
        let column = self.column();
        self.roll_indent(column, None, kind, self.pos as u32)
    }

    pub(super) fn push_indicator(&mut self, kind: TokenKind, width: usize) {
        let start = self.offset();
        self.pos += width;
        self.push(kind, start);
    }
}

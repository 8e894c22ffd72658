//! The bytes of a text as YAML takes them: encodings, and which characters are allowed.

use std::borrow::Cow;
use std::ops::Range;

/// A text that holds only what YAML allows, up to its end or to the first thing it does not.
pub(super) struct Input<'a> {
    /// The part of the file that is read, in UTF-8 and without its byte order mark.
    pub(super) text: Cow<'a, str>,
    /// Why reading cannot go beyond the end of `text`.
    pub(super) fault: Option<Fault>,
    pub(super) places: Places,
}

/// How offsets in an [`Input`]'s text relate to offsets in the file.
pub(super) enum Places {
    /// The text starts at this offset in the file.
    Shifted(u32),
    /// The text was UTF-16: the offset in the file of every byte of the text, and of its end.
    Decoded(Vec<u32>),
}

impl Places {
    pub(super) fn in_file(&self, offset: u32) -> u32 {
        match self {
            Places::Shifted(base) => base + offset,
            Places::Decoded(offsets) => {
                offsets.get(offset as usize).or(offsets.last()).copied().unwrap_or_default()
            }
        }
    }
}

/// What stops the reader, and the offset in the file where it stands.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) problem: &'static str,
    pub(super) offset: usize,
}

/// go-yaml decodes its input in pieces of this size (`input_raw_buffer_size`) and fails as soon as
/// it fills its buffer with a piece that it cannot decode: the syntax of the same piece is never
/// looked at.
const PIECE: usize = 512;

/// Checks `range` of `text`, and decodes it if it is UTF-16.
pub(super) fn prepare(text: &[u8], range: Range<usize>) -> Input<'_> {
    let start = range.start;
    let bytes = text.get(range).unwrap_or_default();
    match bytes {
        [0xff, 0xfe, ..] => utf16(bytes, start, u16::from_le_bytes),
        [0xfe, 0xff, ..] => utf16(bytes, start, u16::from_be_bytes),
        _ => utf8(bytes, start),
    }
}

fn utf8(bytes: &[u8], base: usize) -> Input<'_> {
    let bom = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let fault = first_fault(bytes, bom);
    let end = fault.map_or(bytes.len(), |(fault, width)| piece_of(bytes, fault.offset, width));
    let valid = bytes.get(bom..end).unwrap_or_default();
    Input {
        text: Cow::Borrowed(str::from_utf8(valid).unwrap_or_default()),
        fault: fault.map(|(fault, _)| Fault { offset: base + fault.offset, ..fault }),
        places: Places::Shifted((base + bom) as u32),
    }
}

/// The first thing that go-yaml's reader refuses, and how many bytes it has to see to know.
fn first_fault(bytes: &[u8], from: usize) -> Option<(Fault, usize)> {
    const BLOCK: usize = 32;
    let mut at = from;
    while at < bytes.len() {
        let block = &bytes[at..bytes.len().min(at + BLOCK)];
        if is_plain(block) {
            at += block.len();
            continue;
        }
        let end = at + block.len();
        while at < end {
            match character(&bytes[at..]) {
                Ok(width) => at += width,
                Err((problem, width)) => return Some((Fault { problem, offset: at }, width)),
            }
        }
    }
    None
}

/// Only printable ASCII, tabs and line breaks. Written without branches so that it compiles to
/// vector instructions: nearly all input is decided here.
fn is_plain(block: &[u8]) -> bool {
    block.iter().fold(true, |plain, &byte| {
        let printable = byte.wrapping_sub(b' ') < 0x5f;
        plain & (printable | (byte == b'\n') | (byte == b'\t') | (byte == b'\r'))
    })
}

/// The width of the character that `bytes` start with; or what is wrong with it, and how many
/// bytes its first one announces (`yaml_parser_update_buffer` in `readerc.go`).
fn character(bytes: &[u8]) -> Result<usize, (&'static str, usize)> {
    let first = bytes[0];
    let (width, mut value) = match first {
        0x00..=0x7f => (1, u32::from(first)),
        0xc0..=0xdf => (2, u32::from(first & 0x1f)),
        0xe0..=0xef => (3, u32::from(first & 0x0f)),
        0xf0..=0xf7 => (4, u32::from(first & 0x07)),
        0x80..=0xbf | 0xf8..=0xff => return Err(("invalid leading UTF-8 octet", 1)),
    };
    let Some(rest) = bytes.get(1..width) else {
        return Err(("incomplete UTF-8 octet sequence", width));
    };
    for &octet in rest {
        if octet & 0xc0 != 0x80 {
            return Err(("invalid trailing UTF-8 octet", width));
        }
        value = (value << 6) + u32::from(octet & 0x3f);
    }
    let shortest = [0, 0, 0x80, 0x800, 0x1_0000];
    if value < shortest[width] {
        return Err(("invalid length of a UTF-8 sequence", width));
    }
    if (0xd800..=0xdfff).contains(&value) || value > 0x0010_ffff {
        return Err(("invalid Unicode character", width));
    }
    if is_allowed(value) { Ok(width) } else { Err((CONTROL, width)) }
}

const CONTROL: &str = "control characters are not allowed";

fn is_allowed(character: u32) -> bool {
    matches!(
        character,
        0x09 | 0x0a | 0x0d | 0x20..=0x7e | 0x85 | 0xa0..=0xd7ff | 0xe000..=0xfffd | 0x1_0000..
    )
}

/// Where the piece starts in which go-yaml meets the faulty character at `fault`. Pieces end with
/// whole characters.
fn piece_of(bytes: &[u8], fault: usize, width: usize) -> usize {
    if fault + width > bytes.len() {
        return fault;
    }
    let mut start = 0;
    while start + PIECE < fault + width {
        let mut end = start + PIECE;
        if end > fault {
            return fault;
        }
        while bytes[end] & 0xc0 == 0x80 {
            end -= 1;
        }
        start = end;
    }
    start
}

fn utf16(bytes: &[u8], base: usize, unit: fn([u8; 2]) -> u16) -> Input<'static> {
    let mut text = String::with_capacity(bytes.len() / 2);
    let mut offsets = Vec::with_capacity(bytes.len() / 2);
    let mut fault = None;
    let mut at = 2;
    while at < bytes.len() {
        let units = [0, 2].map(|skip| match bytes.get(at + skip..at + skip + 2) {
            Some(&[first, second]) => Some(unit([first, second])),
            _ => None,
        });
        match utf16_character(units) {
            Ok((character, width)) => {
                text.push(character);
                offsets.resize(text.len(), (base + at) as u32);
                at += width;
            }
            Err(problem) => {
                fault = Some(Fault { problem, offset: base + at });
                break;
            }
        }
    }
    offsets.push((base + at) as u32);
    if let Some(Fault { offset, .. }) = fault {
        let piece = base + (offset - base) / PIECE * PIECE;
        let keep = offsets.partition_point(|&start| (start as usize) < piece).min(text.len());
        text.truncate(keep);
        offsets.truncate(keep + 1);
    }
    Input { text: Cow::Owned(text), fault, places: Places::Decoded(offsets) }
}

/// The character that the next one or two units make, and its width in bytes.
fn utf16_character(units: [Option<u16>; 2]) -> Result<(char, usize), &'static str> {
    let [Some(first), second] = units else { return Err("incomplete UTF-16 character") };
    let (value, width) = match first {
        0xdc00..=0xdfff => return Err("unexpected low surrogate area"),
        0xd800..=0xdbff => match second {
            None => return Err("incomplete UTF-16 surrogate pair"),
            Some(low @ 0xdc00..=0xdfff) => {
                (0x1_0000 + (u32::from(first & 0x3ff) << 10) + u32::from(low & 0x3ff), 4)
            }
            Some(_) => return Err("expected low surrogate area"),
        },
        _ => (u32::from(first), 2),
    };
    match char::from_u32(value) {
        Some(character) if is_allowed(value) => Ok((character, width)),
        _ => Err(CONTROL),
    }
}

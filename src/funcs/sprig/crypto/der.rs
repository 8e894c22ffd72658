//! ASN.1 in its distinguished encoding: as much as keys and certificates need.

use num_bigint::BigUint;

pub(super) const BOOLEAN: u8 = 0x01;
pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const NULL: u8 = 0x05;
pub(super) const OID: u8 = 0x06;
pub(super) const UTF8_STRING: u8 = 0x0c;
pub(super) const PRINTABLE_STRING: u8 = 0x13;
pub(super) const UTC_TIME: u8 = 0x17;
pub(super) const GENERALIZED_TIME: u8 = 0x18;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;

/// `[number]`, of something that has parts itself.
pub(super) const fn constructed(number: u8) -> u8 {
    0xa0 | number
}

/// `[number]`, in place of a simple type's own tag.
pub(super) const fn implicit(number: u8) -> u8 {
    0x80 | number
}

pub(super) fn write(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match content.len() {
        len @ ..0x80 => out.push(len as u8),
        len => {
            let bytes = len.to_be_bytes();
            let skipped = bytes.iter().take_while(|&&byte| byte == 0).count();
            out.push(0x80 | (bytes.len() - skipped) as u8);
            out.extend_from_slice(&bytes[skipped..]);
        }
    }
    out.extend_from_slice(content);
    out
}

pub(super) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    write(SEQUENCE, &parts.concat())
}

pub(super) fn integer(number: &BigUint) -> Vec<u8> {
    let mut bytes = number.to_bytes_be();
    // A first bit that is set would mean a negative number.
    if bytes.first().is_some_and(|&first| first >= 0x80) {
        bytes.insert(0, 0);
    }
    write(INTEGER, &bytes)
}

/// Whole bytes as a bit string.
pub(super) fn bit_string(bytes: &[u8]) -> Vec<u8> {
    write(BIT_STRING, &[&[0], bytes].concat())
}

/// Reads elements one after the other.
#[derive(Copy, Clone)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

/// One element.
#[derive(Copy, Clone)]
pub(super) struct Element<'a> {
    pub(super) tag: u8,
    pub(super) content: &'a [u8],
    /// With its tag and length.
    pub(super) whole: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader { rest: bytes }
    }

    pub(super) fn is_empty(self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn next(&mut self) -> Option<Element<'a>> {
        let (&[tag, first], after) = self.rest.split_first_chunk::<2>()?;
        let (len, after) = match first {
            ..0x80 => (usize::from(first), after),
            _ => {
                let (bytes, after) = after.split_at_checked(usize::from(first & 0x7f))?;
                if bytes.is_empty() || bytes.len() > 4 {
                    return None;
                }
                (bytes.iter().fold(0, |len, &byte| len << 8 | usize::from(byte)), after)
            }
        };
        let (content, rest) = after.split_at_checked(len)?;
        let whole = &self.rest[..self.rest.len() - rest.len()];
        self.rest = rest;
        Some(Element { tag, content, whole })
    }

    /// The next element if it has that tag.
    pub(super) fn take(&mut self, tag: u8) -> Option<Element<'a>> {
        let mut ahead = *self;
        let element = ahead.next().filter(|element| element.tag == tag)?;
        *self = ahead;
        Some(element)
    }

    /// The inside of the next element if it has that tag.
    pub(super) fn enter(&mut self, tag: u8) -> Option<Reader<'a>> {
        Some(Reader::new(self.take(tag)?.content))
    }

    pub(super) fn integer(&mut self) -> Option<BigUint> {
        Some(BigUint::from_bytes_be(self.take(INTEGER)?.content))
    }
}

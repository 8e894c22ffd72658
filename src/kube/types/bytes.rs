//! The sections and records of `schemas/kubernetes.bin`.

use std::cmp::Ordering;
use std::ops::Range;

static FILE: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/kubernetes.bin"));

/// Records of one size, one after the other.
#[derive(Copy, Clone)]
pub(super) struct Section {
    bytes: &'static [u8],
    count: usize,
}

impl Section {
    pub(super) fn kinds() -> Section {
        Section::nth(0)
    }

    pub(super) fn structs() -> Section {
        Section::nth(1)
    }

    pub(super) fn fields() -> Section {
        Section::nth(2)
    }

    pub(super) fn notes() -> Section {
        Section::nth(3)
    }

    fn names() -> Section {
        Section::nth(4)
    }

    /// The header names the sections after four bytes of magic, eight bytes each.
    fn nth(nth: usize) -> Section {
        let header = Record(FILE.get(4 + nth * 8..).unwrap_or_default());
        let bytes = FILE.get(header.long(0)..).unwrap_or_default();
        Section { bytes, count: header.long(4) }
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    pub(super) fn record(&self, nth: usize, size: usize) -> Record {
        Record(self.bytes.get(nth * size..(nth + 1) * size).unwrap_or_default())
    }

    /// The record for which `order` says equal; they are sorted by it.
    pub(super) fn search(&self, size: usize, order: impl Fn(Record) -> Ordering) -> Option<usize> {
        self.search_within(0..self.count, size, order)
    }

    pub(super) fn search_within(
        &self,
        mut range: Range<usize>,
        size: usize,
        order: impl Fn(Record) -> Ordering,
    ) -> Option<usize> {
        while !range.is_empty() {
            let middle = range.start.midpoint(range.end);
            match order(self.record(middle, size)) {
                Ordering::Less => range.start = middle + 1,
                Ordering::Greater => range.end = middle,
                Ordering::Equal => return Some(middle),
            }
        }
        None
    }
}

#[derive(Copy, Clone)]
pub(super) struct Record(&'static [u8]);

impl Record {
    pub(super) fn byte(self, at: usize) -> u8 {
        self.0.get(at).copied().unwrap_or_default()
    }

    pub(super) fn short(self, at: usize) -> u16 {
        u16::from_le_bytes([self.byte(at), self.byte(at + 1)])
    }

    fn long(self, at: usize) -> usize {
        usize::from(self.short(at)) | usize::from(self.short(at + 2)) << 16
    }

    pub(super) fn name(self, at: usize) -> Name {
        let offset = usize::from(self.short(at));
        let length = usize::from(self.byte(at + 2));
        Name(Section::names().bytes.get(offset..offset + length).unwrap_or_default())
    }
}

/// A name in the table: compared as bytes, read as text.
#[derive(Copy, Clone)]
pub(super) struct Name(&'static [u8]);

impl Name {
    pub(super) const EMPTY: Name = Name(&[]);

    pub(super) fn bytes(self) -> &'static [u8] {
        self.0
    }

    pub(super) fn text(self) -> &'static str {
        str::from_utf8(self.0).unwrap_or_default()
    }
}

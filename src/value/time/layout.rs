//! Go's date layouts: text in which `2006`, `Jan`, `15`, … stand for the parts of a time
//! (`time/format.go`).

use std::io::Write;

use super::{Civil, MONTHS, Offset, Time, WEEKDAYS};

/// A part of a layout that stands for part of a time.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    LongMonth,
    Month,
    NumMonth,
    ZeroMonth,
    LongWeekday,
    Weekday,
    Day,
    UnderDay,
    ZeroDay,
    UnderYearDay,
    ZeroYearDay,
    Hour,
    Hour12,
    ZeroHour12,
    Minute,
    ZeroMinute,
    Second,
    ZeroSecond,
    LongYear,
    Year,
    UpperPm,
    LowerPm,
    /// `MST`
    ZoneName,
    /// `Z07:00`, `-0700`, …
    ZoneOffset(OffsetStyle),
    /// `.000` or `,999`
    Fraction(FractionStyle),
}

#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) struct OffsetStyle {
    /// UTC is `Z`.
    pub(crate) iso: bool,
    pub(crate) colon: bool,
    pub(crate) minutes: bool,
    pub(crate) seconds: bool,
}

#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) struct FractionStyle {
    pub(crate) separator: u8,
    pub(crate) digits: usize,
    /// Written with nines: trailing zeros are left out.
    pub(crate) trim: bool,
}

/// A layout, cut at its first part.
pub(crate) struct Chunk<'a> {
    pub(crate) prefix: &'a [u8],
    /// The part and its text; None where the layout has no further part.
    pub(crate) part: Option<(Part, &'a [u8])>,
    pub(crate) rest: &'a [u8],
}

/// Go's `nextStdChunk`.
pub(crate) fn next_chunk(layout: &[u8]) -> Chunk<'_> {
    for start in 0..layout.len() {
        if let Some((part, skipped, len)) = part_at(&layout[start..]) {
            let (prefix, after) = layout.split_at(start + skipped);
            let (text, rest) = after.split_at(len);
            return Chunk { prefix, part: Some((part, text)), rest };
        }
    }
    Chunk { prefix: layout, part: None, rest: &[] }
}

/// Texts of layouts and their parts; where several fit, the first counts.
const FIXED: &[(&[u8], Part)] = &[
    (b"January", Part::LongMonth),
    (b"Monday", Part::LongWeekday),
    (b"MST", Part::ZoneName),
    (b"01", Part::ZeroMonth),
    (b"02", Part::ZeroDay),
    (b"03", Part::ZeroHour12),
    (b"04", Part::ZeroMinute),
    (b"05", Part::ZeroSecond),
    (b"06", Part::Year),
    (b"002", Part::ZeroYearDay),
    (b"15", Part::Hour),
    (b"1", Part::NumMonth),
    (b"2006", Part::LongYear),
    (b"2", Part::Day),
    (b"_2", Part::UnderDay),
    (b"__2", Part::UnderYearDay),
    (b"3", Part::Hour12),
    (b"4", Part::Minute),
    (b"5", Part::Second),
    (b"PM", Part::UpperPm),
    (b"pm", Part::LowerPm),
    (b"-070000", offset(false, false, true, true)),
    (b"-07:00:00", offset(false, true, true, true)),
    (b"-0700", offset(false, false, true, false)),
    (b"-07:00", offset(false, true, true, false)),
    (b"-07", offset(false, false, false, false)),
    (b"Z070000", offset(true, false, true, true)),
    (b"Z07:00:00", offset(true, true, true, true)),
    (b"Z0700", offset(true, false, true, false)),
    (b"Z07:00", offset(true, true, true, false)),
    (b"Z07", offset(true, false, false, false)),
];

const fn offset(iso: bool, colon: bool, minutes: bool, seconds: bool) -> Part {
    Part::ZoneOffset(OffsetStyle { iso, colon, minutes, seconds })
}

/// The part that `text` begins with, the literal bytes before it, and its length.
fn part_at(text: &[u8]) -> Option<(Part, usize, usize)> {
    match text.first()? {
        b'_' if text.starts_with(b"_2006") => Some((Part::LongYear, 1, 4)),
        b'.' | b',' => fraction_at(text).map(|(part, len)| (part, 0, len)),
        b'J' | b'M' | b'0'..=b'5' | b'_' | b'P' | b'p' | b'-' | b'Z' => {
            let fixed = FIXED.iter().find(|(spelling, _)| text.starts_with(spelling));
            let fixed = fixed.map(|&(spelling, part)| (part, 0, spelling.len()));
            fixed.or_else(|| short_name_at(text).map(|part| (part, 0, 3)))
        }
        _ => None,
    }
}

/// `Jan` and `Mon`, unless they begin a longer word.
fn short_name_at(text: &[u8]) -> Option<Part> {
    let part = match text.get(..3)? {
        b"Jan" => Part::Month,
        b"Mon" => Part::Weekday,
        _ => return None,
    };
    let is_word = text.get(3).is_some_and(u8::is_ascii_lowercase);
    if is_word { None } else { Some(part) }
}

/// A separator and zeros or nines, unless other digits follow.
fn fraction_at(text: &[u8]) -> Option<(Part, usize)> {
    let (&separator, after) = text.split_first()?;
    let digit = *after.first().filter(|digit| matches!(digit, b'0' | b'9'))?;
    let digits = after.iter().take_while(|&&byte| byte == digit).count();
    if after.get(digits).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    // Go packs the count into twelve bits.
    let style = FractionStyle { separator, digits: digits & 0xfff, trim: digit == b'9' };
    Some((Part::Fraction(style), digits + 1))
}

/// Appends `time` in the words of `layout`.
pub(super) fn format(time: &Time, mut layout: &[u8], text: &mut Vec<u8>) {
    let (civil, offset) = (time.civil(), time.offset());
    loop {
        let chunk = next_chunk(layout);
        text.extend_from_slice(chunk.prefix);
        let Some((part, _)) = chunk.part else { return };
        layout = chunk.rest;
        format_part(part, &civil, &offset, time.nanos, text);
    }
}

fn format_part(part: Part, civil: &Civil, offset: &Offset, nanos: u32, text: &mut Vec<u8>) {
    let month = MONTHS[usize::from(civil.month - 1)].as_bytes();
    let weekday = WEEKDAYS[usize::from(civil.weekday)].as_bytes();
    let hour12 = (civil.hour + 11) % 12 + 1;
    match part {
        Part::LongMonth => text.extend_from_slice(month),
        Part::Month => text.extend_from_slice(&month[..3]),
        Part::NumMonth => number(text, civil.month, 0),
        Part::ZeroMonth => number(text, civil.month, 2),
        Part::LongWeekday => text.extend_from_slice(weekday),
        Part::Weekday => text.extend_from_slice(&weekday[..3]),
        Part::Day => number(text, civil.day, 0),
        Part::UnderDay => padded(text, civil.day.into(), 2),
        Part::ZeroDay => number(text, civil.day, 2),
        Part::UnderYearDay => padded(text, civil.year_day, 3),
        Part::ZeroYearDay => number(text, civil.year_day, 3),
        Part::Hour => number(text, civil.hour, 2),
        Part::Hour12 => number(text, hour12, 0),
        Part::ZeroHour12 => number(text, hour12, 2),
        Part::Minute => number(text, civil.minute, 0),
        Part::ZeroMinute => number(text, civil.minute, 2),
        Part::Second => number(text, civil.second, 0),
        Part::ZeroSecond => number(text, civil.second, 2),
        Part::LongYear => number(text, civil.year, 4),
        Part::Year => number(text, civil.year.unsigned_abs() as i64 % 100, 2),
        Part::UpperPm => text.extend_from_slice(if civil.hour >= 12 { b"PM" } else { b"AM" }),
        Part::LowerPm => text.extend_from_slice(if civil.hour >= 12 { b"pm" } else { b"am" }),
        Part::ZoneName if offset.abbreviation.is_empty() => {
            let style = OffsetStyle { iso: false, colon: false, minutes: true, seconds: false };
            format_offset(text, offset.seconds, style);
        }
        Part::ZoneName => text.extend_from_slice(offset.abbreviation.as_bytes()),
        Part::ZoneOffset(style) => format_offset(text, offset.seconds, style),
        Part::Fraction(style) => format_fraction(text, nanos, style),
    }
}

fn format_offset(text: &mut Vec<u8>, offset: i32, style: OffsetStyle) {
    if style.iso && offset == 0 {
        return text.push(b'Z');
    }
    // The sign is that of the full minutes: seconds alone show none.
    let is_west = offset / 60 < 0;
    let minutes = (offset / 60).abs();
    let seconds = if is_west { -offset % 60 } else { offset % 60 };
    text.push(if is_west { b'-' } else { b'+' });
    number(text, minutes / 60, 2);
    let mut lower = |value: i32| {
        if style.colon {
            text.push(b':');
        }
        number(text, value, 2);
    };
    if style.minutes {
        lower(minutes % 60);
    }
    if style.seconds {
        lower(seconds);
    }
}

fn format_fraction(text: &mut Vec<u8>, nanos: u32, style: FractionStyle) {
    if style.trim && (style.digits == 0 || nanos == 0) {
        return;
    }
    let digits = format!("{nanos:09}");
    let digits = &digits[..style.digits.min(9)];
    let digits = if style.trim { digits.trim_end_matches('0') } else { digits };
    if !(style.trim && digits.is_empty()) {
        text.push(style.separator);
        text.extend_from_slice(digits.as_bytes());
    }
}

/// Appends digits, zeros before them up to `width`; a sign does not count.
fn number(text: &mut Vec<u8>, value: impl Into<i64>, width: usize) {
    let value = value.into();
    if value < 0 {
        text.push(b'-');
    }
    write_number(text, value.unsigned_abs(), width);
}

fn write_number(text: &mut Vec<u8>, value: u64, width: usize) {
    // Writing to a vector cannot fail.
    let _ = write!(text, "{value:0width$}");
}

fn padded(text: &mut Vec<u8>, value: u16, width: usize) {
    let _ = write!(text, "{value:width$}");
}

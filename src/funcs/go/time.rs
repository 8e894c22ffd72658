//! Go's `time` as templates see it: reading dates and durations, and the methods of its types.

use crate::value::runes::lossy;
use std::rc::Rc;

use crate::funcs::{Ctx, Func, FuncError, NamedKind, Type, args};
use crate::value::time::layout::{FractionStyle, OffsetStyle, Part, next_chunk};
use crate::value::time::{
    Fields, MONTHS, Time, WEEKDAYS, Zone, duration_text, is_leap, month_name, quote, weekday_name,
};
use crate::value::{Data, Rare, Struct, Value};

/// Go's `time.ParseInLocation` for the local zone.
pub(crate) fn parse(layout: &[u8], text: &[u8]) -> Result<Time, FuncError> {
    let mut reader = Reader { layout, text, rest: text, ..Reader::default() };
    let mut rest_of_layout = layout;
    loop {
        let chunk = next_chunk(rest_of_layout);
        reader.skip(chunk.prefix)?;
        let Some((part, spelling)) = chunk.part else { break };
        rest_of_layout = chunk.rest;
        reader.part(part, spelling, rest_of_layout)?;
    }
    if !reader.rest.is_empty() {
        return Err(reader.failure(&format!(": extra text: {}", quote(reader.rest))));
    }
    reader.finish()
}

/// Reads a text along a layout.
#[derive(Default)]
struct Reader<'a> {
    layout: &'a [u8],
    text: &'a [u8],
    rest: &'a [u8],
    year: i64,
    month: Option<i64>,
    day: Option<i64>,
    year_day: Option<i64>,
    hour: i64,
    minute: i64,
    second: i64,
    nanos: i64,
    /// `PM` or `AM`, if one was read.
    is_afternoon: Option<bool>,
    is_utc: bool,
    offset: Option<i64>,
    zone_name: &'a [u8],
}

/// What is wrong with a part of a date.
enum Bad {
    /// It does not look like what it should be.
    Form,
    /// It is out of its range; the name of what is.
    Range(&'static str),
}

type Read<T> = Result<T, Bad>;

impl<'a> Reader<'a> {
    fn failure(&self, message: &str) -> FuncError {
        FuncError::new(format!("parsing time {}{message}", quote(self.text)))
    }

    fn mismatch(&self, at: &[u8], element: &[u8]) -> FuncError {
        let (layout, at, element) = (quote(self.layout), quote(at), quote(element));
        self.failure(&format!(" as {layout}: cannot parse {at} as {element}"))
    }

    /// Skips the literal text of a layout; runs of spaces are alike.
    fn skip(&mut self, literal: &[u8]) -> Result<(), FuncError> {
        let mut expected = literal;
        while let Some((&byte, after)) = expected.split_first() {
            if byte == b' ' {
                if self.rest.first().is_some_and(|&byte| byte != b' ') {
                    return Err(self.mismatch(self.rest, literal));
                }
                expected = cut_spaces(expected);
                self.rest = cut_spaces(self.rest);
            } else if self.rest.first() == Some(&byte) {
                expected = after;
                self.rest = &self.rest[1..];
            } else {
                return Err(self.mismatch(self.rest, literal));
            }
        }
        Ok(())
    }

    fn part(&mut self, part: Part, spelling: &[u8], next: &[u8]) -> Result<(), FuncError> {
        let before = self.rest;
        self.read(part, next).map_err(|bad| match bad {
            Bad::Form => self.mismatch(before, spelling),
            Bad::Range(name) => self.failure(&format!(": {name} out of range")),
        })
    }

    fn read(&mut self, part: Part, next: &[u8]) -> Read<()> {
        match part {
            Part::LongYear => self.long_year()?,
            Part::Year => self.short_year()?,
            Part::LongMonth => self.month = Some(self.name(&MONTHS, usize::MAX)? + 1),
            Part::Month => self.month = Some(self.name(&MONTHS, 3)? + 1),
            Part::NumMonth => self.month = Some(self.in_range(1..=12, false, "month")?),
            Part::ZeroMonth => self.month = Some(self.in_range(1..=12, true, "month")?),
            // The day of the week must be one, and need not be the right one.
            Part::LongWeekday => drop(self.name(&WEEKDAYS, usize::MAX)?),
            Part::Weekday => drop(self.name(&WEEKDAYS, 3)?),
            Part::Day => self.day = Some(self.number(false)?),
            Part::UnderDay => {
                self.cut_padding(1);
                self.day = Some(self.number(false)?);
            }
            Part::ZeroDay => self.day = Some(self.number(true)?),
            Part::UnderYearDay => {
                self.cut_padding(2);
                self.year_day = Some(self.three_digits(false)?);
            }
            Part::ZeroYearDay => self.year_day = Some(self.three_digits(true)?),
            Part::Hour => self.hour = self.in_range(0..=23, false, "hour")?,
            Part::Hour12 => self.hour = self.in_range(0..=12, false, "hour")?,
            Part::ZeroHour12 => self.hour = self.in_range(0..=12, true, "hour")?,
            Part::Minute => self.minute = self.in_range(0..=59, false, "minute")?,
            Part::ZeroMinute => self.minute = self.in_range(0..=59, true, "minute")?,
            Part::Second => self.seconds(false, next)?,
            Part::ZeroSecond => self.seconds(true, next)?,
            Part::UpperPm => self.half_day(b"AM", b"PM")?,
            Part::LowerPm => self.half_day(b"am", b"pm")?,
            Part::ZoneName => self.zone_name()?,
            Part::ZoneOffset(style) => self.zone_offset(style)?,
            Part::Fraction(style) => self.fraction(style)?,
        }
        Ok(())
    }

    fn take(&mut self, len: usize) -> Read<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(len).ok_or(Bad::Form)?;
        self.rest = rest;
        Ok(taken)
    }

    fn long_year(&mut self) -> Read<()> {
        if !self.rest.first().is_some_and(u8::is_ascii_digit) {
            return Err(Bad::Form);
        }
        self.year = integer(self.take(4)?).ok_or(Bad::Form)?;
        Ok(())
    }

    fn short_year(&mut self) -> Read<()> {
        let year = integer(self.take(2)?).ok_or(Bad::Form)?;
        self.year = year + if year >= 69 { 1900 } else { 2000 };
        Ok(())
    }

    /// The index of the name that comes next, in whatever case; names count up to `len` letters.
    fn name(&mut self, names: &[&str], len: usize) -> Read<i64> {
        for (index, name) in names.iter().enumerate() {
            let name = &name.as_bytes()[..name.len().min(len)];
            let found = self.rest.get(..name.len());
            if found.is_some_and(|found| found.eq_ignore_ascii_case(name)) {
                self.rest = &self.rest[name.len()..];
                return Ok(index as i64);
            }
        }
        Err(Bad::Form)
    }

    /// One or two digits; `fixed` wants two.
    fn number(&mut self, fixed: bool) -> Read<i64> {
        let is_digit = |at: usize| self.rest.get(at).is_some_and(u8::is_ascii_digit);
        let len = match (is_digit(0), is_digit(1)) {
            (true, true) => 2,
            (true, false) if !fixed => 1,
            _ => return Err(Bad::Form),
        };
        integer(self.take(len)?).ok_or(Bad::Form)
    }

    fn in_range(
        &mut self,
        range: std::ops::RangeInclusive<i64>,
        fixed: bool,
        name: &'static str,
    ) -> Read<i64> {
        let number = self.number(fixed)?;
        if range.contains(&number) { Ok(number) } else { Err(Bad::Range(name)) }
    }

    fn three_digits(&mut self, fixed: bool) -> Read<i64> {
        let len = self.rest.iter().take(3).take_while(|byte| byte.is_ascii_digit()).count();
        if len == 0 || fixed && len != 3 {
            return Err(Bad::Form);
        }
        integer(self.take(len)?).ok_or(Bad::Form)
    }

    fn cut_padding(&mut self, most: usize) {
        for _ in 0..most {
            self.rest = self.rest.strip_prefix(b" ").unwrap_or(self.rest);
        }
    }

    /// Seconds, and a fraction of them even if the layout has none.
    fn seconds(&mut self, fixed: bool, next: &[u8]) -> Read<()> {
        self.second = self.in_range(0..=59, fixed, "second")?;
        let has_fraction = matches!(self.rest, [b'.' | b',', b'0'..=b'9', ..]);
        let is_expected = matches!(next_chunk(next).part, Some((Part::Fraction(_), _)));
        if has_fraction && !is_expected {
            let digits = self.rest[1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            self.nanos = nanos(self.take(digits + 1)?)?;
        }
        Ok(())
    }

    fn fraction(&mut self, style: FractionStyle) -> Read<()> {
        if !style.trim {
            self.nanos = nanos(self.take(style.digits + 1)?)?;
            return Ok(());
        }
        if matches!(self.rest, [b'.' | b',', b'0'..=b'9', ..]) {
            let digits = self.rest[1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            self.nanos = nanos(self.take(digits + 1)?)?;
        }
        Ok(())
    }

    fn half_day(&mut self, morning: &[u8], afternoon: &[u8]) -> Read<()> {
        let word = self.take(2)?;
        if word != morning && word != afternoon {
            return Err(Bad::Form);
        }
        self.is_afternoon = Some(word == afternoon);
        Ok(())
    }

    fn zone_offset(&mut self, style: OffsetStyle) -> Read<()> {
        if style.iso && self.rest.first() == Some(&b'Z') {
            self.rest = &self.rest[1..];
            self.is_utc = true;
            return Ok(());
        }
        let fields = 1 + usize::from(style.minutes) + usize::from(style.seconds);
        let step = 2 + usize::from(style.colon);
        let text = self.take(1 + 2 + step * (fields - 1))?;
        let mut numbers = [0; 3];
        for (index, number) in numbers.iter_mut().enumerate().take(fields) {
            let at = 1 + step * index;
            if style.colon && index > 0 && text[at - 1] != b':' {
                return Err(Bad::Form);
            }
            let digits = &text[at..at + 2];
            if !digits.iter().all(u8::is_ascii_digit) {
                return Err(Bad::Form);
            }
            *number = integer(digits).ok_or(Bad::Form)?;
        }
        let [hours, minutes, seconds] = numbers;
        match () {
            () if seconds > 60 => return Err(Bad::Range("time zone offset second")),
            () if minutes > 60 => return Err(Bad::Range("time zone offset minute")),
            () if hours > 24 => return Err(Bad::Range("time zone offset hour")),
            () => {}
        }
        let offset = (hours * 60 + minutes) * 60 + seconds;
        self.offset = match text[0] {
            b'+' => Some(offset),
            b'-' => Some(-offset),
            _ => return Err(Bad::Form),
        };
        Ok(())
    }

    fn zone_name(&mut self) -> Read<()> {
        if let Some(rest) = self.rest.strip_prefix(b"UTC") {
            self.rest = rest;
            self.is_utc = true;
            return Ok(());
        }
        let len = zone_name_len(self.rest).ok_or(Bad::Form)?;
        self.zone_name = self.take(len)?;
        Ok(())
    }

    /// Puts the parts together.
    fn finish(mut self) -> Result<Time, FuncError> {
        match self.is_afternoon {
            Some(true) if self.hour < 12 => self.hour += 12,
            Some(false) if self.hour == 12 => self.hour = 0,
            _ => {}
        }
        if let Some(year_day) = self.year_day {
            self.apply_year_day(year_day)?;
        }
        let (month, day) = (self.month.unwrap_or(1), self.day.unwrap_or(1));
        if day < 1 || day > days_in(month, self.year) {
            return Err(self.failure(": day out of range"));
        }
        let Reader { year, hour, minute, second, nanos, .. } = self;
        let fields = Fields { year, month, day, hour, minute, second, nanos };
        let at = |zone| Time::from_fields(fields, zone);
        let name = || lossy(self.zone_name);
        Ok(match self.offset {
            _ if self.is_utc => at(Zone::Utc),
            Some(offset) => {
                let mut time = at(Zone::Utc);
                time.unix -= offset;
                let is_local = offset == 0 && matches!(self.zone_name, b"" | b"UTC");
                time.zone = if is_local { Zone::Local } else { Zone::fixed(name(), offset as i32) };
                time
            }
            // Of a name alone only `GMT+3` says an offset; Go does not apply it to the clock.
            None if !self.zone_name.is_empty() => {
                let hours = self.zone_name.strip_prefix(b"GMT").and_then(integer).unwrap_or(0);
                at(Zone::Utc).in_zone(Zone::fixed(name(), hours as i32 * 3600))
            }
            None => at(Zone::Local),
        })
    }

    /// A day of the year gives month and day, and must agree with those that were read.
    fn apply_year_day(&mut self, year_day: i64) -> Result<(), FuncError> {
        let last = if is_leap(self.year) { 366 } else { 365 };
        if year_day < 1 || year_day > last {
            return Err(self.failure(": day-of-year out of range"));
        }
        let (mut month, mut day) = (1, year_day);
        while day > days_in(month, self.year) {
            day -= days_in(month, self.year);
            month += 1;
        }
        if self.month.is_some_and(|read| read != month) {
            return Err(self.failure(": day-of-year does not match month"));
        }
        if self.day.is_some_and(|read| read != day) {
            return Err(self.failure(": day-of-year does not match day"));
        }
        (self.month, self.day) = (Some(month), Some(day));
        Ok(())
    }
}

fn cut_spaces(text: &[u8]) -> &[u8] {
    let spaces = text.iter().take_while(|&&byte| byte == b' ').count();
    &text[spaces..]
}

fn days_in(month: i64, year: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Digits with or without a sign, as Go's `atoi` in `time` reads them: no digits are 0.
fn integer(text: &[u8]) -> Option<i64> {
    let (sign, digits) = match text {
        [b'-', digits @ ..] => (-1, digits),
        [b'+', digits @ ..] => (1, digits),
        _ => (1, text),
    };
    let (number, rest) = leading_integer(digits)?;
    if rest.is_empty() { Some(sign * i64::try_from(number).ok()?) } else { None }
}

/// The digits at the start; None if they exceed 2^63.
fn leading_integer(text: &[u8]) -> Option<(u64, &[u8])> {
    let len = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = text.split_at(len);
    let mut number = 0_u64;
    for digit in digits {
        number = number.checked_mul(10)?.checked_add(u64::from(digit - b'0'))?;
        if number > 1 << 63 {
            return None;
        }
    }
    Some((number, rest))
}

/// The nanoseconds of a fraction, separator first. Go reads nine digits of it.
fn nanos(text: &[u8]) -> Read<i64> {
    let text = &text[..text.len().min(10)];
    let [b'.' | b',', digits @ ..] = text else { return Err(Bad::Form) };
    let number = integer(digits).ok_or(Bad::Form)?;
    if number < 0 {
        return Err(Bad::Range("fractional second"));
    }
    Ok(number * 10_i64.pow(9 - digits.len() as u32))
}

/// The length of what looks like a zone's name (`parseTimeZone`).
fn zone_name_len(text: &[u8]) -> Option<usize> {
    if text.len() < 3 {
        return None;
    }
    if text.starts_with(b"ChST") || text.starts_with(b"MeST") {
        return Some(4);
    }
    if let Some(rest) = text.strip_prefix(b"GMT") {
        return Some(3 + signed_offset_len(rest));
    }
    if matches!(text[0], b'+' | b'-') {
        return Some(signed_offset_len(text)).filter(|&len| len > 0);
    }
    match text.iter().take(6).take_while(|byte| byte.is_ascii_uppercase()).count() {
        3 => Some(3),
        4 if text[3] == b'T' || text.starts_with(b"WITA") => Some(4),
        5 if text[4] == b'T' => Some(5),
        _ => None,
    }
}

/// The length of `+3` or `-04`, up to 23 hours; 0 for anything else.
fn signed_offset_len(text: &[u8]) -> usize {
    let [b'+' | b'-', digits @ ..] = text else { return 0 };
    match leading_integer(digits) {
        Some((hours, rest)) if hours <= 23 && rest.len() < digits.len() => text.len() - rest.len(),
        _ => 0,
    }
}

/// Go's `time.ParseDuration`, in nanoseconds.
pub(crate) fn parse_duration(text: &[u8]) -> Result<i64, FuncError> {
    let invalid = || FuncError::new(format!("time: invalid duration {}", quote(text)));
    let (is_negative, mut rest) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    if rest == b"0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total = 0_u64;
    while !rest.is_empty() {
        let (nanos, after) = duration_part(rest, text, &invalid)?;
        total = total.checked_add(nanos).filter(|&total| total <= 1 << 63).ok_or_else(invalid)?;
        rest = after;
    }
    match i64::try_from(total) {
        Ok(nanos) => Ok(if is_negative { -nanos } else { nanos }),
        Err(_) if is_negative => Ok(i64::MIN),
        Err(_) => Err(invalid()),
    }
}

/// A number and its unit, in nanoseconds; `whole` is for messages.
fn duration_part<'a>(
    text: &'a [u8],
    whole: &[u8],
    invalid: &dyn Fn() -> FuncError,
) -> Result<(u64, &'a [u8]), FuncError> {
    let (integer, after) = leading_integer(text).ok_or_else(invalid)?;
    let (fraction, scale, rest) = match after.strip_prefix(b".") {
        Some(digits) => leading_fraction(digits),
        None => (0, 1.0, after),
    };
    let has_digits = after.len() < text.len() || rest.len() + 1 < after.len();
    if !has_digits {
        return Err(invalid());
    }
    let is_unit = |byte: &&u8| **byte != b'.' && !byte.is_ascii_digit();
    let (unit, rest) = rest.split_at(rest.iter().take_while(is_unit).count());
    let size = match str::from_utf8(unit) {
        Ok("") => {
            let text = quote(whole);
            return Err(FuncError::new(format!("time: missing unit in duration {text}")));
        }
        Ok("ns") => 1,
        Ok("us" | "µs" | "μs") => 1_000,
        Ok("ms") => 1_000_000,
        Ok("s") => SECOND,
        Ok("m") => 60 * SECOND,
        Ok("h") => 3600 * SECOND,
        _ => {
            let (unit, text) = (quote(unit), quote(whole));
            return Err(FuncError::new(format!("time: unknown unit {unit} in duration {text}")));
        }
    };
    let mut nanos = integer.checked_mul(size).filter(|&n| n <= 1 << 63).ok_or_else(invalid)?;
    if fraction > 0 {
        nanos += (fraction as f64 * (size as f64 / scale)) as u64;
    }
    if nanos > 1 << 63 {
        return Err(invalid());
    }
    Ok((nanos, rest))
}

const SECOND: u64 = 1_000_000_000;

/// The digits after a point as a number and what to divide it by; digits that do not fit are lost.
fn leading_fraction(text: &[u8]) -> (u64, f64, &[u8]) {
    let len = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (mut number, mut scale) = (0_u64, 1.0);
    for digit in &text[..len] {
        let more = number.checked_mul(10).and_then(|n| n.checked_add(u64::from(digit - b'0')));
        let Some(more) = more.filter(|&more| more <= 1 << 63) else { break };
        number = more;
        scale *= 10.0;
    }
    (number, scale, &text[len..])
}

/// A `time.Time` as a value.
pub(crate) fn value(time: Time) -> Value {
    Data::Rare(Rc::new(Rare::Time(time))).into()
}

fn sized(type_name: &'static str, number: i128) -> Value {
    Data::Rare(Rc::new(Rare::Sized(type_name, number))).into()
}

fn bytes(bytes: Vec<u8>) -> Value {
    Data::Rare(Rc::new(Rare::Bytes(bytes))).into()
}

fn int(number: impl Into<i64>) -> Value {
    Data::Int(number.into()).into()
}

fn duration(nanos: i64) -> Value {
    sized("time.Duration", nanos.into())
}

/// A `*time.Location`. Its text is what it remembers; a zone is loaded again by name.
fn location(zone: &Zone) -> Value {
    let fields = vec![("name", zone.name().into())];
    let value = Struct { type_name: "*time.Location", fields, addressable: false };
    Data::Rare(Rc::new(Rare::Struct(value))).into()
}

type Call = fn(&mut Ctx<'_>, &[Value]) -> Result<Value, FuncError>;

const fn method(name: &'static str, params: &'static [Type], call: Call) -> Func {
    Func { name, params, variadic: false, call }
}

const DURATION: Type = Type::Named("time.Duration", NamedKind::Int);
const LOCATION: Type = Type::Named("*time.Location", NamedKind::Pointer);
const BYTES: Type = Type::Named("[]uint8", NamedKind::Slice);

/// The methods of `time.Time`.
pub(crate) const METHODS: &[Func] = &[
    method("Add", &[DURATION], |_, args| Ok(value(receiver(args).add(args::int(args, 1))))),
    method("AddDate", &[Type::Int, Type::Int, Type::Int], add_date),
    method("After", &[Type::Time], |_, args| Ok(compare(args).is_gt().into())),
    method("AppendFormat", &[BYTES, Type::String], |_, args| {
        let mut text = match args::rare(args, 1) {
            Some(Rare::Bytes(bytes)) => bytes.clone(),
            _ => Vec::new(),
        };
        text.extend(receiver(args).format(args::text(args, 2)));
        Ok(bytes(text))
    }),
    method("Before", &[Type::Time], |_, args| Ok(compare(args).is_lt().into())),
    method("Clock", &[], |_, _| Err(too_many_results("Clock", 3))),
    method("Compare", &[Type::Time], |_, args| Ok(int(compare(args) as i64))),
    method("Date", &[], |_, _| Err(too_many_results("Date", 3))),
    method("Day", &[], |_, args| Ok(int(receiver(args).civil().day))),
    method("Equal", &[Type::Time], |_, args| Ok(compare(args).is_eq().into())),
    method("Format", &[Type::String], |_, args| {
        Ok(Value::text(receiver(args).format(args::text(args, 1))))
    }),
    method("GoString", &[], |_, args| Ok(receiver(args).go_syntax().into())),
    method("Hour", &[], |_, args| Ok(int(receiver(args).civil().hour))),
    method("ISOWeek", &[], |_, _| Err(second_result("ISOWeek", "int"))),
    method("In", &[LOCATION], in_location),
    method("IsDST", &[], |_, args| Ok(receiver(args).offset().is_dst.into())),
    method("IsZero", &[], |_, args| Ok(receiver(args).is_zero().into())),
    method("Local", &[], |_, args| Ok(value(receiver(args).in_zone(Zone::Local)))),
    method("Location", &[], |_, args| Ok(location(&receiver(args).zone))),
    method("MarshalJSON", &[], |_, args| {
        let text = receiver(args).to_json().map_err(FuncError::new)?;
        Ok(bytes(format!("\"{text}\"").into_bytes()))
    }),
    method("MarshalText", &[], |_, args| {
        let text = receiver(args).to_json();
        let error = |error: &str| FuncError::new(error.replace("MarshalJSON", "MarshalText"));
        Ok(bytes(text.map_err(error)?.into_bytes()))
    }),
    method("Minute", &[], |_, args| Ok(int(receiver(args).civil().minute))),
    method("Month", &[], |_, args| Ok(sized("time.Month", receiver(args).civil().month.into()))),
    method("Nanosecond", &[], |_, args| Ok(int(receiver(args).nanos))),
    method("Round", &[DURATION], |_, args| Ok(value(round(receiver(args), args::int(args, 1))))),
    method("Second", &[], |_, args| Ok(int(receiver(args).civil().second))),
    method("String", &[], |_, args| Ok(receiver(args).to_string().into())),
    method("Sub", &[Type::Time], |_, args| Ok(duration(receiver(args).since(&time_at(args, 1))))),
    method("Truncate", &[DURATION], |_, args| {
        Ok(value(truncate(receiver(args), args::int(args, 1))))
    }),
    method("UTC", &[], |_, args| Ok(value(receiver(args).in_zone(Zone::Utc)))),
    method("Unix", &[], |_, args| Ok(Data::Int64(receiver(args).unix).into())),
    method("UnixMicro", &[], |_, args| Ok(unix_in(args, 1_000_000))),
    method("UnixMilli", &[], |_, args| Ok(unix_in(args, 1_000))),
    method("UnixNano", &[], |_, args| Ok(unix_in(args, 1_000_000_000))),
    method("Weekday", &[], |_, args| {
        Ok(sized("time.Weekday", receiver(args).civil().weekday.into()))
    }),
    method("Year", &[], |_, args| Ok(int(receiver(args).civil().year))),
    method("YearDay", &[], |_, args| Ok(int(receiver(args).civil().year_day))),
    method("Zone", &[], |_, _| Err(second_result("Zone", "int"))),
    method("ZoneBounds", &[], |_, _| Err(second_result("ZoneBounds", "time.Time"))),
];

/// The methods of `time.Duration`.
pub(crate) const DURATION_METHODS: &[Func] = &[
    method("Abs", &[], |_, args| Ok(duration(args::int(args, 0).saturating_abs()))),
    method("Hours", &[], |_, args| Ok(in_units(args, 3600 * SECOND))),
    method("Microseconds", &[], |_, args| Ok(Data::Int64(args::int(args, 0) / 1_000).into())),
    method("Milliseconds", &[], |_, args| Ok(Data::Int64(args::int(args, 0) / 1_000_000).into())),
    method("Minutes", &[], |_, args| Ok(in_units(args, 60 * SECOND))),
    method("Nanoseconds", &[], |_, args| Ok(Data::Int64(args::int(args, 0)).into())),
    method("Round", &[DURATION], |_, args| {
        Ok(duration(round_duration(args::int(args, 0), args::int(args, 1))))
    }),
    method("Seconds", &[], |_, args| Ok(in_units(args, SECOND))),
    method("String", &[], |_, args| Ok(duration_text(args::int(args, 0)).into())),
    method("Truncate", &[DURATION], |_, args| {
        let (duration_, unit) = (args::int(args, 0), args::int(args, 1));
        Ok(duration(if unit <= 0 { duration_ } else { duration_ - duration_ % unit }))
    }),
];

pub(crate) const MONTH_METHODS: &[Func] =
    &[method("String", &[], |_, args| Ok(month_name(args::int(args, 0).into()).into()))];

pub(crate) const WEEKDAY_METHODS: &[Func] =
    &[method("String", &[], |_, args| Ok(weekday_name(args::int(args, 0).into()).into()))];

pub(crate) const LOCATION_METHODS: &[Func] =
    &[method("String", &[], |_, args| Ok(location_name(args, 0)))];

fn receiver(args: &[Value]) -> Time {
    time_at(args, 0)
}

fn time_at(args: &[Value], index: usize) -> Time {
    match args::rare(args, index) {
        Some(Rare::Time(time)) => time.clone(),
        _ => Time::ZERO,
    }
}

fn compare(args: &[Value]) -> std::cmp::Ordering {
    receiver(args).compare(&time_at(args, 1))
}

fn add_date(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let time = receiver(args);
    let civil = time.civil();
    let fields = Fields {
        year: civil.year.wrapping_add(args::int(args, 1)),
        month: i64::from(civil.month).wrapping_add(args::int(args, 2)),
        day: i64::from(civil.day).wrapping_add(args::int(args, 3)),
        hour: civil.hour.into(),
        minute: civil.minute.into(),
        second: civil.second.into(),
        nanos: time.nanos.into(),
    };
    Ok(value(Time::from_fields(fields, time.zone)))
}

fn in_location(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let name = location_name(args, 1);
    if args::rare(args, 1).is_none() {
        return Err(FuncError::new("time: missing Location in call to Time.In"));
    }
    let zone = Zone::load(args::text(&[name], 0)).unwrap_or(Zone::Utc);
    Ok(value(receiver(args).in_zone(zone)))
}

fn location_name(args: &[Value], index: usize) -> Value {
    match args::rare(args, index) {
        Some(Rare::Struct(Struct { fields, .. })) => {
            fields.first().map_or(Value::NIL, |(_, name)| name.clone())
        }
        _ => "UTC".into(),
    }
}

/// Nanoseconds since 1970 cut to a unit that is `per_second` of a second; wraps as Go does.
fn unix_in(args: &[Value], per_second: i64) -> Value {
    let time = receiver(args);
    let part = i64::from(time.nanos) / (1_000_000_000 / per_second);
    Data::Int64(time.unix.wrapping_mul(per_second).wrapping_add(part)).into()
}

fn in_units(args: &[Value], unit: u64) -> Value {
    let (nanos, unit) = (args::int(args, 0), unit as i64);
    (((nanos / unit) as f64) + (nanos % unit) as f64 / unit as f64).into()
}

/// Nanoseconds since the year 1 beyond a multiple of `unit`.
fn beyond(time: &Time, unit: i64) -> i64 {
    let since = i128::from(time.unix.wrapping_sub(Time::ZERO.unix));
    (since * i128::from(SECOND) + i128::from(time.nanos)).rem_euclid(unit.into()) as i64
}

fn truncate(time: Time, unit: i64) -> Time {
    if unit <= 0 { time } else { time.add(-beyond(&time, unit)) }
}

fn round(time: Time, unit: i64) -> Time {
    if unit <= 0 {
        return time;
    }
    let rest = beyond(&time, unit);
    let is_lower = rest < unit - rest;
    time.add(if is_lower { -rest } else { unit - rest })
}

/// Go's `Duration.Round`: halves away from zero, never beyond what fits.
pub(crate) fn round_duration(nanos: i64, unit: i64) -> i64 {
    if unit <= 0 {
        return nanos;
    }
    let rest = nanos.unsigned_abs() % unit as u64;
    let is_lower = rest < unit as u64 - rest;
    let (nanos, rest, unit) = (i128::from(nanos), i128::from(rest), i128::from(unit));
    let magnitude = nanos.abs() - rest + if is_lower { 0 } else { unit };
    (magnitude * nanos.signum()).clamp(i64::MIN.into(), i64::MAX.into()) as i64
}

fn too_many_results(name: &str, count: usize) -> FuncError {
    let message = format!("function {name} has {count} return values; should be 1 or 2");
    FuncError::Uncallable(message)
}

fn second_result(name: &str, type_name: &str) -> FuncError {
    FuncError::Uncallable(format!(
        "invalid function signature for {name}: second return value should be error; is {type_name}"
    ))
}

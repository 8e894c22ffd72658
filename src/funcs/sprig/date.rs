//! Dates: Sprig's `date.go`. The zone of the machine is UTC.

use crate::funcs::go::time;
use crate::funcs::{Ctx, Func, FuncError, Type, args};
use crate::value::time::{Time, Zone, duration_text};
use crate::value::{Data, Rare, Value};

pub(crate) const FUNCS: &[Func] = &[
    func("now", &[], |ctx, _| Ok(time::value(now(ctx)))),
    func("ago", &[Type::Any], ago),
    func("date", &[Type::String, Type::Any], |ctx, args| {
        Ok(format(ctx, args::text(args, 0), args::any(args, 1), b"Local"))
    }),
    func("htmlDate", &[Type::Any], |ctx, args| {
        Ok(format(ctx, b"2006-01-02", args::any(args, 0), b"Local"))
    }),
    func("htmlDateInZone", &[Type::Any, Type::String], |ctx, args| {
        Ok(format(ctx, b"2006-01-02", args::any(args, 0), args::text(args, 1)))
    }),
    func("dateInZone", IN_ZONE, date_in_zone),
    func("date_in_zone", IN_ZONE, date_in_zone),
    func("dateModify", MODIFY, date_modify),
    func("date_modify", MODIFY, date_modify),
    func("mustDateModify", MODIFY, must_date_modify),
    func("must_date_modify", MODIFY, must_date_modify),
    func("toDate", TO_DATE, to_date),
    func("mustToDate", TO_DATE, must_to_date),
    func("unixEpoch", &[Type::Time], |_, args| Ok(time_at(args, 0).unix.to_string().into())),
    func("duration", &[Type::Any], duration),
    func("durationRound", &[Type::Any], duration_round),
];

const IN_ZONE: &[Type] = &[Type::String, Type::Any, Type::String];
const MODIFY: &[Type] = &[Type::String, Type::Time];
const TO_DATE: &[Type] = &[Type::String, Type::String];

type Call = fn(&mut Ctx<'_>, &[Value]) -> Result<Value, FuncError>;

const fn func(name: &'static str, params: &'static [Type], call: Call) -> Func {
    Func { name, params, variadic: false, call }
}

fn now(ctx: &Ctx<'_>) -> Time {
    Time::from_nanos(ctx.env.now)
}

/// The `time.Time` that the machine made sure is there.
fn time_at(args: &[Value], index: usize) -> Time {
    match args::rare(args, index) {
        Some(Rare::Time(time)) => time.clone(),
        _ => Time::ZERO,
    }
}

/// A time, or seconds since 1970; anything else is now.
fn instant(ctx: &Ctx<'_>, value: &Value) -> Time {
    match &value.data {
        Data::Int(seconds) | Data::Int64(seconds) => Time::from_unix(*seconds),
        Data::Rare(rare) => match &**rare {
            Rare::Time(time) => time.clone(),
            Rare::Sized("int32", seconds) => Time::from_unix(*seconds as i64),
            Rare::Sized(..) | Rare::Complex(..) | Rare::Bytes(_) => now(ctx),
            Rare::Struct(_) | Rare::Files(_) => now(ctx),
        },
        Data::Nil | Data::Bool(_) | Data::Float(_) => now(ctx),
        Data::Str(_) | Data::List(_) | Data::Map(_) => now(ctx),
    }
}

fn format(ctx: &mut Ctx<'_>, layout: &[u8], date: &Value, zone: &[u8]) -> Value {
    let zone = Zone::load(zone).unwrap_or(Zone::Utc);
    Value::text(instant(ctx, date).in_zone(zone).format(layout)).with(date.src)
}

fn date_in_zone(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok(format(ctx, args::text(args, 0), args::any(args, 1), args::text(args, 2)))
}

/// A duration that cannot be read changes nothing.
fn date_modify(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let nanos = time::parse_duration(args::text(args, 0)).unwrap_or(0);
    Ok(time::value(time_at(args, 1).add(nanos)))
}

fn must_date_modify(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let nanos = time::parse_duration(args::text(args, 0))?;
    Ok(time::value(time_at(args, 1).add(nanos)))
}

/// A text that cannot be read is the zero time.
fn to_date(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let read = time::parse(args::text(args, 0), args::text(args, 1));
    Ok(time::value(read.unwrap_or(Time::ZERO)))
}

fn must_to_date(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    time::parse(args::text(args, 0), args::text(args, 1)).map(time::value)
}

/// Unlike `date`, `ago` takes an `int32` for now.
fn ago(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let since = match args::rare(args, 0) {
        Some(Rare::Sized(..)) => now(ctx),
        _ => instant(ctx, args::any(args, 0)),
    };
    let elapsed = now(ctx).since(&since);
    Ok(duration_text(time::round_duration(elapsed, SECOND)).into())
}

const SECOND: i64 = 1_000_000_000;

/// Seconds as a text or an `int64`; anything else is none.
fn duration(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let seconds = match &args::any(args, 0).data {
        Data::Str(text) => parse_int(text),
        Data::Int64(seconds) => *seconds,
        Data::Nil | Data::Bool(_) | Data::Int(_) | Data::Float(_) => 0,
        Data::List(_) | Data::Map(_) | Data::Rare(_) => 0,
    };
    Ok(duration_text(seconds.wrapping_mul(SECOND)).into())
}

/// Go's `strconv.ParseInt` in base 10, its error ignored: what does not fit is the nearest limit.
fn parse_int(text: &[u8]) -> i64 {
    let (is_negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        _ => (false, text),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return 0;
    }
    let magnitude = digits.iter().fold(0_i128, |number, digit| {
        number.saturating_mul(10).saturating_add(i128::from(digit - b'0'))
    });
    let number = if is_negative { -magnitude } else { magnitude };
    number.clamp(i64::MIN.into(), i64::MAX.into()) as i64
}

/// The largest unit that the duration exceeds: `1h30m` is `1h`.
fn duration_round(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let nanos = match &args::any(args, 0).data {
        Data::Str(text) => time::parse_duration(text).unwrap_or(0),
        Data::Int64(nanos) => *nanos,
        Data::Rare(rare) => match &**rare {
            Rare::Time(time) => now(ctx).since(time),
            Rare::Sized(..) | Rare::Complex(..) | Rare::Bytes(_) => 0,
            Rare::Struct(_) | Rare::Files(_) => 0,
        },
        Data::Nil | Data::Bool(_) | Data::Int(_) | Data::Float(_) => 0,
        Data::List(_) | Data::Map(_) => 0,
    };
    const HOUR: u64 = 3600 * SECOND as u64;
    const UNITS: [(u64, &str); 6] = [
        (HOUR * 24 * 365, "y"),
        (HOUR * 24 * 30, "mo"),
        (HOUR * 24, "d"),
        (HOUR, "h"),
        (HOUR / 60, "m"),
        (SECOND as u64, "s"),
    ];
    let nanos = nanos.unsigned_abs();
    let unit = UNITS.iter().find(|(size, _)| nanos > *size);
    Ok(unit.map_or("0s".to_owned(), |(size, name)| format!("{}{name}", nanos / size)).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::funcs::testing::{call, check_text};

    #[track_caller]
    fn check_parsed(layout: &str, text: &str, expected: &str) {
        check_text("mustToDate", &[layout.into(), text.into()], expected);
    }

    #[track_caller]
    fn check_format(layout: &str, seconds: i64, zone: &str, expected: &str) {
        check_text("dateInZone", &[layout.into(), Value::int(seconds), zone.into()], expected);
    }

    #[test]
    fn formats() {
        check_format(
            "Mon Jan _2 15:04:05 MST 2006",
            1_707_116_889,
            "America/New_York",
            "Mon Feb  5 02:08:09 EST 2024",
        );
        check_format("-07 -07:00 Z0700 Z07", 0, "Asia/Kolkata", "+05 +05:30 +0530 +05");
        check_format("-07 -07:00 Z0700 Z07", 0, "Bad/Zone", "+00 +00:00 Z Z");
        check_format("pm PM 03 3 002 __2 .000 .999", 43_200, "", "pm PM 12 12 001   1 .000 ");
        check_format("January Janet Month _2006", 0, "UTC", "January Janet Month _1970");
        check_format("2024-02-29 .0001", 1_709_164_800, "UTC", "29290-29-299 .0002");
    }

    #[test]
    fn parses() {
        check_parsed("2006-01-02", "2024-02-29", "2024-02-29 00:00:00 +0000 UTC");
        let offset = "2020-01-01 00:00:00 +0200 +0200";
        check_parsed("2006-01-02T15:04:05Z07:00", "2020-01-01T00:00:00+02:00", offset);
        check_parsed("2 Jan 06 MST", "3 feb 99 PST", "1999-02-03 00:00:00 +0000 PST");
        check_parsed("3:04PM", "12:30AM", "0000-01-01 00:30:00 +0000 UTC");
        check_parsed("15:04:05", "01:02:03,25", "0000-01-01 01:02:03.25 +0000 UTC");
        check_parsed("2006 002", "2024 061", "2024-03-01 00:00:00 +0000 UTC");
    }

    #[test]
    fn what_is_no_date() {
        let wrong = |text: &str| format!("error: parsing time {text}");
        check_parsed("2006-01-02", "2020-02-30", &wrong("\"2020-02-30\": day out of range"));
        check_parsed("15:04", "25:00", &wrong("\"25:00\": hour out of range"));
        check_parsed("2006", "2020x", &wrong("\"2020x\": extra text: \"x\""));
        check_parsed("Jan", "Foo", &wrong("\"Foo\" as \"Jan\": cannot parse \"Foo\" as \"Jan\""));
        check_parsed(
            "2",
            "é",
            &wrong("\"\\xc3\\xa9\" as \"2\": cannot parse \"\\xc3\\xa9\" as \"2\""),
        );
        check_text("toDate", &["2006".into(), "x".into()], "0001-01-01 00:00:00 +0000 UTC");
    }

    #[test]
    fn durations() {
        let date = call("toDate", &["2006-01-02".into(), "2020-01-31".into()]).unwrap();
        let modified = |by: &str| [by.into(), date.clone()];
        check_text("dateModify", &modified("-1.5h"), "2020-01-30 22:30:00 +0000 UTC");
        check_text("dateModify", &modified("1d"), "2020-01-31 00:00:00 +0000 UTC");
        let error = "error: time: unknown unit \"d\" in duration \"1d\"";
        check_text("mustDateModify", &modified("1d"), error);
        check_text("mustDateModify", &modified("1"), "error: time: missing unit in duration \"1\"");
        check_text("mustDateModify", &modified(".s"), "error: time: invalid duration \".s\"");
        check_text("duration", &["95".into()], "1m35s");
        check_text("duration", &[Value::int(95)], "0s");
        check_text("durationRound", &["8761h".into()], "1y");
        check_text("durationRound", &["1h".into()], "60m");
        check_text("ago", &[Value::int(-90)], "1m30s");
    }

    proptest::proptest! {
        /// Whatever the layout and the text: no panic; a time that was printed is read again.
        #[test]
        fn any_layout_prints_and_parses(
            layout in "(2006|06|Jan|January|1|01|2|_2|02|002|__2|Mon|15|3|03|4|05|PM|MST|Z07:00|-0700|[.,]0{1,9}|[.]9+|[ xT:-]){0,8}",
            text in "[0-9A-Za-z:. +-]{0,12}",
            seconds in proptest::num::i64::ANY,
        ) {
            let _ = time::parse(layout.as_bytes(), text.as_bytes());
            let zone = Zone::load(b"Australia/Lord_Howe").unwrap();
            let instant = Time::from_unix(seconds);
            instant.in_zone(zone).format(layout.as_bytes());
            if (0..=9999).contains(&instant.civil().year) {
                let complete = b"2006-01-02T15:04:05Z07:00";
                let read = time::parse(complete, &instant.format(complete)).unwrap();
                proptest::prop_assert_eq!(read.unix, seconds);
            }
        }

        #[test]
        fn any_duration_is_read(text in "[-+]?([0-9.]{0,4}(ns|us|µs|ms|s|m|h|x)?){0,4}") {
            let _ = time::parse_duration(text.as_bytes());
        }
    }
}

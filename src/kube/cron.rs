//! Schedules of CronJobs: the standard parser of `robfig/cron` v3, which the API server uses.

/// What is wrong with a schedule, in the parser's words.
pub fn problem(schedule: &str) -> Option<String> {
    parse(schedule).err()
}

type Result<T = ()> = std::result::Result<T, String>;

/// `ParseStandard`: a time zone in front, then a descriptor or five fields.
fn parse(schedule: &str) -> Result {
    if schedule.is_empty() {
        return Err("empty spec string".to_owned());
    }
    let schedule = without_zone(schedule)?;
    if let Some(descriptor) = schedule.strip_prefix('@') {
        return parse_descriptor(descriptor);
    }
    let fields: Vec<&str> = schedule.split_whitespace().collect();
    let [minute, hour, day, month, weekday] = fields[..] else {
        let (count, shown) = (fields.len(), go_list(&fields));
        return Err(format!("expected exactly 5 fields, found {count}: {shown}"));
    };
    parse_field(minute, &MINUTES)?;
    parse_field(hour, &HOURS)?;
    parse_field(day, &DAYS)?;
    parse_field(month, &MONTHS)?;
    parse_field(weekday, &WEEKDAYS)
}

/// `TZ=Europe/Berlin * * * * *`. Whether the server knows the zone, only it can say; a name that
/// can be none is refused.
fn without_zone(schedule: &str) -> Result<&str> {
    let zone = schedule.strip_prefix("TZ=").or_else(|| schedule.strip_prefix("CRON_TZ="));
    let Some(zone) = zone else { return Ok(schedule) };
    match zone.split_once(' ') {
        Some((zone, rest)) if !zone.contains("..") && !zone.starts_with(['/', '\\']) => {
            Ok(rest.trim())
        }
        // The parser slices beyond the text and panics; the server answers with the panic's text.
        _ => Err(format!("provided bad location {zone}")),
    }
}

fn parse_descriptor(descriptor: &str) -> Result {
    match descriptor {
        "yearly" | "annually" | "monthly" | "weekly" | "daily" | "midnight" | "hourly" => Ok(()),
        _ => match descriptor.strip_prefix("every ") {
            Some(duration) if is_go_duration(duration) => Ok(()),
            Some(_) => Err(format!("failed to parse duration @{descriptor}")),
            None => Err(format!("unrecognized descriptor: @{descriptor}")),
        },
    }
}

/// `time.ParseDuration`: `1h30m`, `1.5s`, `-2ms`, `0`.
pub fn is_go_duration(text: &str) -> bool {
    let mut rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    if rest == "0" {
        return true;
    }
    let mut parts = 0;
    while !rest.is_empty() {
        let number = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        let digits = &rest[..rest.len() - number.len()];
        let points = digits.bytes().filter(|&b| b == b'.').count();
        let units = ["ns", "us", "µs", "μs", "ms", "s", "m", "h"];
        let end = number.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(number.len());
        let (unit, after) = number.split_at(end);
        if digits.len() == points || points > 1 || !units.contains(&unit) {
            return false;
        }
        (rest, parts) = (after, parts + 1);
    }
    parts > 0
}

/// The numbers that a field of a schedule may hold, and names for them.
struct Bounds {
    min: u32,
    max: u32,
    names: &'static [&'static str],
}

const MINUTES: Bounds = Bounds { min: 0, max: 59, names: &[] };
const HOURS: Bounds = Bounds { min: 0, max: 23, names: &[] };
const DAYS: Bounds = Bounds { min: 1, max: 31, names: &[] };
const MONTHS: Bounds = Bounds {
    min: 1,
    max: 12,
    names: &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
};
const WEEKDAYS: Bounds =
    Bounds { min: 0, max: 6, names: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"] };

/// Ranges with commas between; empty ones are passed over.
fn parse_field(field: &str, bounds: &Bounds) -> Result {
    field
        .split(',')
        .filter(|range| !range.is_empty())
        .try_for_each(|range| parse_range(range, bounds))
}

/// `getRange`: `number | number "-" number [ "/" number ]`.
fn parse_range(text: &str, bounds: &Bounds) -> Result {
    let (range, step) = match text.split('/').collect::<Vec<_>>()[..] {
        [range] => (range, None),
        [range, step] => (range, Some(step)),
        _ => return Err(format!("too many slashes: {text}")),
    };
    let ends: Vec<&str> = range.split('-').collect();
    let single = ends.len() == 1;
    let (start, mut end) = match ends[..] {
        ["*" | "?", ..] => (bounds.min, bounds.max),
        [only] => parse_number(only, bounds).map(|number| (number, number))?,
        [start, end] => (parse_number(start, bounds)?, parse_number(end, bounds)?),
        _ => return Err(format!("too many hyphens: {text}")),
    };
    if let Some(step) = step {
        let step = parse_int(step)?;
        if single {
            end = bounds.max;
        }
        if step == 0 && start >= bounds.min && end <= bounds.max && start <= end {
            return Err(format!("step of range should be a positive number: {text}"));
        }
    }
    in_bounds(start, end, bounds, text)
}

fn in_bounds(start: u32, end: u32, bounds: &Bounds, text: &str) -> Result {
    let Bounds { min, max, .. } = bounds;
    if start < *min {
        return Err(format!("beginning of range ({start}) below minimum ({min}): {text}"));
    }
    if end > *max {
        return Err(format!("end of range ({end}) above maximum ({max}): {text}"));
    }
    if start > end {
        return Err(format!("beginning of range ({start}) beyond end of range ({end}): {text}"));
    }
    Ok(())
}

fn parse_number(text: &str, bounds: &Bounds) -> Result<u32> {
    let lower = text.to_lowercase();
    match bounds.names.iter().position(|name| *name == lower) {
        Some(index) => Ok(bounds.min + index as u32),
        None => parse_int(text),
    }
}

/// `strconv.Atoi`, and no negative number.
fn parse_int(text: &str) -> Result<u32> {
    let number: i64 = text.parse().map_err(|_| {
        format!("failed to parse int from {text}: strconv.Atoi: parsing \"{text}\": invalid syntax")
    })?;
    if number < 0 {
        return Err(format!("negative number ({number}) not allowed: {text}"));
    }
    Ok(u32::try_from(number).unwrap_or(u32::MAX))
}

fn go_list(items: &[&str]) -> String {
    format!("[{}]", items.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(schedule: &str, expected: &str) {
        assert_eq!(problem(schedule).unwrap_or_default(), expected, "{schedule}");
    }

    #[test]
    fn good_schedules() {
        for schedule in [
            "* * * * *",
            "*/5 0-12/2 1,15 JAN-mar sun",
            "0 0 ? * 1-5",
            "@hourly",
            "@every 1h30m",
            "TZ=UTC 0 0 * * *",
            "5/15 * * * *",
            "0,,5 * * * *",
        ] {
            check(schedule, "");
        }
    }

    #[test]
    fn bad_schedules() {
        check("", "empty spec string");
        check("* * * *", "expected exactly 5 fields, found 4: [* * * *]");
        check("60 * * * *", "end of range (60) above maximum (59): 60");
        check("* * 0 * *", "beginning of range (0) below minimum (1): 0");
        check("* * * * 7", "end of range (7) above maximum (6): 7");
        check("5-1 * * * *", "beginning of range (5) beyond end of range (1): 5-1");
        check("*/0 * * * *", "step of range should be a positive number: */0");
        check("1-2-3 * * * *", "too many hyphens: 1-2-3");
        check("*/1/2 * * * *", "too many slashes: */1/2");
        check("@reboot", "unrecognized descriptor: @reboot");
        check("@every x", "failed to parse duration @every x");
    }

    #[test]
    fn durations() {
        assert!(["1h", "1.5s", "-2ms", "0", "1h30m5s", ".5h"].map(is_go_duration) == [true; 6]);
        assert!(["", "1", "h", "1d", ".", "1..5s", "1h "].map(is_go_duration) == [false; 7]);
    }
}

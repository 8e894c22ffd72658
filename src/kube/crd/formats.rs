//! String formats that the server checks in custom resources (`kube-openapi/pkg/validation/strfmt`).
//!
//! Numbers of books and of credit cards and the like are not judged; numbers' formats are not
//! checked by the server.

use std::net::Ipv6Addr;

use data_encoding::BASE64;

use crate::funcs::go::regexp;
use crate::kube::ip;
use crate::kube::names;

/// Whether a text has a format; true for those that are not judged.
pub(super) fn fits(format: &str, text: &str) -> bool {
    match format.replace('-', "").as_str() {
        "ipv4" => text.contains('.') && ip::parse_ip_sloppy(text).is_some(),
        "ipv6" => text.contains(':') && text.parse::<Ipv6Addr>().is_ok(),
        "cidr" => ip::parse_cidr_sloppy(text).is_some(),
        "uuid" => is_uuid(text, None),
        "uuid3" => is_uuid(text, Some(b'3')),
        "uuid4" => is_uuid(text, Some(b'4')),
        "uuid5" => is_uuid(text, Some(b'5')),
        "byte" => !text.is_empty() && BASE64.decode(text.as_bytes()).is_ok(),
        "uri" => is_request_uri(text),
        "hostname" => is_hostname(text),
        // Whoever is written to, there is an `@`.
        "email" => text.contains('@'),
        "mac" => is_mac(text),
        "hexcolor" => {
            let digits = text.strip_prefix('#').unwrap_or(text);
            matches!(digits.len(), 3 | 6) && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
        }
        "bsonobjectid" => text.len() == 24 && text.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "date" => is_date(text),
        "datetime" => is_date_time(text),
        "duration" => is_duration(text),
        "k8sshortname" => names::is_dns1123_label(text).is_empty(),
        "k8slongname" => names::is_dns1123_subdomain(text).is_empty(),
        _ => true,
    }
}

/// Go's `url.ParseRequestURI`, as far as it refuses what is written by mistake: a URI is absolute
/// or a path from the root, and holds no control characters, stray escapes or spaces in the host.
fn is_request_uri(text: &str) -> bool {
    if text.bytes().any(|byte| byte.is_ascii_control()) {
        return false;
    }
    let rest = match text.split_once(':') {
        _ if text.starts_with('/') => return has_good_escapes(text),
        Some((scheme, rest)) if is_scheme(scheme) => rest,
        Some(_) | None => return text == "*",
    };
    let path = match rest.strip_prefix("//") {
        Some(rest) => {
            let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
            if authority.contains([' ', '<', '>', '"']) {
                return false;
            }
            path
        }
        None => rest,
    };
    has_good_escapes(path)
}

fn is_scheme(scheme: &str) -> bool {
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

/// Every `%` of a path is followed by two digits.
fn has_good_escapes(path: &str) -> bool {
    let path = path.split('?').next().unwrap_or_default();
    path.split('%')
        .skip(1)
        .all(|after| after.len() >= 2 && after.bytes().take(2).all(|byte| byte.is_ascii_hexdigit()))
}

/// `IsHostname`: its pattern asks for one label in effect, or for labels and a last one without
/// digits.
fn is_hostname(text: &str) -> bool {
    const PATTERN: &str = r"^([a-zA-Z0-9\p{S}\p{L}]((-?[a-zA-Z0-9\p{S}\p{L}]{0,62})?)|([a-zA-Z0-9\p{S}\p{L}](([a-zA-Z0-9-\p{S}\p{L}]{0,61}[a-zA-Z0-9\p{S}\p{L}])?)(\.)){1,}([a-zA-Z\p{L}]){2,63})$";
    let Ok(pattern) = regexp::compile(PATTERN.as_bytes()) else { return true };
    let fits = pattern.search(text.as_bytes()).map_or(true, |search| search.is_match());
    fits && text.len() <= 255 && text.split('.').all(|label| label.len() <= 63)
}

/// `net.ParseMAC`: 6, 8 or 20 bytes, in pairs of digits after colons or hyphens, or in fours
/// after dots.
fn is_mac(text: &str) -> bool {
    let Some(separator) = text.chars().find(|c| ":-.".contains(*c)) else { return false };
    let digits = if separator == '.' { 4 } else { 2 };
    let groups: Vec<&str> = text.split(separator).collect();
    let good =
        |group: &&str| group.len() == digits && group.bytes().all(|byte| byte.is_ascii_hexdigit());
    groups.iter().all(good) && matches!(groups.len() * digits / 2, 6 | 8 | 20)
}

/// Hexadecimal digits in groups; each hyphen between them may be left out.
fn is_uuid(text: &str, version: Option<u8>) -> bool {
    let mut rest = text.as_bytes();
    let mut digits = Vec::new();
    for (nth, length) in [8, 4, 4, 4, 12].into_iter().enumerate() {
        if nth > 0 {
            rest = rest.strip_prefix(b"-").unwrap_or(rest);
        }
        let Some((group, after)) = rest.split_at_checked(length) else { return false };
        digits.extend_from_slice(group);
        rest = after;
    }
    let variant = digits.get(16).is_some_and(|digit| b"89abAB".contains(digit));
    rest.is_empty()
        && digits.iter().all(u8::is_ascii_hexdigit)
        && version.is_none_or(|version| digits.get(12) == Some(&version))
        && (version.is_none() || version == Some(b'3') || variant)
}

fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts[..] else { return false };
    let number = |part: &str, length: usize| {
        let digits = part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| part.parse::<i16>().ok()).flatten()
    };
    let (Some(year), Some(month), Some(day)) = (number(year, 4), number(month, 2), number(day, 2))
    else {
        return false;
    };
    jiff::civil::Date::new(year, month as i8, day as i8).is_ok()
}

/// A date, `t`, and a time with an offset; looser than RFC 3339 in the fraction and the offset.
fn is_date_time(text: &str) -> bool {
    let text = text.to_lowercase();
    let Some((date, rest)) = text.split_once('t') else { return false };
    let time = rest.split('t').next().unwrap_or_default();
    let bytes = time.as_bytes();
    let pair = |at: usize, max: u8| {
        let Some(&[tens, ones]) = bytes.get(at..at + 2) else { return false };
        tens.is_ascii_digit() && ones.is_ascii_digit() && (tens - b'0') * 10 + ones - b'0' <= max
    };
    let clock = pair(0, 23)
        && bytes.get(2) == Some(&b':')
        && pair(3, 59)
        && bytes.get(5) == Some(&b':')
        && pair(6, 59);
    clock && is_date(date) && time.get(8..).is_some_and(is_fraction_and_offset)
}

fn is_fraction_and_offset(text: &str) -> bool {
    let offset = |text: &str| {
        text == "z"
            || matches!(
                text.as_bytes(),
                [b'+' | b'-', a, b, b':', c, d] if [a, b, c, d].iter().all(|byte| byte.is_ascii_digit())
            )
    };
    // Any character may stand before the digits of a fraction.
    let fraction = text.char_indices().nth(1).and_then(|(at, _)| text.get(at..));
    let after = fraction.map(|digits| digits.trim_start_matches(|c: char| c.is_ascii_digit()));
    offset(text) || (fraction != after && after.is_some_and(offset))
}

/// Go's duration, or numbers with the units of Scala's, anywhere in the text.
fn is_duration(text: &str) -> bool {
    const UNITS: &[&str] = &[
        "ns", "nano", "us", "µs", "micro", "ms", "milli", "s", "sec", "m", "min", "h", "hr",
        "hour", "d", "day", "w", "week", "wk",
    ];
    if is_go_duration(text) {
        return true;
    }
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let number = rest.get(start..).unwrap_or_default();
        let unit = number.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start();
        let length = unit.find(|c: char| !(c.is_ascii_alphabetic() || c == 'µ'));
        let (name, after) = unit.split_at(length.unwrap_or(unit.len()));
        let name = name.to_lowercase();
        if UNITS.iter().any(|unit| name == *unit || name.strip_suffix('s') == Some(unit)) {
            return true;
        }
        rest = after;
    }
    false
}

/// `time.ParseDuration`.
fn is_go_duration(text: &str) -> bool {
    let mut rest = text.strip_prefix(['+', '-']).unwrap_or(text);
    if rest == "0" {
        return true;
    }
    while !rest.is_empty() {
        let unit = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        let number = rest.strip_suffix(unit).unwrap_or_default();
        let digits = number.bytes().filter(u8::is_ascii_digit).count();
        if digits == 0 || number.len() - digits > 1 {
            return false;
        }
        let units = ["ns", "us", "µs", "μs", "ms", "s", "m", "h"];
        let longest =
            units.iter().filter_map(|name| unit.strip_prefix(name)).min_by_key(|after| after.len());
        let Some(after) = longest else { return false };
        rest = after;
    }
    !text.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(format: &str, good: &[&str], bad: &[&str]) {
        for text in good {
            assert!(fits(format, text), "{format} should take {text}");
        }
        for text in bad {
            assert!(!fits(format, text), "{format} should refuse {text}");
        }
    }

    #[test]
    fn formats() {
        check("ipv4", &["1.2.3.4"], &["1.2.3", "::1", "x"]);
        check("ipv6", &["::1", "fe80::1"], &["1.2.3.4", "x"]);
        check("cidr", &["10.0.0.0/8", "::/0"], &["10.0.0.0", "10.0.0.0/33"]);
        check(
            "uuid",
            &["12345678-1234-1234-1234-123456789abc"],
            &["1234", "g2345678-1234-1234-1234-123456789abc"],
        );
        check("date", &["2024-02-29"], &["2023-02-29", "2024-2-29", "today"]);
        check(
            "date-time",
            &["2024-02-29T10:00:00Z", "2024-02-29t10:00:00.5+01:00"],
            &["2024-02-29", "2024-02-29T25:00:00Z", "2024-02-29T10:00:00"],
        );
        check(
            "duration",
            &["1h30m", "10s", "0", "5 days", "1.5h"],
            &["", "10", "soon", "5 parsecs"],
        );
        check("byte", &["aGVsbG8="], &["aGVsbG8", "?"]);
        check("ipv4", &["01.2.3.4", "::ffff:1.2.3.4"], &["1.2.3.256"]);
        check("byte", &[], &[""]);
        check(
            "uri",
            &["https://a.b/c?d=%", "/a", "mailto:a@b", "*"],
            &["a.b", "", "/%zz", "http://a b/"],
        );
        check("hostname", &["a", "a-b.example.com"], &["a_b", "a b", "-a", "a..com"]);
        check("email", &["a@b.c"], &["a.b.c", ""]);
        check("mac", &["01:23:45:67:89:ab", "0123.4567.89ab"], &["01:23", "01:23:45:67:89:zz"]);
        check("hexcolor", &["#fff", "c0ffee"], &["#ffff", "red"]);
        check("isbn", &["anything at all"], &[]);
    }
}

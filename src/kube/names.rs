//! What the API server takes for a name, a label, a port name and the like.
//!
//! Named after the functions of `k8s.io/apimachinery/pkg/util/validation` and
//! `…/pkg/api/validate/content`. Each returns what is wrong, in their words; nothing is allocated
//! for a good name.

use std::borrow::Cow;

/// What is wrong with a text; empty if nothing is.
pub type Problems = Vec<&'static str>;

const MAX_63_CHARACTERS: &str = "must be no more than 63 characters";
const MAX_253_CHARACTERS: &str = "must be no more than 253 characters";
const ONLY_PORT_CHARACTERS: &str =
    "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)";

const DNS1123_LABEL: &str = "a lowercase RFC 1123 label must consist of lower case alphanumeric \
     characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  \
     or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const DNS1123_SUBDOMAIN: &str = "a lowercase RFC 1123 subdomain must consist of lower case \
     alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character \
     (e.g. 'example.com', regex used for validation is \
     '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const DNS1123_SUBDOMAIN_UNDERSCORE: &str = "a lowercase RFC 1123 subdomain must consist of lower \
     case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric \
     character (e.g. 'example.com', regex used for validation is \
     '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*')";
const DNS1035_LABEL: &str = "a DNS-1035 label must consist of lower case alphanumeric characters \
     or '-', start with an alphabetic character, and end with an alphanumeric character \
     (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const WILDCARD_SUBDOMAIN: &str = "a wildcard DNS-1123 subdomain must start with '*.', followed by \
     a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' \
     and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is \
     '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL_VALUE: &str = "a valid label must be an empty string or consist of alphanumeric \
     characters, '-', '_' or '.', and must start and end with an alphanumeric character \
     (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is \
     '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const LABEL_KEY: &str = "a valid label key must consist of alphanumeric characters, '-', '_' or \
     '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  \
     or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with \
     an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
const LABEL_KEY_NAME: &str = "name part must consist of alphanumeric characters, '-', '_' or '.', \
     and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  \
     or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const LABEL_KEY_PREFIX: &str = "prefix part a lowercase RFC 1123 subdomain must consist of lower \
     case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric \
     character (e.g. 'example.com', regex used for validation is \
     '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const PERCENT: &str = "a valid percent string must be a numeric string followed by an ending '%' \
     (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";
const HTTP_HEADER_NAME: &str = "a valid HTTP header must consist of alphanumeric characters or \
     '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')";
const ENV_VAR_NAME: &str = "a valid environment variable name must consist of alphabetic \
     characters, digits, '_', '-',  or '.', and must not start with a digit (e.g. 'my.env-name',  \
     or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is \
     '[-._a-zA-Z][-._a-zA-Z0-9]*')";
const RELAXED_ENV_VAR_NAME: &str = "a valid environment variable name must consist only of \
     printable ASCII characters other than '='";
const CONFIG_MAP_KEY: &str = "a valid config key must consist of alphanumeric characters, '-', \
     '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is \
     '[-._a-zA-Z0-9]+')";

/// What would make a valid name of one that has this problem, where that is clear: another case,
/// or the characters that values of charts most often bring along.
pub(crate) fn remedy(name: &str, problem: &str) -> Option<String> {
    if let Some(limit) = problem.strip_prefix("must be no more than ") {
        let digits = limit.split(' ').next()?;
        return Some(format!("cut it where it is made: `trunc {digits} | trimSuffix \"-\"`"));
    }
    let mended = match problem {
        DNS1123_LABEL => mended(name, lower_hyphenated, is_dns1123_label),
        DNS1035_LABEL => mended(name, lower_hyphenated, is_dns1035_label),
        DNS1123_SUBDOMAIN => mended(name, lower_hyphenated, is_dns1123_subdomain),
        ONLY_PORT_CHARACTERS => mended(name, lower_hyphenated, is_valid_port_name),
        LABEL_VALUE => mended(name, underscored, is_valid_label_value),
        _ => None,
    };
    mended.map(|mended| format!("`{mended}` would be valid"))
}

fn mended(name: &str, mend: fn(char) -> char, check: fn(&str) -> Problems) -> Option<String> {
    let mended: String = name.chars().map(mend).collect();
    let mended = mended.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    (!mended.is_empty() && check(mended).is_empty()).then(|| mended.to_owned())
}

fn lower_hyphenated(c: char) -> char {
    if matches!(c, '_' | ' ' | '+') { '-' } else { c.to_ascii_lowercase() }
}

fn underscored(c: char) -> char {
    if matches!(c, '+' | ' ' | '/' | ':' | '@' | ',') { '_' } else { c }
}

/// Which check a kind's names must pass; its argument says whether characters will be appended
/// (`generateName`), as in `ValidateNameFunc` of `apimachinery/pkg/api/validation`.
pub type NameCheck = fn(&str, bool) -> Problems;

pub fn name_is_dns_subdomain(name: &str, prefix: bool) -> Problems {
    is_dns1123_subdomain(&masked(name, prefix))
}

pub fn name_is_dns_label(name: &str, prefix: bool) -> Problems {
    is_dns1123_label(&masked(name, prefix))
}

pub fn name_is_dns1035_label(name: &str, prefix: bool) -> Problems {
    is_dns1035_label(&masked(name, prefix))
}

/// `ValidatePathSegmentName`: what every name must be, and all that some kinds ask for.
pub fn path_segment_name(name: &str, prefix: bool) -> Problems {
    match name {
        "." if !prefix => vec!["may not be '.'"],
        ".." if !prefix => vec!["may not be '..'"],
        _ => {
            let mut problems = Vec::new();
            problems.extend(name.contains('/').then_some("may not contain '/'"));
            problems.extend(name.contains('%').then_some("may not contain '%'"));
            problems
        }
    }
}

/// A trailing dash is fine where characters follow. Go cuts two characters and adds one
/// (`maskTrailingDash`), which matters only for the length.
fn masked(name: &str, prefix: bool) -> Cow<'_, str> {
    match name.strip_suffix('-').filter(|rest| prefix && !rest.is_empty()) {
        Some(rest) => {
            let kept = rest.char_indices().next_back().map_or(0, |(at, _)| at);
            Cow::Owned(format!("{}a", &rest[..kept]))
        }
        None => Cow::Borrowed(name),
    }
}

pub fn is_dns1123_label(value: &str) -> Problems {
    let mut problems = Vec::new();
    problems.extend((value.len() > 63).then_some(MAX_63_CHARACTERS));
    if !matches_dns1123_label(value) {
        let dots = matches_dns1123_subdomain(value);
        problems.push(if dots { "must not contain dots" } else { DNS1123_LABEL });
    }
    problems
}

pub fn is_dns1123_subdomain(value: &str) -> Problems {
    checked(value, 253, matches_dns1123_subdomain(value), DNS1123_SUBDOMAIN)
}

pub fn is_dns1123_subdomain_with_underscore(value: &str) -> Problems {
    let part = |part: &str| {
        framed(part.strip_prefix('_').unwrap_or(part), is_lower_alnum, |b| matches!(b, b'-' | b'_'))
    };
    checked(value, 253, value.split('.').all(part), DNS1123_SUBDOMAIN_UNDERSCORE)
}

pub fn is_dns1035_label(value: &str) -> Problems {
    let matches = matches_dns1123_label(value) && value.starts_with(|c: char| !c.is_ascii_digit());
    checked(value, 63, matches, DNS1035_LABEL)
}

pub fn is_wildcard_dns1123_subdomain(value: &str) -> Problems {
    let matches = value.strip_prefix("*.").is_some_and(matches_dns1123_subdomain);
    checked(value, 253, matches, WILDCARD_SUBDOMAIN)
}

fn checked(value: &str, max: usize, matches: bool, problem: &'static str) -> Problems {
    let mut problems = Vec::new();
    if value.len() > max {
        problems.push(if max == 63 { MAX_63_CHARACTERS } else { MAX_253_CHARACTERS });
    }
    problems.extend((!matches).then_some(problem));
    problems
}

/// A label key, or a qualified name: `IsLabelKey`, which `IsQualifiedName` is another name of.
pub fn is_qualified_name(value: &str) -> Problems {
    let (prefix, name) = match value.split_once('/') {
        Some((_, name)) if name.contains('/') => return vec![LABEL_KEY],
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, value),
    };
    let mut problems = Vec::new();
    if let Some(prefix) = prefix {
        if prefix.is_empty() {
            problems.push("prefix part must be non-empty");
        } else {
            problems.extend(
                (prefix.len() > 253).then_some("prefix part must be no more than 253 bytes"),
            );
            problems.extend((!matches_dns1123_subdomain(prefix)).then_some(LABEL_KEY_PREFIX));
        }
    }
    if name.is_empty() {
        problems.push("name part must be non-empty");
    } else if name.len() > 63 {
        problems.push("name part must be no more than 63 bytes");
    }
    problems.extend((!matches_label_name(name)).then_some(LABEL_KEY_NAME));
    problems
}

pub fn is_valid_label_value(value: &str) -> Problems {
    let mut problems = Vec::new();
    problems.extend((value.len() > 63).then_some("must be no more than 63 bytes"));
    problems.extend((!value.is_empty() && !matches_label_name(value)).then_some(LABEL_VALUE));
    problems
}

/// An IANA service name, as the name of a port must be.
pub fn is_valid_port_name(port: &str) -> Problems {
    let mut problems = Vec::new();
    problems.extend((port.len() > 15).then_some("must be no more than 15 characters"));
    if port.is_empty() || !port.bytes().all(|b| is_lower_alnum(b) || b == b'-') {
        problems.push(ONLY_PORT_CHARACTERS);
    }
    if !port.bytes().any(|b| b.is_ascii_lowercase()) {
        problems.push("must contain at least one letter (a-z)");
    }
    problems.extend(port.contains("--").then_some("must not contain consecutive hyphens"));
    if port.starts_with('-') || port.ends_with('-') {
        problems.push("must not begin or end with a hyphen");
    }
    problems
}

pub fn is_valid_port_num(port: i64) -> Problems {
    in_range(port, 1..=65535, "must be between 1 and 65535, inclusive")
}

/// User and group ids alike.
pub fn is_valid_id(id: i64) -> Problems {
    in_range(id, 0..=i64::from(i32::MAX), "must be between 0 and 2147483647, inclusive")
}

fn in_range(value: i64, range: std::ops::RangeInclusive<i64>, problem: &'static str) -> Problems {
    if range.contains(&value) { Vec::new() } else { vec![problem] }
}

pub fn is_valid_percent(percent: &str) -> Problems {
    let digits = percent.strip_suffix('%').filter(|digits| !digits.is_empty());
    match digits.is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_digit())) {
        true => Vec::new(),
        false => vec![PERCENT],
    }
}

pub fn is_http_header_name(value: &str) -> Problems {
    let matches =
        !value.is_empty() && value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if matches { Vec::new() } else { vec![HTTP_HEADER_NAME] }
}

/// The names of environment variables before they were relaxed.
pub fn is_env_var_name(value: &str) -> Problems {
    let mut problems = Vec::new();
    if !value.bytes().all(is_config_key_byte) || !value.starts_with(|c: char| !c.is_ascii_digit()) {
        problems.push(ENV_VAR_NAME);
    }
    problems.extend(ch_dir_prefix(value));
    problems
}

pub fn is_relaxed_env_var_name(value: &str) -> Problems {
    let mut problems = Vec::new();
    if value.is_empty() {
        problems.push("environment variable name must be non-empty");
    }
    if !value.bytes().all(|b| (b' '..=b'~').contains(&b) && b != b'=') {
        problems.push(RELAXED_ENV_VAR_NAME);
    }
    problems
}

pub fn is_config_map_key(value: &str) -> Problems {
    let matches = !value.is_empty() && value.bytes().all(is_config_key_byte);
    let mut problems = checked(value, 253, matches, CONFIG_MAP_KEY);
    problems.extend(ch_dir_prefix(value));
    problems
}

fn is_config_key_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_')
}

/// `hasChDirPrefix`.
fn ch_dir_prefix(value: &str) -> Option<&'static str> {
    match value {
        "." => Some("must not be '.'"),
        ".." => Some("must not be '..'"),
        _ => value.starts_with("..").then_some("must not start with '..'"),
    }
}

fn is_lower_alnum(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

fn matches_dns1123_label(value: &str) -> bool {
    framed(value, is_lower_alnum, |b| b == b'-')
}

fn matches_dns1123_subdomain(value: &str) -> bool {
    value.split('.').all(matches_dns1123_label)
}

fn matches_label_name(value: &str) -> bool {
    framed(value, |b| b.is_ascii_alphanumeric(), |b| matches!(b, b'-' | b'_' | b'.'))
}

/// `[edge]([edge inner]*[edge])?`
fn framed(value: &str, edge: fn(u8) -> bool, inner: fn(u8) -> bool) -> bool {
    let bytes = value.as_bytes();
    bytes.first().is_some_and(|&first| edge(first))
        && bytes.last().is_some_and(|&last| edge(last))
        && bytes.iter().all(|&b| edge(b) || inner(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(is: fn(&str) -> Problems, value: &str, expected: &[&str]) {
        let found = is(value);
        let starts = found.iter().zip(expected).all(|(found, word)| found.contains(word));
        assert!(found.len() == expected.len() && starts, "{value:?}: {found:#?}");
    }

    #[test]
    fn remedies() {
        let check = |name: &str, problem, expected: Option<&str>| {
            assert_eq!(remedy(name, problem).as_deref(), expected, "{name}");
        };
        check("My_Service", DNS1123_LABEL, Some("`my-service` would be valid"));
        check("web-", DNS1123_LABEL, Some("`web` would be valid"));
        check("https://a.b", DNS1123_SUBDOMAIN, None);
        check("_", DNS1123_LABEL, None);
        check("1web", DNS1035_LABEL, None);
        check("1.0+build", LABEL_VALUE, Some("`1.0_build` would be valid"));
        check("HTTP", ONLY_PORT_CHARACTERS, Some("`http` would be valid"));
        let cut = "cut it where it is made: `trunc 63 | trimSuffix \"-\"`";
        check(&"a".repeat(64), MAX_63_CHARACTERS, Some(cut));
    }

    #[test]
    fn dns1123_labels() {
        check(is_dns1123_label, "web-1", &[]);
        check(is_dns1123_label, "1", &[]);
        check(is_dns1123_label, "", &["RFC 1123 label"]);
        check(is_dns1123_label, "-a", &["RFC 1123 label"]);
        check(is_dns1123_label, "a.b", &["must not contain dots"]);
        check(is_dns1123_label, "a..b", &["RFC 1123 label"]);
        check(is_dns1123_label, &"a".repeat(64), &["no more than 63 characters"]);
        check(is_dns1123_label, &"A".repeat(64), &["no more than 63", "RFC 1123 label"]);
    }

    #[test]
    fn subdomains() {
        check(is_dns1123_subdomain, "a.b-c.1", &[]);
        check(is_dns1123_subdomain, "a.-b", &["RFC 1123 subdomain"]);
        check(is_dns1123_subdomain, "a.", &["RFC 1123 subdomain"]);
        check(is_dns1123_subdomain, &"a".repeat(254), &["no more than 253"]);
        check(is_dns1123_subdomain_with_underscore, "_a.b_c", &[]);
        check(is_dns1123_subdomain_with_underscore, "__a", &["'_', '-' or '.'"]);
        check(is_dns1035_label, "1a", &["DNS-1035"]);
        check(is_dns1035_label, "", &["DNS-1035"]);
        check(is_wildcard_dns1123_subdomain, "*.a.b", &[]);
        check(is_wildcard_dns1123_subdomain, "*", &["start with '*.'"]);
    }

    #[test]
    fn label_keys_and_values() {
        check(is_qualified_name, "app.kubernetes.io/name", &[]);
        check(is_qualified_name, "A_b.c", &[]);
        check(is_qualified_name, "/a", &["prefix part must be non-empty"]);
        check(is_qualified_name, "a/", &["name part must be non-empty", "name part must consist"]);
        check(is_qualified_name, "A/b", &["prefix part a lowercase RFC 1123 subdomain"]);
        check(is_qualified_name, "a/b/c", &["a valid label key"]);
        check(is_valid_label_value, "", &[]);
        check(is_valid_label_value, "v1.2_3", &[]);
        check(is_valid_label_value, "-a", &["a valid label must be"]);
        check(is_valid_label_value, &"a".repeat(64), &["no more than 63 bytes"]);
    }

    #[test]
    fn port_names_can_be_wrong_in_several_ways() {
        check(is_valid_port_name, "http-1", &[]);
        check(is_valid_port_name, "80", &["at least one letter"]);
        check(is_valid_port_name, "Http_Metrics_Port", &["15 characters", "only alpha-numeric"]);
        check(is_valid_port_name, "-a--b", &["consecutive", "begin or end"]);
    }

    #[test]
    fn environment_variables_and_keys() {
        check(is_env_var_name, "A.b-c", &[]);
        check(is_env_var_name, "1A", &["must not start with a digit"]);
        check(is_env_var_name, "..a", &["must not start with '..'"]);
        check(is_relaxed_env_var_name, "1 A", &[]);
        check(is_relaxed_env_var_name, "a=b", &["other than '='"]);
        check(is_relaxed_env_var_name, "", &["must be non-empty"]);
        check(is_config_map_key, "a/b", &["a valid config key"]);
        check(is_config_map_key, "..", &["must not be '..'"]);
        check(is_config_map_key, "", &["a valid config key"]);
    }

    #[test]
    fn a_prefix_may_end_with_a_dash() {
        assert_eq!(name_is_dns_label("web-", true), Problems::new());
        assert_eq!(name_is_dns_label("web-", false), [DNS1123_LABEL]);
        assert_eq!(name_is_dns_label("-", true), [DNS1123_LABEL]);
        assert_eq!(
            path_segment_name("a/b%", false),
            ["may not contain '/'", "may not contain '%'"]
        );
    }
}

//! What Helm's linter takes for a URL and for a mail address
//! (`IsURL`, `IsRequestURL` and `IsEmail` of `github.com/asaskevich/govalidator`).

use crate::funcs::go::regexp;
use crate::funcs::go::url::Url;

/// The letters and digits outside ASCII that mail addresses may have.
const WIDE: &str = r"\x{A0}-\x{D7FF}\x{F900}-\x{FDCF}\x{FDF0}-\x{FFEF}";

/// Fewer characters, and more, make no URL.
const URL_LENGTHS: std::ops::Range<usize> = 4..2083;

/// A URL of a source or an icon: its scheme is all that is asked of it.
pub(super) fn is_request_url(text: &str) -> bool {
    Url::parse_request(text.as_bytes()).is_ok_and(|url| !url.scheme.is_empty())
}

/// A maintainer's URL, which may do without a scheme.
pub(super) fn is_url(text: &str) -> bool {
    if is_plain_url(text) {
        return true;
    }
    if !URL_LENGTHS.contains(&text.chars().count()) || text.starts_with('.') {
        return false;
    }
    let full = if text.contains(':') && !text.contains("://") {
        format!("http://{text}")
    } else {
        text.to_owned()
    };
    let Ok(url) = Url::parse(full.as_bytes()) else { return false };
    let is_path = url.host.is_empty() && !url.path.is_empty() && !url.path.contains(&b'.');
    !is_path && !url.host.starts_with(b".") && matches(&url_expression(), text)
}

pub(super) fn is_email(text: &str) -> bool {
    is_plain_email(text) || matches(&email_expression(), text)
}

/// No text of a `Chart.yaml` is too long to be searched.
fn matches(expression: &str, text: &str) -> bool {
    regexp::compile(expression.as_bytes())
        .is_ok_and(|expression| expression.search(text.as_bytes()).is_ok_and(|it| it.is_match()))
}

/// What nearly all URLs are, told without an expression: it takes longer to compile than a chart
/// to check.
fn is_plain_url(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let Some(rest) = rest else { return false };
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.".contains(&byte);
    is_plain_host(host) && path.bytes().all(plain)
}

fn is_plain_email(text: &str) -> bool {
    let Some((user, host)) = text.split_once('@') else { return false };
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric());
    user.split(['.', '-', '_', '+']).all(is_word) && is_plain_host(host)
}

/// Names of two letters or more, the last one without digits.
fn is_plain_host(host: &str) -> bool {
    let Some((names, last)) = host.rsplit_once('.') else { return false };
    let is_name =
        |name: &str| name.len() > 1 && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    names.split('.').all(is_name) && is_name(last) && last.bytes().all(|b| b.is_ascii_alphabetic())
}

/// Schema and user; an address, or a name with perhaps more before it and one ending; a port and a
/// path.
fn url_expression() -> String {
    let schema = "(?:(?:ftp|tcp|udp|wss?|https?)://)?";
    let user = r"(?:\S+(?::\S*)?@)?";
    let address = r"(?:[1-9]\d?|1\d\d|2[01]\d|22[0-3]|24\d|25[0-5])(?:\.(?:\d{1,2}|1\d\d|2[0-4]\d|25[0-5])){3}";
    let literal = r"\[[0-9a-fA-F:.]+\]";
    let letter = "[0-9a-zA-Z]";
    let before = format!(
        r"{letter}[0-9a-zA-Z_-]*{letter}(?:[-.]{letter}+)*|www\.|{letter}+(?:[-_.]?{letter})*{letter}\.{letter}+"
    );
    let name = r"(?:[0-9a-zA-Z\x{A1}-\x{FFFF}]+-?-?)*[0-9a-zA-Z\x{A1}-\x{FFFF}]+";
    let ending = r"(?:\.[a-zA-Z\x{A1}-\x{FFFF}]+)?";
    format!(
        r"^{schema}{user}(?:{address}|{literal}|(?:{before})?{name}{ending})\.?(?::\d{{1,5}})?(?:[/?#]\S*)?$"
    )
}

/// Words with dots between them, or a quoted text; then names, the last one without digits at its
/// ends.
fn email_expression() -> String {
    let word = format!(r"[0-9a-zA-Z!#$%&'*+\-/=?^_`{{|}}~{WIDE}]+");
    let fold = r"(?:(?:[ \t]*\r\n)?[ \t]+)?";
    let quoted = format!(
        r#""(?:{fold}(?:[\x01-\x08\x0b\x0c\x0e-\x1f\x21\x23-\x5b\x5d-\x7f{WIDE}]|\([\x01-\x09\x0b-\x7f]))*{fold}""#
    );
    let name = format!(r"[0-9a-zA-Z{WIDE}](?:[0-9a-zA-Z\-._~{WIDE}]*[0-9a-zA-Z{WIDE}])?");
    let last = format!(r"[a-zA-Z{WIDE}](?:[0-9a-zA-Z\-_~{WIDE}]*[a-zA-Z{WIDE}])?");
    format!(r"^(?:{word}(?:\.{word})*|{quoted})@(?:{name}\.)+{last}\.?$")
}

#[cfg(test)]
mod tests {
    //! Expectations from govalidator's own tests and from its expressions.

    use super::{is_email, is_request_url, is_url};

    #[track_caller]
    fn check(judge: fn(&str) -> bool, good: &[&str], bad: &[&str]) {
        for text in good {
            assert!(judge(text), "{text}");
        }
        for text in bad {
            assert!(!judge(text), "{text}");
        }
    }

    #[test]
    fn urls_of_sources_need_a_scheme() {
        let good = ["http://riverrun.io", "https://x", "ftp://x/y", "file:///x", "mailto:a@b.c"];
        let bad = ["", "RiverRun", "john@winterfell", "riverrun.io", "//x", "http://a b"];
        check(is_request_url, &good, &bad);
        check(is_request_url, &[], &["http://x:y", "http://%zz", "https://x.io#top"]);
    }

    #[test]
    fn urls_of_maintainers() {
        let good =
            ["http://foobar.com", "https://foobar.com/a?b=c#d", "foobar.com", "ftp://foobar.ru/"];
        check(is_url, &good, &["", "bar", "rtmp://foobar.com", "xyz://foobar.com", "irc://x.com"]);
        let good = [
            "http://user:pass@www.foobar.com:65535/path",
            "http://127.0.0.1/",
            "http://[::1]:9093",
        ];
        check(is_url, &good, &["http://999.1.1.1", "http://,foo.com", ":80", ".foo.com"]);
        check(
            is_url,
            &["http://foo-bar.com", "http://duckduckgo.com/?q=%2F"],
            &["http://foobar.c_o_m"],
        );
        check(
            is_url,
            &["http://localhost:3000/", "http://foobar.com."],
            &["http://a.b.com", "a b.com"],
        );
    }

    #[test]
    fn mail_addresses() {
        let good =
            ["foo@bar.com", "x@x.x", "foo@bar.com.au", "foo+bar@bar.com", "hans@m端ller.com"];
        let bad = ["", "foo@bar", "invalidemail@", "invalid.com", "@invalid.com", "a..b@c.de"];
        check(is_email, &good, &bad);
        check(
            is_email,
            &["\"foo bar\"@bar.com", "foo@bar.coffee"],
            &["test@[127.0.0.1]", "a@b.c d"],
        );
    }
}

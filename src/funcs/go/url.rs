//! Go's `net/url`: taking URLs apart and putting them together.

use crate::value::runes::lossy;
use std::net::Ipv6Addr;

use crate::funcs::FuncError;
use crate::value::quote::{self, Plain};

/// A URL in its parts, all but `opaque` and `query` without escapes.
#[derive(Debug, Default)]
pub(crate) struct Url {
    pub(crate) scheme: Vec<u8>,
    pub(crate) opaque: Vec<u8>,
    pub(crate) user: Option<User>,
    pub(crate) host: Vec<u8>,
    pub(crate) path: Vec<u8>,
    pub(crate) query: Vec<u8>,
    pub(crate) fragment: Vec<u8>,
}

#[derive(Debug)]
pub(crate) struct User {
    name: Vec<u8>,
    password: Option<Vec<u8>>,
}

/// Which part of a URL is escaped: each allows other characters.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Mode {
    Path,
    Host,
    Zone,
    User,
    Fragment,
}

impl Url {
    /// Go's `url.Parse`.
    pub(crate) fn parse(text: &[u8]) -> Result<Url, FuncError> {
        let (start, fragment) = cut(text, b'#');
        let mut url = read(start).map_err(|error| failure(start, &error))?;
        url.fragment = unescape(fragment.unwrap_or_default(), Mode::Fragment)
            .map_err(|error| failure(text, &error))?;
        Ok(url)
    }

    /// Go's `ParseRequestURI` of a text with a scheme: no part of it is a fragment.
    pub(crate) fn parse_request(text: &[u8]) -> Result<Url, FuncError> {
        read(text).map_err(|error| failure(text, &error))
    }

    /// Go's `Hostname`: without port and brackets.
    pub(crate) fn hostname(&self) -> &[u8] {
        let host = match memchr::memrchr(b':', &self.host) {
            Some(colon) if is_port(&self.host[colon..]) => &self.host[..colon],
            _ => &self.host,
        };
        host.strip_prefix(b"[").and_then(|host| host.strip_suffix(b"]")).unwrap_or(host)
    }

    /// Go's `String`.
    pub(crate) fn to_text(&self) -> Vec<u8> {
        let mut text = Vec::new();
        if !self.scheme.is_empty() {
            text.extend_from_slice(&self.scheme);
            text.push(b':');
        }
        if self.opaque.is_empty() {
            self.write_hierarchy(&mut text);
        } else {
            text.extend_from_slice(&self.opaque);
        }
        if !self.query.is_empty() {
            text.push(b'?');
            text.extend_from_slice(&self.query);
        }
        if !self.fragment.is_empty() {
            text.push(b'#');
            escape(&mut text, &self.fragment, Mode::Fragment);
        }
        text
    }

    fn write_hierarchy(&self, text: &mut Vec<u8>) {
        let has_authority = !self.host.is_empty() || self.user.is_some();
        if has_authority || !self.scheme.is_empty() && !self.path.is_empty() {
            text.extend_from_slice(b"//");
        }
        if let Some(user) = &self.user {
            text.extend(user.to_text());
            text.push(b'@');
        }
        escape(text, &self.host, Mode::Host);
        if !self.host.is_empty() && self.path.first().is_some_and(|&byte| byte != b'/') {
            text.push(b'/');
        }
        // A colon in the first segment would look like a scheme.
        if text.is_empty() && cut(&self.path, b'/').0.contains(&b':') {
            text.extend_from_slice(b"./");
        }
        if self.path == b"*" {
            text.push(b'*');
        } else {
            escape(text, &self.path, Mode::Path);
        }
    }
}

impl User {
    pub(crate) fn to_text(&self) -> Vec<u8> {
        let mut text = Vec::new();
        escape(&mut text, &self.name, Mode::User);
        if let Some(password) = &self.password {
            text.push(b':');
            escape(&mut text, password, Mode::User);
        }
        text
    }
}

fn failure(url: &[u8], error: &str) -> FuncError {
    FuncError::new(format!("parse {}: {error}", quoted(url)))
}

fn quoted(text: &[u8]) -> String {
    let mut quoted = Vec::with_capacity(text.len() + 2);
    quote::write(&mut quoted, text, Plain::Printable);
    lossy(&quoted)
}

fn read(text: &[u8]) -> Result<Url, String> {
    if text.iter().any(u8::is_ascii_control) {
        return Err("net/url: invalid control character in URL".to_owned());
    }
    if text == b"*" {
        return Ok(Url { path: b"*".to_vec(), ..Url::default() });
    }
    let (scheme, rest) = split_scheme(text)?;
    let (rest, query) = cut(rest, b'?');
    let mut url = Url {
        scheme: scheme.to_ascii_lowercase(),
        query: query.unwrap_or_default().to_vec(),
        ..Url::default()
    };
    if !rest.starts_with(b"/") {
        if !scheme.is_empty() {
            url.opaque = rest.to_vec();
            return Ok(url);
        }
        if cut(rest, b'/').0.contains(&b':') {
            return Err("first path segment in URL cannot contain colon".to_owned());
        }
    }
    let is_path_only = scheme.is_empty() && rest.starts_with(b"///");
    let path = match rest.strip_prefix(b"//") {
        Some(rest) if !is_path_only => {
            let end = memchr::memchr(b'/', rest).unwrap_or(rest.len());
            read_authority(&mut url, &rest[..end])?;
            &rest[end..]
        }
        _ => rest,
    };
    url.path = unescape(path, Mode::Path)?;
    Ok(url)
}

fn split_scheme(text: &[u8]) -> Result<(&[u8], &[u8]), String> {
    let is_scheme = |byte: &&u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
    let end = text.iter().take_while(is_scheme).count();
    match text.get(end) {
        Some(b':') if end == 0 => Err("missing protocol scheme".to_owned()),
        Some(b':') if text[0].is_ascii_alphabetic() => Ok((&text[..end], &text[end + 1..])),
        _ => Ok((&[], text)),
    }
}

fn read_authority(url: &mut Url, authority: &[u8]) -> Result<(), String> {
    let Some(at) = memchr::memrchr(b'@', authority) else {
        url.host = read_host(authority)?;
        return Ok(());
    };
    url.host = read_host(&authority[at + 1..])?;
    let user = &authority[..at];
    let is_user = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(byte);
    if !user.iter().all(is_user) {
        return Err("net/url: invalid userinfo".to_owned());
    }
    let (name, password) = cut(user, b':');
    let name = unescape(name, Mode::User)?;
    let password = password.map(|password| unescape(password, Mode::User)).transpose()?;
    url.user = Some(User { name, password });
    Ok(())
}

fn read_host(host: &[u8]) -> Result<Vec<u8>, String> {
    if let Some(open) = memchr::memrchr(b'[', host) {
        return read_ip_literal(host, open);
    }
    if let Some(colon) = memchr::memchr(b':', host) {
        refuse_bad_port(&host[colon..])?;
    }
    unescape(host, Mode::Host)
}

/// `[fe80::1%25en0]:80`: only an IPv6 address may stand in brackets.
fn read_ip_literal(host: &[u8], open: usize) -> Result<Vec<u8>, String> {
    let close = memchr::memrchr(b']', host).filter(|&close| close > open);
    let close = close.ok_or("missing ']' in host")?;
    refuse_bad_port(&host[close + 1..])?;
    let port = unescape(&host[close + 1..], Mode::Host)?;
    let literal = &host[open + 1..close];
    let zone = memchr::memmem::find(literal, b"%25").unwrap_or(literal.len());
    let address = unescape(&literal[..zone], Mode::Host)?;
    let zone = unescape(&literal[zone..], Mode::Zone)?;
    let text = lossy(&address);
    if text.parse::<Ipv6Addr>().is_err() {
        let is_ipv4 = text.parse::<std::net::Ipv4Addr>().is_ok();
        let unknown =
            || format!("invalid host: ParseAddr({}): unable to parse IP", quoted(literal));
        return Err(if is_ipv4 { "invalid IP-literal".to_owned() } else { unknown() });
    }
    Ok([b"[", address.as_slice(), &zone, b"]", &port].concat())
}

fn refuse_bad_port(port: &[u8]) -> Result<(), String> {
    if is_port(port) { Ok(()) } else { Err(format!("invalid port {} after host", quoted(port))) }
}

/// Nothing, or a colon and digits.
fn is_port(text: &[u8]) -> bool {
    match text {
        [] => true,
        [b':', digits @ ..] => digits.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

fn cut(text: &[u8], separator: u8) -> (&[u8], Option<&[u8]>) {
    match memchr::memchr(separator, text) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    }
}

fn unescape(text: &[u8], mode: Mode) -> Result<Vec<u8>, String> {
    let is_host = matches!(mode, Mode::Host | Mode::Zone);
    let mut plain = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        if byte != b'%' {
            if is_host && byte.is_ascii() && must_escape(byte, mode) {
                return Err(format!("invalid character {} in host name", quoted(&[byte])));
            }
            plain.push(byte);
            at += 1;
            continue;
        }
        let escape = &text[at..text.len().min(at + 3)];
        let wrong = || format!("invalid URL escape {}", quoted(escape));
        let value = hex_value(escape).ok_or_else(wrong)?;
        // Hosts may escape what is not ASCII, and the percent sign before a zone.
        let is_refused = match mode {
            Mode::Host => value < 0x80,
            Mode::Zone => value != b' ' && must_escape(value, Mode::Host),
            Mode::Path | Mode::User | Mode::Fragment => false,
        };
        if is_refused && escape != b"%25" {
            return Err(wrong());
        }
        plain.push(value);
        at += 3;
    }
    Ok(plain)
}

fn hex_value(escape: &[u8]) -> Option<u8> {
    let digit = |index: usize| char::from(*escape.get(index)?).to_digit(16);
    Some((digit(1)? * 16 + digit(2)?) as u8)
}

fn escape(escaped: &mut Vec<u8>, text: &[u8], mode: Mode) {
    for &byte in text {
        if must_escape(byte, mode) {
            const HEX: &[u8; 16] = b"0123456789ABCDEF";
            let digit = |nibble: u8| HEX[usize::from(nibble & 15)];
            escaped.extend([b'%', digit(byte >> 4), digit(byte)]);
        } else {
            escaped.push(byte);
        }
    }
}

/// Go's `shouldEscape`.
fn must_escape(byte: u8, mode: Mode) -> bool {
    let is_plain = match byte {
        b'-' | b'_' | b'.' | b'~' => true,
        b'$' | b'&' | b'+' | b',' | b';' | b'=' => true,
        b'/' => matches!(mode, Mode::Path | Mode::Fragment),
        b':' => mode != Mode::User,
        b'?' => mode == Mode::Fragment,
        b'@' => matches!(mode, Mode::Path | Mode::Fragment),
        b'!' | b'(' | b')' | b'*' => !matches!(mode, Mode::Path | Mode::User),
        b'\'' | b'[' | b']' | b'<' | b'>' | b'"' => matches!(mode, Mode::Host | Mode::Zone),
        _ => byte.is_ascii_alphanumeric(),
    };
    !is_plain
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The parts that are not empty, and the URL made of them.
    #[track_caller]
    fn check(text: &str, expected: &str) {
        let found = match Url::parse(text.as_bytes()) {
            Ok(url) => {
                let user = url.user.as_ref().map(User::to_text).unwrap_or_default();
                let parts = [
                    ("scheme", lossy(&url.scheme)),
                    ("opaque", lossy(&url.opaque)),
                    ("user", lossy(&user)),
                    ("host", lossy(&url.host)),
                    ("name", lossy(url.hostname())),
                    ("path", lossy(&url.path)),
                    ("query", lossy(&url.query)),
                    ("fragment", lossy(&url.fragment)),
                ];
                let named = parts.iter().filter(|(_, part)| !part.is_empty());
                let parts: Vec<_> = named.map(|(name, part)| format!("{name}={part}")).collect();
                format!("{} {}", parts.join(" "), lossy(&url.to_text()))
            }
            Err(FuncError::Failed(text) | FuncError::Uncallable(text) | FuncError::Limit(text)) => {
                text
            }
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn parts() {
        check("HTTP://x", "scheme=http host=x name=x http://x");
        check("a:b:c", "scheme=a opaque=b:c a:b:c");
        check("//h/p", "host=h name=h path=/p //h/p");
        check(
            "http://u:p:x@h:80/",
            "scheme=http user=u:p%3Ax host=h:80 name=h path=/ http://u:p%3Ax@h:80/",
        );
        check(
            "http://[fe80::1%25en0]:8/a",
            "scheme=http host=[fe80::1%en0]:8 name=fe80::1%en0 path=/a http://[fe80::1%25en0]:8/a",
        );
        check(
            "/a%20b%2Fc?x=%20#f%20g",
            "path=/a b/c query=x=%20 fragment=f g /a%20b/c?x=%20#f%20g",
        );
        check("?q", "query=q ?q");
        check("", " ");
    }

    #[test]
    fn what_is_no_url() {
        check("://x", "parse \"://x\": missing protocol scheme");
        check("1http://x", "parse \"1http://x\": first path segment in URL cannot contain colon");
        check("http://a b/", "parse \"http://a b/\": invalid character \" \" in host name");
        check("http://h:p/", "parse \"http://h:p/\": invalid port \":p\" after host");
        check("/%zz", "parse \"/%zz\": invalid URL escape \"%zz\"");
        check("\u{7f}", "parse \"\\x7f\": net/url: invalid control character in URL");
        check("http://a<@h", "parse \"http://a<@h\": net/url: invalid userinfo");
    }

    proptest::proptest! {
        /// Whatever the text: no panic, and a URL that was read and printed reads the same, unless
        /// its path reads as a host.
        #[test]
        fn any_text_is_read(text in "([a-z]{1,3}:)?(//)?([a-z@:/?#%.-]|[%]2[0-9a-f]|\\[|\\]){0,16}") {
            if let Ok(url) = Url::parse(text.as_bytes()) {
                let printed = url.to_text();
                let is_host = printed.starts_with(b"//") && url.host.is_empty();
                if let Some(again) = Url::parse(&printed).ok().filter(|_| !is_host) {
                    proptest::prop_assert_eq!(again.to_text(), printed);
                }
            }
        }
    }
}

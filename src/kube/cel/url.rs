//! URLs in CEL (`library/urls.go`), read as Go's `url.ParseRequestURI` reads them: absolute, or a path
//! from the root.

use std::any::Any;
use std::collections::{BTreeMap, HashMap};

use cel::common::types::{CelBool, CelList, CelMap, CelMapKey, CelString, Type};
use cel::common::value::{StaticVal, Val};
use cel::{DeclarationError, Env, ExecutionError, add_member_overload, add_overload};

static TYPE: Type = Type::new_unspecified_type("kubernetes.URL");

#[derive(Clone, Debug, PartialEq)]
struct Url {
    scheme: String,
    /// With the port, without the user.
    host: String,
    path: String,
    query: String,
}

impl Val for Url {
    fn get_type(&self) -> &Type {
        &TYPE
    }

    fn cel_type() -> &'static Type {
        &TYPE
    }

    fn equals(&self, other: &dyn Val) -> bool {
        other.downcast_ref::<Url>().is_some_and(|other| other == self)
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v> {
        Box::new(self.clone())
    }

    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }
}

impl StaticVal for Url {}

pub(super) fn extension(env: &mut Env) -> Result<(), DeclarationError> {
    env.add_type(TYPE.to_owned())?;
    add_overload!(env, fn url: (CelString) -> Result<Url>)?;
    add_overload!(env, fn is_url: (CelString) -> CelBool, name = "isURL")?;
    add_member_overload!(env, fn get_scheme: (Url) -> CelString)?;
    add_member_overload!(env, fn get_host: (Url) -> CelString)?;
    add_member_overload!(env, fn get_hostname: (Url) -> CelString)?;
    add_member_overload!(env, fn get_port: (Url) -> CelString)?;
    add_member_overload!(env, fn get_escaped_path: (Url) -> CelString)?;
    add_member_overload!(env, fn get_query: (Url) -> CelMap)?;
    Ok(())
}

fn url(text: &CelString<'_>) -> Result<Url, ExecutionError> {
    let unreadable = || ExecutionError::function_error("url", "URL parse error");
    parse(text.inner()).ok_or_else(unreadable)
}

fn is_url(text: &CelString<'_>) -> CelBool {
    CelBool::from(parse(text.inner()).is_some())
}

fn parse(text: &str) -> Option<Url> {
    if text.contains(|c: char| c.is_ascii_control()) {
        return None;
    }
    let (rest, query) = text.split_once('?').unwrap_or((text, ""));
    let (scheme, rest) = match rest.split_once(':') {
        _ if rest.starts_with('/') => ("", rest),
        Some((scheme, rest)) if is_scheme(scheme) => (scheme, rest),
        Some(_) | None => return None,
    };
    let (authority, path) = match rest.strip_prefix("//") {
        Some(rest) if !scheme.is_empty() => rest.split_at(rest.find('/').unwrap_or(rest.len())),
        Some(_) | None => ("", rest),
    };
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let valid = !host.contains(' ') && is_escaped(path) && rest.starts_with('/');
    valid.then(|| Url {
        scheme: scheme.to_ascii_lowercase(),
        host: host.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
    })
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
}

/// Every percent sign has two digits behind it.
fn is_escaped(text: &str) -> bool {
    let digits =
        |rest: &str| rest.len() >= 2 && rest.bytes().take(2).all(|byte| byte.is_ascii_hexdigit());
    text.split('%').skip(1).all(digits)
}

fn get_scheme(this: &Url) -> CelString<'static> {
    CelString::from(this.scheme.clone())
}

fn get_host(this: &Url) -> CelString<'static> {
    CelString::from(this.host.clone())
}

fn get_hostname(this: &Url) -> CelString<'static> {
    let (name, _) = name_and_port(&this.host);
    CelString::from(name.to_owned())
}

fn get_port(this: &Url) -> CelString<'static> {
    let (_, port) = name_and_port(&this.host);
    CelString::from(port.to_owned())
}

/// The brackets of an IPv6 address fall away.
fn name_and_port(host: &str) -> (&str, &str) {
    if let Some((name, rest)) = host.strip_prefix('[').and_then(|host| host.split_once(']')) {
        return (name, rest.strip_prefix(':').unwrap_or_default());
    }
    host.rsplit_once(':').unwrap_or((host, ""))
}

fn get_escaped_path(this: &Url) -> CelString<'static> {
    CelString::from(this.path.replace(' ', "%20"))
}

fn get_query(this: &Url) -> CelMap<'static> {
    let mut query: BTreeMap<String, Vec<Box<dyn Val>>> = BTreeMap::new();
    for (key, value) in ::url::form_urlencoded::parse(this.query.as_bytes()) {
        let value: Box<dyn Val> = Box::new(CelString::from(value.into_owned()));
        query.entry(key.into_owned()).or_default().push(value);
    }
    let lists = query.into_iter().map(|(key, values)| {
        let list: Box<dyn Val> = Box::new(CelList::from(values));
        (CelMapKey::from(key), list)
    });
    CelMap::from(lists.collect::<HashMap<_, _>>())
}

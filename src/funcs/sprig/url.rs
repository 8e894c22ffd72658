//! URLs: Sprig's `url.go`.

use crate::funcs::go::url::Url;
use crate::funcs::{Ctx, Func, FuncError, Type, args};
use crate::value::{Data, Map, MapKind, Value};

pub(crate) const FUNCS: &[Func] = &[
    Func { name: "urlParse", params: &[Type::String], variadic: false, call: url_parse },
    Func { name: "urlJoin", params: &[Type::Map], variadic: false, call: url_join },
];

fn url_parse(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let url =
        Url::parse(args::text(args, 0)).map_err(|error| prefixed("unable to parse url", error))?;
    let src = args::any(args, 0).src;
    let map = Map::new(MapKind::Any);
    let insert = |key: &str, text: &[u8]| map.insert(key.as_bytes(), Value::text(text).with(src));
    insert("hostname", url.hostname());
    insert("userinfo", &url.user.as_ref().map(|user| user.to_text()).unwrap_or_default());
    insert("scheme", &url.scheme);
    insert("host", &url.host);
    insert("path", &url.path);
    insert("query", &url.query);
    insert("opaque", &url.opaque);
    insert("fragment", &url.fragment);
    Ok(map.into())
}

fn url_join(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let Some(map) = args::map(args, 0) else { return Ok(Value::text("")) };
    let mut sources = Vec::new();
    let mut part = |key: &str| match map.get(key.as_bytes()) {
        None => Ok(Vec::new()),
        Some(Value { data: Data::Str(text), src }) => {
            sources.push(src);
            Ok(text.to_vec())
        }
        Some(other) => Err(not_a_string(key, &other)),
    };
    let mut url = Url {
        scheme: part("scheme")?,
        host: part("host")?,
        path: part("path")?,
        query: part("query")?,
        opaque: part("opaque")?,
        fragment: part("fragment")?,
        user: None,
    };
    let user = part("userinfo")?;
    if !user.is_empty() {
        let with_user = [b"proto://".as_slice(), &user, b"@host"].concat();
        let parsed = Url::parse(&with_user)
            .map_err(|error| prefixed("unable to parse userinfo in dict", error))?;
        url.user = parsed.user;
    }
    let src = ctx.tracer.as_mut().map(|tracer| tracer.union(sources)).unwrap_or_default();
    Ok(Value::text(url.to_text()).with(src))
}

fn prefixed(prefix: &str, error: FuncError) -> FuncError {
    match error {
        FuncError::Failed(text) => FuncError::Failed(format!("{prefix}: {text}")),
        FuncError::Uncallable(_) | FuncError::Limit(_) => error,
    }
}

fn not_a_string(key: &str, value: &Value) -> FuncError {
    if value.is_nil() {
        return FuncError::new("runtime error: invalid memory address or nil pointer dereference");
    }
    let kind = value.kind().name();
    FuncError::new(format!("unable to parse {key} key, must be of type string, but {kind} found"))
}

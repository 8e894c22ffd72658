//! `html`, `js` and `urlquery` (`text/template/funcs.go`).

use crate::funcs::go::print;
use crate::funcs::{Ctx, Func, FuncError, TextBuilder, Type};
use crate::value::Value;
use crate::value::printable::is_printable;

pub(crate) const FUNCS: &[Func] = &[
    Func::variadic("html", &[Type::Any], html),
    Func::variadic("js", &[Type::Any], js),
    Func::variadic("urlquery", &[Type::Any], urlquery),
];

fn html(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    escape(ctx, args, |text| match text {
        [b'\0', ..] => Some((1, "\u{fffd}".into())),
        [b'"', ..] => Some((1, "&#34;".into())),
        [b'\'', ..] => Some((1, "&#39;".into())),
        [b'&', ..] => Some((1, "&amp;".into())),
        [b'<', ..] => Some((1, "&lt;".into())),
        [b'>', ..] => Some((1, "&gt;".into())),
        _ => None,
    })
}

fn js(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    escape(ctx, args, |text| {
        let escape = match text {
            [b'\\', ..] => "\\\\".to_owned(),
            [b'\'', ..] => "\\'".to_owned(),
            [b'"', ..] => "\\\"".to_owned(),
            [byte @ (b'<' | b'>' | b'&' | b'=' | ..b' '), ..] => format!("\\u00{byte:02X}"),
            [byte, ..] if byte.is_ascii() => return None,
            _ => return js_rune(text),
        };
        Some((1, escape))
    })
}

/// The escape of a character beyond ASCII, unless it is printable.
fn js_rune(text: &[u8]) -> Option<(usize, String)> {
    match bstr::decode_utf8(text) {
        (Some(c), _) if is_printable(c) => None,
        (Some(c), size) => Some((size, format!("\\u{:04X}", c as u32))),
        // Go calls the replacement character printable, and copies the byte that it stands for.
        (None, _) => None,
    }
}

/// `url.QueryEscape`
fn urlquery(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    escape(ctx, args, |text| match text {
        [b' ', ..] => Some((1, "+".into())),
        [b'-' | b'_' | b'.' | b'~', ..] => None,
        [byte, ..] if byte.is_ascii_alphanumeric() => None,
        [byte, ..] => Some((1, format!("%{byte:02X}"))),
        [] => None,
    })
}

/// Prints the arguments and replaces what `escape` has an escape for: it is asked at each byte,
/// and tells how many bytes the escape stands for.
fn escape(
    ctx: &mut Ctx<'_>,
    args: &[Value],
    escape: fn(&[u8]) -> Option<(usize, String)>,
) -> Result<Value, FuncError> {
    let value = print::evaluated(ctx, args)?;
    let text = value.as_str().unwrap_or_default();
    let mut out = TextBuilder::with_capacity(ctx, text.len());
    let (mut start, mut at) = (0, 0);
    while at < text.len() {
        match escape(&text[at..]) {
            Some((size, escape)) => {
                out.piece(ctx, text, start..at, value.src);
                out.whole(escape, value.src);
                at += size;
                start = at;
            }
            None => at += 1,
        }
    }
    out.piece(ctx, text, start..text.len(), value.src);
    out.finish(ctx)
}

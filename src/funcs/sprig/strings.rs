//! Texts: Sprig's `strings.go`, and what its function map takes from Go's `strings` package.

use std::borrow::Cow;
use std::ops::Range;

use memchr::memmem;

use crate::funcs::go::unicode;
use crate::funcs::{Ctx, Func, FuncError, TextBuilder, Type, args, part};
use crate::origin::Src;
use crate::value::print;
use crate::value::quote::{self, Plain};
use crate::value::{Data, Exceeded, List, ListKind, MAX_ITEMS, Map, MapKind, Rare, Value, runes};

pub(crate) const FUNCS: &[Func] = &[
    Func::variadic("cat", &[Type::Any], cat),
    Func::new("contains", &[Type::String, Type::String], contains),
    Func::new("hasPrefix", &[Type::String, Type::String], has_prefix),
    Func::new("hasSuffix", &[Type::String, Type::String], has_suffix),
    Func::new("indent", &[Type::Int, Type::String], indent),
    Func::new("join", &[Type::String, Type::Any], join),
    Func::new("lower", &[Type::String], lower),
    Func::new("nindent", &[Type::Int, Type::String], nindent),
    Func::new("plural", &[Type::String, Type::String, Type::Int], plural),
    Func::variadic("quote", &[Type::Any], quote),
    Func::new("repeat", &[Type::Int, Type::String], repeat),
    Func::new("replace", &[Type::String, Type::String, Type::String], replace),
    Func::new("split", &[Type::String, Type::String], split),
    Func::new("splitList", &[Type::String, Type::String], split_list),
    Func::new("splitn", &[Type::String, Type::Int, Type::String], splitn),
    Func::variadic("squote", &[Type::Any], squote),
    Func::new("substr", &[Type::Int, Type::Int, Type::String], substr),
    Func::new("title", &[Type::String], title),
    Func::new("toString", &[Type::Any], to_string),
    Func::new("toStrings", &[Type::Any], to_strings),
    Func::new("trim", &[Type::String], trim),
    Func::new("trimAll", &[Type::String, Type::String], trim_all),
    Func::new("trimPrefix", &[Type::String, Type::String], trim_prefix),
    Func::new("trimSuffix", &[Type::String, Type::String], trim_suffix),
    Func::new("trimall", &[Type::String, Type::String], trim_all),
    Func::new("trunc", &[Type::Int, Type::String], trunc),
    Func::new("upper", &[Type::String], upper),
];

/// A value as text, as Sprig's `strval` has it, with the value's source.
pub(super) fn text_of(ctx: &Ctx<'_>, value: &Value) -> Result<Value, Exceeded> {
    if value.as_str().is_some() {
        return Ok(value.clone());
    }
    Ok(Value::text(value.to_text(ctx.env.max_text)?).with(value.src))
}

/// A value as a list of texts without nil (`strslice`).
pub(super) fn texts_of(ctx: &Ctx<'_>, value: &Value) -> Result<Vec<Value>, Exceeded> {
    match (&value.data, value.as_rare()) {
        (Data::Nil, _) => Ok(Vec::new()),
        (Data::List(list), _) => {
            let given = list.as_slice().iter().filter(|item| !item.is_nil());
            given.map(|item| text_of(ctx, item)).collect()
        }
        (_, Some(Rare::Bytes(bytes))) => {
            Ok(bytes.iter().map(|byte| Value::from(byte.to_string()).with(value.src)).collect())
        }
        _ => Ok(vec![text_of(ctx, value)?]),
    }
}

fn to_string(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok(text_of(ctx, args::any(args, 0))?)
}

fn to_strings(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let value = args::any(args, 0);
    if let Some(list) = value.as_list().filter(|list| list.kind == ListKind::Strings) {
        return Ok(Value::from(list.clone()).with(value.src));
    }
    Ok(Value::strings(texts_of(ctx, value)?))
}

fn contains(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok(memmem::find(args::text(args, 1), args::text(args, 0)).is_some().into())
}

fn has_prefix(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok(args::text(args, 1).starts_with(args::text(args, 0)).into())
}

fn has_suffix(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok(args::text(args, 1).ends_with(args::text(args, 0)).into())
}

fn trim(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let range = unicode::trim_space(args::text(args, 0));
    Ok(part(ctx, args::any(args, 0), range))
}

fn trim_all(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let cutset: Vec<char> = runes::chars(args::text(args, 0)).collect();
    let cut = |c: Option<char>| cutset.contains(&c.unwrap_or(char::REPLACEMENT_CHARACTER));
    let range = unicode::trim(args::text(args, 1), cut);
    Ok(part(ctx, args::any(args, 1), range))
}

fn trim_prefix(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let (prefix, text) = (args::text(args, 0), args::text(args, 1));
    let start = if text.starts_with(prefix) { prefix.len() } else { 0 };
    Ok(part(ctx, args::any(args, 1), start..text.len()))
}

fn trim_suffix(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let (suffix, text) = (args::text(args, 0), args::text(args, 1));
    let end = if text.ends_with(suffix) { text.len() - suffix.len() } else { text.len() };
    Ok(part(ctx, args::any(args, 1), 0..end))
}

/// The first bytes, or the last ones if the count is negative.
fn trunc(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let (count, len) = (args::int(args, 0), args::text(args, 1).len());
    let magnitude = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
    let range = if count >= 0 { 0..len.min(magnitude) } else { len.saturating_sub(magnitude)..len };
    Ok(part(ctx, args::any(args, 1), range))
}

/// `substring`, with the panics of Go's slice expressions.
fn substr(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let (start, end, text) = (args::int(args, 0), args::int(args, 1), args::text(args, 2));
    let len = text.len();
    let range = match (usize::try_from(start), usize::try_from(end)) {
        (Err(_), Err(_)) => return Err(out_of_bounds(&format!("[:{end}]"))),
        (Err(_), Ok(end)) if end > len => {
            return Err(out_of_bounds(&format!("[:{end}] with length {len}")));
        }
        (Err(_), Ok(end)) => 0..end,
        (Ok(start), Ok(end)) if end <= len => start..end,
        (Ok(start), _) => start..len,
    };
    if range.start > range.end {
        return Err(out_of_bounds(&format!("[{}:{}]", range.start, range.end)));
    }
    Ok(part(ctx, args::any(args, 2), range))
}

fn out_of_bounds(bounds: &str) -> FuncError {
    FuncError::Failed(format!("runtime error: slice bounds out of range {bounds}"))
}

fn upper(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok(mapped(args::any(args, 0), |text| match text.is_ascii() {
        true => text.to_ascii_uppercase(),
        false => unicode::map(text, unicode::to_upper),
    }))
}

fn lower(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok(mapped(args::any(args, 0), |text| match text.is_ascii() {
        true => text.to_ascii_lowercase(),
        false => unicode::map(text, unicode::to_lower),
    }))
}

fn title(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok(mapped(args::any(args, 0), unicode::title))
}

/// A text changed character by character. Where that left the length alone, the origins of its
/// bytes hold still.
pub(super) fn mapped(value: &Value, change: impl Fn(&[u8]) -> Vec<u8>) -> Value {
    let text = value.as_str().unwrap_or_default();
    let changed = change(text);
    if changed == text {
        return value.clone();
    }
    let src = if changed.len() == text.len() { value.src } else { Src::NONE };
    Value::text(changed).with(src)
}

fn repeat(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let (count, (text, src)) = (repetitions(args::int(args, 0))?, args::traced(args, 1));
    if text.len().checked_mul(count).is_none_or(|size| size > ctx.env.max_text) {
        return Err(Exceeded::Size.into());
    }
    if src.is_none() {
        return Ok(Value::text(text.repeat(count)));
    }
    let mut out = TextBuilder::with_capacity(ctx, text.len() * count);
    for _ in 0..if text.is_empty() { 0 } else { count } {
        out.piece(ctx, text, 0..text.len(), src);
    }
    out.finish(ctx)
}

/// The count for `strings.Repeat`, with its panic.
fn repetitions(count: i64) -> Result<usize, FuncError> {
    usize::try_from(count).map_err(|_| FuncError::new("strings: negative Repeat count"))
}

fn indent(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    indented(ctx, args, "")
}

fn nindent(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    indented(ctx, args, "\n")
}

/// Spaces before each line, empty ones too.
fn indented(ctx: &mut Ctx<'_>, args: &[Value], before: &str) -> Result<Value, FuncError> {
    let (spaces, (text, src)) = (repetitions(args::int(args, 0))?, args::traced(args, 1));
    let breaks = memchr::memchr_iter(b'\n', text).count();
    let padding = spaces.checked_mul(breaks + 1).ok_or(Exceeded::Size)?;
    let size = (text.len() + before.len()).saturating_add(padding);
    let mut out = TextBuilder::with_capacity(ctx, size);
    out.plain(before);
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', text).map(|at| at + 1).chain([text.len()]) {
        out.fill(b' ', spaces);
        out.piece(ctx, text, start..end, src);
        start = end;
    }
    out.finish(ctx)
}

/// `strings.ReplaceAll`: an empty `old` is found before each character and at the end.
fn replace(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let (old, (new, new_src), (text, src)) =
        (args::text(args, 0), args::traced(args, 1), args::traced(args, 2));
    let found: Vec<Range<usize>> = if old.is_empty() {
        let starts = runes::runes(text).map(|(at, _)| at);
        starts.chain([text.len()]).map(|at| at..at).collect()
    } else {
        memmem::find_iter(text, old).map(|at| at..at + old.len()).collect()
    };
    if found.is_empty() {
        return Ok(args::any(args, 2).clone());
    }
    let mut out = TextBuilder::with_capacity(ctx, text.len());
    let mut start = 0;
    for hole in found {
        out.piece(ctx, text, start..hole.start, src);
        out.piece(ctx, new, 0..new.len(), new_src);
        start = hole.end;
    }
    out.piece(ctx, text, start..text.len(), src);
    out.finish(ctx)
}

fn plural(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let which = if args::int(args, 2) == 1 { 0 } else { 1 };
    Ok(args::any(args, which).clone())
}

/// Each argument but nil in double quotes, with Go's escapes.
fn quote(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let size: usize = args.iter().map(|arg| arg.as_str().map_or(8, <[u8]>::len) + 3).sum();
    let mut out = TextBuilder::with_capacity(ctx, size);
    for (index, arg) in args.iter().filter(|arg| !arg.is_nil()).enumerate() {
        if index > 0 {
            out.plain(" ");
        }
        let text = arg.to_text(ctx.env.max_text)?;
        push_quoted(ctx, &mut out, &text, arg.src);
    }
    out.finish(ctx)
}

fn push_quoted(ctx: &Ctx<'_>, out: &mut TextBuilder, text: &[u8], src: Src) {
    let simple = |&byte: &u8| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\';
    let mut at = 0;
    out.plain("\"");
    while at < text.len() {
        let rest = &text[at..];
        let special = rest.iter().position(|byte| !simple(byte)).unwrap_or(rest.len());
        out.piece(ctx, text, at..at + special, src);
        let rest = &rest[special..];
        let end = rest.iter().position(simple).unwrap_or(rest.len());
        if end > 0 {
            let mut escaped = Vec::new();
            quote::write_escaped(&mut escaped, &rest[..end], Plain::Printable);
            out.whole(escaped, src);
        }
        at += special + end;
    }
    out.plain("\"");
}

/// Each argument but nil in single quotes, without escapes.
fn squote(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let mut out = TextBuilder::new(ctx);
    for (index, arg) in args.iter().filter(|arg| !arg.is_nil()).enumerate() {
        out.plain(if index > 0 { " '" } else { "'" });
        push_printed(ctx, &mut out, arg)?;
        out.plain("'");
    }
    out.finish(ctx)
}

/// The arguments but nil, with spaces between them.
fn cat(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let mut out = TextBuilder::new(ctx);
    for (index, arg) in args.iter().filter(|arg| !arg.is_nil()).enumerate() {
        if index > 0 {
            out.plain(" ");
        }
        push_printed(ctx, &mut out, arg)?;
    }
    out.finish(ctx)
}

/// Appends `%v` of a value.
fn push_printed(ctx: &Ctx<'_>, out: &mut TextBuilder, value: &Value) -> Result<(), Exceeded> {
    let text = match value.as_str() {
        Some(text) => Cow::Borrowed(text),
        None => {
            let mut text = Vec::new();
            print::write(&mut text, value, ctx.env.max_text)?;
            Cow::Owned(text)
        }
    };
    out.piece(ctx, &text, 0..text.len(), value.src);
    Ok(())
}

fn join(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let (separator, separator_src) = args::traced(args, 0);
    let items = texts_of(ctx, args::any(args, 1))?;
    if let [only] = items.as_slice() {
        return Ok(only.clone());
    }
    let mut out = TextBuilder::new(ctx);
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.piece(ctx, separator, 0..separator.len(), separator_src);
        }
        let text = item.as_str().unwrap_or_default();
        out.piece(ctx, text, 0..text.len(), item.src);
    }
    out.finish(ctx)
}

fn split(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let parts = parts(ctx, args::text(args, 0), args::any(args, 1), usize::MAX)?;
    Ok(numbered(parts))
}

/// `split` into at most that many parts; none for zero, all for a negative number.
fn splitn(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let limit = usize::try_from(args::int(args, 1)).unwrap_or(usize::MAX);
    let parts = parts(ctx, args::text(args, 0), args::any(args, 2), limit)?;
    Ok(numbered(parts))
}

fn split_list(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let parts = parts(ctx, args::text(args, 0), args::any(args, 1), usize::MAX)?;
    Ok(Value::from(List::typed(ListKind::Strings, parts)))
}

/// `strings.SplitN`; an empty separator separates the characters.
fn parts(
    ctx: &mut Ctx<'_>,
    separator: &[u8],
    value: &Value,
    limit: usize,
) -> Result<Vec<Value>, Exceeded> {
    let text = value.as_str().unwrap_or_default();
    let most = limit.min(MAX_ITEMS);
    let cuts: Vec<Range<usize>> = if separator.is_empty() {
        runes::runes(text).skip(1).map(|(at, _)| at..at).take(most).collect()
    } else {
        let found = memmem::find_iter(text, separator).take(most);
        found.map(|at| at..at + separator.len()).collect()
    };
    if limit == 0 || (separator.is_empty() && text.is_empty()) {
        return Ok(Vec::new());
    }
    if cuts.len() >= MAX_ITEMS {
        return Err(Exceeded::Items);
    }
    let mut parts = Vec::with_capacity(cuts.len() + 1);
    let mut start = 0;
    for cut in cuts.into_iter().take(limit - 1) {
        parts.push(part(ctx, value, start..cut.start));
        start = cut.end;
    }
    parts.push(part(ctx, value, start..text.len()));
    Ok(parts)
}

/// The parts under the keys `_0`, `_1`, ….
fn numbered(parts: Vec<Value>) -> Value {
    let map = Map::new(MapKind::Strings);
    for (index, part) in parts.into_iter().enumerate() {
        map.insert(format!("_{index}").as_bytes(), part);
    }
    map.into()
}

#[cfg(test)]
mod tests {
    use crate::funcs::testing::check_text as check;
    use crate::value::{Value, print};

    #[test]
    fn texts_are_cut() {
        check("trunc", &[Value::int(3), "abcde".into()], "abc");
        check("trunc", &[Value::int(-3), "abcde".into()], "cde");
        check("trunc", &[Value::int(-9), "abcde".into()], "abcde");
        check("substr", &[Value::int(1), Value::int(3), "abcde".into()], "bc");
        check("substr", &[Value::int(-1), Value::int(3), "abcde".into()], "abc");
        check("substr", &[Value::int(1), Value::int(-1), "abcde".into()], "bcde");
        let panic = "error: runtime error: slice bounds out of range ";
        check("substr", &[Value::int(3), Value::int(1), "abcde".into()], &format!("{panic}[3:1]"));
        check("substr", &[Value::int(9), Value::int(-1), "abc".into()], &format!("{panic}[9:3]"));
        check("substr", &[Value::int(-1), Value::int(-2), "abc".into()], &format!("{panic}[:-2]"));
        check(
            "substr",
            &[Value::int(-1), Value::int(9), "abc".into()],
            &format!("{panic}[:9] with length 3"),
        );
        check("trim", &["\u{a0} \tx y\n".into()], "x y");
        check("trimAll", &["$-".into(), "$-5.00-$".into()], "5.00");
        check("trimSuffix", &["-".into(), "a--".into()], "a-");
        check("trimPrefix", &["-".into(), "--a".into()], "-a");
    }

    #[test]
    fn texts_are_quoted() {
        check("quote", &["a\"b\n".into(), Value::NIL, Value::int(1)], r#""a\"b\n" "1""#);
        check("squote", &["it's".into(), true.into()], "'it's' 'true'");
        check("cat", &["a".into(), Value::NIL, "".into(), 1.5.into()], "a  1.5");
    }

    #[test]
    fn lines_are_indented() {
        check("indent", &[Value::int(2), "a\n\nb".into()], "  a\n  \n  b");
        check("nindent", &[Value::int(1), "a\n".into()], "\n a\n ");
        check("indent", &[Value::int(-1), "a".into()], "error: strings: negative Repeat count");
        check("indent", &[Value::int(1 << 40), "a".into()], "limit: the text is too long");
        check("nindent", &[Value::int(i64::MAX), "a".into()], "limit: the text is too long");
        check("repeat", &[Value::int(1 << 40), "a".into()], "limit: the text is too long");
        check("repeat", &[Value::int(3), "ab".into()], "ababab");
    }

    #[test]
    fn texts_are_taken_apart_and_put_together() {
        check("replace", &["a".into(), "bb".into(), "banana".into()], "bbbnbbnbb");
        check("replace", &["".into(), "-".into(), "aé".into()], "-a-é-");
        check("split", &["$".into(), "foo$bar".into()], "map[_0:foo _1:bar]");
        check("splitn", &["$".into(), Value::int(2), "a$b$c".into()], "map[_0:a _1:b$c]");
        check("splitn", &["$".into(), Value::int(0), "a$b$c".into()], "map[]");
        check("splitList", &["".into(), "aé".into()], "[a é]");
        check("splitList", &[",".into(), "".into()], "[]");
        let list = vec!["a".into(), Value::NIL, Value::int(2)];
        check("join", &["-".into(), list.into()], "a-2");
        check("join", &["-".into(), 5.0.into()], "5");
    }

    #[test]
    fn bytes_that_are_no_text() {
        let mut out = Vec::new();
        let found = crate::funcs::testing::call("upper", &[Value::text(b"a\xff")]).unwrap();
        print::output(&mut out, &found, 99).unwrap();
        assert_eq!(out, "A\u{fffd}".as_bytes());
    }
}

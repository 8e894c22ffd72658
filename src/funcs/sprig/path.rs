//! Paths: Go's `path`, which Sprig's functions are. On Linux `path/filepath` does the same.

use std::ops::Range;

use crate::funcs::{Ctx, Func, FuncError, TextBuilder, Type, args, part};
use crate::value::Value;

pub(crate) const FUNCS: &[Func] = &[
    func("base", base),
    func("osBase", base),
    func("dir", dir),
    func("osDir", dir),
    func("clean", clean),
    func("osClean", clean),
    func("ext", ext),
    func("osExt", ext),
    func("isAbs", is_abs),
    func("osIsAbs", is_abs),
];

type Call = fn(&mut Ctx<'_>, &[Value]) -> Result<Value, FuncError>;

const fn func(name: &'static str, call: Call) -> Func {
    Func { name, params: &[Type::String], variadic: false, call }
}

fn base(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let path = args::text(args, 0);
    match base_range(path) {
        Some(range) => Ok(part(ctx, args::any(args, 0), range)),
        None => Ok(Value::text(if path.is_empty() { "." } else { "/" })),
    }
}

/// The last element of a path, unless there is none but slashes.
pub(crate) fn base_range(path: &[u8]) -> Option<Range<usize>> {
    let end = path.iter().rposition(|&byte| byte != b'/')? + 1;
    let start = memchr::memrchr(b'/', &path[..end]).map_or(0, |slash| slash + 1);
    Some(start..end)
}

fn dir(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let end = memchr::memrchr(b'/', args::text(args, 0)).map_or(0, |slash| slash + 1);
    cleaned(ctx, args, end)
}

fn clean(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let end = args::text(args, 0).len();
    cleaned(ctx, args, end)
}

/// Go's `path.Clean` of the first `end` bytes: the shortest path to the same place.
fn cleaned(ctx: &mut Ctx<'_>, args: &[Value], end: usize) -> Result<Value, FuncError> {
    let (path, src) = args::traced(args, 0);
    let is_rooted = path[..end].starts_with(b"/");
    let mut kept: Vec<Range<usize>> = Vec::new();
    for range in elements(&path[..end]) {
        match &path[range.clone()] {
            b"" | b"." => {}
            b".." => match kept.last() {
                Some(last) if &path[last.clone()] != b".." => drop(kept.pop()),
                None if is_rooted => {}
                _ => kept.push(range),
            },
            _ => kept.push(range),
        }
    }
    let mut text = TextBuilder::with_capacity(ctx, end);
    if is_rooted {
        text.plain("/");
    } else if kept.is_empty() {
        text.plain(".");
    }
    for (index, range) in kept.into_iter().enumerate() {
        if index > 0 {
            text.plain("/");
        }
        text.piece(ctx, path, range, src);
    }
    text.finish(ctx)
}

/// What stands between slashes.
fn elements(path: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    let ends = memchr::memchr_iter(b'/', path).chain([path.len()]);
    ends.map(move |end| std::mem::replace(&mut start, end + 1)..end)
}

fn ext(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let path = args::text(args, 0);
    let name = memchr::memrchr(b'/', path).map_or(0, |slash| slash + 1);
    let dot = memchr::memrchr(b'.', &path[name..]).map_or(path.len(), |dot| name + dot);
    let end = path.len();
    Ok(part(ctx, args::any(args, 0), dot..end))
}

fn is_abs(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok(args::text(args, 0).starts_with(b"/").into())
}

#[cfg(test)]
mod tests {
    use crate::funcs::testing::check_text;

    #[track_caller]
    fn check(name: &str, path: &str, expected: &str) {
        check_text(name, &[path.into()], expected);
    }

    #[test]
    fn cleans() {
        check("clean", "a/./b//../c/", "a/c");
        check("clean", "", ".");
        check("clean", "/../a", "/a");
        check("clean", "../../a/../b", "../../b");
        check("osClean", "a/..", ".");
        check("clean", "//", "/");
    }

    #[test]
    fn parts() {
        check("base", "a/b.txt//", "b.txt");
        check("base", "", ".");
        check("base", "///", "/");
        check("dir", "a/b/c", "a/b");
        check("dir", "c", ".");
        check("dir", "/c", "/");
        check("ext", "a.b/c.tar.gz", ".gz");
        check("ext", "a.b/c", "");
        check("isAbs", "/a", "true");
        check("osIsAbs", "a", "false");
    }
}

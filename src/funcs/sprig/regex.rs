//! Regular expressions: Sprig's `regex.go`.

use crate::value::runes::lossy;
use std::ops::Range;
use std::rc::Rc;

use crate::funcs::go::regexp::{self, Groups, Piece, Problem, Regexp};
use crate::funcs::{Ctx, Func, FuncError, TextBuilder, Type, args, part};
use crate::value::quote::{self, Plain};
use crate::value::{List, ListKind, Value};

const TWO: &[Type] = &[Type::String, Type::String];
const THREE: &[Type] = &[Type::String, Type::String, Type::String];
const COUNTED: &[Type] = &[Type::String, Type::String, Type::Int];

pub(crate) const FUNCS: &[Func] = &[
    func("regexMatch", TWO, |_, args| Ok(is_match(args).or_else(unmatched)?.into())),
    func("mustRegexMatch", TWO, |_, args| Ok(is_match(args)?.into())),
    func("regexFind", TWO, |ctx, args| find(ctx, args, compile_or_panic)),
    func("mustRegexFind", TWO, |ctx, args| find(ctx, args, compile)),
    func("regexFindAll", COUNTED, |ctx, args| find_all(ctx, args, compile_or_panic)),
    func("mustRegexFindAll", COUNTED, |ctx, args| find_all(ctx, args, compile)),
    func("regexReplaceAll", THREE, |ctx, args| replace_all(ctx, args, compile_or_panic)),
    func("mustRegexReplaceAll", THREE, |ctx, args| replace_all(ctx, args, compile)),
    func("regexReplaceAllLiteral", THREE, |ctx, args| {
        replace_literally(ctx, args, compile_or_panic)
    }),
    func("mustRegexReplaceAllLiteral", THREE, |ctx, args| replace_literally(ctx, args, compile)),
    func("regexSplit", COUNTED, |ctx, args| split(ctx, args, compile_or_panic)),
    func("mustRegexSplit", COUNTED, |ctx, args| split(ctx, args, compile)),
    func("regexQuoteMeta", &[Type::String], quote_meta),
];

type Call = fn(&mut Ctx<'_>, &[Value]) -> Result<Value, FuncError>;

const fn func(name: &'static str, params: &'static [Type], call: Call) -> Func {
    Func { name, params, variadic: false, call }
}

/// How a function compiles: the `must` ones return Go's error, the others panic with it.
type Compile = fn(&[u8]) -> Result<Rc<Regexp>, FuncError>;

fn compile(expression: &[u8]) -> Result<Rc<Regexp>, FuncError> {
    regexp::compile(expression).map_err(|error| refusal(&error, error.to_string()))
}

fn compile_or_panic(expression: &[u8]) -> Result<Rc<Regexp>, FuncError> {
    let panic = |error: regexp::Error| {
        let quoted = quote(expression);
        refusal(&error, format!("regexp: Compile({quoted}): {error}"))
    };
    regexp::compile(expression).map_err(panic)
}

fn refusal(error: &regexp::Error, text: String) -> FuncError {
    if error.problem == Problem::TooComplex {
        FuncError::Limit(text)
    } else {
        FuncError::Failed(text)
    }
}

fn is_match(args: &[Value]) -> Result<bool, FuncError> {
    Ok(compile(args::text(args, 0))?.search(args::text(args, 1))?.is_match())
}

/// `regexMatch` takes a wrong expression for one that does not match.
fn unmatched(error: FuncError) -> Result<bool, FuncError> {
    match error {
        FuncError::Failed(_) => Ok(false),
        FuncError::Uncallable(_) | FuncError::Limit(_) => Err(error),
    }
}

fn find(ctx: &mut Ctx<'_>, args: &[Value], compile: Compile) -> Result<Value, FuncError> {
    let range = compile(args::text(args, 0))?.search(args::text(args, 1))?.first();
    Ok(part(ctx, args::any(args, 1), range.unwrap_or_default()))
}

/// More pieces than any chart makes of one text.
const MAX_PIECES: usize = 4 << 20;

fn find_all(ctx: &mut Ctx<'_>, args: &[Value], compile: Compile) -> Result<Value, FuncError> {
    let ranges = all(args, compile)?;
    if ranges.is_empty() {
        // Go's nil slice, which is `null` in JSON.
        return Ok(List::nil(ListKind::Strings).into());
    }
    let text = args::any(args, 1);
    let pieces = ranges.into_iter().map(|range| part(ctx, text, range)).collect();
    Ok(List::typed(ListKind::Strings, pieces).into())
}

fn all(args: &[Value], compile: Compile) -> Result<Vec<Range<usize>>, FuncError> {
    let regexp = compile(args::text(args, 0))?;
    let limit = usize::try_from(args::int(args, 2)).unwrap_or(usize::MAX);
    let found = regexp.search(args::text(args, 1))?.all(limit.min(MAX_PIECES));
    if limit > MAX_PIECES && found.len() == MAX_PIECES {
        return Err(FuncError::Limit(format!("more than {MAX_PIECES} matches")));
    }
    Ok(found)
}

/// Go's `Split`.
fn split(ctx: &mut Ctx<'_>, args: &[Value], compile: Compile) -> Result<Value, FuncError> {
    let (expression, text) = (args::text(args, 0), args::text(args, 1));
    let count = args::int(args, 2);
    let strings = |pieces| Ok(List::typed(ListKind::Strings, pieces).into());
    if count == 0 {
        compile(expression)?;
        return Ok(List::nil(ListKind::Strings).into());
    }
    let matches = all(args, compile)?;
    if !expression.is_empty() && text.is_empty() {
        return strings(vec![Value::text("")]);
    }
    let (mut pieces, mut begin, mut end) = (Vec::with_capacity(matches.len() + 1), 0, 0);
    for range in matches {
        if count > 0 && pieces.len() as i64 == count - 1 {
            break;
        }
        end = range.start;
        if range.end != 0 {
            pieces.push(part(ctx, args::any(args, 1), begin..end));
        }
        begin = range.end;
    }
    if end != text.len() {
        pieces.push(part(ctx, args::any(args, 1), begin..text.len()));
    }
    strings(pieces)
}

fn replace_all(ctx: &mut Ctx<'_>, args: &[Value], compile: Compile) -> Result<Value, FuncError> {
    let (template, template_src) = args::traced(args, 2);
    let has_groups = template.contains(&b'$');
    replace(ctx, args, compile, has_groups, |text, ctx, groups| {
        groups.expand(template, |piece| match piece {
            Piece::Template(range) => text.piece(ctx, template, range, template_src),
            Piece::Source(range) => {
                let (source, src) = args::traced(args, 1);
                text.piece(ctx, source, range, src);
            }
        });
    })
}

fn replace_literally(
    ctx: &mut Ctx<'_>,
    args: &[Value],
    compile: Compile,
) -> Result<Value, FuncError> {
    let (template, src) = args::traced(args, 2);
    replace(ctx, args, compile, false, |text, ctx, _| {
        text.piece(ctx, template, 0..template.len(), src);
    })
}

/// Replaces each match in the second argument by what `fill` writes.
fn replace(
    ctx: &mut Ctx<'_>,
    args: &[Value],
    compile: Compile,
    with_groups: bool,
    fill: impl Fn(&mut TextBuilder, &Ctx<'_>, &Groups<'_>),
) -> Result<Value, FuncError> {
    let regexp = compile(args::text(args, 0))?;
    let (source, src) = args::traced(args, 1);
    let mut text = TextBuilder::with_capacity(ctx, source.len());
    regexp.search(source)?.replace(with_groups, |between, groups| {
        text.piece(ctx, source, between, src);
        if let Some(groups) = groups {
            fill(&mut text, ctx, groups);
        }
    });
    text.finish(ctx)
}

fn quote_meta(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let (source, src) = args::traced(args, 0);
    let mut text = TextBuilder::with_capacity(ctx, source.len());
    let mut start = 0;
    for (at, _) in source.iter().enumerate().filter(|&(_, &byte)| regexp::is_meta(byte)) {
        text.piece(ctx, source, start..at, src);
        text.plain("\\");
        start = at;
    }
    text.piece(ctx, source, start..source.len(), src);
    text.finish(ctx)
}

/// Go's `quote` in `regexp`: in backquotes if that is possible.
fn quote(expression: &[u8]) -> String {
    let mut quoted = Vec::with_capacity(expression.len() + 2);
    if quote::can_backquote(expression) {
        quoted = [b"`", expression, b"`"].concat();
    } else {
        quote::write(&mut quoted, expression, Plain::Printable);
    }
    lossy(&quoted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::funcs::testing::check_text;
    use crate::value::Data;

    #[track_caller]
    fn check(name: &str, args: &[&str], expected: &str) {
        let args: Vec<Value> = args.iter().map(|&arg| arg.into()).collect();
        check_text(name, &args, expected);
    }

    #[track_caller]
    fn check_counted(name: &str, expression: &str, text: &str, count: i64, expected: &str) {
        let args = [expression.into(), text.into(), Data::Int(count).into()];
        check_text(name, &args, expected);
    }

    #[test]
    fn templates_of_replacements() {
        check("regexReplaceAll", &["a(x*)b", "-ab-axxb-", "${1}W"], "-W-xxW-");
        check("regexReplaceAll", &["a(x*)b", "-ab-axxb-", "$1W"], "---");
        check(
            "regexReplaceAll",
            &["a(?P<n>x*)b", "-axxb-", "<$n|$0|$$|$9|${n|$>"],
            "-<xx|axxb|$||${n|$>-",
        );
        check("regexReplaceAllLiteral", &["a(x*)b", "-ab-", "$1"], "-$1-");
        check("regexReplaceAll", &["x*", "axb", "-"], "-a-b-");
        check("regexReplaceAll", &["", "", "-"], "-");
    }

    #[test]
    fn pieces() {
        check("regexFind", &["[a-e]+", "hello decade"], "e");
        check("regexFind", &["z", "hello"], "");
        check_counted("regexFindAll", "l|o", "hello", -1, "[l l o]");
        check_counted("regexFindAll", "l|o", "hello", 2, "[l l]");
        check_counted("regexFindAll", "z", "hello", -1, "[]");
        check_counted("regexSplit", "z+", "pizza", -1, "[pi a]");
        check_counted("regexSplit", "z+", "pizza", 1, "[pizza]");
        check_counted("regexSplit", "z+", "pizza", 0, "[]");
        check_counted("regexSplit", "", "abc", -1, "[a b c]");
        check_counted("regexSplit", "a", "", -1, "[]");
        check("regexQuoteMeta", &["1.2+[a]"], r"1\.2\+\[a\]");
    }

    #[test]
    fn wrong_expressions() {
        check("regexMatch", &["(", "a"], "false");
        check("mustRegexMatch", &["(", "a"], "error: error parsing regexp: missing closing ): `(`");
        let panic = "error: regexp: Compile(`(`): error parsing regexp: missing closing ): `(`";
        check("regexFind", &["(", "a"], panic);
        let panic = "error: regexp: Compile(\"`(\"): error parsing regexp: missing closing ): ``(`";
        check("regexFind", &["`(", "a"], panic);
    }
}

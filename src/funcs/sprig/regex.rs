//! Regular expressions: Sprig's `regex.go`.

use std::ops::Range;
use std::rc::Rc;

use crate::funcs::go::regexp::{self, Groups, Piece, Problem, Regexp};
use crate::funcs::{Ctx, Func, FuncError, TextBuilder, Type, args};
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
    func("regexReplaceAllLiteral", THREE, |ctx, args| replace_literally(ctx, args, compile_or_panic)),
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
    match error.problem {
        Problem::TooComplex => FuncError::Limit(text),
        _ => FuncError::Failed(text),
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
    Ok(piece(ctx, args, range.unwrap_or_default()))
}

/// More pieces than any chart makes of one text.
const MAX_PIECES: usize = 4 << 20;

fn find_all(ctx: &mut Ctx<'_>, args: &[Value], compile: Compile) -> Result<Value, FuncError> {
    let ranges = all(args, compile)?;
    if ranges.is_empty() {
        // Go's nil slice, which is `null` in JSON.
        return Ok(List { kind: ListKind::Strings, items: None }.into());
    }
    let pieces = ranges.into_iter().map(|range| piece(ctx, args, range)).collect();
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
        return Ok(List { kind: ListKind::Strings, items: None }.into());
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
            pieces.push(piece(ctx, args, begin..end));
        }
        begin = range.end;
    }
    if end != text.len() {
        pieces.push(piece(ctx, args, begin..text.len()));
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
        if text.len() > ctx.env.max_text {
            let max = ctx.env.max_text;
            return Err(FuncError::Limit(format!("the text would be longer than {max} bytes")));
        }
        Ok(())
    })?;
    Ok(text.finish(ctx))
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
    Ok(text.finish(ctx))
}

/// Part of the second argument, the text that is searched.
fn piece(ctx: &mut Ctx<'_>, args: &[Value], range: Range<usize>) -> Value {
    let (source, src) = args::traced(args, 1);
    let mut text = TextBuilder::with_capacity(ctx, range.len());
    text.piece(ctx, source, range, src);
    text.finish(ctx)
}

/// Go's `quote` in `regexp`: in backquotes if that is possible.
fn quote(expression: &[u8]) -> String {
    crate::value::time::quote(expression)
}

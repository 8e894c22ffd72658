//! The text functions that Sprig takes from `github.com/Masterminds/goutils`.
//!
//! Some of them look at bytes where they mean characters; what they make of text that is not
//! ASCII is as wrong here as there.

use memchr::{memchr, memrchr};

use crate::funcs::go::unicode;
use crate::funcs::sprig::strings::mapped;
use crate::funcs::{Ctx, Func, FuncError, TextBuilder, Type, args, part};
use crate::value::{Value, runes};

pub(crate) const FUNCS: &[Func] = &[
    Func::new("abbrev", &[Type::Int, Type::String], abbrev),
    Func::new("abbrevboth", &[Type::Int, Type::Int, Type::String], abbrevboth),
    Func::new("initials", &[Type::String], initials),
    Func::new("nospace", &[Type::String], nospace),
    Func::new("swapcase", &[Type::String], swapcase),
    Func::new("untitle", &[Type::String], untitle),
    Func::new("wrap", &[Type::Int, Type::String], wrap),
    Func::new("wrapWith", &[Type::Int, Type::String, Type::String], wrap_with),
];

fn abbrev(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    abbreviate(ctx, args::any(args, 1), 0, args::int(args, 0))
}

fn abbrevboth(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let (left, right, text) = (args::int(args, 0), args::int(args, 1), args::any(args, 2));
    if left > 0 && right < 7 {
        return Ok(text.clone());
    }
    abbreviate(ctx, text, left, right)
}

/// `AbbreviateFull`: at most `width` bytes, which begin near `offset`.
fn abbreviate(
    ctx: &mut Ctx<'_>,
    value: &Value,
    offset: i64,
    width: i64,
) -> Result<Value, FuncError> {
    let text = value.as_str().unwrap_or_default();
    let len = text.len() as i64;
    if width < 4 || len <= width {
        return Ok(value.clone());
    }
    let kept = width - 3;
    // Not so far to the right that the text would end before the width is used up.
    let offset = offset.min(len - kept);
    let (range, before, after) = if offset <= 4 {
        (0..kept, "", "...")
    } else if offset + kept < len {
        (offset..offset + kept - 3, "...", "...")
    } else {
        (len - kept..len, "...", "")
    };
    let mut out = TextBuilder::new(ctx);
    out.plain(before);
    out.piece(ctx, text, range.start as usize..range.end as usize, value.src);
    out.plain(after);
    out.finish(ctx)
}

/// The first byte of each word, as a character.
fn initials(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let mut out = Vec::new();
    let mut after_gap = true;
    for c in args::text(args, 0).iter().map(|&byte| char::from(byte)) {
        if unicode::is_space(c) {
            after_gap = true;
        } else if after_gap {
            runes::push(&mut out, c);
            after_gap = false;
        }
    }
    Ok(Value::text(out))
}

/// Takes out the white space; if there is any, each other byte becomes a character.
fn nospace(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let is_space = |&byte: &u8| unicode::is_space(char::from(byte));
    let text = args::text(args, 0);
    if !text.iter().any(is_space) {
        return Ok(args::any(args, 0).clone());
    }
    let mut out = Vec::with_capacity(text.len());
    for &byte in text.iter().filter(|byte| !is_space(byte)) {
        runes::push(&mut out, char::from(byte));
    }
    Ok(Value::text(out))
}

fn swapcase(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok(mapped(args::any(args, 0), |text| {
        let mut out = Vec::with_capacity(text.len());
        let mut after_space = true;
        for c in runes::chars(text) {
            let swapped = if unicode::is_upper(c) || unicode::is_title(c) {
                unicode::to_lower(c)
            } else if !unicode::is_lower(c) {
                c
            } else if after_space {
                unicode::to_title(c)
            } else {
                unicode::to_upper(c)
            };
            runes::push(&mut out, swapped);
            after_space = unicode::is_space(c);
        }
        out
    }))
}

/// `Uncapitalize`: the first letter of each word in lower case.
fn untitle(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok(mapped(args::any(args, 0), |text| {
        let mut out = Vec::with_capacity(text.len());
        let mut after_space = true;
        for c in runes::chars(text) {
            runes::push(&mut out, if after_space { unicode::to_lower(c) } else { c });
            after_space = unicode::is_space(c);
        }
        out
    }))
}

fn wrap(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    wrapped(ctx, args::any(args, 1), args::int(args, 0), b"\n", LongWords::Keep)
}

fn wrap_with(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let line_break = match args::text(args, 1) {
        b"" => b"\n",
        text => text,
    };
    wrapped(ctx, args::any(args, 2), args::int(args, 0), line_break, LongWords::Cut)
}

/// What becomes of words longer than the line.
#[derive(Copy, Clone, PartialEq, Eq)]
enum LongWords {
    Keep,
    Cut,
}

/// `WrapCustom`
fn wrapped(
    ctx: &mut Ctx<'_>,
    value: &Value,
    width: i64,
    line_break: &[u8],
    long_words: LongWords,
) -> Result<Value, FuncError> {
    let text = value.as_str().unwrap_or_default();
    let width = usize::try_from(width).unwrap_or(0).max(1);
    if text.len() <= width {
        return Ok(part(ctx, value, 0..text.len()));
    }
    let mut out = TextBuilder::with_capacity(ctx, text.len() + text.len() / width);
    let mut start = 0;
    while text.len() - start > width {
        if text[start] == b' ' {
            start += 1;
            continue;
        }
        let room = &text[start..start + width];
        let (end, next) = match (memrchr(b' ', &text[start..=start + width]), long_words) {
            (Some(space), _) => (start + space, start + space + 1),
            (None, LongWords::Cut) => (start + room.len(), start + room.len()),
            (None, LongWords::Keep) => match memchr(b' ', &text[start + width..]) {
                Some(space) => (start + width + space, start + width + space + 1),
                None => break,
            },
        };
        out.piece(ctx, text, start..end, value.src);
        out.plain(line_break);
        start = next;
    }
    out.piece(ctx, text, start..text.len(), value.src);
    out.finish(ctx)
}

#[cfg(test)]
mod tests {
    use crate::funcs::testing::check_text as check;
    use crate::value::Value;

    fn int(value: i64) -> Value {
        Value::int(value)
    }

    #[test]
    fn abbreviations() {
        check("abbrev", &[int(5), "hello world".into()], "he...");
        check("abbrev", &[int(3), "hello world".into()], "hello world");
        check("abbrevboth", &[int(5), int(10), "1234 5678 9123".into()], "...5678...");
        check("abbrevboth", &[int(8), int(10), "1234 5678 9123".into()], "...78 9123");
        check("abbrevboth", &[int(0), int(8), "1234 5678 9123".into()], "1234 ...");
        check("abbrevboth", &[int(1), int(6), "1234 5678 9123".into()], "1234 5678 9123");
    }

    #[test]
    fn words() {
        check("initials", &["First Try".into()], "FT");
        check("nospace", &["h e l\tlo".into()], "hello");
        check("nospace", &["é".into()], "é");
        check("nospace", &["é a".into()], "Ã©a");
        check("swapcase", &["aB cD 9e".into()], "Ab Cd 9E");
        check("untitle", &["First Try".into()], "first try");
    }

    #[test]
    fn lines() {
        check("wrap", &[int(5), "Hello World".into()], "Hello\nWorld");
        check("wrap", &[int(5), "abcdefghij klm".into()], "abcdefghij\nklm");
        check("wrapWith", &[int(5), "\t".into(), "Hello World".into()], "Hello\tWorld");
        check("wrapWith", &[int(4), "\t".into(), "abcdefghij".into()], "abcd\tefgh\tij");
        check("wrap", &[int(0), "a b".into()], "a\nb");
    }
}

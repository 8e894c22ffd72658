//! Marks that a template prints before what it writes: which file and which bytes of it wrote this.
//!
//! A mark is text between two private-use characters, which no chart contains. It stands only before
//! characters that no whitespace control strips, so that it does not change what is stripped.

use crate::origin::{CallId, Origin, Runs, Src};
use crate::program::Unit;
use crate::source::{FileId, Span};
use crate::value::{Data, Value};

const OPEN: char = '\u{F8F0}';
const CLOSE: char = '\u{F8F1}';

/// The template with marks in it.
///
/// A mark goes before the first visible character of each line of literal text, and before each expression. The one before an
/// expression is an expression itself, so that it takes over the whitespace control of the one it stands for.
pub(super) fn instrument(text: &str, file: usize) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut at = 0;
    let mut raw = false;
    while at < text.len() {
        let rest = &text[at..];
        let tag = if raw { next_endraw(rest) } else { next_tag(rest) };
        let (literal, tag) = tag.map_or((rest.len(), None), |tag| (tag.start, Some(tag)));
        mark_lines(&rest[..literal], at, file, &mut out);
        let Some(tag) = tag else { break };
        let source = &rest[tag.start..tag.end];
        raw = tag.kind == Kind::Raw;
        if tag.kind == Kind::Expression {
            let control = if source.starts_with("{{-") { "-" } else { "" };
            let start = at + tag.start;
            let mark = mark(file, start, at + tag.end);
            out.extend(["{{", control, " \"", &mark, "\" }}{{"]);
            out.push_str(&source[2 + control.len()..]);
        } else {
            out.push_str(source);
        }
        at += tag.end;
    }
    out
}

#[derive(Copy, Clone, PartialEq, Eq)]
enum Kind {
    Expression,
    /// `{% raw %}`: what follows is literal up to `{% endraw %}`.
    Raw,
    Comment,
    Other,
}

struct Tag {
    start: usize,
    end: usize,
    kind: Kind,
}

fn next_tag(text: &str) -> Option<Tag> {
    let start = opening(text)?;
    let inside = &text[start + 2..];
    let (close, quotes) = match &text[start..start + 2] {
        "{{" => ("}}", true),
        "{%" => ("%}", true),
        _ => ("#}", false),
    };
    let length = closing(inside, close, quotes)?;
    let word = inside[..length].trim_matches(['-', '+', '}', '%', ' ', '\t', '\n', '\r']);
    let kind = match &text[start..start + 2] {
        "{{" => Kind::Expression,
        "{%" if word == "raw" => Kind::Raw,
        "{#" => Kind::Comment,
        _ => Kind::Other,
    };
    Some(Tag { start, end: start + 2 + length, kind })
}

/// The offset of the first `{{`, `{%` or `{#`.
fn opening(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let opens = |at: &usize| matches!(bytes.get(at + 1), Some(b'{' | b'%' | b'#'));
    memchr::memchr_iter(b'{', bytes).find(opens)
}

/// The length up to and with the closing delimiter; strings and maps may hold it.
fn closing(text: &str, close: &str, quotes: bool) -> Option<usize> {
    let mut quote = None;
    let mut escaped = false;
    let mut braces = 0u32;
    for (at, c) in text.char_indices() {
        match quote {
            Some(_) if escaped => escaped = false,
            Some(_) if c == '\\' => escaped = true,
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if quotes && (c == '"' || c == '\'') => quote = Some(c),
            None if braces == 0 && text[at..].starts_with(close) => return Some(at + close.len()),
            None if quotes && c == '{' => braces += 1,
            None if quotes && c == '}' => braces = braces.saturating_sub(1),
            None => {}
        }
    }
    None
}

fn next_endraw(text: &str) -> Option<Tag> {
    let mut from = 0;
    while let Some(found) = text[from..].find("{%") {
        let start = from + found;
        let length = closing(&text[start + 2..], "%}", false)?;
        let end = start + 2 + length;
        if text[start..end].contains("endraw") {
            return Some(Tag { start, end, kind: Kind::Other });
        }
        from = end;
    }
    None
}

/// Literal text with a mark before the first visible character of each line.
fn mark_lines(literal: &str, offset: usize, file: usize, out: &mut String) {
    let mut start = offset;
    for line in literal.split_inclusive('\n') {
        let blank = line.len() - line.trim_start().len();
        out.push_str(&line[..blank]);
        if blank < line.len() {
            out.push_str(&mark(file, start + blank, start + line.trim_end().len()));
            out.push_str(&line[blank..]);
        }
        start += line.len();
    }
}

fn mark(file: usize, start: usize, end: usize) -> String {
    format!("{OPEN}{file}:{start}:{end}{CLOSE}")
}

/// What a mark says: number of the file, start and end of what wrote the text.
pub(super) type Written = (usize, u32, u32);

/// The text without its marks, and what wrote each part, by the offset at which the part ends.
pub(super) fn read(marked: &str) -> (String, Vec<(u32, Option<Written>)>) {
    let mut text = String::with_capacity(marked.len());
    let mut parts = Vec::new();
    let mut writer = None;
    for (nth, piece) in marked.split(OPEN).enumerate() {
        let literal = match piece.split_once(CLOSE) {
            Some((mark, literal)) if nth > 0 => {
                writer = parse(mark);
                literal
            }
            _ => piece,
        };
        if !literal.is_empty() {
            text.push_str(literal);
            parts.push((text.len() as u32, writer));
        }
    }
    (text, parts)
}

fn parse(mark: &str) -> Option<Written> {
    let mut numbers = mark.split(':');
    Some((
        numbers.next()?.parse().ok()?,
        numbers.next()?.parse().ok()?,
        numbers.next()?.parse().ok()?,
    ))
}

/// The parts as runs. An expression that is a path into the values has them for a source.
pub(super) fn origins(
    parts: &[(u32, Option<Written>)],
    files: &[(FileId, &str)],
    unit: &Unit,
) -> Runs {
    let whole = Span { file: unit.file, start: 0, end: 0 };
    let run = |&(end, writer): &(u32, Option<Written>)| {
        let written = writer.and_then(|(file, start, stop)| {
            let &(id, text) = files.get(file)?;
            let source = text.get(start as usize..stop as usize)?;
            Some((Span { file: id, start, end: stop }, source_of(source, unit)))
        });
        let (span, src) = written.unwrap_or((whole, Src::NONE));
        (end, Origin { at: Some((span, CallId::ROOT)), src })
    };
    parts.iter().map(run).collect()
}

/// The source of the first path in an expression that leads to one: `{{ Values.a.b | default(Values.c) }}`.
fn source_of(expression: &str, unit: &Unit) -> Src {
    let is_path = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let paths = expression.split(|c| !is_path(c)).filter(|path| path.contains('.'));
    paths.map(|path| source_at(path, unit)).find(|src| *src != Src::NONE).unwrap_or(Src::NONE)
}

fn source_at(path: &str, unit: &Unit) -> Src {
    let mut keys = path.split('.');
    let Some(root) = keys.next().and_then(|root| unit.scope.get(root.as_bytes())) else {
        return Src::NONE;
    };
    keys.try_fold(root, |value: Value, key| match &value.data {
        Data::Map(map) => map.get(key.as_bytes()),
        _ => None,
    })
    .map_or(Src::NONE, |value| value.src)
}

/// The line of a tag that is longer than `most` bytes, or does not end.
pub(super) fn long_tag(text: &str, most: usize) -> Option<usize> {
    let mut at = 0;
    let mut raw = false;
    while let Some(rest) = text.get(at..) {
        let tag = if raw { next_endraw(rest) } else { next_tag(rest) };
        let Some(tag) = tag else {
            let long = opening(rest).filter(|open| !raw && rest.len() - open > most)?;
            return Some(line_of(text, at + long));
        };
        if tag.kind != Kind::Comment && tag.end - tag.start > most {
            return Some(line_of(text, at + tag.start));
        }
        raw = tag.kind == Kind::Raw;
        at += tag.end;
    }
    None
}

fn line_of(text: &str, at: usize) -> usize {
    memchr::memchr_iter(b'\n', text.as_bytes().get(..at).unwrap_or_default()).count() + 1
}

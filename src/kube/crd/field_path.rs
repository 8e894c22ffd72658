//! Paths to fields of a schema, as CRDs write them: `.spec.size`, `.spec['a.b']`
//! (`cel.ValidFieldPath` of `pkg/apiserver/schema/cel/validation.go`).

use super::schema::{Additional, Schema};

/// A field that a path leads to.
pub(super) struct Found<'a> {
    /// As the server writes it: keys of maps in brackets, all else after dots.
    pub(super) path: String,
    /// The first name on the way.
    pub(super) root: String,
    /// None where the schema does not say what stands there.
    pub(super) schema: Option<Schema<'a>>,
}

/// Follows a path through a schema; otherwise says why there is no such field.
pub(super) fn find<'a>(
    path: &str,
    schema: Schema<'a>,
    brackets: bool,
) -> Result<Found<'a>, String> {
    let mut found = Found { path: String::new(), root: String::new(), schema: Some(schema) };
    let mut rest = path;
    while let Some(token) = next_token(&mut rest) {
        match token {
            "[" if !brackets => return Err("array notation is not allowed".to_owned()),
            "[" => {
                let name = quoted_name(expect_token(&mut rest)?)?;
                found.step(name)?;
                match expect_token(&mut rest)? {
                    "]" => {}
                    other => return Err(format!("expected ] but got {other}")),
                }
            }
            "." => found.step(expect_token(&mut rest)?.to_owned())?,
            other => return Err(format!("expected [ or . but got: {other}")),
        }
    }
    Ok(found)
}

impl Found<'_> {
    fn step(&mut self, name: String) -> Result<(), String> {
        let nowhere = || "does not refer to a valid field".to_owned();
        let schema = self.schema.ok_or_else(nowhere)?;
        let (step, below) = match schema.additional() {
            _ if schema.has_properties() => {
                let property = schema.property(&name).ok_or_else(nowhere)?;
                (format!(".{name}"), Some(property))
            }
            Additional::Schema(additional) => (format!("[{name}]"), Some(additional)),
            Additional::Any => (format!("[{name}]"), None),
            Additional::None => return Err(nowhere()),
        };
        if self.path.is_empty() {
            self.root = name;
        }
        self.path.push_str(&step);
        self.schema = below;
        Ok(())
    }
}

/// A dot, a bracket, a text in single quotes, or all up to the next dot or bracket.
fn next_token<'t>(rest: &mut &'t str) -> Option<&'t str> {
    let text = *rest;
    let first = text.chars().next()?;
    let length = match first {
        '.' | '[' | ']' => 1,
        '\'' => {
            let bytes = text.as_bytes();
            let closes = |at: &usize| bytes[*at] == b'\'' && bytes[at - 1] != b'\\';
            (1..bytes.len()).find(closes).map_or(text.len(), |at| at + 1)
        }
        _ => text.find(['.', '[', ']']).unwrap_or(text.len()),
    };
    let (token, after) = text.split_at(length);
    *rest = after;
    Some(token)
}

fn expect_token<'t>(rest: &mut &'t str) -> Result<&'t str, String> {
    next_token(rest).ok_or_else(|| "unexpected end of JSON path".to_owned())
}

/// The name in a pair of single quotes.
fn quoted_name(token: &str) -> Result<String, String> {
    let inside = token.strip_prefix('\'').and_then(|inside| inside.strip_suffix('\''));
    let inside = inside.ok_or_else(|| format!("expected single quoted string but got {token}"))?;
    let mut name = String::new();
    let mut chars = inside.chars();
    while let Some(c) = chars.next() {
        let escape = if c == '\\' { chars.next() } else { None };
        name.push(match (c, escape) {
            ('\\', Some('a')) => '\u{7}',
            ('\\', Some('b')) => '\u{8}',
            ('\\', Some('f')) => '\u{c}',
            ('\\', Some('n')) => '\n',
            ('\\', Some('r')) => '\r',
            ('\\', Some('t')) => '\t',
            ('\\', Some('v')) => '\u{b}',
            ('\\', Some(plain @ ('\'' | '\\'))) => plain,
            ('\\', Some(other)) => {
                return Err(format!("invalid string literal: invalid escape char \\{other}"));
            }
            (c, _) => c,
        });
    }
    Ok(name)
}

//! The fields of an object, with the way to them, and what is wrong with them in the API server's words.

use std::borrow::Cow;
use std::fmt::{self, Display, Write};

use super::names;
use crate::diagnostic::Cause;
use crate::nearest::nearest;
use crate::source::Span;
use crate::yaml::{Kind, Node};

/// The way from an object's root to a field, spelled as `field.Path` of apimachinery spells it.
///
/// Each step lies on the stack and points to the one before it; text is made only when an error is
/// reported.
#[derive(Copy, Clone)]
pub struct Path<'p> {
    parent: Option<&'p Path<'p>>,
    step: Step<'p>,
}

#[derive(Copy, Clone)]
enum Step<'p> {
    Root,
    Name(&'p str),
    Index(usize),
    Key(&'p str),
}

impl<'p> Path<'p> {
    pub const ROOT: Path<'static> = Path { parent: None, step: Step::Root };

    pub fn child(&'p self, name: &'p str) -> Path<'p> {
        Path { parent: Some(self), step: Step::Name(name) }
    }

    pub fn index(&'p self, index: usize) -> Path<'p> {
        Path { parent: Some(self), step: Step::Index(index) }
    }

    /// An entry of a map: `limits[cpu]`.
    pub fn key(&'p self, key: &'p str) -> Path<'p> {
        Path { parent: Some(self), step: Step::Key(key) }
    }
}

impl Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ways = std::iter::successors(Some(self), |path| path.parent);
        let steps: Vec<Step<'_>> = ways.map(|path| path.step).collect();
        let mut dot = "";
        for step in steps.into_iter().rev() {
            match step {
                Step::Root => continue,
                Step::Name(name) => write!(f, "{dot}{name}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Key(key) => write!(f, "[{key}]")?,
            }
            dot = ".";
        }
        Ok(())
    }
}

/// A field that validation looks at: its path, and its value if the object has one.
///
/// Null counts as absent, as it does for the server's decoder. Readers give Go's zero value for
/// what is absent. What has another type than asked for counts as absent too: the decoder refuses
/// such an object before it is validated.
#[derive(Copy, Clone)]
pub struct Field<'p, 'a> {
    path: Path<'p>,
    node: Option<Node<'a>>,
    /// What to show where there is no value: the nearest key or list item above it.
    near: Node<'a>,
}

impl<'p, 'a> Field<'p, 'a> {
    pub fn root(node: Node<'a>) -> Field<'static, 'a> {
        Field { path: Path::ROOT, node: Some(node), near: node }
    }

    /// The field of that name.
    pub fn get(&'p self, name: &'p str) -> Field<'p, 'a> {
        self.entry(name, self.path.child(name))
    }

    /// The entry of a map, spelled `limits[cpu]`.
    pub fn key(&'p self, key: &'p str) -> Field<'p, 'a> {
        self.entry(key, self.path.key(key))
    }

    fn entry(&self, key: &str, path: Path<'p>) -> Field<'p, 'a> {
        match self.node.and_then(|node| node.entry(key)) {
            Some(entry) => Field { path, node: present(entry.value), near: entry.key },
            None => Field { path, node: None, near: self.near },
        }
    }

    /// The items of a list. Null among them is an item without fields.
    pub fn items(&'p self) -> impl Iterator<Item = Field<'p, 'a>> {
        self.items_after(0)
    }

    /// The items of a list which the server has appended to a list of `offset` items.
    pub fn items_after(&'p self, offset: usize) -> impl Iterator<Item = Field<'p, 'a>> {
        let items = self.node.into_iter().flat_map(Node::items).enumerate();
        items.map(move |(index, node)| {
            let path = self.path.index(offset + index);
            Field { path, node: Some(node), near: node }
        })
    }

    /// The entries of a map, in the order of the document.
    pub fn entries(&'p self) -> impl Iterator<Item = (&'a str, Field<'p, 'a>)>
    where
        'a: 'p,
    {
        self.node.into_iter().flat_map(Node::entries).filter_map(|entry| {
            let key = entry.key.as_str()?;
            let path = self.path.key(key);
            Some((key, Field { path, node: present(entry.value), near: entry.key }))
        })
    }

    /// The same value, told by another path: the server reports it where it has put it.
    pub fn moved<'q>(&self, path: Path<'q>) -> Field<'q, 'a> {
        Field { path, node: self.node, near: self.near }
    }

    /// The value of an entry, told by the path of its map: the server names some maps as a whole.
    pub fn value_in<'q>(&self, map: &Field<'q, 'a>) -> Field<'q, 'a> {
        self.moved(map.path)
    }

    /// The key of an entry, told by the path of its map.
    pub fn key_in<'q>(&self, map: &Field<'q, 'a>) -> Field<'q, 'a> {
        Field { path: map.path, node: None, near: self.near }
    }

    /// What a field would be if it were absent: the place to complain that it is.
    pub fn absent(&self) -> Field<'p, 'a> {
        Field { node: None, ..*self }
    }

    pub fn path(&self) -> &Path<'p> {
        &self.path
    }

    pub fn node(&self) -> Option<Node<'a>> {
        self.node
    }

    /// A pointer in Go's type would not be nil.
    pub fn is_set(&self) -> bool {
        self.node.is_some()
    }

    /// The number of items or entries.
    pub fn len(&self) -> usize {
        match self.node {
            Some(node) if node.kind() == Kind::Seq => node.items().len(),
            Some(node) => node.entries().len(),
            None => 0,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn text(&self) -> &'a str {
        self.text_or("")
    }

    /// The text, or the default for what is absent; a text that is set but empty stays empty.
    pub fn text_or(&self, default: &'a str) -> &'a str {
        self.node.and_then(Node::as_str).unwrap_or(default)
    }

    /// The text, or the default for an absent or empty one, as `if obj.X == ""` in defaults.go.
    pub fn text_default(&self, default: &'a str) -> &'a str {
        match self.text() {
            "" => default,
            text => text,
        }
    }

    pub fn int(&self) -> Option<i64> {
        self.node.and_then(Node::as_i64)
    }

    pub fn int_or(&self, default: i64) -> i64 {
        self.int().unwrap_or(default)
    }

    pub fn bool(&self) -> Option<bool> {
        self.node.and_then(Node::as_bool)
    }

    pub fn is_true(&self) -> bool {
        self.bool() == Some(true)
    }

    /// The items of a list of strings; what is no string is empty.
    pub fn texts(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.node.into_iter().flat_map(Node::items).map(|item| item.as_str().unwrap_or(""))
    }

    /// The bytes to show: of the value, or of what is nearest to where it should stand.
    pub fn span(&self) -> Span {
        self.node.unwrap_or(self.near).span()
    }
}

fn present(node: Node<'_>) -> Option<Node<'_>> {
    (!node.is_null()).then_some(node)
}

/// What the API server would say of one field (`field.Error`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    pub path: String,
    pub cause: Cause,
    /// The value as the server prints it, for causes that show it.
    pub value: Option<String>,
    /// May be empty.
    pub detail: Cow<'static, str>,
    pub span: Span,
    /// What would mend it, where that can be said and the detail does not say it.
    pub help: Option<String>,
}

impl FieldError {
    /// The rule that the error belongs to: one for each cause.
    pub fn rule(&self) -> &'static str {
        match self.cause {
            Cause::Required => "required-field",
            Cause::Invalid => "invalid-value",
            Cause::NotSupported => "unsupported-value",
            Cause::Duplicate => "duplicate-value",
            Cause::Forbidden => "forbidden-field",
            Cause::TooLong => "value-too-long",
            Cause::TooMany => "too-many-items",
            Cause::NotFound => "reference-not-found",
            Cause::TypeInvalid => "wrong-type",
            Cause::UnknownField => "unknown-field",
        }
    }

    /// The error without its path, as `ErrorBody` words it: `Invalid value: "x": detail`.
    pub fn body(&self) -> String {
        let mut body = words(self.cause).to_owned();
        for part in [self.value.as_deref().unwrap_or(""), &self.detail] {
            if !part.is_empty() {
                body.push_str(": ");
                body.push_str(part);
            }
        }
        body
    }
}

/// `ErrorType.String` of apimachinery, and the decoder's words for its causes.
fn words(cause: Cause) -> &'static str {
    match cause {
        Cause::Required => "Required value",
        Cause::Invalid | Cause::TypeInvalid => "Invalid value",
        Cause::NotSupported => "Unsupported value",
        Cause::Duplicate => "Duplicate value",
        Cause::Forbidden => "Forbidden",
        Cause::TooLong => "Too long",
        Cause::TooMany => "Too many",
        Cause::NotFound => "Not found",
        Cause::UnknownField => "Unknown field",
    }
}

/// The errors of an object, in the order in which the server finds them.
#[derive(Default)]
pub struct Errors {
    found: Vec<FieldError>,
    /// How many there would be without a limit.
    count: usize,
}

/// How many errors of one object are kept: far more than anyone reads, and a limit to what an
/// object of many aliases can cost.
const MAX_ERRORS: usize = 1000;

/// For how many errors the nearest of the known names is looked for.
const MAX_COMPARED: usize = 100;

/// The reason in an error; most are fixed texts.
type Detail = Cow<'static, str>;

impl Errors {
    pub fn required(&mut self, field: &Field, detail: impl Into<Detail>) {
        self.push(field, Cause::Required, None, detail);
    }

    pub fn invalid(&mut self, field: &Field, detail: impl Into<Detail>) {
        if self.is_passed_over() {
            return;
        }
        let detail = detail.into();
        let help = names::remedy(field.text(), &detail);
        self.push(field, Cause::Invalid, Some(shown(field)), detail);
        self.advise(help);
    }

    /// One error for each detail, as name checks give several.
    pub fn invalid_each(&mut self, field: &Field, details: Vec<&'static str>) {
        for detail in details {
            self.invalid(field, detail);
        }
    }

    /// Errors of a number, which is zero where it is absent.
    pub fn invalid_number(&mut self, field: &Field, details: Vec<&'static str>) {
        for detail in details {
            self.invalid_at(field, "0", detail);
        }
    }

    /// An error that shows a value even where there is none: Go's zero value, or a default.
    pub fn invalid_at(&mut self, field: &Field, absent: &str, detail: impl Into<Detail>) {
        if self.is_passed_over() {
            return;
        }
        let value = field.node.map_or_else(|| absent.to_owned(), json);
        self.push(field, Cause::Invalid, Some(value), detail);
    }

    /// An error of a field as a whole that shows only the part of its value that is wrong: the
    /// key of a map, or a value that the server has made from the field's.
    pub fn invalid_text(&mut self, field: &Field, value: &str, detail: impl Into<Detail>) {
        if self.is_passed_over() {
            return;
        }
        let detail = detail.into();
        let help = names::remedy(value, &detail);
        self.push(field, Cause::Invalid, Some(quoted(value)), detail);
        self.advise(help);
    }

    pub fn not_supported(&mut self, field: &Field, supported: &[&str]) {
        if self.is_passed_over() {
            return;
        }
        self.push(field, Cause::NotSupported, Some(shown(field)), supported_values(supported));
        self.advise_nearest(field, supported.iter().copied());
    }

    pub fn forbidden(&mut self, field: &Field, detail: impl Into<Detail>) {
        self.push(field, Cause::Forbidden, None, detail);
    }

    pub fn duplicate(&mut self, field: &Field) {
        if self.is_passed_over() {
            return;
        }
        self.push(field, Cause::Duplicate, Some(shown(field)), "");
    }

    /// A duplicate that is made of several fields, or of a part of one.
    pub fn duplicate_text(&mut self, field: &Field, value: &str) {
        self.push(field, Cause::Duplicate, Some(quoted(value)), "");
    }

    pub fn not_found(&mut self, field: &Field, detail: impl Into<Detail>) {
        if self.is_passed_over() {
            return;
        }
        self.push(field, Cause::NotFound, Some(shown(field)), detail);
    }

    /// A name that should be one of those that stand elsewhere.
    pub fn not_among<'k>(&mut self, field: &Field, known: impl Iterator<Item = &'k str>) {
        self.not_found(field, "");
        self.advise_nearest(field, known);
    }

    fn advise_nearest<'k>(&mut self, field: &Field, known: impl Iterator<Item = &'k str>) {
        if self.count <= MAX_COMPARED {
            let meant = nearest(field.text(), known);
            self.advise(meant.map(|meant| format!("did you mean `{meant}`?")));
        }
    }

    pub fn too_long(&mut self, field: &Field, max_bytes: usize) {
        let unit = if max_bytes == 1 { "byte" } else { "bytes" };
        let detail = format!("may not be more than {max_bytes} {unit}");
        self.push(field, Cause::TooLong, None, detail);
    }

    pub fn too_many(&mut self, field: &Field, actual: usize, max: usize) {
        let unit = if max == 1 { "item" } else { "items" };
        let detail = format!("must have at most {max} {unit}");
        self.push(field, Cause::TooMany, Some(actual.to_string()), detail);
    }

    pub fn push(
        &mut self,
        field: &Field,
        cause: Cause,
        value: Option<String>,
        detail: impl Into<Detail>,
    ) {
        if self.is_passed_over() {
            return;
        }
        self.count += 1;
        let (path, span) = (field.path.to_string(), field.span());
        self.found.push(FieldError { path, cause, value, detail: detail.into(), span, help: None });
    }

    /// Counts an error that is not kept, once there are enough: it costs nothing more.
    fn is_passed_over(&mut self) -> bool {
        let is_full = self.count >= MAX_ERRORS;
        self.count += usize::from(is_full);
        is_full
    }

    /// Says what would mend the error that was found last.
    pub fn advise(&mut self, help: Option<String>) {
        if let (Some(last), true) = (self.found.last_mut(), self.count <= MAX_ERRORS) {
            last.help = help;
        }
    }

    /// How many were found so far; more after a check than before it means that it failed.
    pub fn count(&self) -> usize {
        self.count
    }

    pub fn into_vec(self) -> Vec<FieldError> {
        self.found
    }
}

/// `supported values: "a", "b"`.
fn supported_values(supported: &[&str]) -> String {
    let quoted: Vec<String> = supported.iter().map(|value| quoted(value)).collect();
    match quoted.is_empty() {
        true => String::new(),
        false => format!("supported values: {}", quoted.join(", ")),
    }
}

/// The value of a field as errors show it; what is absent is Go's empty string.
fn shown(field: &Field) -> String {
    match field.node {
        Some(node) => json(node),
        None => quoted(""),
    }
}

/// A text in quotes as Go's `%q` writes it, cut where it grows long for a message.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        if out.len() > SHOWN_BYTES {
            out.push('…');
            break;
        }
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// How much of a value a message shows.
const SHOWN_BYTES: usize = 400;

/// A node as compact JSON with sorted keys, cut where it grows long for a message.
pub(crate) fn json(node: Node<'_>) -> String {
    let mut out = String::new();
    write_json(node, &mut out);
    out
}

fn write_json(node: Node<'_>, out: &mut String) {
    if out.len() > SHOWN_BYTES {
        if !out.ends_with('…') {
            out.push('…');
        }
        return;
    }
    match node.kind() {
        Kind::Null => out.push_str("null"),
        Kind::Bool => out.push_str(if node.as_bool() == Some(true) { "true" } else { "false" }),
        Kind::String => out.push_str(&quoted(node.as_str().unwrap_or(""))),
        Kind::Number => write_number(node, out),
        Kind::Seq => {
            out.push('[');
            separated(node.items(), out, write_json);
            out.push(']');
        }
        Kind::Map => {
            let mut entries: Vec<_> = node.entries().collect();
            entries.sort_by_key(|entry| entry.key.as_str());
            out.push('{');
            separated(entries.into_iter(), out, |entry, out| {
                out.push_str(&quoted(entry.key.as_str().unwrap_or("")));
                out.push(':');
                write_json(entry.value, out);
            });
            out.push('}');
        }
    }
}

fn separated<T>(items: impl Iterator<Item = T>, out: &mut String, write: impl Fn(T, &mut String)) {
    for (index, item) in items.enumerate() {
        if out.ends_with('…') {
            return;
        }
        if index > 0 {
            out.push(',');
        }
        write(item, out);
    }
}

fn write_number(node: Node<'_>, out: &mut String) {
    let written = match (node.as_i64(), node.as_f64()) {
        (Some(int), _) => write!(out, "{int}"),
        (None, Some(float)) => write!(out, "{float}"),
        (None, None) => Ok(()),
    };
    debug_assert!(written.is_ok(), "a String takes all that is written");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{self, Sources};

    #[test]
    fn paths() {
        let spec = Path::ROOT.child("spec");
        let containers = spec.child("containers");
        let first = containers.index(0);
        let limits = first.child("limits");
        let cpu = limits.key("nvidia.com/gpu");
        assert_eq!(cpu.to_string(), "spec.containers[0].limits[nvidia.com/gpu]");
        assert_eq!(Path::ROOT.to_string(), "");
    }

    #[test]
    fn bodies() {
        let body = |cause, value: Option<&str>, detail: &'static str| {
            let (value, detail) = (value.map(str::to_owned), Cow::Borrowed(detail));
            let file = Sources::default().add(source::Kind::File, "", *b"");
            let span = Span { file, start: 0, end: 0 };
            FieldError { path: String::new(), cause, value, detail, span, help: None }.body()
        };
        assert_eq!(body(Cause::Required, None, ""), "Required value");
        assert_eq!(body(Cause::Invalid, Some("7"), "too odd"), "Invalid value: 7: too odd");
        assert_eq!(body(Cause::Duplicate, Some("\"a\""), ""), "Duplicate value: \"a\"");
        assert_eq!(supported_values(&["a", "b"]), "supported values: \"a\", \"b\"");
        assert_eq!(quoted("a\"\n"), "\"a\\\"\\n\"");
    }
}

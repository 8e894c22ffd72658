//! Merged values in words: YAML whose comments say where each value was set.

use crate::source::{Kind, Sources, Span};
use crate::value::json::{self, Style};
use crate::value::{Data, Text, Value};

use crate::origin::Tracer;

/// A value that is no table, and where it was set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// As in `--set`: `image.tag`, `ports[0].name`.
    pub key: String,
    /// The value as JSON.
    pub value: String,
    pub place: Option<LeafPlace>,
}

/// A file and a line, or the text of a flag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeafPlace {
    pub file: String,
    /// None for a flag.
    pub line: Option<u32>,
}

/// The values as YAML, with a comment behind each that was set somewhere.
pub fn text(values: &Value, tracer: &Tracer, sources: &Sources) -> String {
    let mut printer = Printer { tracer, sources, lines: Vec::new() };
    match entries(values).as_slice() {
        [] => printer.lines.push(("{}".to_owned(), None)),
        entries => printer.table(entries, 0),
    }
    let mut out = String::new();
    for (line, place) in printer.lines {
        out.push_str(&line);
        if let Some(place) = place {
            out.extend(["  # ", &place.to_string()]);
        }
        out.push('\n');
    }
    out
}

/// All values that are no tables and no lists with something in them, in the order of their keys.
pub fn leaves(values: &Value, tracer: &Tracer, sources: &Sources) -> Vec<Leaf> {
    let mut leaves = Vec::new();
    add_leaves(values, String::new(), tracer, sources, &mut leaves);
    leaves
}

fn add_leaves(
    value: &Value,
    key: String,
    tracer: &Tracer,
    sources: &Sources,
    leaves: &mut Vec<Leaf>,
) {
    let entries = entries(value);
    let items = items(value);
    if entries.is_empty() && items.is_empty() {
        let place = place(value, tracer, sources);
        leaves.push(Leaf { key, value: scalar(value), place });
        return;
    }
    for (name, inner) in &entries {
        let name = String::from_utf8_lossy(name);
        let key = if key.is_empty() { name.into_owned() } else { format!("{key}.{name}") };
        add_leaves(inner, key, tracer, sources, leaves);
    }
    for (index, inner) in items.iter().enumerate() {
        add_leaves(inner, format!("{key}[{index}]"), tracer, sources, leaves);
    }
}

struct Printer<'a> {
    tracer: &'a Tracer,
    sources: &'a Sources,
    lines: Vec<(String, Option<LeafPlace>)>,
}

impl Printer<'_> {
    fn table(&mut self, entries: &[(Text, Value)], depth: usize) {
        for (key, value) in entries {
            let key = key_text(key);
            self.value(&format!("{}{key}:", "  ".repeat(depth)), value, depth);
        }
    }

    fn list(&mut self, items: &[Value], depth: usize) {
        for item in items {
            self.value(&format!("{}-", "  ".repeat(depth)), item, depth);
        }
    }

    /// A value behind its key or its dash.
    fn value(&mut self, start: &str, value: &Value, depth: usize) {
        let (entries, items) = (entries(value), items(value));
        if entries.is_empty() && items.is_empty() {
            let place = place(value, self.tracer, self.sources);
            self.lines.push((format!("{start} {}", scalar(value)), place));
            return;
        }
        self.lines.push((start.to_owned(), None));
        self.table(&entries, depth + 1);
        self.list(&items, depth + 1);
    }
}

impl std::fmt::Display for LeafPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}", self.file),
            None => f.write_str(&self.file),
        }
    }
}

fn entries(value: &Value) -> Vec<(Text, Value)> {
    let Data::Map(map) = &value.data else { return Vec::new() };
    map.borrow().iter().map(|(key, value)| (Text::clone(key), value.clone())).collect()
}

fn items(value: &Value) -> Vec<Value> {
    value.as_list().map_or_else(Vec::new, |list| list.as_slice().to_vec())
}

/// JSON is YAML too.
fn scalar(value: &Value) -> String {
    const MAX: usize = 64 << 20;
    let text = json::encode(value, Style::Raw, MAX).unwrap_or_default();
    String::from_utf8_lossy(&text).trim_end().to_owned()
}

/// Plain where every YAML reader takes it for a text.
fn key_text(key: &[u8]) -> String {
    let plain = key.first().is_some_and(u8::is_ascii_alphabetic)
        && key.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(byte))
        && !matches!(
            key.to_ascii_lowercase().as_slice(),
            b"y" | b"n" | b"yes" | b"no" | b"on" | b"off" | b"true" | b"false" | b"null"
        );
    if plain { String::from_utf8_lossy(key).into_owned() } else { scalar(&Value::text(key)) }
}

fn place(value: &Value, tracer: &Tracer, sources: &Sources) -> Option<LeafPlace> {
    let Span { file, start, .. } = tracer.values(value.src).first()?.span;
    let line = match sources.kind(file) {
        Kind::Flag => None,
        Kind::File | Kind::Rendered => Some(sources.line_column(file, start).line),
    };
    Some(LeafPlace { file: sources.path(file).to_owned(), line })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::origin::{Src, Step};
    use crate::value::{self, Map, MapKind, from_node};
    use crate::yaml;

    fn read(text: &str) -> (Value, Tracer, Sources) {
        let mut sources = Sources::default();
        let file = sources.add(Kind::File, "values.yaml", text.as_bytes());
        let mut tracer = Tracer::default();
        let documents = yaml::read_values(file, sources.text(file)).unwrap();
        let root = documents.first().unwrap().root();
        let values = from_node(root, Src::NONE, value::Sources::Keys(&mut tracer));
        (values, tracer, sources)
    }

    #[test]
    fn every_value_says_where_it_was_set() {
        let (values, mut tracer, mut sources) =
            read("b:\n  - x: 1\n    \"y\": []\nimage: {tag: v1}\n\"on\": {}\n");
        let flag = sources.add(Kind::Flag, "--set a=null", &b"a=null"[..]);
        let span = Span { file: flag, start: 0, end: 6 };
        let src = tracer.key(Src::NONE, Step::Key("a".to_owned()), span);
        values.as_map().unwrap().insert(&b"a"[..], Value::NIL.with(src));
        assert_eq!(
            text(&values, &tracer, &sources),
            "a: null  # --set a=null\n\
             b:\n  -\n    x: 1  # values.yaml:2\n    \"y\": []  # values.yaml:3\n\
             image:\n  tag: \"v1\"  # values.yaml:4\n\
             \"on\": {}  # values.yaml:5\n"
        );
        let keys: Vec<String> =
            leaves(&values, &tracer, &sources).into_iter().map(|leaf| leaf.key).collect();
        assert_eq!(keys, ["a", "b[0].x", "b[0].y", "image.tag", "on"]);
    }

    #[test]
    fn nothing_is_an_empty_table() {
        let values = Value::from(Map::new(MapKind::Any));
        assert_eq!(text(&values, &Tracer::default(), &Sources::default()), "{}\n");
    }
}

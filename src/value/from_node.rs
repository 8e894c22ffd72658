//! YAML nodes as values: what `yaml.Unmarshal` puts into an `interface{}`.

use crate::origin::{Src, Step, Tracer};
use crate::source::Span;
use crate::value::{Map, MapKind, Text, Value};
use crate::yaml::{Entry, Kind, Node};

/// Which sources the values below a node get.
pub enum Sources<'t> {
    /// All have that of the node: it was read from a text that a template made.
    Same,
    /// Each has its own key, below that of the node.
    Keys(&'t mut Tracer),
}

/// The value of a node, and the values below it. All numbers are floats, as they are wherever Go
/// decodes JSON without a type.
pub fn from_node(node: Node<'_>, src: Src, mut sources: Sources<'_>) -> Value {
    let mut open: Vec<Open<'_>> = Vec::new();
    let mut next = (node, src);
    loop {
        let (node, src) = next;
        let mut done = match node.kind() {
            Kind::Map | Kind::Seq => {
                open.push(Open::new(node, src));
                None
            }
            Kind::Null | Kind::Bool | Kind::Number | Kind::String => Some(scalar(node).with(src)),
        };
        // Goes up as long as what was completed is the last of its collection.
        next = loop {
            let Some(collection) = open.last_mut() else {
                return done.unwrap_or(Value::NIL);
            };
            if let Some(value) = done.take() {
                collection.values.push(value);
            }
            if let Some(child) = collection.next_child(&mut sources) {
                break child;
            }
            done = open.pop().map(Open::finish);
        };
    }
}

fn scalar(node: Node<'_>) -> Value {
    if let Some(text) = node.as_str() {
        Value::from(text)
    } else if let Some(value) = node.as_bool() {
        Value::from(value)
    } else {
        node.as_f64().map_or(Value::NIL, Value::from)
    }
}

/// A collection whose values are being made.
struct Open<'a> {
    src: Src,
    children: Children<'a>,
    values: Vec<Value>,
}

enum Children<'a> {
    Items(Vec<Node<'a>>),
    Entries(Vec<Entry<'a>>),
}

impl<'a> Open<'a> {
    fn new(node: Node<'a>, src: Src) -> Open<'a> {
        let children = if node.kind() == Kind::Map {
            Children::Entries(node.entries().collect())
        } else {
            Children::Items(node.items().collect())
        };
        Open { src, children, values: Vec::new() }
    }

    fn next_child(&self, sources: &mut Sources<'_>) -> Option<(Node<'a>, Src)> {
        let at = self.values.len();
        match &self.children {
            Children::Items(items) => {
                let item = *items.get(at)?;
                let step = || Step::Index(at);
                Some((item, self.source(sources, step, item.span())))
            }
            Children::Entries(entries) => {
                let entry = *entries.get(at)?;
                let step = || Step::Key(entry.key.as_str().unwrap_or_default().to_owned());
                Some((entry.value, self.source(sources, step, place(entry))))
            }
        }
    }

    fn source(&self, sources: &mut Sources<'_>, step: impl FnOnce() -> Step, place: Span) -> Src {
        match sources {
            Sources::Same => self.src,
            Sources::Keys(tracer) => tracer.key(self.src, step(), place),
        }
    }

    fn finish(self) -> Value {
        let value = match self.children {
            Children::Items(_) => Value::from(self.values),
            Children::Entries(entries) => {
                let map = Map::new(MapKind::Any);
                let keys = entries
                    .iter()
                    .map(|entry| Text::from(entry.key.as_str().unwrap_or_default().as_bytes()));
                map.borrow_mut().extend(keys.zip(self.values));
                Value::from(map)
            }
        };
        value.with(self.src)
    }
}

/// The text that sets a key: its value, or the key itself if the value is a collection or empty.
fn place(entry: Entry<'_>) -> Span {
    let value = entry.value.span();
    let collection = matches!(entry.value.kind(), Kind::Map | Kind::Seq);
    if collection || value.start == value.end { entry.key.span() } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{self, Sources as Files};
    use crate::value::json::{self, Style};
    use crate::yaml;

    fn read(text: &str) -> (Files, Option<yaml::Document>) {
        let mut files = Files::default();
        let file = files.add(source::Kind::File, "values.yaml", text.as_bytes());
        let text = files.text(file);
        let document = yaml::read_first(file, text, 0..text.len()).unwrap();
        (files, document)
    }

    #[test]
    fn values_are_those_of_the_nodes() {
        let (_, document) = read("a: &a [1, {b: yes, c: }]\n3: x\nd: *a\ne: {}\nf: []\n");
        let value = from_node(document.unwrap().root(), Src::NONE, Sources::Same);
        assert_eq!(
            String::from_utf8(json::encode(&value, Style::Compact, 1 << 20).unwrap()).unwrap(),
            r#"{"3":"x","a":[1,{"b":true,"c":null}],"d":[1,{"b":true,"c":null}],"e":{},"f":[]}"#
        );
    }

    #[test]
    fn keys_and_places_are_traced() {
        let (files, document) = read("a:\n  b:\n  - 1\n  - c: x\n    d:\n");
        let mut tracer = Tracer::default();
        let root = document.as_ref().unwrap().root();
        let value = from_node(root, Src::NONE, Sources::Keys(&mut tracer));
        let mut found = Vec::new();
        let mut rest = vec![value];
        while let Some(value) = rest.pop() {
            for source in tracer.values(value.src) {
                let text = String::from_utf8_lossy(files.slice(source.span)).into_owned();
                found.push(format!("{}={text}", source.key));
            }
            if let Some(map) = value.as_map() {
                rest.extend(map.borrow().values().rev().cloned());
            }
            rest.extend(
                value.as_list().into_iter().flat_map(|list| list.as_slice()).rev().cloned(),
            );
        }
        assert_eq!(
            found,
            ["a=a", "a.b=b", "a.b[0]=1", "a.b[1]=c: x\n    d:", "a.b[1].c=x", "a.b[1].d=d"]
        );
    }

    #[test]
    fn depth_is_no_danger() {
        let (_, document) = read(&format!("{}{}", "[".repeat(9_999), "]".repeat(9_999)));
        from_node(document.unwrap().root(), Src::NONE, Sources::Same);
    }
}

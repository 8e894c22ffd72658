//! Reads one mapping of `chartc.yaml`, key by key, and says what is wrong with it.

use super::Spanned;
use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::nearest::nearest;
use crate::source::Span;
use crate::yaml::{Kind, Node};

/// A mapping that is being read. Every key asked for is known; [`Section::finish`] refuses the rest.
pub(super) struct Section<'n, 's> {
    node: Node<'n>,
    /// What messages call it.
    name: &'s str,
    known: Vec<&'static str>,
    /// Any key may stand here.
    open: bool,
    sink: &'s mut Sink,
}

impl<'n, 's> Section<'n, 's> {
    pub(super) fn new(node: Node<'n>, name: &'s str, sink: &'s mut Sink) -> Section<'n, 's> {
        if node.kind() != Kind::Map {
            sink.report(wrong_type(node, name, "a mapping"));
        }
        Section { node, name, known: Vec::new(), open: false, sink }
    }

    pub(super) fn span(&self) -> Span {
        self.node.span()
    }

    pub(super) fn string(&mut self, key: &'static str) -> Option<String> {
        let node = self.take(key)?;
        self.text(node, key)
    }

    pub(super) fn required_string(&mut self, key: &'static str) -> Option<String> {
        if self.take(key).is_none() {
            self.sink.report(missing_key(self.node, self.name, key));
        }
        self.string(key)
    }

    /// A string that can be the name of a file: other names are refused, but kept.
    pub(super) fn required_file_name(&mut self, key: &'static str) -> Option<(String, Span)> {
        let name = self.required_string(key)?;
        let span = self.node.get(key).map_or(self.span(), Node::span);
        if name.is_empty() || name.starts_with('.') || name.contains(['/', '\\']) {
            self.sink.report(bad_file_name(span, key, &name));
        }
        Some((name, span))
    }

    /// Refuses a name that stands twice.
    pub(super) fn refuse_duplicates<'a>(&mut self, names: impl Iterator<Item = (&'a str, Span)>) {
        let mut known = std::collections::BTreeSet::new();
        for (name, span) in names {
            if !known.insert(name) {
                self.sink.report(error(span, format!("two cases are named `{name}`")));
            }
        }
    }

    pub(super) fn spanned(&mut self, key: &'static str) -> Option<Spanned> {
        let node = self.take(key)?;
        Some(Spanned { text: self.text(node, key)?, span: node.span() })
    }

    pub(super) fn required_spanned(&mut self, key: &'static str) -> Option<Spanned> {
        if self.take(key).is_none() {
            self.sink.report(missing_key(self.node, self.name, key));
        }
        self.spanned(key)
    }

    pub(super) fn bool(&mut self, key: &'static str) -> Option<bool> {
        let node = self.take(key)?;
        let value = node.as_bool();
        if value.is_none() {
            self.sink.report(wrong_type(node, key, "true or false"));
        }
        value
    }

    pub(super) fn severity(&mut self, key: &'static str) -> Option<Severity> {
        let all = [Severity::Error, Severity::Warning, Severity::Info].map(|one| (one.name(), one));
        self.one_of(key, &all)
    }

    pub(super) fn one_of<T: Copy>(
        &mut self,
        key: &'static str,
        all: &[(&'static str, T)],
    ) -> Option<T> {
        let node = self.take(key)?;
        let found = node.as_str().and_then(|text| all.iter().find(|(name, _)| *name == text));
        if found.is_none() {
            let names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
            self.sink.report(wrong_type(node, key, &format!("one of {}", names.join(", "))));
        }
        found.map(|(_, value)| *value)
    }

    pub(super) fn strings(&mut self, key: &'static str) -> Vec<String> {
        self.strings_with_spans(key).into_iter().map(|(text, _)| text).collect()
    }

    /// A list of strings; a single string stands for a list of one.
    pub(super) fn strings_with_spans(&mut self, key: &'static str) -> Vec<(String, Span)> {
        let Some(node) = self.take(key) else { return Vec::new() };
        let nodes = if node.kind() == Kind::Seq { node.items().collect() } else { vec![node] };
        nodes.into_iter().filter_map(|item| Some((self.text(item, key)?, item.span()))).collect()
    }

    pub(super) fn section<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&mut Section<'_, '_>) -> T,
    ) -> Option<T> {
        let node = self.take(key)?;
        let mut section = Section::new(node, key, self.sink);
        let value = read(&mut section);
        section.finish();
        Some(value)
    }

    /// A list of mappings. Those that `read` refuses were reported and are left out.
    pub(super) fn list<T>(
        &mut self,
        key: &'static str,
        read: impl Fn(&mut Section<'_, '_>) -> Option<T>,
    ) -> Vec<T> {
        let Some(node) = self.take(key) else { return Vec::new() };
        if node.kind() != Kind::Seq {
            self.sink.report(wrong_type(node, key, "a list"));
        }
        let mut all = Vec::new();
        for item in node.items() {
            let mut section = Section::new(item, key, self.sink);
            all.extend(read(&mut section));
            section.finish();
        }
        all
    }

    /// A mapping from any name to mappings.
    pub(super) fn map<T>(
        &mut self,
        key: &'static str,
        read: impl Fn(&str, &mut Section<'_, '_>) -> T,
    ) -> Vec<T> {
        let Some(node) = self.take(key) else { return Vec::new() };
        if node.kind() != Kind::Map {
            self.sink.report(wrong_type(node, key, "a mapping"));
        }
        let mut all = Vec::new();
        for entry in node.entries() {
            let name = entry.key.as_str().unwrap_or_default();
            let mut section = Section::new(entry.value, name, self.sink);
            all.push(read(name, &mut section));
            section.finish();
        }
        all
    }

    /// All keys that were not asked for, as plain data. Nothing is unknown after that.
    pub(super) fn rest(&mut self) -> Vec<(String, serde_json::Value)> {
        let known = std::mem::take(&mut self.known);
        let rest = self.node.entries().filter_map(|entry| {
            let key = entry.key.as_str()?;
            (!known.contains(&key)).then(|| (key.to_owned(), plain(entry.value)))
        });
        let rest = rest.collect();
        self.open = true;
        rest
    }

    /// Refuses the keys that nobody asked for.
    pub(super) fn finish(self) {
        for entry in self.node.entries() {
            let key = entry.key.as_str().unwrap_or_default();
            if !self.open && !self.known.contains(&key) {
                self.sink.report(unknown_key(entry.key, key, self.name, &self.known));
            }
        }
    }

    fn take(&mut self, key: &'static str) -> Option<Node<'n>> {
        self.known.push(key);
        self.node.get(key).filter(|node| !node.is_null())
    }

    fn text(&mut self, node: Node<'_>, key: &str) -> Option<String> {
        let text = node.as_str().map(str::to_owned);
        if text.is_none() {
            self.sink.report(wrong_type(node, key, "a string (put it in quotes)"));
        }
        text
    }
}

/// Plain data: what JSON would hold.
fn plain(node: Node<'_>) -> serde_json::Value {
    match node.kind() {
        Kind::Null => serde_json::Value::Null,
        Kind::Bool => node.as_bool().into(),
        Kind::Number => node.as_i64().map_or_else(|| node.as_f64().into(), Into::into),
        Kind::String => node.as_str().into(),
        Kind::Seq => node.items().map(plain).collect(),
        Kind::Map => {
            let entry = |entry: crate::yaml::Entry<'_>| {
                Some((entry.key.as_str()?.to_owned(), plain(entry.value)))
            };
            serde_json::Value::Object(node.entries().filter_map(entry).collect())
        }
    }
}

pub(super) fn error(span: Span, message: String) -> Diagnostic {
    Diagnostic::new(Group::Input, "config", Severity::Error, span, message)
}

fn unknown_key(key: Node<'_>, word: &str, section: &str, known: &[&'static str]) -> Diagnostic {
    let unknown = error(key.span(), format!("unknown key `{word}` in `{section}`"));
    match nearest(word, known.iter().copied()) {
        Some(name) => unknown.help(format!("did you mean `{name}`?")),
        None => unknown.help(format!("known keys: {}", known.join(", "))),
    }
}

fn missing_key(node: Node<'_>, section: &str, key: &str) -> Diagnostic {
    error(node.span(), format!("`{section}` needs the key `{key}`"))
}

fn bad_file_name(span: Span, key: &str, name: &str) -> Diagnostic {
    error(span, format!("`{key}` `{name}` cannot be the name of a folder of golden files"))
        .help("leave out `/` and `\\`, and `.` at the start")
}

fn wrong_type(node: Node<'_>, key: &str, expected: &str) -> Diagnostic {
    error(node.span(), format!("`{key}` should be {expected}"))
}

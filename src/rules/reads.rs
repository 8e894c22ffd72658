//! Which values the files of a chart read, as far as their text tells.
//!
//! Values can be read in files that `tpl` runs, in `values.yaml` itself, in partials of library charts:
//! so all texts are searched, not only the templates.

use std::collections::{BTreeMap, BTreeSet};

use crate::chart::{self, Chart, Import};
use crate::source::{FileId, Sources};
use crate::yaml::{Entry, Kind, Node};

/// What is read of `.Values`.
#[derive(Default)]
pub(crate) struct Reads {
    /// Some text takes the values as a whole, or by names that it computes.
    everything: bool,
    root: Read,
    /// All names in all texts: a value whose name stands nowhere is read by nobody.
    words: BTreeSet<Vec<u8>>,
}

#[derive(Default)]
struct Read {
    whole: bool,
    below: BTreeMap<String, Read>,
}

const VALUES: &[u8] = b".Values";

impl Reads {
    pub(crate) fn of(chart: &Chart, sources: &Sources) -> Reads {
        let mut reads = Reads::default();
        reads.add_chart(chart, sources);
        let mut open: Vec<&Chart> = chart.dependencies.iter().collect();
        while let Some(chart) = open.pop() {
            reads.add_templates(chart, sources);
            open.extend(&chart.dependencies);
        }
        reads
    }

    fn add_chart(&mut self, chart: &Chart, sources: &Sources) {
        self.add_templates(chart, sources);
        let talk = |path: &str| path.ends_with(".md") || path.starts_with("ci/");
        let files = chart.files.iter().filter(|file| !talk(&file.path)).map(|file| file.id);
        let defaults = chart.defaults.iter().map(|document| document.file());
        files.chain(defaults).for_each(|file| self.search(sources.text(file)));
        for dependency in chart.metadata.dependencies.iter().flatten().flatten() {
            dependency.condition.split(',').for_each(|path| self.mark(path.trim().split('.')));
            for import in &dependency.import_values {
                if let Import::Table { parent, .. } = import {
                    self.mark(parent.split('.'));
                }
            }
        }
    }

    fn add_templates(&mut self, chart: &Chart, sources: &Sources) {
        for template in &chart.templates {
            self.everything |= chart::is_jinja(&template.path);
            self.add_text(template.id, sources);
        }
    }

    fn add_text(&mut self, file: FileId, sources: &Sources) {
        let text = sources.text(file);
        let part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        let words = text.split(|byte| !part(byte)).filter(|word| !word.is_empty());
        for word in words {
            if !self.words.contains(word) {
                self.words.insert(word.to_vec());
            }
        }
        self.search(text);
    }

    /// Notes every `.Values…` of a text.
    fn search(&mut self, text: &[u8]) {
        self.everything |= memchr::memmem::find(text, b"\"Values\"").is_some();
        for at in memchr::memmem::find_iter(text, VALUES) {
            let after = text.get(at + VALUES.len()..).unwrap_or_default();
            if after.first().is_some_and(|byte| is_name_byte(*byte)) {
                continue;
            }
            let (chain, rest) = chain(after);
            if !chain.is_empty() {
                self.mark(chain.into_iter());
                continue;
            }
            let names = literals(rest);
            match word_before(text, at) {
                b"index" if !names.is_empty() => self.mark(names.into_iter()),
                b"get" | b"hasKey" if !names.is_empty() => self.mark(names.into_iter().take(1)),
                _ => self.everything = true,
            }
        }
    }

    fn mark<'n>(&mut self, path: impl Iterator<Item = &'n str>) {
        let mut read = &mut self.root;
        for name in path {
            read = read.below.entry(name.to_owned()).or_default();
        }
        read.whole = true;
    }

    /// Whether some text takes the values as a whole.
    pub(crate) fn takes_everything(&self) -> bool {
        self.everything
    }

    /// Whether a value is read, or something that it is a part of, or a part of it.
    pub(crate) fn covers(&self, path: &[&str]) -> bool {
        let mut read = &self.root;
        for name in path {
            match read.below.get(*name) {
                _ if read.whole => return true,
                Some(below) => read = below,
                None => return self.everything && self.mentions(name),
            }
        }
        true
    }

    /// Whether the name of a value stands in some template.
    pub(crate) fn mentions(&self, name: &str) -> bool {
        self.words.contains(name.as_bytes())
    }

    /// The outermost entries of `values.yaml` that nothing reads, with their paths.
    pub(crate) fn unread<'n>(
        &self,
        values: Node<'n>,
        skip: impl Fn(&str) -> bool,
    ) -> Vec<(String, Entry<'n>)> {
        let mut unread = Vec::new();
        for entry in values.entries() {
            let Some(name) = entry.key.as_str().filter(|name| !skip(name)) else { continue };
            self.descend(self.root.below.get(name), name.to_owned(), entry, &mut unread);
        }
        unread
    }

    fn descend<'n>(
        &self,
        read: Option<&Read>,
        path: String,
        entry: Entry<'n>,
        unread: &mut Vec<(String, Entry<'n>)>,
    ) {
        let read = match read {
            Some(_) if self.everything => return,
            // What takes all values may read this one, if it knows its name.
            None if self.everything => {
                let name = entry.key.as_str().unwrap_or_default();
                return unread.extend((!self.mentions(name)).then_some((path, entry)));
            }
            None => return unread.push((path, entry)),
            Some(read) if read.whole || entry.value.kind() != Kind::Map => return,
            Some(read) => read,
        };
        for below in entry.value.entries() {
            let Some(name) = below.key.as_str() else { continue };
            self.descend(read.below.get(name), format!("{path}.{name}"), below, unread);
        }
    }
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The names in `.a.b.c`, and what follows them.
fn chain(mut text: &[u8]) -> (Vec<&str>, &[u8]) {
    let mut names = Vec::new();
    while let Some(rest) = text.strip_prefix(b".") {
        let length = rest.iter().take_while(|byte| is_name_byte(**byte)).count();
        let Some(name) = std::str::from_utf8(&rest[..length]).ok().filter(|name| !name.is_empty())
        else {
            break;
        };
        names.push(name);
        text = &rest[length..];
    }
    (names, text)
}

/// The string literals that follow, with nothing but space between them.
fn literals(mut text: &[u8]) -> Vec<&str> {
    let mut all = Vec::new();
    while let Some(rest) = text.trim_ascii_start().strip_prefix(b"\"") {
        let Some(end) = memchr::memchr(b'"', rest) else { break };
        all.extend(std::str::from_utf8(&rest[..end]));
        text = &rest[end + 1..];
    }
    all
}

/// The word before `$root.Values`, which starts before `at`: the function that takes it first.
fn word_before(text: &[u8], at: usize) -> &[u8] {
    let before = text.get(..at).unwrap_or_default();
    let holder = |byte: &u8| is_name_byte(*byte) || matches!(byte, b'$' | b'.');
    let start = before.iter().rposition(|byte| !holder(byte)).map_or(0, |at| at + 1);
    let before = before[..start].trim_ascii_end();
    let start = before.iter().rposition(|byte| !is_name_byte(*byte)).map_or(0, |at| at + 1);
    &before[start..]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{self, File, FileSet};

    #[track_caller]
    fn check(template: &str, values: &str, expected: &[&str]) {
        let files = vec![
            File::new("Chart.yaml", b"apiVersion: v2\nname: web\nversion: 1.0.0\n"),
            File::new("values.yaml", values.as_bytes()),
            File::new("templates/web.yaml", template.as_bytes()),
        ];
        let mut sources = Sources::default();
        let Ok(loaded) = chart::load(&FileSet::new("web", files), &mut sources) else {
            panic!("the chart loads");
        };
        let reads = Reads::of(&loaded.chart, &sources);
        let root = loaded.chart.defaults[0].root();
        let unread: Vec<String> =
            reads.unread(root, |_| false).into_iter().map(|(path, _)| path).collect();
        assert_eq!(unread, expected);
    }

    #[test]
    fn chains() {
        check("{{ .Values.a.b }}", "a: {b: 1, c: 2}", &["a.c"]);
        check("{{ $.Values.a }}", "a: {b: 1, c: 2}\nd: 1", &["d"]);
        check("{{ $root.Values.a.b.c }}", "a: {b: {c: 1}}", &[]);
        check("{{ .ValuesOf.a }}", "a: 1", &["a"]);
    }

    #[test]
    fn functions() {
        check("{{ index .Values \"a\" \"b-c\" }}", "a: {b-c: 1, d: 2}", &["a.d"]);
        check("{{ get .Values \"a\" }}", "a: 1\nb: 1", &["b"]);
    }

    #[test]
    fn whole_values_may_be_read_by_name() {
        check("{{ include \"x\" (dict \"v\" .Values) }}{{ .v.a }}", "a: 1\nb: 1", &["b"]);
    }

    #[test]
    fn templates_in_values() {
        check("{{ tpl .Values.a . }}", "a: '{{ .Values.b }}'\nb: 1\nc: 1", &["c"]);
    }
}

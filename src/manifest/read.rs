//! Streams of manifests: documents between lines of `---`.

use std::ops::Range;

use crate::diagnostic::{Diagnostic, Group, ObjectRef, Place, Severity, Sink};
use crate::manifest::object::{Head, Objects};
use crate::source::{FileId, Sources};
use crate::yaml::{self, Document, Kind, Node};

/// Reads a stream of manifests, such as `kustomize build`, `kubectl get -o yaml` or `helm template` prints.
/// A document that is no YAML is reported, and those after it are still read.
pub fn read_stream(file: FileId, sources: &Sources, sink: &mut Sink) -> Objects {
    let text = sources.text(file);
    let mut objects = Objects::default();
    for part in documents(text) {
        match yaml::read_first(file, text, part) {
            Ok(Some(document)) => objects.push(document),
            Ok(None) => {}
            Err(error) => sink.report(broken_document(&error)),
        }
    }
    objects
}

impl Objects {
    /// Adds all objects of another list.
    pub fn append(&mut self, other: Objects) {
        let offset = self.documents.len();
        self.documents.extend(other.documents);
        self.heads.extend(
            other.heads.into_iter().map(|head| Head { document: head.document + offset, ..head }),
        );
    }

    /// Adds the objects of a document: itself, or the items of a List. What is no mapping is no object.
    pub fn push(&mut self, document: Document) {
        let root = document.root();
        let index = self.documents.len();
        if is_list(root) {
            let items = root.get("items").into_iter().flat_map(Node::items).enumerate();
            self.heads.extend(
                items
                    .filter(|(_, item)| item.kind() == Kind::Map)
                    .map(|(nth, item)| head(item, index, Some(nth))),
            );
        } else if root.kind() == Kind::Map {
            self.heads.push(head(root, index, None));
        }
        self.documents.push(document);
    }
}

/// Whether kubectl and Helm take the items of this for objects: `kind: List` of the core group.
fn is_list(root: Node<'_>) -> bool {
    let text = |key| root.get(key).and_then(Node::as_str);
    text("kind") == Some("List") && text("apiVersion") == Some("v1") && root.get("items").is_some()
}

fn head(root: Node<'_>, document: usize, item: Option<usize>) -> Head {
    let text = |path: &[&str]| root.at(path).and_then(Node::as_str).map(str::to_owned);
    let hook =
        root.at(&["metadata", "annotations"]).is_some_and(|all| all.get("helm.sh/hook").is_some());
    let reference = ObjectRef {
        api_version: text(&["apiVersion"]).unwrap_or_default(),
        kind: text(&["kind"]).unwrap_or_default(),
        namespace: text(&["metadata", "namespace"]),
        name: text(&["metadata", "name"]),
    };
    Head { document, item, hook, reference }
}

/// The parts of a stream between its separators: lines that start with `---`.
fn documents(text: &[u8]) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = 0;
    for at in memchr::memmem::find_iter(text, b"---") {
        let starts_line = at == 0 || text[at - 1] == b'\n';
        let ends = matches!(text.get(at + 3), None | Some(b' ' | b'\t' | b'\r' | b'\n'));
        if starts_line && ends {
            parts.push(start..at);
            start = at + 3;
        }
    }
    parts.push(start..text.len());
    parts
}

/// What is no YAML cannot be sent to the API server.
fn broken_document(error: &yaml::Error) -> Diagnostic {
    let message = error.to_string();
    Diagnostic::new(
        Group::ApiServer,
        "invalid-yaml",
        Severity::Error,
        Place::rendered(error.span),
        message,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Kind as FileKind;

    #[track_caller]
    fn check(stream: &str, expected: &str) {
        let mut sources = Sources::default();
        let file = sources.add(FileKind::File, "all.yaml", stream.as_bytes());
        let mut sink = Sink::default();
        let objects = read_stream(file, &sources, &mut sink);
        let mut lines: Vec<String> = objects
            .iter()
            .map(|object| {
                let at = object.root().span().start;
                format!(
                    "{} {} {}",
                    object.kind(),
                    object.name().unwrap_or("-"),
                    sources.line_column(file, at).line
                )
            })
            .collect();
        lines.extend(sink.into_vec().into_iter().map(|found| found.message));
        assert_eq!(lines.join("\n"), expected);
    }

    #[test]
    fn documents_become_objects() {
        check(
            "---\n# Source: ch/templates/a.yaml\nkind: A\nmetadata: {name: a}\n---\nkind: B\n",
            "A a 3\nB - 6",
        );
    }

    #[test]
    fn lists_are_opened() {
        check("apiVersion: v1\nkind: List\nitems:\n- kind: A\n- kind: B\n", "A - 4\nB - 5");
    }

    #[test]
    fn a_broken_document_does_not_hide_the_next() {
        check(
            "kind: A\n---\na: b: c\n---\nkind: B\n",
            "A - 1\nB - 5\nyaml: line 2: mapping values are not allowed in this context",
        );
    }
}

//! Golden files against a render.
//!
//! A case's golden files are a tree of paths and texts, as `--output-dir` would write them, or one
//! file for all. This module says what differs and what an update would write; `cli` reads and writes.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use sha2::{Digest, Sha256};

use crate::diagnostic::{Diagnostic, Group, Severity};
use crate::manifest::{Manifest, Manifests, Printed};
use crate::source::Sources;
use crate::yaml::{Document, Node};

/// The golden files of one case: path below the case's folder, and text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    pub files: BTreeMap<String, Vec<u8>>,
}

/// One file that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Path below the case's folder.
    pub path: String,
    pub kind: DifferenceKind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DifferenceKind {
    /// Rendered, but there is no golden file.
    Missing,
    /// There is a golden file, but nothing renders it any more.
    Stale,
    /// Both are there and differ.
    Changed { golden: Vec<u8>, rendered: Vec<u8> },
}

/// What golden files hold of a render: the documents of each chart file in a file of its name, as
/// `--output-dir` writes them. Values of Secrets, and labels and annotations that `mask` names, are masked.
pub fn tree(manifests: &Manifests, sources: &Sources, mask: &[String]) -> Tree {
    let mut tree = Tree::default();
    for manifest in manifests.plain.iter().chain(&manifests.hooks) {
        let text = masked(manifest, sources, mask);
        let file = tree.files.entry(manifest.source.clone()).or_default();
        Printed { source: &manifest.source, text: &text }.write(file);
    }
    tree
}

/// The text of a document with masks in place of what golden files must not hold.
fn masked(manifest: &Manifest, sources: &Sources, mask: &[String]) -> Vec<u8> {
    let text = manifest.text(sources);
    let root = manifest.document.as_ref().map(Document::root);
    let mut masks: Vec<(Range<usize>, String)> = Vec::new();
    for (path, node) in root.into_iter().flat_map(|root| secrets(root).chain(named(root, mask))) {
        let span = node.span().range();
        let inside = span.start >= manifest.range.start && span.end <= manifest.range.end;
        if let (true, Some(value)) = (inside, node.as_str()) {
            let start = span.start - manifest.range.start;
            masks.push((start..span.end - manifest.range.start, masked_value(&path, value)));
        }
    }
    masks.sort_by_key(|(range, _)| range.start);
    let mut out = Vec::with_capacity(text.len());
    let mut end = 0;
    for (range, replacement) in masks {
        if range.start >= end {
            out.extend_from_slice(&text[end..range.start]);
            out.extend_from_slice(replacement.as_bytes());
            end = range.end;
        }
    }
    out.extend_from_slice(&text[end..]);
    out
}

/// The values of a Secret, with the keys that they stand under.
fn secrets(root: Node<'_>) -> impl Iterator<Item = (String, Node<'_>)> {
    let is_secret = root.get("kind").and_then(Node::as_str) == Some("Secret");
    let maps = ["data", "stringData"]
        .into_iter()
        .filter(move |_| is_secret)
        .filter_map(move |key| root.get(key));
    maps.flat_map(Node::entries)
        .map(|entry| (entry.key.as_str().unwrap_or_default().to_owned(), entry.value))
}

/// The values of the labels and annotations that the patterns name, those of pod templates included.
fn named<'a>(root: Node<'a>, patterns: &'a [String]) -> impl Iterator<Item = (String, Node<'a>)> {
    let places: [&[&str]; 6] = [
        &["metadata", "labels"],
        &["metadata", "annotations"],
        &["spec", "template", "metadata", "labels"],
        &["spec", "template", "metadata", "annotations"],
        &["spec", "jobTemplate", "metadata", "labels"],
        &["spec", "jobTemplate", "metadata", "annotations"],
    ];
    let maps = places.into_iter().filter_map(move |path| root.at(path));
    maps.flat_map(Node::entries).filter_map(|entry| {
        let key = entry.key.as_str()?;
        let matches = |pattern: &String| match pattern.strip_suffix('*') {
            Some(prefix) => key.starts_with(prefix),
            None => key == pattern,
        };
        patterns.iter().any(matches).then(|| (key.to_owned(), entry.value))
    })
}

/// A hash in place of a value, so that a change still shows. The key of the hash is the field's own
/// name: equal values of two fields do not look alike.
fn masked_value(field: &str, value: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(field);
    hash.update([0]);
    hash.update(value);
    format!("masked-{}", data_encoding::HEXLOWER.encode(&hash.finalize()[..6]))
}

/// All files that differ, by path.
pub fn compare(golden: &Tree, rendered: &Tree) -> Vec<Difference> {
    let paths: BTreeSet<&String> = golden.files.keys().chain(rendered.files.keys()).collect();
    paths
        .into_iter()
        .filter_map(|path| difference(path, golden.files.get(path), rendered.files.get(path)))
        .collect()
}

fn difference(
    path: &str,
    golden: Option<&Vec<u8>>,
    rendered: Option<&Vec<u8>>,
) -> Option<Difference> {
    let kind = match (golden, rendered) {
        (Some(golden), Some(rendered)) if golden == rendered => return None,
        (Some(golden), Some(rendered)) => {
            DifferenceKind::Changed { golden: golden.clone(), rendered: rendered.clone() }
        }
        (None, _) => DifferenceKind::Missing,
        (Some(_), None) => DifferenceKind::Stale,
    };
    Some(Difference { path: path.to_owned(), kind })
}

impl Difference {
    /// The finding; `file` is the golden file as the user would open it.
    pub fn diagnostic(&self, file: &str) -> Diagnostic {
        let detail = Some(self.unified(file)).filter(|diff| !diff.is_empty());
        let message = match &self.kind {
            DifferenceKind::Missing => format!("no golden file {file}, but the chart renders it"),
            DifferenceKind::Stale => {
                format!("golden file {file} is stale: the chart renders no such file any more")
            }
            DifferenceKind::Changed { .. } => format!("{file} differs from what the chart renders"),
        };
        let diagnostic = Diagnostic::new(
            Group::Golden,
            "golden",
            Severity::Error,
            crate::diagnostic::Place::default(),
            message,
        );
        let help = "look at the difference; if it is meant, run `chartc golden --update`";
        Diagnostic { detail, ..diagnostic.help(help) }
    }

    /// The lines that differ, as a unified diff; empty for a file that is missing or stale.
    pub fn unified(&self, file: &str) -> String {
        let DifferenceKind::Changed { golden, rendered } = &self.kind else { return String::new() };
        let (golden, rendered) =
            (String::from_utf8_lossy(golden), String::from_utf8_lossy(rendered));
        let diff = similar::TextDiff::from_lines(golden.as_ref(), rendered.as_ref());
        diff.unified_diff()
            .context_radius(3)
            .header(&format!("golden {file}"), "rendered")
            .to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)]) -> Tree {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()));
        Tree { files: files.collect() }
    }

    #[track_caller]
    fn check(golden: &[(&str, &str)], rendered: &[(&str, &str)], expected: &str) {
        let found = compare(&tree(golden), &tree(rendered));
        let lines: Vec<String> = found
            .iter()
            .map(|one| format!("{}\n{}", one.diagnostic(&one.path).message, one.unified(&one.path)))
            .collect();
        assert_eq!(lines.concat(), expected);
    }

    #[test]
    fn equal_trees_pass() {
        check(&[("a.yaml", "x: 1\n")], &[("a.yaml", "x: 1\n")], "");
    }

    #[test]
    fn missing_and_stale_files_are_differences() {
        check(
            &[("old.yaml", "")],
            &[("new.yaml", "")],
            "no golden file new.yaml, but the chart renders it\ngolden file old.yaml is stale: the chart renders no such file any more\n",
        );
    }

    #[test]
    fn changed_lines_are_shown() {
        check(
            &[("a.yaml", "x: 1\ny: 2\n")],
            &[("a.yaml", "x: 1\ny: 3\n")],
            "a.yaml differs from what the chart renders\n--- golden a.yaml\n+++ rendered\n@@ -1,2 +1,2 @@\n x: 1\n-y: 2\n+y: 3\n",
        );
    }
}

//! What differs between golden files and a render: file by file, and object by object.

use std::collections::{BTreeMap, BTreeSet};

use super::Tree;
use super::mask;
use crate::config::Compare;
use crate::diagnostic::Sink;
use crate::diff::{self, Action, Change, FieldChange};
use crate::manifest::{self, Objects};
use crate::source::{Kind as FileKind, Sources};

/// One file that differs.
#[derive(Clone, Debug)]
pub struct Difference {
    /// Path below the case's folder.
    pub path: String,
    pub kind: Kind,
    /// What becomes of the objects in the file; None if something in the case is no YAML.
    pub changes: Option<Vec<Change>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Rendered, but there is no golden file.
    Missing,
    /// There is a golden file, but nothing renders it any more.
    Stale,
    /// Both are there and differ.
    Changed { golden: Vec<u8>, rendered: Vec<u8> },
}

/// All files that differ, by path. Hashes of secret values count only if the render has them (`keyed`).
pub fn compare(golden: &Tree, rendered: &Tree, keyed: bool) -> Vec<Difference> {
    let paths: BTreeSet<&String> = golden.files.keys().chain(rendered.files.keys()).collect();
    let mut differences: Vec<Difference> = paths
        .into_iter()
        .filter_map(|path| {
            let kind = difference(golden.files.get(path), rendered.files.get(path), keyed)?;
            Some(Difference { path: path.clone(), kind, changes: None })
        })
        .collect();
    if !differences.is_empty() {
        add_changes(&mut differences, golden, rendered);
    }
    differences
}

fn difference(golden: Option<&Vec<u8>>, rendered: Option<&Vec<u8>>, keyed: bool) -> Option<Kind> {
    match (golden, rendered) {
        (Some(golden), Some(rendered)) if golden == rendered => None,
        (Some(golden), Some(rendered))
            if !keyed && mask::without_hashes(golden) == mask::without_hashes(rendered) =>
        {
            None
        }
        (Some(golden), Some(rendered)) => {
            Some(Kind::Changed { golden: golden.clone(), rendered: rendered.clone() })
        }
        (None, _) => Some(Kind::Missing),
        (Some(_), None) => Some(Kind::Stale),
    }
}

/// Tells each difference what becomes of its objects. Files that are equal hold equal objects: only
/// the others are read.
fn add_changes(differences: &mut [Difference], golden: &Tree, rendered: &Tree) {
    let mut sources = Sources::default();
    let mut sink = Sink::default();
    let mut read = |tree: &Tree| {
        let mut objects = Objects::default();
        for difference in differences.iter() {
            if let Some(text) = tree.files.get(&difference.path) {
                let file = sources.add(FileKind::File, difference.path.as_str(), text.as_slice());
                objects.append(manifest::read_stream(file, &sources, &mut sink));
            }
        }
        objects
    };
    let (old, new) = (read(golden), read(rendered));
    if !sink.is_empty() {
        return;
    }
    let mut changes: BTreeMap<String, Vec<Change>> = BTreeMap::new();
    for change in diff::changes(&old, &new) {
        let file = change.place.rendered.map(|span| sources.path(span.file).to_owned());
        changes.entry(file.unwrap_or_default()).or_default().push(change);
    }
    for difference in differences {
        difference.changes = Some(changes.remove(&difference.path).unwrap_or_default());
    }
}

/// Labels and annotations that say nothing of what an object does, and that each release changes.
const NOISE: [&str; 3] = ["helm.sh/chart", "app.kubernetes.io/version", "checksum/*"];

impl Difference {
    /// Whether the user asked to hear of it.
    pub fn counts(&self, compare: Compare) -> bool {
        match compare {
            Compare::Bytes => true,
            Compare::Objects => self.changes.as_ref().is_none_or(|changes| !changes.is_empty()),
        }
    }

    /// Whether no object does anything else: only its layout, or labels and annotations that each release
    /// changes, differ.
    pub fn is_noise(&self, masks: &[String]) -> bool {
        let is_noise = |field: &FieldChange| {
            label(&field.field)
                .is_some_and(|key| mask::matches(&NOISE, key) || mask::matches(masks, key))
        };
        let only_noise = |change: &Change| {
            change.action == Action::Changed && change.fields.iter().all(is_noise)
        };
        matches!(self.kind, Kind::Changed { .. })
            && self.changes.as_ref().is_some_and(|changes| changes.iter().all(only_noise))
    }
}

/// The label or annotation that a field is: `helm.sh/chart` of `metadata.labels[helm.sh/chart]`.
pub(super) fn label(field: &str) -> Option<&str> {
    ["metadata.labels", "metadata.annotations"].into_iter().find_map(|map| {
        let (before, key) = field.rsplit_once(map)?;
        let inside = before.is_empty() || before.ends_with('.');
        let key = key.strip_prefix('.').or_else(|| key.strip_prefix('[')?.strip_suffix(']'));
        key.filter(|_| inside)
    })
}

//! Golden files against a render.
//!
//! A case's golden files are a tree of paths and texts, as `--output-dir` would write them, or one
//! file for all. This module says what differs and what an update would write; `cli` reads and writes.

mod compare;
mod finding;
mod mask;

use std::collections::BTreeMap;

use crate::manifest::{Manifests, Printed};
use crate::source::Sources;

pub use compare::{Difference, Kind, compare};
pub use finding::{NOISE_RULE, diagnostic, stale_case};
pub use mask::Masks;

/// The golden files of one case: path below the case's folder, and text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    pub files: BTreeMap<String, Vec<u8>>,
}

/// What golden files hold of a render: the documents of each chart file in a file of its name, as
/// `--output-dir` writes them, with masks where [`Masks`] says so.
pub fn tree(manifests: &Manifests, sources: &Sources, masks: &Masks) -> Tree {
    let mut tree = Tree::default();
    for manifest in manifests.plain.iter().chain(&manifests.hooks) {
        let text = masks.apply(manifest, sources);
        let file = tree.files.entry(manifest.source.clone()).or_default();
        Printed { source: &manifest.source, text: &text }.write(file);
    }
    tree
}

impl Tree {
    /// All files in one.
    #[must_use]
    pub fn joined(self, path: &str) -> Tree {
        let whole = self.files.into_values().flatten().collect();
        Tree { files: [(path.to_owned(), whole)].into() }
    }

    /// The files below a folder, by their paths in it; what is left stays.
    #[must_use]
    pub fn take(&mut self, folder: &str) -> Tree {
        let (inside, outside) = std::mem::take(&mut self.files)
            .into_iter()
            .partition(|(path, _)| below(path, folder).is_some());
        self.files = outside;
        let inside: BTreeMap<String, Vec<u8>> = inside;
        let short = |(path, text): (String, Vec<u8>)| {
            (below(&path, folder).unwrap_or_default().to_owned(), text)
        };
        Tree { files: inside.into_iter().map(short).collect() }
    }
}

fn below<'p>(path: &'p str, folder: &str) -> Option<&'p str> {
    path.strip_prefix(folder)?.strip_prefix('/')
}

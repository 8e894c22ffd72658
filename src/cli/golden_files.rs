//! Golden files on disk.

use std::io;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::config::{self, Layout};
use crate::golden::{Difference, DifferenceKind, Tree};

use super::atomic;

/// The golden files of one case: where they are, what they should hold, what differs.
pub(super) struct GoldenCase {
    pub(super) folder: PathBuf,
    pub(super) rendered: Tree,
    pub(super) differences: Vec<Difference>,
}

/// The files below a case's folder; none if there is no such folder.
pub(super) fn read(folder: &Path) -> io::Result<Tree> {
    let mut tree = Tree::default();
    if !folder.is_dir() {
        return Ok(tree);
    }
    for entry in WalkDir::new(folder) {
        let entry = entry?;
        if entry.file_type().is_file() {
            let path = entry.path().strip_prefix(folder).unwrap_or(entry.path());
            let path = path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
            tree.files.insert(path, std::fs::read(entry.path())?);
        }
    }
    Ok(tree)
}

/// The files as the configuration lays them out: one for each template, or one for all.
pub(super) fn laid_out(rendered: Tree, golden: &config::Golden) -> Tree {
    match golden.layout {
        Layout::Templates => rendered,
        Layout::Cases => {
            let whole = rendered.files.into_values().flatten().collect();
            Tree { files: [("manifests.yaml".to_owned(), whole)].into() }
        }
    }
}

/// Makes the golden files what the case renders: all new files are written under temporary names before the first
/// old one is replaced, and stale files go last. Returns how many changed.
pub(super) fn update(case: &GoldenCase) -> io::Result<usize> {
    let mut staged = Vec::new();
    for difference in &case.differences {
        if let Some(bytes) = case.rendered.files.get(&difference.path) {
            staged.push(atomic::stage(&case.folder.join(&difference.path), bytes)?);
        }
    }
    for file in staged {
        file.commit()?;
    }
    for difference in case.differences.iter().filter(|one| one.kind == DifferenceKind::Stale) {
        remove(&case.folder, &difference.path)?;
    }
    Ok(case.differences.len())
}

/// Removes a stale file, and the folders that are empty without it.
fn remove(folder: &Path, path: &str) -> io::Result<()> {
    let file = folder.join(path);
    std::fs::remove_file(&file)?;
    for parent in file.ancestors().skip(1).take_while(|parent| parent.starts_with(folder)) {
        if std::fs::remove_dir(parent).is_err() {
            break;
        }
    }
    Ok(())
}

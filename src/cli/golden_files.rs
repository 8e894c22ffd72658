//! Golden files on disk: `DIRECTORY/CHART/CASE/…`, and for a case of several Kubernetes versions
//! `DIRECTORY/CHART/CASE/VERSION/…`.

use std::collections::BTreeSet;
use std::io;
use std::path::{Component, Path, PathBuf};

use walkdir::WalkDir;

use crate::config::{self, Layout};
use crate::diagnostic::Diagnostic;
use crate::golden::{self, Difference, Kind, Masks, Tree};

use super::atomic::{self, FileSet};
use super::settings::Settings;

/// The golden files of one case: where they are, what they should hold, what differs.
pub(super) struct GoldenCase {
    folder: PathBuf,
    rendered: Tree,
    differences: Vec<Difference>,
}

/// The file of a case whose golden files are one.
const WHOLE: &str = "manifests.yaml";

/// What golden files do not show. The key of their hashes is the environment's: in a file beside them
/// it would be no secret.
pub(super) fn masks(settings: &Settings) -> Masks {
    let golden = settings.config.golden.as_ref();
    let key = std::env::var_os("CHARTC_MASK_KEY").map(std::ffi::OsString::into_encoded_bytes);
    Masks {
        key: key.filter(|key| !key.is_empty()),
        patterns: golden.map(|golden| golden.mask.clone()).unwrap_or_default(),
    }
}

impl GoldenCase {
    /// Compares a case's files with what it renders: one tree, or one for each named version.
    pub(super) fn compare(
        folder: PathBuf,
        renders: Vec<(String, Tree)>,
        golden: &config::Golden,
        masks: &Masks,
    ) -> io::Result<GoldenCase> {
        let mut old = read(&folder)?;
        let keyed = masks.key.is_some();
        let mut case = GoldenCase { folder, rendered: Tree::default(), differences: Vec::new() };
        let several = renders.len() > 1;
        for (version, rendered) in renders {
            let rendered = match golden.layout {
                Layout::Templates => rendered,
                Layout::Cases => rendered.joined(WHOLE),
            };
            if several {
                let found = golden::compare(&old.take(&version), &rendered, keyed);
                case.add(found, rendered, &format!("{version}/"));
            } else {
                let found = golden::compare(&std::mem::take(&mut old), &rendered, keyed);
                case.add(found, rendered, "");
            }
        }
        let stale = golden::compare(&old, &Tree::default(), keyed);
        case.add(stale, Tree::default(), "");
        Ok(case)
    }

    fn add(&mut self, found: Vec<Difference>, rendered: Tree, prefix: &str) {
        let prefixed = |path: String| format!("{prefix}{path}");
        let found = found.into_iter().map(|one| Difference { path: prefixed(one.path), ..one });
        self.differences.extend(found);
        let files = rendered.files.into_iter().map(|(path, text)| (prefixed(path), text));
        self.rendered.files.extend(files);
    }

    /// A folder of golden files that no case has any more.
    pub(super) fn stale(folder: PathBuf) -> io::Result<GoldenCase> {
        let differences = golden::compare(&read(&folder)?, &Tree::default(), false);
        Ok(GoldenCase { folder, rendered: Tree::default(), differences })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.differences.is_empty()
    }

    pub(super) fn diagnostics(&self, golden: &config::Golden) -> Vec<Diagnostic> {
        let counting = self.differences.iter().filter(|one| one.counts(golden.compare));
        let finding = |one: &Difference| {
            let file = self.folder.join(&one.path);
            golden::diagnostic(one, &file.to_string_lossy(), &golden.mask)
        };
        counting.map(finding).collect()
    }
}

/// The folder of a chart's golden files.
pub(super) fn folder(
    settings: &Settings,
    golden: &config::Golden,
    chart: &str,
) -> io::Result<PathBuf> {
    Ok(settings.folder.join(&golden.directory).join(inside(chart)?))
}

/// The files below a case's folder; none if there is no such folder.
fn read(folder: &Path) -> io::Result<Tree> {
    let mut tree = Tree::default();
    if !folder.is_dir() {
        return Ok(tree);
    }
    for entry in WalkDir::new(folder) {
        let entry = entry?;
        if entry.file_type().is_file() && !atomic::is_leftover(entry.path()) {
            let path = entry.path().strip_prefix(folder).unwrap_or(entry.path());
            let path = path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
            tree.files.insert(path, std::fs::read(entry.path())?);
        }
    }
    Ok(tree)
}

/// The folders in a chart's golden folder, or in the whole directory, whose names are not `known`.
pub(super) fn unknown_folders(parent: &Path, known: &BTreeSet<String>) -> Vec<PathBuf> {
    // Where there is no folder yet, nothing is stale.
    let entries = std::fs::read_dir(parent).into_iter().flatten().flatten();
    let folders = entries.filter(|entry| entry.path().is_dir());
    let unknown =
        folders.filter(|entry| !known.contains(entry.file_name().to_string_lossy().as_ref()));
    let mut unknown: Vec<PathBuf> = unknown.map(|entry| entry.path()).collect();
    unknown.sort();
    unknown
}

/// Makes the golden files of all cases what these render: all of them, or if something fails, none.
/// Returns how many changed.
pub(super) fn update(cases: &[GoldenCase]) -> io::Result<usize> {
    let mut set = FileSet::default();
    let mut changed = 0;
    for case in cases {
        for Difference { path, kind, .. } in &case.differences {
            let place = case.folder.join(inside(path)?);
            match case.rendered.files.get(path) {
                Some(bytes) => set.write(&place, bytes)?,
                None => set.remove(&place),
            }
            changed += 1;
            debug_assert_eq!(*kind == Kind::Stale, !case.rendered.files.contains_key(path));
        }
    }
    set.commit()?;
    cases.iter().for_each(|case| tidy(&case.folder));
    Ok(changed)
}

/// A path that leads nowhere else: a chart may call itself `..`.
pub(super) fn inside(path: &str) -> io::Result<&Path> {
    let path = Path::new(path);
    if path.components().all(|part| matches!(part, Component::Normal(_))) {
        return Ok(path);
    }
    Err(io::Error::new(
        io::ErrorKind::InvalidInput,
        format!("{} would lie outside of the folder of golden files", path.display()),
    ))
}

/// Removes what killed updates left behind, and folders that are empty.
fn tidy(folder: &Path) {
    for entry in WalkDir::new(folder).contents_first(true).into_iter().flatten() {
        // A folder that holds something stays, and whatever else does not work is no reason to fail:
        // the golden files are right already.
        if entry.file_type().is_dir() {
            drop(std::fs::remove_dir(entry.path()));
        } else if atomic::is_leftover(entry.path()) {
            drop(std::fs::remove_file(entry.path()));
        }
    }
}

//! What the paths of a command line mean: charts, manifest files, the standard input.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use globset::GlobSet;
use walkdir::{DirEntry, WalkDir};

use super::Failure;

/// One thing to check.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target {
    /// A chart's directory or its .tgz.
    Chart(PathBuf),
    /// A file of Kubernetes manifests.
    Manifests(PathBuf),
    Stdin,
}

/// Folders in which no charts are looked for.
pub(super) struct Excluded {
    /// Relative to the folder of their `chartc.yaml`.
    pub(super) globs: GlobSet,
    pub(super) folder: PathBuf,
}

impl Excluded {
    fn matches(&self, path: &Path) -> bool {
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        absolute.strip_prefix(&self.folder).is_ok_and(|relative| self.globs.is_match(relative))
    }
}

/// Turns paths into targets, each once, in the order of their paths. A folder stands for all charts below it,
/// a file of a chart for its chart, any other YAML or JSON file for itself.
pub(super) fn find(paths: &[PathBuf], excluded: &Excluded) -> Result<Vec<Target>, Failure> {
    let mut found = BTreeSet::new();
    for path in paths {
        let targets = at(path, excluded)?;
        if targets.is_empty() {
            return Err(nothing_there(path));
        }
        found.extend(targets);
    }
    Ok(found.into_iter().collect())
}

fn at(path: &Path, excluded: &Excluded) -> Result<Vec<Target>, Failure> {
    if path == Path::new("-") {
        return Ok(vec![Target::Stdin]);
    }
    let path = &from_here(path);
    let kind = std::fs::metadata(path).map_err(|error| cannot_read(path, &error))?;
    if kind.is_dir() {
        return Ok(match owner(path) {
            Some(chart) => vec![Target::Chart(chart)],
            None => charts_below(path, excluded),
        });
    }
    if is_archive(path) {
        return Ok(vec![Target::Chart(path.to_owned())]);
    }
    Ok(match path.parent().and_then(owner) {
        Some(chart) => vec![Target::Chart(chart)],
        None => vec![Target::Manifests(path.to_owned())],
    })
}

/// A path from the working directory, as reports show it, if it lies below.
fn from_here(path: &Path) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    let inside = path.strip_prefix(&here).unwrap_or(path);
    let inside = inside.strip_prefix("./").unwrap_or(inside);
    if inside.as_os_str().is_empty() { PathBuf::from(".") } else { inside.to_owned() }
}

/// The chart that a folder is or belongs to: the nearest, or where that one is a dependency in the
/// `charts/` of another, the chart that is no dependency.
fn owner(path: &Path) -> Option<PathBuf> {
    let mut owner: Option<&Path> = None;
    let mut folder = Some(path);
    while let Some(here) = folder {
        let here = if here.as_os_str().is_empty() { Path::new(".") } else { here };
        let is_meant = owner.is_none_or(|chart| is_dependency_of(chart, here));
        if is_meant && here.join("Chart.yaml").is_file() {
            owner = Some(here);
        }
        folder = if here == Path::new(".") { None } else { here.parent() };
    }
    owner.map(Path::to_owned)
}

fn is_dependency_of(chart: &Path, parent: &Path) -> bool {
    let charts = parent.join("charts");
    chart.parent() == Some(charts.strip_prefix(".").unwrap_or(&charts))
}

/// Every chart in a folder. What lies in a chart belongs to it.
fn charts_below(folder: &Path, excluded: &Excluded) -> Vec<Target> {
    let mut charts = Vec::new();
    let mut walk = WalkDir::new(folder).sort_by_file_name().into_iter();
    while let Some(entry) = walk.next() {
        // An unreadable folder holds no chart that we could check; the charts beside it still count.
        let Ok(entry) = entry else { continue };
        if entry.depth() > 0 && (is_hidden(&entry) || excluded.matches(entry.path())) {
            if entry.file_type().is_dir() {
                walk.skip_current_dir();
            }
            continue;
        }
        if entry.file_type().is_dir() && entry.path().join("Chart.yaml").is_file() {
            let path = entry.path();
            charts.push(Target::Chart(path.strip_prefix("./").unwrap_or(path).to_owned()));
            walk.skip_current_dir();
        }
    }
    charts
}

fn is_hidden(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    name.starts_with('.')
        || name == "node_modules"
        || (name == "target" && entry.path().join("CACHEDIR.TAG").exists())
}

fn is_archive(path: &Path) -> bool {
    let name = path.to_string_lossy();
    name.ends_with(".tgz") || name.ends_with(".tar.gz")
}

/// The charts that a chart's directory holds in `charts/`, as targets of their own.
pub(super) fn subcharts(target: &Target) -> Vec<Target> {
    match target {
        Target::Chart(path) => charts_within(path).into_iter().map(Target::Chart).collect(),
        Target::Manifests(_) | Target::Stdin => Vec::new(),
    }
}

/// The charts below `charts/`, at any depth, in the order of their paths.
pub(super) fn charts_within(chart: &Path) -> Vec<PathBuf> {
    let walk = WalkDir::new(chart.join("charts")).sort_by_file_name();
    let found = |entry: DirEntry| {
        let path = entry.path();
        if entry.file_name() == "Chart.yaml" {
            return path.parent().map(Path::to_owned);
        }
        is_archive(path).then(|| path.to_owned())
    };
    // A chart without dependencies has no such folder.
    walk.into_iter().filter_map(Result::ok).filter_map(found).collect()
}

fn nothing_there(path: &Path) -> Failure {
    Failure(format!("no chart in {}: no Chart.yaml there, nor in a folder below", path.display()))
}

fn cannot_read(path: &Path, error: &std::io::Error) -> Failure {
    Failure(format!("cannot read {}: {error}", path.display()))
}

impl Target {
    /// Where its configuration is looked for.
    pub(super) fn path(&self) -> &Path {
        match self {
            Target::Chart(path) | Target::Manifests(path) => path,
            Target::Stdin => Path::new("."),
        }
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Target::Chart(path) | Target::Manifests(path) => path.display().fmt(f),
            Target::Stdin => f.write_str("-"),
        }
    }
}

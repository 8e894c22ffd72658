//! `--crds PATH…` and `--policy PATH…`: files and folders with objects that nothing renders.

use std::path::{Path, PathBuf};

use crate::diagnostic::Sink;
use crate::manifest::{self, Objects};
use crate::source::{Kind, Sources};

use super::Failure;
use super::settings::Settings;

/// The CustomResourceDefinitions in what the flags and the configuration name.
pub(super) fn read(paths: &[PathBuf], settings: &Settings) -> Result<Objects, Failure> {
    Ok(objects(paths, &settings.config.crds, &settings.folder)?.0)
}

/// The objects in files and folders, with their texts.
pub(super) fn objects(
    paths: &[PathBuf],
    configured: &[String],
    folder: &Path,
) -> Result<(Objects, Sources), Failure> {
    let configured = configured.iter().map(|path| folder.join(path));
    let mut sources = Sources::default();
    let mut objects = Objects::default();
    for path in paths.iter().cloned().chain(configured) {
        for entry in walkdir::WalkDir::new(&path).sort_by_file_name() {
            let entry = entry.map_err(|error| unreadable(&path, &error))?;
            if entry.file_type().is_file() && (is_manifest(entry.path()) || entry.depth() == 0) {
                let bytes =
                    std::fs::read(entry.path()).map_err(|error| unreadable(&path, &error))?;
                let file = sources.add(Kind::File, entry.path().to_string_lossy(), bytes);
                // A document that is no YAML is no object; the stages that read the chart report it.
                objects.append(manifest::read_stream(file, &sources, &mut Sink::default()));
            }
        }
    }
    Ok((objects, sources))
}

fn is_manifest(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    matches!(extension, Some("yaml" | "yml" | "json"))
}

fn unreadable(path: &Path, error: &dyn std::fmt::Display) -> Failure {
    Failure(format!("cannot read {}: {error}", path.display()))
}

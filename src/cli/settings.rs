//! Finds and reads `chartc.yaml`: the nearest in a folder or above it.

use std::path::{Path, PathBuf};

use crate::config::{self, Config};
use crate::diagnostic::Sink;
use crate::source::{FileId, Kind, Sources};
use crate::yaml;

use super::Failure;

/// A configuration and where it stands; paths in it are relative to `folder`.
#[derive(Clone, Default)]
pub(super) struct Settings {
    pub(super) config: Config,
    pub(super) folder: PathBuf,
    /// None if there is no `chartc.yaml`.
    pub(super) file: Option<FileId>,
}

/// The configuration for a path.
///
/// # Errors
/// If the file cannot be read, or has mistakes: those are in the sink.
pub(super) fn find(
    path: &Path,
    named: Option<&Path>,
    sources: &mut Sources,
    sink: &mut Sink,
) -> Result<Settings, Failure> {
    let file = named.map(Path::to_owned).or_else(|| nearest(path));
    file.map_or_else(|| Ok(Settings::default()), |file| read(&file, sources, sink))
}

fn nearest(path: &Path) -> Option<PathBuf> {
    let start = if path == Path::new("-") { Path::new(".") } else { path };
    let absolute = std::path::absolute(start).ok()?;
    let found = absolute
        .ancestors()
        .map(|folder| folder.join("chartc.yaml"))
        .find(|file| file.is_file())?;
    // Messages show paths as the user would type them.
    let here = std::env::current_dir().ok()?;
    Some(found.strip_prefix(&here).map_or_else(|_| found.clone(), Path::to_owned))
}

fn read(file: &Path, sources: &mut Sources, sink: &mut Sink) -> Result<Settings, Failure> {
    let text = std::fs::read(file)
        .map_err(|error| Failure(format!("cannot read {}: {error}", file.display())))?;
    let id = sources.add(Kind::File, file.to_string_lossy(), text);
    let folder = file.parent().unwrap_or(Path::new("")).to_owned();
    let config = match yaml::read_first(id, sources.text(id), 0..sources.text(id).len()) {
        Ok(Some(document)) => config::read(document.root(), sink),
        Ok(None) => Config::default(),
        Err(error) => {
            sink.report(config::unreadable(&error));
            Config::default()
        }
    };
    Ok(Settings { config, folder, file: Some(id) })
}

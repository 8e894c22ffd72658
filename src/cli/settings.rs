//! Finds and reads `chartc.yaml`: of each target the nearest above it.

use std::path::{Path, PathBuf};

use globset::{Glob, GlobSetBuilder};

use crate::config::{self, Config};
use crate::diagnostic::Sink;
use crate::report::Finding;
use crate::source::{Kind, Sources};
use crate::yaml;

use super::Failure;
use super::targets::{Excluded, Target};

/// A configuration and where it stands; paths in it are relative to `folder`.
#[derive(Clone, Default)]
pub(super) struct Settings {
    pub(super) config: Config,
    pub(super) folder: PathBuf,
    /// The texts that spans in `config` lie in.
    pub(super) sources: Sources,
}

/// The targets that share a configuration, and what is wrong with that.
#[derive(Default)]
pub(super) struct Group {
    pub(super) settings: Settings,
    pub(super) targets: Vec<Target>,
    pub(super) findings: Vec<Finding>,
}

impl Group {
    /// Adds what another stage has to say about the configuration.
    pub(super) fn report(&mut self, sink: Sink) {
        let found = sink.into_vec().into_iter();
        self.findings
            .extend(found.map(|found| Finding::new(found, &self.settings.sources, None, None)));
    }
}

/// Reads the configuration of each target, or the one that a flag names for all.
pub(super) fn group(targets: Vec<Target>, named: Option<&Path>) -> Result<Vec<Group>, Failure> {
    let mut groups: Vec<(Option<PathBuf>, Group)> = Vec::new();
    for target in targets {
        let file = named.map(Path::to_owned).or_else(|| nearest(target.path()));
        match groups.iter_mut().find(|(known, _)| *known == file) {
            Some((_, group)) => group.targets.push(target),
            None => {
                let group = Group { targets: vec![target], ..read(file.as_deref())? };
                groups.push((file, group));
            }
        }
    }
    Ok(groups.into_iter().map(|(_, group)| group).collect())
}

/// The folders in which no charts are looked for, as the configuration nearest to a path says.
pub(super) fn excluded(path: &Path, named: Option<&Path>) -> Result<Excluded, Failure> {
    let file = named.map(Path::to_owned).or_else(|| nearest(path));
    let Group { settings, .. } = read(file.as_deref())?;
    let mut globs = GlobSetBuilder::new();
    for text in &settings.config.exclude {
        globs.add(Glob::new(text).map_err(|error| Failure(format!("exclude: {error}")))?);
    }
    let globs = globs.build().map_err(|error| Failure(format!("exclude: {error}")))?;
    let folder = std::path::absolute(Path::new(".").join(&settings.folder))?;
    Ok(Excluded { globs, folder })
}

/// A path as the configuration in a folder would write it; as it is, if it lies elsewhere.
pub(super) fn below(path: &Path, folder: &Path) -> String {
    let absolute = |path: &Path| {
        std::path::absolute(Path::new(".").join(path))
            .map(|path| path.components().collect::<PathBuf>())
            .unwrap_or_else(|_| path.to_owned())
    };
    let (path, folder) = (absolute(path), absolute(folder));
    let below = path.strip_prefix(&folder).unwrap_or(&path);
    let below = if below.as_os_str().is_empty() { Path::new(".") } else { below };
    below.to_string_lossy().into_owned()
}

fn nearest(path: &Path) -> Option<PathBuf> {
    let absolute = std::path::absolute(path).ok()?;
    let found = absolute
        .ancestors()
        .map(|folder| folder.join("chartc.yaml"))
        .find(|file| file.is_file())?;
    // Messages show paths as the user would type them.
    let here = std::env::current_dir().ok()?;
    Some(found.strip_prefix(&here).map_or_else(|_| found.clone(), Path::to_owned))
}

/// A group without targets yet.
fn read(file: Option<&Path>) -> Result<Group, Failure> {
    let mut group = Group::default();
    let Some(file) = file else { return Ok(group) };
    let text = std::fs::read(file)
        .map_err(|error| Failure(format!("cannot read {}: {error}", file.display())))?;
    let id = group.settings.sources.add(Kind::File, file.to_string_lossy(), text);
    let text = group.settings.sources.text(id);
    let mut sink = Sink::default();
    group.settings.config = match yaml::read_first(id, text, 0..text.len()) {
        Ok(Some(document)) => config::read(document.root(), &mut sink),
        Ok(None) => Config::default(),
        Err(error) => {
            sink.report(config::unreadable(&error));
            Config::default()
        }
    };
    group.settings.folder = file.parent().unwrap_or(Path::new("")).to_owned();
    group.report(sink);
    Ok(group)
}

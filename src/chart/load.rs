//! From files to a chart tree (`LoadFiles` in `pkg/chart/v2/loader/load.go`).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::archive;
use super::error::{Error, Unreadable};
use super::log::Log;
use super::metadata::{self, Metadata};
use super::{Api, Chart, File, FileSet, Member};
use crate::source::{FileId, Kind, Sources};
use crate::yaml::{self, Decoder, Document, GoStruct};

/// How deep charts may be nested; no chart comes near.
const MAX_DEPTH: usize = 64;

/// What the archives in `charts/` may hold together; ours, Helm measures each alone.
const MAX_NESTED: u64 = 32 << 20;

const REQUIREMENTS_FILE: &str = "Warning: Dependencies are handled in Chart.yaml since apiVersion \"v2\". \
    We recommend migrating dependencies to Chart.yaml.";

const LOCK_FILE: &str = "Warning: Dependency locking is handled in Chart.lock since apiVersion \"v2\". \
    We recommend migrating to Chart.lock.";

/// A chart and what Helm says while it loads one.
pub struct Loaded {
    pub chart: Chart,
    pub log: Vec<Log>,
}

/// Understands the files of a chart, and adds them to `sources`.
pub fn load(files: &FileSet, sources: &mut Sources) -> Result<Loaded, Error> {
    let mut loader = Loader { sources, log: Vec::new(), nested: 0, chart_yaml: None };
    let api = loader.detect_api(files)?;
    let chart = loader.chart(&files.root, api, files.files.clone(), 0)?;
    Ok(Loaded { chart, log: loader.log })
}

struct Loader<'a> {
    sources: &'a mut Sources,
    log: Vec<Log>,
    /// Bytes that came out of archives in `charts/`.
    nested: u64,
    /// That of the root chart, from when it is first looked at until it is read.
    chart_yaml: Option<FileId>,
}

/// The parts of a chart while its files are sorted.
#[derive(Default)]
struct Parts {
    metadata: Option<Metadata>,
    chart_yaml: Option<FileId>,
    defaults: Vec<Document>,
    schema: Option<FileId>,
    templates: Vec<Member>,
    files: Vec<Member>,
    /// By the first element of their paths below `charts/`.
    subcharts: BTreeMap<String, Vec<File>>,
}

impl Loader<'_> {
    /// Helm reads `apiVersion` before all else, to choose one of its loaders
    /// (`pkg/chart/loader/load.go`).
    fn detect_api(&mut self, set: &FileSet) -> Result<Api, Error> {
        let Some(file) = set.files.iter().find(|file| file.path == "Chart.yaml") else {
            return Err(Error::ChartYamlMissing);
        };
        let id = self.add(&set.root, file);
        self.chart_yaml = Some(id);
        let version = match document("Chart.yaml", id, self.sources)? {
            Some(document) => {
                metadata::api_version(document.root()).map_err(mismatch("Chart.yaml"))?
            }
            None => String::new(),
        };
        match version.as_str() {
            "" | "v1" => Ok(Api::V1),
            "v2" => Ok(Api::V2),
            "v3" => Ok(Api::V3),
            _ => Err(Error::UnsupportedVersion),
        }
    }

    fn chart(
        &mut self,
        root: &str,
        api: Api,
        files: Vec<File>,
        depth: usize,
    ) -> Result<Chart, Error> {
        if depth > MAX_DEPTH {
            return Err(Error::TooDeep);
        }
        let mut parts = Parts::default();
        for file in files.iter().filter(|file| file.path == "Chart.yaml") {
            self.chart_yaml(root, file, &mut parts)?;
        }
        for file in files {
            self.sort(root, file, &mut parts)?;
        }
        let (Some(mut metadata), Some(chart_yaml)) = (parts.metadata, parts.chart_yaml) else {
            return Err(Error::ChartYamlMissing);
        };
        metadata.validate().map_err(Error::Invalid)?;
        let mut chart = Chart {
            metadata,
            api,
            chart_yaml,
            defaults: parts.defaults,
            schema: parts.schema,
            templates: parts.templates,
            files: parts.files,
            dependencies: Vec::new(),
        };
        for (name, files) in parts.subcharts {
            if !name.starts_with(['_', '.']) {
                let subchart = self.subchart(root, &name, files, depth).map_err(|error| {
                    let parent = chart.name().to_owned();
                    Error::Subchart { file: name, parent, error: Box::new(error) }
                })?;
                chart.dependencies.push(subchart);
            }
        }
        Ok(chart)
    }

    fn chart_yaml(&mut self, root: &str, file: &File, parts: &mut Parts) -> Result<(), Error> {
        let id = self.chart_yaml.take().unwrap_or_else(|| self.add(root, file));
        let document = document("Chart.yaml", id, self.sources)?;
        let metadata = parts.metadata.get_or_insert_default();
        if let Some(document) = document {
            metadata.read(document.root()).map_err(mismatch("Chart.yaml"))?;
        }
        if metadata.api_version.is_empty() {
            metadata.api_version = "v1".to_owned();
        }
        parts.chart_yaml = Some(id);
        Ok(())
    }

    /// Puts a file where it belongs.
    fn sort(&mut self, root: &str, mut file: File, parts: &mut Parts) -> Result<(), Error> {
        match file.path.as_str() {
            "Chart.yaml" => {}
            "Chart.lock" => self.lock("Chart.lock", root, &file)?,
            "values.yaml" => {
                let id = self.add(root, &file);
                parts.defaults = self.defaults(id)?;
            }
            "values.schema.json" => parts.schema = Some(self.add(root, &file)),
            "requirements.yaml" => self.requirements(root, &file, parts)?,
            "requirements.lock" => {
                self.lock("requirements.lock", root, &file)?;
                self.keep_or_warn(root, &file, parts, LOCK_FILE);
            }
            path if path.starts_with("templates/") => {
                let id = self.add(root, &file);
                parts.templates.push(Member { path: file.path, id });
            }
            path if path.starts_with("charts/") && !path.ends_with(".prov") => {
                file.path = file.path.split_off("charts/".len());
                let name = file.path.split('/').next().unwrap_or_default().to_owned();
                parts.subcharts.entry(name).or_default().push(file);
            }
            _ => {
                let id = self.add(root, &file);
                parts.files.push(Member { path: file.path, id });
            }
        }
        Ok(())
    }

    fn requirements(&mut self, root: &str, file: &File, parts: &mut Parts) -> Result<(), Error> {
        let id = self.add(root, file);
        let document = document("requirements.yaml", id, self.sources)?;
        let metadata = parts.metadata.get_or_insert_default();
        if let Some(document) = document {
            metadata.read(document.root()).map_err(mismatch("requirements.yaml"))?;
        }
        self.keep_or_warn(root, file, parts, REQUIREMENTS_FILE);
        Ok(())
    }

    /// The files of chart API v1 stay visible to the templates of such charts; of others Helm says
    /// that they are out of date.
    fn keep_or_warn(&mut self, root: &str, file: &File, parts: &mut Parts, warning: &str) {
        if parts.metadata.as_ref().is_some_and(|metadata| metadata.api_version == "v1") {
            let id = self.add(root, file);
            parts.files.push(Member { path: file.path.clone(), id });
        } else {
            self.log.push(Log::info(warning));
        }
    }

    /// A lock file plays no part in rendering, but a broken one stops Helm.
    fn lock(&mut self, name: &'static str, root: &str, file: &File) -> Result<(), Error> {
        const LOCK: GoStruct =
            GoStruct { name: "Lock", type_name: "v2.Lock", fields: &["digest", "dependencies"] };
        let id = self.add(root, file);
        let Some(document) = document(name, id, self.sources)? else { return Ok(()) };
        let mut decoder = Decoder::default();
        decoder.structure(document.root(), LOCK, |decoder, field, node| match field {
            "digest" => drop(decoder.string(node)),
            _ => drop(decoder.list(node, "[]*v2.Dependency", metadata::Dependency::read)),
        });
        decoder.finish().map_err(mismatch(name))
    }

    fn defaults(&self, id: FileId) -> Result<Vec<Document>, Error> {
        let unreadable =
            |error| Error::Unreadable { file: "values.yaml", reason: Unreadable::Values(error) };
        yaml::read_values(id, self.sources.text(id)).map_err(unreadable)
    }

    fn subchart(
        &mut self,
        root: &str,
        name: &str,
        files: Vec<File>,
        depth: usize,
    ) -> Result<Chart, Error> {
        let root = below(root, &format!("charts/{name}"));
        if name.ends_with(".tgz") {
            let files = self.nested_archive(name, &files)?;
            return self.chart(&root, Api::V2, files, depth + 1);
        }
        let inner = |file: File| {
            let (_, path) = file.path.split_once('/')?;
            Some(File { path: path.to_owned(), data: file.data })
        };
        self.chart(&root, Api::V2, files.into_iter().filter_map(inner).collect(), depth + 1)
    }

    fn nested_archive(&mut self, name: &str, files: &[File]) -> Result<Vec<File>, Error> {
        let Some(file) = files.first().filter(|file| file.path == name) else {
            let found = files.first().map_or("", |file| &file.path);
            return Err(Error::NotAnArchive { expected: name.to_owned(), found: found.to_owned() });
        };
        let left = MAX_NESTED - self.nested;
        let files = archive::unpack_within(&file.data, left).map_err(Error::Archive)?;
        let files = files.ok_or(Error::TooLarge)?;
        self.nested += files.iter().map(|file| file.data.len() as u64).sum::<u64>();
        Ok(files)
    }

    fn add(&mut self, root: &str, file: &File) -> FileId {
        self.sources.add(Kind::File, below(root, &file.path), Arc::clone(&file.data))
    }
}

/// A path in a chart as messages show it: as the user would type it.
fn below(root: &str, path: &str) -> String {
    if root == "." { path.to_owned() } else { format!("{root}/{path}") }
}

/// The first document, if there is one.
fn document(file: &'static str, id: FileId, sources: &Sources) -> Result<Option<Document>, Error> {
    let unreadable = |error| Error::Unreadable { file, reason: Unreadable::Yaml(error) };
    let text = sources.text(id);
    yaml::read_first(id, text, 0..text.len()).map_err(unreadable)
}

fn mismatch(file: &'static str) -> impl Fn(yaml::TypeMismatch) -> Error {
    move |error| Error::Unreadable { file, reason: Unreadable::Type(error) }
}

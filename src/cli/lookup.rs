//! Objects for `lookup`, from a folder of manifests.

use std::fs;
use std::path::Path;

use super::disk::go_error;
use crate::manifest;
use crate::origin::Src;
use crate::source::{Kind, Sources};
use crate::value::{self, Value, from_node};
use crate::yaml::Node;

/// The objects of all YAML and JSON files in a folder, in the order of the files' names.
pub(super) fn read(folder: &Path, sources: &mut Sources) -> Result<Vec<Value>, String> {
    let failed = |path: &Path, error: std::io::Error| {
        format!("cannot read {}: {}", path.display(), go_error(&error))
    };
    let entries = fs::read_dir(folder).map_err(|error| failed(folder, error))?;
    let mut paths: Vec<_> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    paths.retain(|path| {
        let extension = path.extension().unwrap_or_default();
        extension == "yaml" || extension == "yml" || extension == "json"
    });
    paths.sort();
    let mut objects = Vec::new();
    for path in paths {
        let bytes = fs::read(&path).map_err(|error| failed(&path, error))?;
        let file = sources.add(Kind::File, path.to_string_lossy(), bytes);
        let mut sink = crate::diagnostic::Sink::default();
        let found = manifest::read_stream(file, sources, &mut sink);
        if let Some(broken) = sink.into_vec().first() {
            return Err(format!("{}: {}", path.display(), broken.message));
        }
        let value = |root: Node<'_>| from_node(root, Src::NONE, value::Sources::Same);
        objects.extend(found.iter().map(|object| value(object.root())));
    }
    Ok(objects)
}

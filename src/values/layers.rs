//! The values that the user gives, in Helm's order: files, `--set-json`, `--set`, `--set-string`,
//! `--set-file`, `--set-literal` (`MergeValues` in `pkg/cli/values/options.go`).

use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

use super::strvals;
use super::table::{self, is_table};
use crate::origin::{Src, Tracer};
use crate::source::{FileId, Sources};
use crate::value::{self, Data, Value, from_node, json};
use crate::yaml::{self, Document};

/// What the user gives on the command line or in a case of the configuration.
#[derive(Clone, Debug, Default)]
pub struct Layers {
    pub files: Vec<ValuesFile>,
    pub sets: Vec<Set>,
    /// The files that `--set-file` names, by their paths.
    pub contents: BTreeMap<String, Result<FileId, String>>,
}

/// A file of `-f`.
#[derive(Clone, Debug)]
pub struct ValuesFile {
    /// As the user wrote it.
    pub path: String,
    /// Its text, or why it cannot be read.
    pub text: Result<FileId, String>,
}

/// A flag of the `--set` family.
#[derive(Clone, Debug)]
pub struct Set {
    pub kind: SetKind,
    /// The text behind the flag's name.
    pub text: FileId,
}

/// In the order in which Helm applies them.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SetKind {
    Json,
    Typed,
    Text,
    File,
    Literal,
}

impl SetKind {
    pub const ALL: [SetKind; 5] =
        [SetKind::Json, SetKind::Typed, SetKind::Text, SetKind::File, SetKind::Literal];

    pub fn flag(self) -> &'static str {
        match self {
            SetKind::Json => "--set-json",
            SetKind::Typed => "--set",
            SetKind::Text => "--set-string",
            SetKind::File => "--set-file",
            SetKind::Literal => "--set-literal",
        }
    }
}

/// Why the user's values cannot be used, in Helm's words.
#[derive(Clone, Debug, PartialEq)]
pub enum LayerError {
    /// A file that cannot be read; the operating system's reason in Go's words.
    Read(String),
    File {
        path: String,
        error: Box<yaml::Error>,
    },
    Set {
        kind: SetKind,
        flag: FileId,
        text: String,
        error: strvals::Error,
    },
}

impl fmt::Display for LayerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LayerError::Read(reason) => f.write_str(reason),
            LayerError::File { path, error } => {
                write!(f, "failed to parse {path}: {}", error.load_values_text())
            }
            LayerError::Set { kind: SetKind::Json, text, error: strvals::Error::Json, .. }
                if text.trim().starts_with('{') =>
            {
                write!(f, "failed parsing --set-json data JSON: {text}")
            }
            LayerError::Set { kind: SetKind::Json, text, .. } => {
                write!(f, "failed parsing --set-json data {text}")
            }
            LayerError::Set { kind, error, .. } => {
                write!(f, "failed parsing {} data: {error}", kind.flag())
            }
        }
    }
}

impl Layers {
    /// The paths that a `--set-file` flag names, so that they can be read.
    pub fn paths_in(text: &str, flag: FileId) -> Vec<String> {
        let paths = std::cell::RefCell::new(Vec::new());
        let collect = |path: &str| {
            paths.borrow_mut().push(path.to_owned());
            Ok(Value::NIL)
        };
        let values = strvals::Values::File(&collect);
        // What is wrong with the flag is reported when the layers are merged.
        let _ = strvals::set(&mut table::empty(), text, &values, flag, None);
        paths.into_inner()
    }

    /// All layers as one table.
    pub fn merge(
        &self,
        sources: &Sources,
        mut tracer: Option<&mut Tracer>,
    ) -> Result<Value, LayerError> {
        let mut merged = table::empty();
        for file in &self.files {
            let id = file.text.clone().map_err(LayerError::Read)?;
            let refuse = |error| LayerError::File { path: file.path.clone(), error };
            let documents = yaml::read_values(id, sources.text(id)).map_err(refuse)?;
            merge_over(&mut merged, &from_documents(&documents, tracer.as_deref_mut()));
        }
        for kind in SetKind::ALL {
            for set in self.sets.iter().filter(|set| set.kind == kind) {
                self.apply(set, &mut merged, sources, tracer.as_deref_mut())?;
            }
        }
        Ok(merged)
    }

    fn apply(
        &self,
        set: &Set,
        merged: &mut Value,
        sources: &Sources,
        tracer: Option<&mut Tracer>,
    ) -> Result<(), LayerError> {
        let text = String::from_utf8_lossy(sources.text(set.text)).into_owned();
        let read = |path: &str| self.content(path, sources);
        let values = match set.kind {
            SetKind::Json if text.trim().starts_with('{') => None,
            SetKind::Json => Some(strvals::Values::Json),
            SetKind::Typed => Some(strvals::Values::Typed),
            SetKind::Text => Some(strvals::Values::Text),
            SetKind::File => Some(strvals::Values::File(&read)),
            SetKind::Literal => Some(strvals::Values::Literal),
        };
        let result = match values {
            Some(values) => strvals::set(merged, &text, &values, set.text, tracer),
            None => set_object(merged, &text, set.text, tracer),
        };
        result.map_err(|error| LayerError::Set { kind: set.kind, flag: set.text, text, error })
    }

    fn content(&self, path: &str, sources: &Sources) -> Result<Value, String> {
        match self.contents.get(path) {
            Some(Ok(id)) => Ok(Value::text(sources.text(*id))),
            Some(Err(reason)) => Err(reason.clone()),
            None => Err(format!("open {path}: no such file or directory")),
        }
    }
}

/// `--set-json` with a whole object.
fn set_object(
    merged: &mut Value,
    text: &str,
    flag: FileId,
    tracer: Option<&mut Tracer>,
) -> Result<(), strvals::Error> {
    let decoded = json::decode(text.trim().as_bytes()).map_err(|_| strvals::Error::Json)?;
    let mut object = decoded.value;
    if decoded.error.is_some() || !is_table(&object) {
        return Err(strvals::Error::Json);
    }
    if let Some(tracer) = tracer {
        strvals::trace_object(&mut object, text, flag, tracer);
    }
    merge_over(merged, &object);
    Ok(())
}

/// Documents as one table; later ones win.
pub(super) fn from_documents(documents: &[Document], mut tracer: Option<&mut Tracer>) -> Value {
    let mut merged = table::empty();
    for document in documents {
        let keys = tracer.as_deref_mut().map_or(value::Sources::Same, value::Sources::Keys);
        let values = from_node(document.root(), Src::NONE, keys);
        if documents.len() == 1 && is_table(&values) {
            return values;
        }
        merge_over(&mut merged, &values);
    }
    merged
}

/// Puts a table over another; tables in both are merged (`MergeMaps`).
pub(super) fn merge_over(target: &mut Value, over: &Value) {
    let (Some(target), Data::Map(over)) = (table::entries_mut(target), &over.data) else { return };
    for (key, value) in over.borrow().iter() {
        match target.get_mut(key) {
            Some(existing) if is_table(existing) && is_table(value) => {
                merge_over(existing, value);
                existing.src = value.src;
            }
            _ => drop(target.insert(Rc::clone(key), value.clone())),
        }
    }
}

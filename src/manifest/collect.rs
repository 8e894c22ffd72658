//! Sorts rendered files into manifests and hooks
//! (`SortManifests` in `pkg/release/v1/util/manifest_sorter.go`).

use std::fmt;
use std::ops::Range;

use bstr::ByteSlice;

use super::Objects;
use super::head::SimpleHead;
use super::order::rank;
use super::split::split;
use crate::chart::Log;
use crate::diagnostic::{Diagnostic, Group, Place, Severity};
use crate::source::{FileId, Sources, Span};
use crate::yaml::{self, Document, TypeMismatch};

/// A rendered file.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// `chart/templates/x.yaml`
    pub name: String,
    pub text: FileId,
}

/// The documents of a render, in the order in which Helm prints them.
#[derive(Default)]
pub struct Manifests {
    pub plain: Vec<Manifest>,
    pub hooks: Vec<Manifest>,
    pub log: Vec<Log>,
    /// What is no manifest; Helm stops at the first.
    pub broken: Vec<Broken>,
}

/// A document of a rendered file.
pub struct Manifest {
    /// The name of its file.
    pub source: String,
    pub file: FileId,
    pub range: Range<usize>,
    pub kind: String,
    /// The hook's events, `test` and so on; empty for what is no hook.
    pub events: Vec<&'static str>,
    /// None if there are only comments.
    pub document: Option<Document>,
}

/// A document that is no manifest.
#[derive(Clone, Debug, PartialEq)]
pub struct Broken {
    /// The name of its file.
    pub source: String,
    /// The whole document, in the rendered text.
    pub document: Span,
    pub reason: Reason,
}

/// Why a document is no manifest.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason {
    Yaml(Box<yaml::Error>),
    Type(TypeMismatch),
}

impl Reason {
    /// Where in the rendered text.
    pub fn span(&self) -> Span {
        match self {
            Reason::Yaml(error) => error.span,
            Reason::Type(mismatch) => mismatch.span,
        }
    }
}

/// Helm's words.
impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "YAML parse error on {}: ", self.source)?;
        match &self.reason {
            Reason::Yaml(error) => f.write_str(&error.unmarshal_text()),
            Reason::Type(mismatch) => mismatch.fmt(f),
        }
    }
}

/// The values of `helm.sh/hook`. `test-success` is Helm 2's name of `test`.
const EVENTS: [(&str, &str); 10] = [
    ("pre-install", "pre-install"),
    ("post-install", "post-install"),
    ("pre-delete", "pre-delete"),
    ("post-delete", "post-delete"),
    ("pre-upgrade", "pre-upgrade"),
    ("post-upgrade", "post-upgrade"),
    ("pre-rollback", "pre-rollback"),
    ("post-rollback", "post-rollback"),
    ("test", "test"),
    ("test-success", "test"),
];

/// Reads all documents of the files, which come by name, and puts them in order.
pub fn collect(files: &[Rendered], sources: &Sources) -> Manifests {
    let mut manifests = Manifests::default();
    for file in files.iter().filter(|file| !is_partial(&file.name)) {
        for range in split(sources.text(file.text)) {
            add(file, range, sources, &mut manifests);
        }
    }
    manifests.plain.sort_by(|a, b| rank(&a.kind).cmp(&rank(&b.kind)));
    manifests.hooks.sort_by(|a, b| rank(&a.kind).cmp(&rank(&b.kind)));
    manifests
}

/// Files whose names start with an underscore only define templates.
pub fn is_partial(name: &str) -> bool {
    name.rsplit('/').next().is_some_and(|base| base.starts_with('_'))
}

fn add(file: &Rendered, range: Range<usize>, sources: &Sources, manifests: &mut Manifests) {
    match read(file, range.clone(), sources) {
        Err(reason) => {
            let span = Span { file: file.text, start: range.start as u32, end: range.end as u32 };
            manifests.broken.push(Broken { source: file.name.clone(), document: span, reason });
        }
        Ok((mut manifest, head)) => {
            match head.annotation("helm.sh/hook").map(|hook| (hook, events(hook))) {
                None => manifests.plain.push(manifest),
                Some((_, Some(events))) => {
                    manifest.events = events;
                    manifests.hooks.push(manifest);
                }
                Some((hook, None)) => {
                    manifests.log.push(Log::info("skipping unknown hooks").with("hookTypes", hook));
                }
            }
        }
    }
}

fn read(
    file: &Rendered,
    range: Range<usize>,
    sources: &Sources,
) -> Result<(Manifest, SimpleHead), Reason> {
    let text = sources.text(file.text);
    let document = yaml::read_first(file.text, text, range.clone()).map_err(Reason::Yaml)?;
    let head = match &document {
        Some(document) => SimpleHead::read(document.root()).map_err(Reason::Type)?,
        None => SimpleHead::default(),
    };
    let manifest = Manifest {
        source: file.name.clone(),
        file: file.text,
        range,
        kind: head.kind.clone(),
        events: Vec::new(),
        document,
    };
    Ok((manifest, head))
}

/// The events of an annotation; None if one of them is unknown.
fn events(annotation: &str) -> Option<Vec<&'static str>> {
    let event = |name: &str| {
        let name = name.trim().to_lowercase();
        EVENTS.iter().find(|(known, _)| *known == name).map(|(_, event)| *event)
    };
    annotation.split(',').map(event).collect()
}

impl Manifest {
    pub fn text<'a>(&self, sources: &'a Sources) -> &'a [u8] {
        sources.text(self.file).get(self.range.clone()).unwrap_or_default()
    }

    pub fn is_test(&self) -> bool {
        self.events.contains(&"test")
    }
}

impl Manifests {
    /// The objects of the render, hooks last.
    pub fn into_objects(self) -> Objects {
        let mut objects = Objects::default();
        for manifest in self.plain.into_iter().chain(self.hooks) {
            if let Some(document) = manifest.document {
                objects.push(document);
            }
        }
        objects
    }
}

/// A chart file renders to something that is no manifest. The place is in the rendered text; the
/// pipeline adds the template line that made it.
pub fn invalid_output(broken: &Broken) -> Diagnostic {
    let (rule, reason) = match &broken.reason {
        Reason::Yaml(error) => ("invalid-yaml", error.to_string()),
        Reason::Type(mismatch) => ("not-an-object", mismatch.to_string()),
    };
    let message = format!("`{}` renders to something that is no manifest: {reason}", broken.source);
    let place = Place::rendered(broken.reason.span());
    Diagnostic::new(Group::Template, rule, Severity::Error, place, message)
}

/// Whether Helm prints the file to the user after an installation instead of installing it.
pub fn is_notes(name: &str) -> bool {
    name.as_bytes().ends_with_str("NOTES.txt")
}

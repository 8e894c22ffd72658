//! The stages, one line each.

mod check;
mod compare;
mod crds;
pub mod lint;
mod origins;
mod render;
mod templates;
mod unstable;
mod why;

pub use check::{Checked, Request, check};
pub use compare::{Side, compare};
pub use crds::{check_crds, crds};
pub use origins::Origins;
pub use render::{
    Case, Problem, Render, Shared, Stopped, explain, merged_values, release_name, render,
    version_text,
};
pub use templates::check_templates;
pub use why::{Answer, Subject, Unanswered, why};

use crate::diagnostic::{Diagnostic, Sink};
use crate::golden::Masks;
use crate::kube::{self, Crds, Version};
use crate::manifest::{self, Objects};
use crate::rules::{self, Selection};
use crate::source::{FileId, Kind, Sources};

/// What rendered objects are judged by.
pub struct Checks<'a> {
    pub versions: &'a [Version],
    /// CustomResourceDefinitions besides those of the render itself.
    pub crds: &'a [&'a Objects],
    pub rules: &'a Selection,
    /// What golden files do not show; None if nobody asks for golden files.
    pub golden: Option<&'a Masks>,
    /// Whether a finding is accepted wherever it is: then nobody needs to know its place.
    pub accepted: &'a (dyn Fn(&Diagnostic) -> bool + Sync),
}

/// Checks a stream of manifests that nothing renders: Kubernetes and policy only.
pub fn manifests(file: FileId, sources: &Sources, checks: &Checks<'_>, sink: &mut Sink) -> Objects {
    let objects = manifest::read_stream(file, sources, sink);
    let input =
        rules::Input { objects: &objects, namespace: "default", release: None, values: None };
    judge(&input, checks, sink);
    objects
}

/// Judges objects, wherever they came from.
fn judge(input: &rules::Input<'_>, checks: &Checks<'_>, sink: &mut Sink) {
    let lists: Vec<&Objects> =
        std::iter::once(input.objects).chain(checks.crds.iter().copied()).collect();
    let crds = Crds::read(&lists);
    let options =
        kube::Options { versions: checks.versions, crds: &crds, namespace: input.namespace };
    kube::check(input.objects, &options, sink);
    rules::check(input, checks.rules, sink);
}

/// What the API server of a version would say of a stream of manifests.
pub fn check_manifests(manifests: &str, version: &str) -> Vec<Diagnostic> {
    let mut sources = Sources::default();
    let file = sources.add(Kind::File, "-", manifests.as_bytes());
    let versions: Vec<Version> = Version::parse(version).into_iter().collect();
    let mut sink = Sink::default();
    let objects = manifest::read_stream(file, &sources, &mut sink);
    let crds = Crds::read(&[&objects]);
    let options = kube::Options { versions: &versions, crds: &crds, namespace: "default" };
    kube::check(&objects, &options, &mut sink);
    sink.into_vec()
}

/// What the API server would say of an upgrade from one stream of manifests to another.
pub fn compare_manifests(old: &str, new: &str, version: &str) -> Vec<Diagnostic> {
    let mut sources = Sources::default();
    let mut sink = Sink::default();
    let mut side = |name: &str, text: &str| {
        let file = sources.add(Kind::File, name, text.as_bytes());
        Side::read(file, &sources, &mut sink)
    };
    let (old, new) = (side("old", old), side("new", new));
    let versions: Vec<Version> = Version::parse(version).into_iter().collect();
    let (_, found) = compare(&old, &new, &versions, &[], &sources);
    sink.into_vec().into_iter().chain(found).collect()
}

//! What the tests of all kinds share: a manifest in, the server's errors out.

use crate::kube::Version;
use crate::kube::field::{Errors, FieldError};
use crate::manifest;
use crate::source::{Kind, Sources};

/// One line for each error, as the server lists them: `path: Invalid value: "x": detail`.
fn errors(manifest: &str, version: Version) -> String {
    let errors = create(manifest, version);
    let lines = errors.iter().map(|error| format!("{}: {}\n", error.path, error.body()));
    lines.collect()
}

fn create(manifest: &str, version: Version) -> Vec<FieldError> {
    let mut sources = Sources::default();
    let file = sources.add(Kind::File, "manifest.yaml", manifest.as_bytes());
    let objects = manifest::read_stream(file, &sources, &mut crate::diagnostic::Sink::default());
    let mut errors = Errors::default();
    objects.iter().for_each(|object| super::create(object, version, &mut errors));
    errors.into_vec()
}

/// Each line of `expected` must be how a line of the errors begins.
#[track_caller]
pub(super) fn check_at(version: Version, manifest: &str, expected: &str) {
    let found = errors(manifest, version);
    let matches = found.lines().count() == expected.lines().count()
        && found
            .lines()
            .zip(expected.lines())
            .all(|(found, start)| found.starts_with(start.trim()));
    assert!(matches, "found:\n{found}\nexpected:\n{expected}\n");
}

#[track_caller]
pub(super) fn check(manifest: &str, expected: &str) {
    check_at(Version::DEFAULT, manifest, expected);
}

/// The help that the only error gives.
#[track_caller]
pub(super) fn check_help(manifest: &str, expected: &str) {
    let errors = create(manifest, Version::DEFAULT);
    let found: Vec<_> = errors.iter().map(|error| error.help.as_deref().unwrap_or("")).collect();
    assert_eq!(found, [expected]);
}

/// Checks a Pod with this spec.
#[track_caller]
pub(super) fn check_pod(spec: &str, expected: &str) {
    check(&pod(spec), expected);
}

/// The container of a pod that is about something else.
pub(super) const WEB: &str = "containers: [{name: web, image: nginx}]\n";

/// Checks a Pod with that container and this besides.
#[track_caller]
pub(super) fn check_with(more: &str, expected: &str) {
    check_pod(&format!("{WEB}{more}"), expected);
}

pub(super) fn pod(spec: &str) -> String {
    format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: web}}\nspec:\n{}", indented(spec, 2))
}

/// A Deployment with this pod spec in its template.
pub(super) fn deployment(pod_spec: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web}}\nspec:\n  \
         selector: {{matchLabels: {{app: web}}}}\n  template:\n    \
         metadata: {{labels: {{app: web}}}}\n    spec:\n{}",
        indented(pod_spec, 6)
    )
}

fn indented(text: &str, by: usize) -> String {
    text.lines().map(|line| format!("{:by$}{line}\n", "")).collect()
}

//! Kubernetes: types, the check of an object against its type, the API server's own validation.
//!
//! The server judges an object in layers, and a layer that refuses it hides the later ones:
//! the client must find its kind ([`kinds`]), the decoder must fit it into its type ([`decode`]),
//! and validation must find nothing. What the server would say is an error of the group
//! `api-server`; what it would say next is a warning.

pub(crate) mod cel;
mod crd;
pub mod cron;
mod decode;
mod duplicates;
pub mod field;
pub mod ip;
mod kinds;
pub(crate) mod lifecycle;
pub mod names;
pub mod quantity;
pub mod selector;
#[cfg(test)]
mod tests;
mod types;
mod update;
pub mod validation;
mod version;
mod warnings;

pub use crd::Crds;
pub use version::Version;

use crate::diagnostic::{Diagnostic, Group, Place, Severity, Sink};
use crate::manifest::{Object, Objects};
use crate::source::Span;
use crd::Definition;
use decode::Fault;
use field::{Errors, FieldError};
use kinds::Resolved;

/// What a check needs to know besides the objects.
#[derive(Copy, Clone)]
pub struct Options<'a> {
    /// The versions to judge by; a finding that holds for some of them only, says so.
    pub versions: &'a [Version],
    /// What custom resources are judged by.
    pub crds: &'a Crds<'a>,
    /// Where objects go that name no namespace.
    pub namespace: &'a str,
}

/// Judges every object as the API server would when it is created.
pub fn check(objects: &Objects, options: &Options<'_>, sink: &mut Sink) {
    for object in objects.iter() {
        check_one(object, options, sink);
    }
    let twice = duplicates::objects(objects, options.namespace);
    twice.into_iter().for_each(|duplicate| sink.report(duplicate));
}

/// Judges one object as the API server would when it is created.
pub fn check_one(object: Object<'_>, options: &Options<'_>, sink: &mut Sink) {
    report_merged(options.versions, sink, |version| check_object(object, version, options.crds));
}

/// Judges by each version. What is found by some of them only, names them.
fn report_merged(
    versions: &[Version],
    sink: &mut Sink,
    check: impl Fn(Version) -> Vec<Diagnostic>,
) {
    let mut merged: Vec<(Diagnostic, Vec<Version>)> = Vec::new();
    for &version in versions {
        for diagnostic in check(version) {
            match merged.iter_mut().find(|(known, _)| is_same(known, &diagnostic)) {
                Some((_, holds)) if holds.last() == Some(&version) => {}
                Some((known, holds)) => {
                    *known = diagnostic;
                    holds.push(version);
                }
                None => merged.push((diagnostic, vec![version])),
            }
        }
    }
    for (mut diagnostic, holds) in merged {
        if holds.len() < versions.len() {
            diagnostic.kube_versions = holds.iter().map(Version::to_string).collect();
        }
        sink.report(diagnostic);
    }
}

/// Whether two versions find the same. The help is that of the newer one, and so is the field: it
/// is spelled as that version's decoder spells it.
fn is_same(one: &Diagnostic, other: &Diagnostic) -> bool {
    one.rule == other.rule
        && one.severity == other.severity
        && one.place == other.place
        && one.message == other.message
}

fn check_object(object: Object<'_>, version: Version, crds: &Crds<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    match kinds::resolve(object, version, crds) {
        Resolved::Builtin(kind) => {
            kinds::check_life(object, version, &mut found);
            check_builtin(object, kind, version, &mut found);
        }
        Resolved::Custom(definition) => {
            check_custom((object, None), &definition, crds, version, &mut found);
        }
        Resolved::Foreign => found.push(crd_missing(object)),
        Resolved::Refused(refusal) => found.push(*refusal),
    }
    found
}

fn check_builtin(
    object: Object<'_>,
    kind: types::Kind,
    version: Version,
    found: &mut Vec<Diagnostic>,
) {
    let faults = decode::decode(object.root(), kind, version);
    let mut errors = Errors::default();
    validation::create(object, version, &mut errors);
    let mut errors = errors.into_vec();
    if kind.kind == "CustomResourceDefinition" {
        errors.extend(crd::definition::validate(object.root()));
    }
    report_layers(object, version, faults, errors, found);
}

/// Judges a custom resource; of an update, with what it was.
fn check_custom(
    (object, old): (Object<'_>, Option<Object<'_>>),
    definition: &Definition<'_>,
    crds: &Crds<'_>,
    version: Version,
    found: &mut Vec<Diagnostic>,
) {
    let mut unknown = definition.unknown_fields(object.root());
    let mut broken = crds.validate(object.root(), old.map(|old| old.root()), definition);
    if !definition.is_certain {
        let unknown = unknown.drain(..).map(decode::unknown_custom_field);
        let refused = unknown.map(|fault| refused(object, fault));
        let invalid = broken.drain(..).map(|error| invalid(object, error));
        found.extend(refused.chain(invalid).map(doubtful));
    }
    let faults = decode::decode_custom(object.root(), unknown, version);
    let mut errors = Errors::default();
    validation::create(object, version, &mut errors);
    let mut errors = errors.into_vec();
    errors.extend(broken);
    report_layers(object, version, faults, errors, found);
}

/// What the decoder says hides what validation says.
fn report_layers(
    object: Object<'_>,
    version: Version,
    faults: decode::Faults,
    errors: Vec<FieldError>,
    found: &mut Vec<Diagnostic>,
) {
    let is_refused = |path: &str| errors.iter().any(|error| error.path == path);
    let warnings: Vec<Diagnostic> = warnings::warnings(object, version)
        .into_iter()
        .filter(|one| !is_refused(&one.path) && !faults.explain(&one.path, one.span))
        .map(|warning| warned(object, warning))
        .collect();
    let Some(first) = faults.told.first().map(|fault| fault.span) else {
        found.extend(errors.into_iter().map(|error| invalid(object, error)));
        found.extend(warnings);
        return;
    };
    let unexplained = errors.into_iter().filter(|error| !faults.explain(&error.path, error.span));
    let later: Vec<Diagnostic> = unexplained.map(|error| invalid(object, error)).collect();
    found.extend(faults.told.into_iter().map(|fault| refused(object, fault)));
    let hidden_faults = faults.hidden.into_iter().map(|fault| refused(object, fault));
    found.extend(hidden_faults.chain(later).chain(warnings).map(|later| hidden(later, first)));
}

/// What validation would report.
fn invalid(object: Object<'_>, error: FieldError) -> Diagnostic {
    let message = if error.path.is_empty() {
        error.body()
    } else {
        format!("`{}`: {}", error.path, error.body())
    };
    let mut diagnostic = api_server(object, error.rule(), error.span, message);
    diagnostic.help = error.help;
    diagnostic.field(error.path).cause(error.cause)
}

/// Judges the update of each pair of objects (the old and the new one) as the API server would.
pub fn check_update(old: Object<'_>, new: Object<'_>, options: &Options<'_>, sink: &mut Sink) {
    report_merged(options.versions, sink, |version| {
        check_object_update(old, new, version, options.crds)
    });
}

fn check_object_update(
    old: Object<'_>,
    new: Object<'_>,
    version: Version,
    crds: &Crds<'_>,
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    match kinds::resolve(new, version, crds) {
        Resolved::Builtin(kind) => {
            kinds::check_life(new, version, &mut found);
            check_builtin_update(old, new, kind, version, &mut found);
        }
        Resolved::Custom(definition) => {
            check_custom((new, Some(old)), &definition, crds, version, &mut found);
            // What was wrong before may stay so (`CRDValidationRatcheting`).
            let mut before = Vec::new();
            check_custom((old, None), &definition, crds, version, &mut before);
            let known = |one: &Diagnostic| before.iter().any(|old| old.message == one.message);
            found.retain(|one| !known(one));
        }
        Resolved::Foreign => {}
        Resolved::Refused(refusal) => found.push(*refusal),
    }
    found
}

fn check_builtin_update(
    old: Object<'_>,
    new: Object<'_>,
    kind: types::Kind,
    version: Version,
    found: &mut Vec<Diagnostic>,
) {
    let mut refusals = update::check(old.root(), new.root(), kind, version);
    if kind.kind == "CustomResourceDefinition" {
        refusals.invalid.extend(crd::definition::validate_update(old.root(), new.root()));
    }
    let invalid = refusals.invalid.into_iter().map(|error| invalid(new, error));
    let refused = invalid.chain(refusals.forbidden.into_iter().map(|one| forbidden(new, one)));
    let faults = changed_faults(old, new, kind, version);
    let Some(first) = faults.first().map(|fault| fault.span) else {
        found.extend(refused);
        return;
    };
    found.extend(faults.into_iter().map(|fault| refused_patch(new, fault)));
    found.extend(refused.map(|later| hidden(later, first)));
}

/// What the decoder would say of a patch: faults of the new object that the old one has not.
fn changed_faults(
    old: Object<'_>,
    new: Object<'_>,
    kind: types::Kind,
    version: Version,
) -> Vec<Fault> {
    let before = decode::decode(old.root(), kind, version).told;
    let known = |fault: &Fault| before.iter().any(|other| other.message == fault.message);
    let after = decode::decode(new.root(), kind, version).told;
    after.into_iter().filter(|fault| !known(fault)).collect()
}

/// A patch with such a value is refused as a whole: the server names the field `patch`.
fn refused_patch(object: Object<'_>, fault: Fault) -> Diagnostic {
    let mut diagnostic =
        diagnostic(object, Group::Upgrade, fault.rule, Severity::Error, fault.span, fault.message);
    diagnostic.help = fault.help;
    diagnostic.field("patch").cause(crate::diagnostic::Cause::Invalid)
}

/// A change that validation would not allow.
fn forbidden(object: Object<'_>, refusal: update::Refusal) -> Diagnostic {
    let mut diagnostic = invalid(object, refusal.error);
    diagnostic.group = Group::Upgrade;
    diagnostic.rule = "immutable-field".into();
    let changed: Vec<String> = refusal.changed.iter().map(|name| format!("`{name}`")).collect();
    if !changed.is_empty() {
        diagnostic.help = Some(format!("changed here: {}", changed.join(", ")));
    }
    diagnostic
}

/// A fault that the decoder would report.
fn refused(object: Object<'_>, fault: Fault) -> Diagnostic {
    let mut diagnostic = api_server(object, fault.rule, fault.span, fault.message);
    diagnostic.help = fault.help;
    diagnostic.field(fault.field).cause(fault.cause)
}

/// The same of an object whose CRD is not at hand: that of the cluster may be another.
fn doubtful(mut diagnostic: Diagnostic) -> Diagnostic {
    diagnostic.severity = Severity::Warning;
    let help = || "name the CRD of your cluster with `--crds` to be sure".to_owned();
    diagnostic.help.get_or_insert_with(help);
    diagnostic
}

/// The same as something that the server would say only once `first` is mended.
fn hidden(mut diagnostic: Diagnostic, first: Span) -> Diagnostic {
    diagnostic.severity = Severity::Warning;
    diagnostic.label(first, "the API server stops here first")
}

/// A warning of the server's.
fn warned(object: Object<'_>, warning: warnings::Warning) -> Diagnostic {
    let message = format!("`{}`: {}", warning.path, warning.text);
    diagnostic(object, warning.group, warning.rule, Severity::Warning, warning.span, message)
        .field(warning.path)
}

fn crd_missing(object: Object<'_>) -> Diagnostic {
    let (api_version, kind) = (object.api_version(), object.kind());
    let message = format!("no CRD at hand defines `{kind}` of `{api_version}`: it is not checked");
    let span = object.root().get("kind").unwrap_or(object.root()).span();
    diagnostic(object, Group::ApiServer, "crd-missing", Severity::Info, span, message)
        .help("name its CRD with `--crds`")
}

/// A refusal by the API server.
fn api_server(
    object: Object<'_>,
    rule: &'static str,
    span: Span,
    message: impl Into<String>,
) -> Diagnostic {
    diagnostic(object, Group::ApiServer, rule, Severity::Error, span, message)
}

fn diagnostic(
    object: Object<'_>,
    group: Group,
    rule: &'static str,
    severity: Severity,
    span: Span,
    message: impl Into<String>,
) -> Diagnostic {
    Diagnostic::new(group, rule, severity, Place::rendered(span), message)
        .object(object.reference().clone())
}

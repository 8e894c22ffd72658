//! Which kind an object is of: one of Kubernetes' own, a custom one, or none that exists.

use super::crd::{Crds, Definition};
use super::types::{self, Scope};
use super::{Version, api_server, lifecycle};
use crate::diagnostic::{Diagnostic, Group, Severity};
use crate::manifest::Object;
use crate::nearest::nearest;
use crate::yaml::Node;

/// What the client and the server make of `apiVersion` and `kind`.
pub(super) enum Resolved<'a> {
    Builtin(types::Kind),
    Custom(Definition<'a>),
    /// A custom kind whose CRD is not at hand.
    Foreign,
    /// The object is not even sent.
    Refused(Box<Diagnostic>),
}

pub(super) fn resolve<'a>(
    object: Object<'a>,
    version: Version,
    crds: &'a Crds<'_>,
) -> Resolved<'a> {
    let (api_version, kind) = (object.api_version(), object.kind());
    if kind.is_empty() {
        return Resolved::Refused(Box::new(missing_kind(object)));
    }
    if api_version.is_empty() {
        return Resolved::Refused(Box::new(missing_api_version(object)));
    }
    match types::kind(api_version, kind) {
        Some(known) if known.scope != Scope::Subresource && known.exists_in(version) => {
            Resolved::Builtin(known)
        }
        Some(_) => Resolved::Refused(Box::new(unknown_kind(object, version))),
        None if lifecycle::is_builtin_group(lifecycle::group(api_version)) => {
            Resolved::Refused(Box::new(unknown_kind(object, version)))
        }
        None => match crds.find(api_version, kind) {
            Some(served) => custom(object, served),
            // The group of a CRD is a domain with at least one dot.
            None if !lifecycle::group(api_version).contains('.') => {
                Resolved::Refused(Box::new(unknown_kind(object, version)))
            }
            None => Crds::common(api_version, kind).map_or(Resolved::Foreign, Resolved::Custom),
        },
    }
}

/// A kind that a CRD defines, in one of these versions.
fn custom<'a>(object: Object<'_>, served: &[Definition<'a>]) -> Resolved<'a> {
    let wanted = object.api_version().rsplit('/').next().unwrap_or_default();
    match served.iter().find(|definition| definition.version == wanted) {
        Some(definition) => Resolved::Custom(*definition),
        None => Resolved::Refused(Box::new(not_served(object, served))),
    }
}

fn not_served(object: Object<'_>, served: &[Definition<'_>]) -> Diagnostic {
    let (api_version, kind) = (object.api_version(), object.kind());
    let message = format!("the CRD of `{kind}` does not serve `{api_version}`");
    let mut diagnostic = api_server(object, "unknown-kind", kind_node(object).span(), message);
    // As for any kind that the client does not find.
    diagnostic.object = None;
    diagnostic.help = served.first().map(|definition| {
        let group = lifecycle::group(api_version);
        format!("use `apiVersion: {group}/{}`", definition.version)
    });
    diagnostic
}

fn missing_kind(object: Object<'_>) -> Diagnostic {
    api_server(object, "missing-kind", object.root().span(), "the object has no `kind`")
}

fn missing_api_version(object: Object<'_>) -> Diagnostic {
    let message = format!("the {} has no `apiVersion`", object.kind());
    api_server(object, "missing-api-version", kind_node(object).span(), message)
}

/// `no matches for kind "X" in version "y/v1"`, with the reason if there is one.
fn unknown_kind(object: Object<'_>, version: Version) -> Diagnostic {
    let (api_version, kind) = (object.api_version(), object.kind());
    let life = lifecycle::life(api_version, kind);
    let removed = life.and_then(|life| life.removed).filter(|&removed| removed <= version);
    let later = || {
        let known = types::kind(api_version, kind)?;
        (version.minor..=Version::NEWEST.minor).find(|&minor| known.exists_in(Version::new(minor)))
    };
    // The version that is asked about is not named: others may find the same.
    let (rule, message) = match (removed, later()) {
        (Some(removed), _) => (
            "removed-api",
            format!("`{kind}` of `{api_version}` was removed in Kubernetes {removed}"),
        ),
        (None, Some(since)) => (
            "unknown-kind",
            format!("`{kind}` of `{api_version}` exists only since Kubernetes 1.{since}"),
        ),
        (None, None) => ("unknown-kind", format!("Kubernetes has no `{kind}` in `{api_version}`")),
    };
    let mut diagnostic = api_server(object, rule, kind_node(object).span(), message);
    // The client finds no resource of that kind: the server is never asked about an object.
    diagnostic.object = None;
    diagnostic.help = replacement(api_version, kind, version);
    diagnostic
}

/// The API version that has the kind, or the kind that is spelled most like it.
fn replacement(api_version: &str, kind: &str, version: Version) -> Option<String> {
    if let Some(successor) = lifecycle::successor(api_version, kind, version) {
        return Some(format!("use `apiVersion: {successor}`"));
    }
    let served = || types::kinds().filter(|known| known.exists_in(version) && !known.is_list);
    let same_name = served().find(|known| known.kind == kind);
    if let Some(known) = same_name {
        return Some(format!("use `apiVersion: {}`", known.api_version));
    }
    let same_group = served().filter(|known| known.api_version == api_version);
    if let Some(near) = nearest(kind, same_group.map(|known| known.kind)) {
        return Some(format!("did you mean `kind: {near}`?"));
    }
    let near = nearest(kind, served().map(|known| known.kind))?;
    let known = served().find(|known| known.kind == near)?;
    Some(format!("did you mean `kind: {near}` with `apiVersion: {}`?", known.api_version))
}

/// Says that a kind of Kubernetes' own is on its way out, or not served everywhere.
pub(super) fn check_life(object: Object<'_>, version: Version, found: &mut Vec<Diagnostic>) {
    let (api_version, kind) = (object.api_version(), object.kind());
    if lifecycle::is_off_by_default(api_version) {
        found.push(disabled_by_default(object));
    }
    let Some(life) = lifecycle::life(api_version, kind) else { return };
    if life.deprecated.is_some_and(|deprecated| deprecated <= version) {
        found.push(deprecated(object, version, life));
    }
}

fn disabled_by_default(object: Object<'_>) -> Diagnostic {
    let message = format!(
        "`{}` of `{}` is served only by clusters that have enabled it",
        object.kind(),
        object.api_version()
    );
    let span = kind_node(object).span();
    super::diagnostic(
        object,
        Group::Deprecation,
        "api-off-by-default",
        Severity::Warning,
        span,
        message,
    )
}

fn deprecated(object: Object<'_>, version: Version, life: lifecycle::Life) -> Diagnostic {
    let (api_version, kind) = (object.api_version(), object.kind());
    let since = life.deprecated.unwrap_or(life.introduced);
    let end = life.removed.map_or(String::new(), |removed| format!(" and gone in {removed}"));
    let message =
        format!("`{kind}` of `{api_version}` is deprecated since Kubernetes {since}{end}");
    let span = kind_node(object).span();
    let mut diagnostic = super::diagnostic(
        object,
        Group::Deprecation,
        "deprecated-api",
        Severity::Warning,
        span,
        message,
    );
    diagnostic.help = match (life.replacement, kind) {
        (Some(replacement), "Endpoints") => {
            Some(format!("use `kind: EndpointSlice` with `apiVersion: {replacement}`"))
        }
        _ => lifecycle::successor(api_version, kind, version)
            .filter(|&successor| successor != api_version)
            .map(|successor| format!("use `apiVersion: {successor}`")),
    };
    diagnostic
}

/// What to show of a problem with the object's type.
fn kind_node(object: Object<'_>) -> Node<'_> {
    let root = object.root();
    root.get("apiVersion").or_else(|| root.get("kind")).unwrap_or(root)
}

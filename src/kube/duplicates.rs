//! Objects that a render has twice: the second is applied over the first, or refused because the
//! first exists.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::{diagnostic, lifecycle, types};
use crate::diagnostic::{Diagnostic, Group, Severity};
use crate::manifest::{Object, Objects};

/// The objects that a render has twice. Hooks may share a name: they run at different times.
/// Objects that name no namespace lie in `namespace`, unless their kind lies in none.
pub(super) fn objects(objects: &Objects, namespace: &str) -> Vec<Diagnostic> {
    let mut seen: HashMap<Identity<'_>, Object<'_>> = HashMap::new();
    let mut found = Vec::new();
    for object in objects.iter().filter(|object| !object.is_hook() && object.name().is_some()) {
        match seen.entry(identity(object, namespace)) {
            Entry::Occupied(first) => found.push(duplicate(object, *first.get())),
            Entry::Vacant(place) => {
                place.insert(object);
            }
        }
    }
    found
}

/// Group, kind, namespace, name.
type Identity<'a> = (&'a str, &'a str, Option<&'a str>, Option<&'a str>);

fn identity<'a>(object: Object<'a>, namespace: &'a str) -> Identity<'a> {
    let (api_version, kind) = (object.api_version(), object.kind());
    let is_global =
        types::kind(api_version, kind).is_some_and(|kind| kind.scope == types::Scope::Cluster);
    let namespace = object.namespace().filter(|name| !name.is_empty()).or(Some(namespace));
    let namespace = namespace.filter(|_| !is_global);
    (lifecycle::group(api_version), kind, namespace, object.name())
}

fn duplicate(object: Object<'_>, first: Object<'_>) -> Diagnostic {
    let (kind, name) = (object.kind(), object.name().unwrap_or_default());
    let message = format!("`{kind}` `{name}` is rendered twice");
    let span = object.root().span();
    diagnostic(object, Group::Correctness, "duplicate-object", Severity::Error, span, message)
        .label(first.root().span(), "here first")
        .help("give one of them another name, or render only one")
}

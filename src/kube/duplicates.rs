//! Objects that a render has twice: the second is applied over the first, or refused because the
//! first exists.

use std::collections::HashMap;

use super::{diagnostic, lifecycle};
use crate::diagnostic::{Diagnostic, Group, Severity};
use crate::manifest::{Object, Objects};

/// The objects that a render has twice. Hooks may share a name: they run at different times.
pub(super) fn objects(objects: &Objects) -> Vec<Diagnostic> {
    let mut seen: HashMap<Identity<'_>, Object<'_>> = HashMap::new();
    let mut found = Vec::new();
    for object in objects.iter().filter(|object| !object.is_hook() && object.name().is_some()) {
        match seen.get(&identity(object)) {
            Some(first) => found.push(duplicate(object, *first)),
            None => {
                seen.insert(identity(object), object);
            }
        }
    }
    found
}

/// Group, kind, namespace, name.
type Identity<'a> = (&'a str, &'a str, Option<&'a str>, Option<&'a str>);

fn identity(object: Object<'_>) -> Identity<'_> {
    (lifecycle::group(object.api_version()), object.kind(), object.namespace(), object.name())
}

fn duplicate(object: Object<'_>, first: Object<'_>) -> Diagnostic {
    let (kind, name) = (object.kind(), object.name().unwrap_or_default());
    let message = format!("`{kind}` `{name}` is rendered twice");
    let span = object.root().span();
    diagnostic(object, Group::Correctness, "duplicate-object", Severity::Error, span, message)
        .label(first.root().span(), "here first")
        .help("give one of them another name, or render only one")
}

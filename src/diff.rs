//! Pairs two lists of objects and describes the changes.
//!
//! Two objects are the same one if their group, kind, namespace and name are. What an upgrade
//! would be refused for is judged by [`kube::check_update`].

mod fields;

use std::collections::{BTreeMap, VecDeque};

use crate::diagnostic::{ObjectRef, Place, Sink};
use crate::kube;
use crate::manifest::{Object, Objects};
pub use fields::FieldChange;

/// What becomes of an object.
#[derive(Clone, Debug)]
pub struct Change {
    pub action: Action,
    pub object: ObjectRef,
    /// The object as it is, or for what is removed, as it was.
    pub place: Place,
    /// The fields that differ, in the order of the new object; only of those that changed.
    pub fields: Vec<FieldChange>,
}

#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Action {
    Added,
    Removed,
    Changed,
}

impl Action {
    pub fn name(self) -> &'static str {
        match self {
            Action::Added => "added",
            Action::Removed => "removed",
            Action::Changed => "changed",
        }
    }
}

/// Compares two renders: objects that were added, changed or removed. What the API server would
/// say of additions and changes goes to the sink.
pub fn compare(
    old: &Objects,
    new: &Objects,
    options: &kube::Options<'_>,
    sink: &mut Sink,
) -> Vec<Change> {
    let mut before = by_identity(old);
    let mut changes = Vec::new();
    for object in new.iter() {
        let twin = before.get_mut(&identity(object)).and_then(VecDeque::pop_front);
        match twin {
            Some(twin) => {
                let fields = fields::compare(twin.root(), object.root(), object.kind() == "Secret");
                if !fields.is_empty() {
                    kube::check_update(twin, object, options, sink);
                    changes.push(change(Action::Changed, object, fields));
                }
            }
            None => {
                kube::check_one(object, options, sink);
                changes.push(change(Action::Added, object, Vec::new()));
            }
        }
    }
    let gone: std::collections::BTreeSet<usize> =
        before.into_values().flatten().map(Object::index).collect();
    let removed = old.iter().filter(|object| gone.contains(&object.index()));
    changes.extend(removed.map(|object| change(Action::Removed, object, Vec::new())));
    changes
}

fn change(action: Action, object: Object<'_>, fields: Vec<FieldChange>) -> Change {
    let place = object.place(object.root());
    Change { action, object: object.reference().clone(), place, fields }
}

/// Group, kind, namespace, name.
type Identity<'a> = (&'a str, &'a str, &'a str, &'a str);

fn identity(object: Object<'_>) -> Identity<'_> {
    let group = object.api_version().rsplit_once('/').map_or("", |(group, _)| group);
    let namespace = object.namespace().unwrap_or_default();
    (moved_group(group, object.kind()), object.kind(), namespace, object.name().unwrap_or_default())
}

/// Kinds that left the group `extensions` are still the same objects.
fn moved_group<'a>(group: &'a str, kind: &str) -> &'a str {
    match (group, kind) {
        ("extensions", "Ingress" | "NetworkPolicy") => "networking.k8s.io",
        ("extensions", "DaemonSet" | "Deployment" | "ReplicaSet") => "apps",
        _ => group,
    }
}

/// The objects of a render; of several with one identity, the first meets the first.
fn by_identity(objects: &Objects) -> BTreeMap<Identity<'_>, VecDeque<Object<'_>>> {
    let mut found: BTreeMap<Identity<'_>, VecDeque<Object<'_>>> = BTreeMap::new();
    for object in objects.iter() {
        found.entry(identity(object)).or_default().push_back(object);
    }
    found
}

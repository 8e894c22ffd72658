//! Pairs two lists of objects and describes the changes.
//!
//! Two objects are the same one if their group, kind, namespace and name are. What an upgrade
//! would be refused for is judged by [`kube::check_update`].

mod fields;

use std::collections::{BTreeMap, VecDeque};

use crate::diagnostic::{ObjectRef, Place, Sink};
use crate::kube;
use crate::manifest::{Object, Objects};
pub use fields::{FieldChange, shown};

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

impl Change {
    /// Every place in it, so that the templates behind can be filled in.
    pub(crate) fn places_mut(&mut self) -> impl Iterator<Item = &mut Place> {
        std::iter::once(&mut self.place).chain(self.fields.iter_mut().map(|field| &mut field.place))
    }
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
    pair(old, new, |twin, object| match twin {
        Some(twin) => kube::check_update(twin, object, options, sink),
        None => kube::check_one(object, options, sink),
    })
}

/// The objects that were added, changed or removed.
pub fn changes(old: &Objects, new: &Objects) -> Vec<Change> {
    pair(old, new, |_, _| {})
}

/// The changes; each new object that is no longer what it was, or is new, is `seen` with its twin.
fn pair<'a>(
    old: &'a Objects,
    new: &'a Objects,
    mut seen: impl FnMut(Option<Object<'a>>, Object<'a>),
) -> Vec<Change> {
    let mut before = by_identity(old);
    let mut changes = Vec::new();
    for object in new.iter() {
        let twin = before.get_mut(&identity(object)).and_then(VecDeque::pop_front);
        let Some(twin) = twin else {
            seen(None, object);
            changes.push(change(Action::Added, object, Vec::new()));
            continue;
        };
        let fields = fields::compare(twin.root(), object.root(), object.kind() == "Secret");
        if !fields.is_empty() {
            seen(Some(twin), object);
            changes.push(change(Action::Changed, object, fields));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kube::{Crds, Options, Version};
    use crate::manifest;
    use crate::source::{Kind, Sources};

    #[track_caller]
    fn check(old: &str, new: &str, expected: &str) {
        let mut sources = Sources::default();
        let mut sink = Sink::default();
        let mut read = |name: &str, text: &str| {
            let file = sources.add(Kind::File, name, text.as_bytes());
            manifest::read_stream(file, &sources, &mut sink)
        };
        let (old, new) = (read("old", old), read("new", new));
        let options =
            Options { versions: &[Version::DEFAULT], crds: &Crds::default(), namespace: "default" };
        let changes = compare(&old, &new, &options, &mut sink);
        let mut lines = Vec::new();
        for change in changes {
            let name = change.object.name.unwrap_or_default();
            lines.push(format!("{} {} {name}", change.action.name(), change.object.kind));
            lines.extend(change.fields.iter().map(|field| {
                let shown = |value: &Option<String>| value.clone().unwrap_or("-".to_owned());
                format!("  {}: {} {}", field.field, shown(&field.old), shown(&field.new))
            }));
        }
        let found = sink.into_vec().into_iter();
        lines.extend(found.map(|found| format!("{}: {}", found.rule, found.message)));
        assert_eq!(lines.join("\n"), expected);
    }

    const MAP: &str =
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: m}, data: {a: x, b.c/d: k}}";

    #[test]
    fn equal_renders_have_no_changes() {
        check(MAP, MAP, "");
        check(
            MAP,
            "{kind: ConfigMap, apiVersion: v1, data: {b.c/d: k, a: x}, metadata: {name: m}}",
            "",
        );
    }

    #[test]
    fn fields_are_compared() {
        check(
            MAP,
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: m}, data: {a: z, e: w}}",
            "changed ConfigMap m\n  data.a: \"x\" \"z\"\n  data.e: - \"w\"\n  data[b.c/d]: \"k\" -",
        );
    }

    #[test]
    fn lists_are_compared_by_index() {
        let role = |rules: &str| {
            format!(
                "{{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {{name: r, \
                 namespace: n}}, rules: [{rules}]}}"
            )
        };
        let first = "{apiGroups: [''], resources: [pods], verbs: [get]}";
        let second = "{apiGroups: [''], resources: [pods], verbs: [list]}";
        check(
            &role(first),
            &role(&format!("{second}, {first}")),
            "changed Role r\n  rules[0].verbs[0]: \"get\" \"list\"\n  rules[1]: - \
             {\"apiGroups\":[\"\"],\"resources\":[\"pods\"],\"verbs\":[\"get\"]}",
        );
    }

    #[test]
    fn objects_come_and_go() {
        let other = "{apiVersion: v1, kind: ConfigMap, metadata: {name: o}}";
        check(MAP, other, "added ConfigMap o\nremoved ConfigMap m");
    }

    #[test]
    fn an_object_may_change_its_api_version() {
        let ingress = |version: &str| {
            format!(
                "{{apiVersion: {version}, kind: Ingress, metadata: {{name: i, namespace: n}}, \
                 spec: {{defaultBackend: {{service: {{name: s, port: {{number: 80}}}}}}}}}}"
            )
        };
        check(
            &ingress("extensions/v1beta1"),
            &ingress("networking.k8s.io/v1"),
            "changed Ingress i\n  apiVersion: \"extensions/v1beta1\" \"networking.k8s.io/v1\"",
        );
    }

    #[test]
    fn secrets_are_masked() {
        let secret = |value: &str| {
            format!(
                "{{apiVersion: v1, kind: Secret, metadata: {{name: s, namespace: n}}, \
                 stringData: {{a: {value}}}}}"
            )
        };
        check(&secret("x"), &secret("z"), "changed Secret s\n  stringData.a: <masked> <masked>");
    }

    #[test]
    fn refusals_are_told() {
        let class = |policy: &str| {
            format!(
                "{{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {{name: c}}, \
                 provisioner: a.b/c, reclaimPolicy: {policy}}}"
            )
        };
        check(
            &class("Delete"),
            &class("Retain"),
            "changed StorageClass c\n  reclaimPolicy: \"Delete\" \"Retain\"\n\
             immutable-field: `reclaimPolicy`: Invalid value: \"Retain\": field is immutable",
        );
        check(
            "",
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: M}}",
            "added ConfigMap M\ninvalid-value: `metadata.name`: Invalid value: \"M\": a lowercase \
             RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', \
             and must start and end with an alphanumeric character (e.g. 'example.com', regex \
             used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
        );
    }
}

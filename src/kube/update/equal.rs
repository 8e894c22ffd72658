//! When two values are the same to the API server (`apiequality.Semantic`).

use super::super::Version;
use super::super::quantity::Quantity;
use super::super::types::{Scalar, Shape, Struct, Type};
use super::tree::{Data, Keys, Tree};

/// Whether two values of a type are equal: what is not set equals Go's zero value, `1Gi` equals
/// `1024Mi`, and the order of keys means nothing. Of fields, see [`equal_field`].
pub(super) fn equal(
    a: Option<&Tree<'_>>,
    b: Option<&Tree<'_>>,
    shape: Shape,
    version: Version,
) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(one), None) | (None, Some(one)) => one.is_zero(),
        (Some(a), Some(b)) => equal_values(a, b, shape, version),
    }
}

/// The same for a field of a struct. Where Go has a pointer, one that is nil is not the same as one
/// to a zero value.
pub(super) fn equal_field(
    of: Struct,
    name: &str,
    (a, b): (Option<&Tree<'_>>, Option<&Tree<'_>>),
    version: Version,
) -> bool {
    match (a, b) {
        (Some(one), None) | (None, Some(one)) => is_lacking(of, name, one, version),
        (Some(_), Some(_)) | (None, None) => equal(a, b, shape_of(of, name, version), version),
    }
}

/// Whether a field might as well not be set.
fn is_lacking(of: Struct, name: &str, value: &Tree<'_>, version: Version) -> bool {
    match shape_of(of, name, version) {
        _ if value.is_null() => true,
        Shape::One(Type::Scalar(Scalar::Quantity)) => quantity(value) == Some(Quantity::ZERO),
        Shape::One(Type::Scalar(_)) => value.is_zero() && !is_scalar_pointer(of.name(), name),
        Shape::One(Type::Struct(_)) => value.is_zero() && BY_VALUE.contains(&name),
        Shape::List(_) | Shape::Map(_) | Shape::MapOfLists(_) => value.is_zero(),
    }
}

/// Fields that hold a struct itself; all others hold a pointer to one.
const BY_VALUE: [&str; 8] = [
    "metadata",
    "podSelector",
    "resources",
    "spec",
    "status",
    "strategy",
    "template",
    "updateStrategy",
];

const KEY_SOURCE: &[&str] = &["defaultMode", "optional"];

/// The pointers to scalars in what cannot change: pods, claims and their parts (`k8s.io/api/core`).
const SCALAR_POINTERS: &[(&str, &[&str])] = &[
    ("AppArmorProfile", &["localhostProfile"]),
    ("CSIVolumeSource", &["fsType", "readOnly"]),
    ("ConfigMapEnvSource", KEY_SOURCE),
    ("ConfigMapKeySelector", KEY_SOURCE),
    ("ConfigMapProjection", KEY_SOURCE),
    ("ConfigMapVolumeSource", KEY_SOURCE),
    ("Container", &["restartPolicy"]),
    ("DownwardAPIVolumeFile", &["mode"]),
    ("EmptyDirVolumeSource", &["sizeLimit"]),
    ("KeyToPath", &["mode"]),
    ("PersistentVolumeClaimSpec", &["storageClassName", "volumeAttributesClassName"]),
    ("PodDNSConfigOption", &["value"]),
    (
        "PodSecurityContext",
        &[
            "fsGroup",
            "fsGroupChangePolicy",
            "runAsGroup",
            "runAsNonRoot",
            "runAsUser",
            "seLinuxChangePolicy",
            "supplementalGroupsPolicy",
        ],
    ),
    (
        "PodSpec",
        &[
            "activeDeadlineSeconds",
            "automountServiceAccountToken",
            "enableServiceLinks",
            "hostUsers",
            "hostnameOverride",
            "preemptionPolicy",
            "priority",
            "runtimeClassName",
            "setHostnameAsFQDN",
            "shareProcessNamespace",
        ],
    ),
    ("Probe", &["terminationGracePeriodSeconds"]),
    ("SeccompProfile", &["localhostProfile"]),
    ("SecretEnvSource", KEY_SOURCE),
    ("SecretKeySelector", KEY_SOURCE),
    ("SecretProjection", KEY_SOURCE),
    ("SecretVolumeSource", KEY_SOURCE),
    (
        "SecurityContext",
        &[
            "allowPrivilegeEscalation",
            "privileged",
            "procMount",
            "readOnlyRootFilesystem",
            "runAsGroup",
            "runAsNonRoot",
            "runAsUser",
        ],
    ),
    ("Toleration", &["tolerationSeconds"]),
    ("TopologySpreadConstraint", &["minDomains", "nodeAffinityPolicy", "nodeTaintsPolicy"]),
    ("VolumeMount", &["mountPropagation", "recursiveReadOnly"]),
];

fn is_scalar_pointer(of: &str, field: &str) -> bool {
    let found = SCALAR_POINTERS.binary_search_by_key(&of, |(of, _)| of);
    found.is_ok_and(|found| SCALAR_POINTERS[found].1.contains(&field))
}

pub(super) const ANY: Shape = Shape::One(Type::Scalar(Scalar::Any));

pub(super) fn shape_of(of: Struct, field: &str, version: Version) -> Shape {
    of.field(field, version).map_or(ANY, |field| field.shape)
}

fn equal_values(a: &Tree<'_>, b: &Tree<'_>, shape: Shape, version: Version) -> bool {
    match (&a.data, &b.data) {
        (Data::Map(_), Data::Map(_)) => equal_maps(a, b, shape, version),
        (Data::List(left), Data::List(right)) => {
            let item = match shape {
                Shape::List(item) => Shape::One(item),
                Shape::One(_) | Shape::Map(_) | Shape::MapOfLists(_) => ANY,
            };
            left.len() == right.len()
                && left.iter().zip(right).all(|(a, b)| equal(Some(a), Some(b), item, version))
        }
        _ if shape == Shape::One(Type::Scalar(Scalar::Quantity)) => quantity(a) == quantity(b),
        _ => (a.as_str(), a.as_i64(), a.as_bool()) == (b.as_str(), b.as_i64(), b.as_bool()),
    }
}

fn equal_maps(a: &Tree<'_>, b: &Tree<'_>, shape: Shape, version: Version) -> bool {
    let (in_a, in_b) = (Keys::of(Some(a)), Keys::of(Some(b)));
    // A key of a map is there or not; a field that is not set may have its zero value.
    let lacks = |key: &str, value: &Tree<'_>| match shape {
        Shape::One(Type::Struct(of)) => is_lacking(of, key, value, version),
        Shape::One(Type::Scalar(_)) | Shape::List(_) | Shape::Map(_) | Shape::MapOfLists(_) => {
            false
        }
    };
    let equal_entry = |key: &str, value: &Tree<'_>| match in_b.get(key) {
        Some(other) => equal_values(value, other, entry_shape(shape, key, version), version),
        None => lacks(key, value),
    };
    a.entries().iter().all(|(key, value)| equal_entry(&key.text, value))
        && b.entries().iter().all(|(key, value)| in_a.has(&key.text) || lacks(&key.text, value))
}

/// The shape of what stands under a key of a value of that shape.
fn entry_shape(shape: Shape, key: &str, version: Version) -> Shape {
    match shape {
        Shape::One(Type::Struct(of)) => shape_of(of, key, version),
        Shape::Map(item) => Shape::One(item),
        Shape::MapOfLists(item) => Shape::List(item),
        Shape::One(Type::Scalar(_)) | Shape::List(_) => ANY,
    }
}

pub(super) fn quantity(value: &Tree<'_>) -> Option<Quantity> {
    match &value.data {
        Data::Scalar(node) => Quantity::read(Some(*node)).ok(),
        Data::Text(text) => Quantity::parse(text).ok(),
        Data::Int(number) => Some(Quantity::units(*number)),
        Data::Null | Data::Bool(_) | Data::List(_) | Data::Map(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_sorted_and_name_fields_that_exist() {
        assert!(SCALAR_POINTERS.is_sorted_by_key(|(of, _)| of));
        for (of, fields) in SCALAR_POINTERS {
            let known = Struct::named(of).unwrap();
            let exists = |field: &&str| known.field(field, Version::new(36)).is_some();
            assert!(*fields == KEY_SOURCE || fields.iter().all(exists), "{of}");
        }
    }
}

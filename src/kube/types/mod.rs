//! The types of every Kubernetes version, read in place from `schemas/kubernetes.bin`.
//!
//! Nothing is parsed at start-up: a lookup is a binary search in the bytes. The layout is told in
//! `xtask/src/schemas/pack.rs`, which writes the file. It is trusted: a wrong offset would read
//! zeros, never panic.

mod bytes;

use super::Version;
use bytes::{Name, Section};

/// A kind of object that an API server serves or served.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    pub(crate) api_version: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) scope: Scope,
    /// A `…List`: its items are of the type, not itself.
    pub(crate) is_list: bool,
    pub(crate) root: Struct,
    versions: VersionSet,
}

/// Where objects of a kind live.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    Namespace,
    Cluster,
    /// Only below another object: no manifest can hold one.
    Subresource,
}

/// A Go struct.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) struct Struct(u16);

/// One of the fields of a [`Struct`].
#[derive(Copy, Clone, Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    note: u8,
}

/// What a field holds.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    One(Type),
    List(Type),
    Map(Type),
    MapOfLists(Type),
}

#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    Scalar(Scalar),
    Struct(Struct),
}

#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scalar {
    String,
    Bool,
    Int32,
    Int64,
    Float,
    /// Base64 text.
    Bytes,
    Quantity,
    IntOrString,
    Time,
    MicroTime,
    /// Any JSON.
    Any,
    /// `JSONSchemaPropsOrBool`, `…OrArray`, `…OrStringArray`.
    SchemaOrBool,
    SchemaOrArray,
    SchemaOrStrings,
}

/// How a strategic merge patch changes a field.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Merge {
    /// Structs and maps merge, all else is replaced.
    Plain,
    /// The items of a list are told apart by this key.
    ByKey(&'static str),
    /// A list of scalars is added to what is there.
    Set,
    /// The keys of a struct that the patch does not list are dropped.
    RetainKeys,
    /// The same for each item of a list, told apart by this key.
    ByKeyRetainKeys(&'static str),
}

/// A set of the versions in the table: bit 0 is the oldest.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) struct VersionSet(u16);

impl VersionSet {
    pub(crate) fn contains(self, version: Version) -> bool {
        self.0 >> (version.tabled().minor - Version::OLDEST.minor) & 1 == 1
    }
}

const KIND_BYTES: usize = 12;
const STRUCT_BYTES: usize = 6;
const FIELD_BYTES: usize = 8;
const NOTE_BYTES: usize = 7;

/// The kind of that name, in whatever versions it exists.
pub(crate) fn kind(api_version: &str, kind: &str) -> Option<Kind> {
    let wanted = (api_version.as_bytes(), kind.as_bytes());
    let section = Section::kinds();
    let found = section.search(KIND_BYTES, |record| {
        (record.name(0).bytes(), record.name(3).bytes()).cmp(&wanted)
    })?;
    Some(read_kind(&section, found))
}

/// All kinds, sorted by API version and name.
pub(crate) fn kinds() -> impl Iterator<Item = Kind> {
    let section = Section::kinds();
    (0..section.count()).map(move |nth| read_kind(&section, nth))
}

fn read_kind(section: &Section, nth: usize) -> Kind {
    let record = section.record(nth, KIND_BYTES);
    Kind {
        api_version: record.name(0).text(),
        kind: record.name(3).text(),
        scope: match record.byte(6) {
            0 => Scope::Namespace,
            1 => Scope::Cluster,
            _ => Scope::Subresource,
        },
        is_list: record.byte(7) == 1,
        root: Struct(record.short(8)),
        versions: VersionSet(record.short(10)),
    }
}

impl Kind {
    pub(crate) fn exists_in(&self, version: Version) -> bool {
        self.versions.contains(version)
    }
}

impl Struct {
    /// The struct of that Go name, if one is; of several, the first by package. Linear.
    pub(crate) fn named(name: &str) -> Option<Struct> {
        let section = Section::structs();
        let found = (0..section.count())
            .find(|&nth| section.record(nth, STRUCT_BYTES).name(0).text() == name)?;
        u16::try_from(found).ok().map(Struct)
    }

    /// The name of the Go type, without its package.
    pub(crate) fn name(self) -> &'static str {
        self.record().name(0).text()
    }

    /// The field of that name in that version.
    pub(crate) fn field(self, name: &str, version: Version) -> Option<Field> {
        let (section, range) = self.field_range();
        let found = section.search_within(range.clone(), FIELD_BYTES, |record| {
            record.name(0).bytes().cmp(name.as_bytes())
        })?;
        // A field that changed its type stands several times, one beside the other.
        let same =
            |nth: &usize| section.record(*nth, FIELD_BYTES).name(0).bytes() == name.as_bytes();
        let before = (range.start..found).rev().take_while(same);
        let after = (found..range.end).take_while(same);
        before.chain(after).find_map(|nth| read_field(&section, nth, version))
    }

    /// The fields in that version, sorted by name.
    pub(crate) fn fields(self, version: Version) -> impl Iterator<Item = Field> {
        let (section, range) = self.field_range();
        range.filter_map(move |nth| read_field(&section, nth, version))
    }

    fn field_range(self) -> (Section, std::ops::Range<usize>) {
        let record = self.record();
        let first = usize::from(record.short(4));
        (Section::fields(), first..first + usize::from(record.byte(3)))
    }

    fn record(self) -> bytes::Record {
        Section::structs().record(usize::from(self.0), STRUCT_BYTES)
    }
}

/// The field, unless that version does not have it.
fn read_field(section: &Section, nth: usize, version: Version) -> Option<Field> {
    let record = section.record(nth, FIELD_BYTES);
    VersionSet(record.short(6)).contains(version).then(|| Field {
        name: record.name(0).text(),
        shape: read_shape(record.short(4)),
        note: record.byte(3),
    })
}

fn read_shape(shape: u16) -> Shape {
    let number = shape & 0xfff;
    let inner = if shape >> 12 & 1 == 1 {
        Type::Struct(Struct(number))
    } else {
        Type::Scalar(read_scalar(number))
    };
    match shape >> 13 {
        0 => Shape::One(inner),
        1 => Shape::List(inner),
        2 => Shape::Map(inner),
        _ => Shape::MapOfLists(inner),
    }
}

fn read_scalar(number: u16) -> Scalar {
    const SCALARS: [Scalar; 14] = [
        Scalar::String,
        Scalar::Bool,
        Scalar::Int32,
        Scalar::Int64,
        Scalar::Float,
        Scalar::Bytes,
        Scalar::Quantity,
        Scalar::IntOrString,
        Scalar::Time,
        Scalar::MicroTime,
        Scalar::Any,
        Scalar::SchemaOrBool,
        Scalar::SchemaOrArray,
        Scalar::SchemaOrStrings,
    ];
    SCALARS.get(usize::from(number)).copied().unwrap_or(Scalar::Any)
}

impl Field {
    pub(crate) fn merge(&self) -> Merge {
        let note = self.note();
        let key = || note.name(1).text();
        match note.byte(0) {
            1 => Merge::ByKey(key()),
            2 => Merge::Set,
            3 => Merge::RetainKeys,
            4 => Merge::ByKeyRetainKeys(key()),
            _ => Merge::Plain,
        }
    }

    /// The Go struct that is embedded in the field's own for the sake of this field; empty for
    /// most. The decoder names it in its paths.
    pub(crate) fn embedded(&self) -> &'static str {
        if self.note == 0 { Name::EMPTY.text() } else { self.note().name(4).text() }
    }

    fn note(&self) -> bytes::Record {
        Section::notes().record(usize::from(self.note), NOTE_BYTES)
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;

    /// The field at the end of a dotted path, with what the table says of it.
    fn describe(api_version: &str, name: &str, path: &str, minor: u8) -> String {
        let version = Version::new(minor);
        let Some(kind) = kind(api_version, name).filter(|kind| kind.exists_in(version)) else {
            return "no kind".to_owned();
        };
        let mut shape = Shape::One(Type::Struct(kind.root));
        let mut text = String::new();
        for step in path.split('.') {
            let (Shape::One(Type::Struct(inner))
            | Shape::List(Type::Struct(inner))
            | Shape::Map(Type::Struct(inner))) = shape
            else {
                return format!("nothing below {shape:?}");
            };
            let Some(field) = inner.field(step, version) else {
                return format!("{} has no {step}", inner.name());
            };
            shape = field.shape;
            text = match shape {
                Shape::One(Type::Struct(inner)) => inner.name().to_owned(),
                Shape::List(Type::Struct(inner)) => format!("[]{}", inner.name()),
                Shape::One(_) | Shape::List(_) | Shape::Map(_) | Shape::MapOfLists(_) => {
                    format!("{shape:?}")
                }
            };
            if field.merge() != Merge::Plain {
                write!(text, " {:?}", field.merge()).unwrap();
            }
            if !field.embedded().is_empty() {
                write!(text, " of {}", field.embedded()).unwrap();
            }
        }
        text
    }

    #[track_caller]
    fn check(kind: &str, path: &str, minor: u8, expected: &str) {
        let (api_version, kind) = kind.rsplit_once('/').unwrap();
        assert_eq!(describe(api_version, kind, path, minor), expected);
    }

    #[test]
    fn fields_have_the_types_of_go() {
        check("apps/v1/Deployment", "spec.replicas", 36, "One(Scalar(Int32))");
        check("v1/Service", "spec.ports.targetPort", 36, "One(Scalar(IntOrString))");
        check("v1/Secret", "data", 36, "Map(Scalar(Bytes))");
        check("v1/Pod", "spec.containers.resources.limits", 36, "Map(Scalar(Quantity))");
        check("v1/Pod", "metadata.creationTimestamp", 36, "One(Scalar(Time))");
        check("apps/v1/ControllerRevision", "data", 36, "One(Scalar(Any))");
        check("batch/v1/CronJob", "spec.jobTemplate.spec.template.spec", 27, "PodSpec");
    }

    #[test]
    fn lists_merge_by_the_patch_keys_of_go() {
        check("v1/Pod", "spec.containers", 36, "[]Container ByKey(\"name\")");
        check("v1/Pod", "spec.volumes", 36, "[]Volume ByKeyRetainKeys(\"name\")");
        check("v1/Pod", "spec.tolerations", 36, "[]Toleration");
        check("v1/Service", "spec.ports", 36, "[]ServicePort ByKey(\"port\")");
        check("v1/Pod", "metadata.finalizers", 36, "List(Scalar(String)) Set");
        check("apps/v1/Deployment", "spec.strategy", 36, "DeploymentStrategy RetainKeys");
        check("apps/v1/StatefulSet", "spec.volumeClaimTemplates", 36, "[]PersistentVolumeClaim");
    }

    #[test]
    fn embedded_structs_are_named() {
        check(
            "v1/Pod",
            "spec.containers.livenessProbe.httpGet",
            36,
            "HTTPGetAction of ProbeHandler",
        );
        check("v1/Pod", "spec.volumes.name", 36, "One(Scalar(String))");
        check("v1/Pod", "kind", 36, "One(Scalar(String)) of TypeMeta");
    }

    #[test]
    fn fields_and_kinds_come_and_go() {
        check("v1/Pod", "spec.resources", 31, "PodSpec has no resources");
        check("v1/Pod", "spec.resources", 32, "ResourceRequirements");
        check("flowcontrol.apiserver.k8s.io/v1beta2/FlowSchema", "spec", 28, "FlowSchemaSpec");
        check("flowcontrol.apiserver.k8s.io/v1beta2/FlowSchema", "spec", 29, "no kind");
        check("apps/v1/Deploymint", "spec", 36, "no kind");
    }

    #[test]
    fn versions_outside_the_table_are_judged_by_the_nearest() {
        check("v1/Pod", "spec.resources", 19, "PodSpec has no resources");
        check("v1/Pod", "spec.resources", 99, "ResourceRequirements");
    }

    #[test]
    fn every_kind_and_field_can_be_looked_up() {
        for kind in kinds() {
            assert_eq!(super::kind(kind.api_version, kind.kind), Some(kind));
            for version in (27..=37).map(Version::new) {
                for field in kind.root.fields(version) {
                    assert_eq!(kind.root.field(field.name, version).unwrap().name, field.name);
                }
            }
        }
    }
}

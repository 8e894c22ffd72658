//! An object against its type, as the API server decodes it.
//!
//! The server reads JSON into Go structs (`sigs.k8s.io/json`). The first value of a wrong type is
//! all it reports; only if there is none does it report fields that the type does not have, then
//! all of them. It sees the keys of a map sorted, since YAML is turned into JSON first.

mod scalar;
#[cfg(test)]
mod tests;
mod walk;
mod words;

use super::Version;
use super::crd::Unknown;
use super::types::{self, Kind, Shape, Type};
use crate::diagnostic::Cause;
use crate::source::Span;
use crate::yaml::Node;

pub(crate) use words::unknown_custom_field;

/// What the decoder would say of one value or field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) rule: &'static str,
    pub(crate) cause: Cause,
    /// The field as the server spells it: without indices for a wrong type, empty for a text that
    /// is no quantity, no base64 and so on.
    pub(crate) field: String,
    /// Where it is, as validation spells it.
    pub(crate) at: String,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
    pub(crate) span: Span,
}

/// What the decoder would say of an object.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    /// What the server reports.
    pub(crate) told: Vec<Fault>,
    /// What it would report once the others are mended.
    pub(crate) hidden: Vec<Fault>,
}

impl Faults {
    /// Whether what validation finds at a path may come of a value that could not be decoded: of
    /// that field's, or of another's that is its default.
    pub(crate) fn explain(&self, path: &str, span: Span) -> bool {
        let mut all = self.told.iter().chain(&self.hidden);
        all.any(|fault| {
            fault.cause != Cause::UnknownField
                && (fault.at.starts_with(path) || path.starts_with(&fault.at) || fault.span == span)
        })
    }
}

/// Decodes an object of that kind.
pub(crate) fn decode(root: Node<'_>, kind: Kind, version: Version) -> Faults {
    let found = if kind.is_list {
        walk::list_of(root, kind.root, version)
    } else {
        walk::object(root, Shape::One(Type::Struct(kind.root)), version)
    };
    tell(found)
}

/// Decodes a custom resource: its metadata is typed; of the rest, the fields that its CRD does
/// not know are reported.
pub(crate) fn decode_custom(root: Node<'_>, unknown: Vec<Unknown>, version: Version) -> Faults {
    let metadata = types::kind("v1", "ConfigMap")
        .and_then(|any| any.root.field("metadata", version))
        .map_or_else(Vec::new, |meta| walk::member(root, "metadata", meta.shape, version));
    let mut faults = tell(metadata);
    let strict = faults.told.iter().all(|fault| fault.cause == Cause::UnknownField);
    let unknown = unknown.into_iter().map(words::unknown_custom_field);
    if strict { &mut faults.told } else { &mut faults.hidden }.extend(unknown);
    faults
}

/// Splits what was found into what the server reports and what that hides.
fn tell(mut found: Vec<walk::Found<'_>>) -> Faults {
    found.sort_by(walk::Found::in_json_order);
    let first = found
        .iter()
        .position(|found| found.effect == walk::Effect::Abort)
        .or_else(|| found.iter().position(|found| found.effect == walk::Effect::Save));
    let mut faults = Faults::default();
    for (nth, found) in found.into_iter().enumerate() {
        let told = first.is_none_or(|first| first == nth);
        if told { &mut faults.told } else { &mut faults.hidden }.push(found.fault);
    }
    faults
}

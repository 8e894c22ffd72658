//! What the API server says when an object is updated.
//!
//! The object that it holds is modelled as the old manifest with all defaults; the new manifest is
//! applied to it as kubectl and Helm do, by a three-way merge ([`patch`]). What results is
//! validated as a new object is, and beside the old one: `ValidateXUpdate` of each kind.

mod apps;
mod core;
mod crd;
mod defaults;
mod equal;
mod immutable;
mod networking;
mod patch;
mod service;
#[cfg(test)]
mod tests;
mod tolerate;
mod tree;

use std::borrow::Cow;

use super::field::{Errors, FieldError};
use super::types::{Kind, Shape, Struct, Type};
use super::{Version, validation};
use crate::diagnostic::Cause;
use crate::source::{FileId, Span};
use crate::yaml::{Assembly, Document, Node, Piece};
use tree::{Data, Tree};

/// What the server would say of an update.
#[derive(Default)]
pub(super) struct Refusals {
    /// Errors that an object of that kind has when it is created, too.
    pub(super) invalid: Vec<FieldError>,
    /// Changes that are not allowed.
    pub(super) forbidden: Vec<Refusal>,
}

/// A change that is not allowed.
pub(super) struct Refusal {
    pub(super) error: FieldError,
    /// What changed, where the error itself does not say it.
    pub(super) changed: Vec<String>,
}

/// Judges the update of an object from one manifest to another.
pub(super) fn check(old: Node<'_>, new: Node<'_>, kind: Kind, version: Version) -> Refusals {
    let (Some(old), Some(new)) = (Tree::read(old), Tree::read(new)) else {
        return Refusals::default();
    };
    let before = stored(&old, &new, kind, version);
    let mut after = patch::three_way(&old, &new, &before, Some(kind.root), version);
    prepare(&mut after, kind);
    defaults::set(&mut after, kind.root, version);
    if kind.api_version == "v1" && kind.kind == "Service" {
        service::prepare_for_update(&mut after, &before);
    }
    let mut change = Change { old: &before, new: &after, kind, version, refusals: Vec::new() };
    change.check();
    let forbidden = change.refusals;
    let invalid = if service::hides_the_rest(&forbidden) {
        Vec::new()
    } else {
        let errors = validate(&after, kind, version);
        tolerate::reported(errors, kind, || validate(&before, kind, version))
    };
    Refusals { invalid, forbidden }
}

/// The object as the server holds it after the old manifest was applied.
fn stored<'a>(old: &Tree<'a>, new: &Tree<'a>, kind: Kind, version: Version) -> Tree<'a> {
    let mut stored = old.clone();
    prepare(&mut stored, kind);
    defaults::set(&mut stored, kind.root, version);
    match (kind.api_version, kind.kind) {
        ("v1", "PersistentVolumeClaim") => core::bind_claim(&mut stored),
        ("v1", "Service") => service::allocate(&mut stored, new),
        _ => {}
    }
    stored
}

/// What the server changes in an object before anything else sees it.
fn prepare(object: &mut Tree<'_>, kind: Kind) {
    match (kind.api_version, kind.kind) {
        ("v1", "Secret") => core::move_string_data(object),
        ("v1", "PersistentVolumeClaim") => core::fill_data_sources(object),
        _ => {}
    }
}

/// What the server would find wrong with an object if it were created.
fn validate(object: &Tree<'_>, kind: Kind, version: Version) -> Vec<FieldError> {
    let document = assemble(object);
    let mut errors = Errors::default();
    validation::create_node(document.root(), (kind.api_version, kind.kind), version, &mut errors);
    errors.into_vec()
}

/// Both sides of an update, and what is wrong with it.
struct Change<'t, 'a> {
    old: &'t Tree<'a>,
    new: &'t Tree<'a>,
    kind: Kind,
    version: Version,
    refusals: Vec<Refusal>,
}

impl<'a> Change<'_, 'a> {
    fn check(&mut self) {
        immutable::check(self);
        match (self.kind.api_version, self.kind.kind) {
            ("apiextensions.k8s.io/v1", "CustomResourceDefinition") => crd::definition(self),
            ("networking.k8s.io/v1", "ServiceCIDR") => networking::service_cidr(self),
            ("apps/v1", "StatefulSet") => apps::stateful_set(self),
            ("batch/v1", "Job") => apps::job(self),
            ("v1", "ConfigMap") => core::config_map(self),
            ("v1", "PersistentVolume") => core::persistent_volume(self),
            ("v1", "PersistentVolumeClaim") => core::persistent_volume_claim(self),
            ("v1", "Pod") => core::pod(self),
            ("v1", "ResourceQuota") => core::resource_quota(self),
            ("v1", "Secret") => core::secret(self),
            ("v1", "Service") => service::check(self),
            _ => {}
        }
    }

    /// Whether the value at the end of a way is the same on both sides.
    fn same(&self, way: &[&str]) -> bool {
        equal::equal(self.old.at(way), self.new.at(way), self.shape(way), self.version)
    }

    /// The same for a copy of one side.
    fn same_as(&self, old: Option<&Tree<'_>>, new: Option<&Tree<'_>>, way: &[&str]) -> bool {
        equal::equal(old, new, self.shape(way), self.version)
    }

    fn shape(&self, way: &[&str]) -> Shape {
        let root = Shape::One(Type::Struct(self.kind.root));
        way.iter().fold(root, |shape, name| match shape {
            Shape::One(Type::Struct(of)) => equal::shape_of(of, name, self.version),
            Shape::One(Type::Scalar(_)) | Shape::List(_) | Shape::Map(_) | Shape::MapOfLists(_) => {
                equal::ANY
            }
        })
    }

    /// The shape of the items of a list.
    fn item_shape(&self, way: &[&str]) -> Shape {
        match self.shape(way) {
            Shape::List(item) => Shape::One(item),
            Shape::One(_) | Shape::Map(_) | Shape::MapOfLists(_) => equal::ANY,
        }
    }

    /// The names of the fields of a struct that differ, but for those that may.
    fn changed(&self, way: &[&str], may_change: &[&str]) -> Vec<String> {
        let Shape::One(Type::Struct(of)) = self.shape(way) else { return Vec::new() };
        let empty = Tree::empty_map(self.new.span);
        let (old, new) = (self.old.at(way).unwrap_or(&empty), self.new.at(way).unwrap_or(&empty));
        changed_fields(old, new, of, may_change, self.version)
    }

    /// The bytes to show for a field: its own, or those of what is nearest to it.
    fn span(&self, way: &[&str]) -> Span {
        let mut nearest = self.new.span;
        let mut tree = self.new;
        for name in way {
            let Some(next) = tree.get(name) else { break };
            tree = next;
            if next.span.file == self.new.span.file {
                nearest = next.span;
            }
        }
        nearest
    }

    fn refuse(
        &mut self,
        way: &[&str],
        path: &str,
        cause: Cause,
        detail: impl Into<Cow<'static, str>>,
    ) {
        self.refuse_changed(way, path, cause, detail, Vec::new());
    }

    fn refuse_changed(
        &mut self,
        way: &[&str],
        path: &str,
        cause: Cause,
        detail: impl Into<Cow<'static, str>>,
        changed: Vec<String>,
    ) {
        let first = changed.first().map(|name| [way, &[name.as_str()]].concat());
        let span = self.span(first.as_deref().unwrap_or(way));
        let value = if cause == Cause::Invalid { self.shown(way) } else { None };
        let error = FieldError {
            path: path.to_owned(),
            cause,
            value,
            detail: detail.into(),
            span,
            help: None,
        };
        self.refusals.push(Refusal { error, changed });
    }

    /// A value as errors show it; structs are left out.
    fn shown(&self, way: &[&str]) -> Option<String> {
        let value = self.new.at(way)?;
        match (value.as_str(), value.as_i64()) {
            (Some(text), _) => Some(super::field::quoted(text)),
            (None, Some(number)) => Some(number.to_string()),
            (None, None) => None,
        }
    }
}

fn changed_fields(
    old: &Tree<'_>,
    new: &Tree<'_>,
    of: Struct,
    may_change: &[&str],
    version: Version,
) -> Vec<String> {
    let differs = |name: &str| {
        !may_change.contains(&name)
            && !equal::equal_field(of, name, (old.get(name), new.get(name)), version)
    };
    let fields = of.fields(version).map(|field| field.name);
    fields.filter(|name| differs(name)).map(str::to_owned).collect()
}

/// A tree as a document, so that it can be validated as one. What does not come from the new
/// manifest shows the place of what surrounds it.
fn assemble(tree: &Tree<'_>) -> Document {
    let mut assembly = Assembly::new(tree.span.file);
    let root = assemble_into(&mut assembly, tree, tree.span);
    assembly.finish(root)
}

fn assemble_into(assembly: &mut Assembly, tree: &Tree<'_>, around: Span) -> Piece {
    let at = shown_in(around.file, tree.span, around);
    match &tree.data {
        Data::Null => assembly.null(at),
        Data::Scalar(node) => assembly.scalar(at, *node),
        Data::Bool(value) => assembly.bool(at, *value),
        Data::Int(value) => assembly.int(at, *value),
        Data::Text(text) => assembly.text(at, text),
        Data::List(items) => {
            let items: Vec<Piece> =
                items.iter().map(|item| assemble_into(assembly, item, at)).collect();
            assembly.seq(at, &items)
        }
        Data::Map(entries) => {
            let pairs: Vec<(Piece, Piece)> = entries
                .iter()
                .map(|(key, value)| {
                    let key_at = shown_in(at.file, key.span, at);
                    (assembly.text(key_at, &key.text), assemble_into(assembly, value, at))
                })
                .collect();
            assembly.map(at, &pairs)
        }
    }
}

fn shown_in(file: FileId, span: Span, around: Span) -> Span {
    if span.file == file { span } else { around }
}

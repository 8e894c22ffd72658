//! Custom resources: the CRDs that are at hand, and the check of objects against them.
//!
//! The server prunes what the schema does not know (or reports it, as clients ask it to), sets
//! defaults, and validates: the schema (`k8s.io/kube-openapi/pkg/validation`), list types, and
//! rules in CEL. The CRDs themselves are validated in [`definition`].

mod cel;
mod common;
mod defaults;
pub(super) mod definition;
mod embedded;
mod field_path;
mod formats;
mod lists;
mod prune;
mod schema;
mod structural;
#[cfg(test)]
mod tests;
mod validate;

use rustc_hash::FxHashMap;

use super::field::{FieldError, Path, json};
use super::lifecycle;
use crate::diagnostic::Cause;
use crate::manifest::{Object, Objects};
use crate::yaml::Node;
pub(super) use prune::Unknown;
use schema::Schema;

/// The kinds that CRDs define.
#[derive(Default)]
pub struct Crds<'a> {
    /// Group and kind, with the versions that are served.
    by_kind: FxHashMap<(&'a str, &'a str), Vec<Definition<'a>>>,
    rules: cel::Rules,
}

/// One served version of a custom kind.
#[derive(Copy, Clone)]
pub(super) struct Definition<'a> {
    pub(super) version: &'a str,
    schema: Option<Schema<'a>>,
    /// What its `scale` subresource says of replicas.
    scale: Option<Node<'a>>,
    /// The status is a resource of its own: what a manifest says of it is dropped.
    has_status: bool,
    /// It comes from a CRD that is at hand: the server's is the same.
    pub(super) is_certain: bool,
}

impl<'a> Crds<'a> {
    /// Collects the CRDs among objects; of several for one kind, the first holds.
    pub fn read(lists: &[&'a Objects]) -> Crds<'a> {
        let mut crds = Crds::default();
        for object in lists.iter().flat_map(|objects| objects.iter()) {
            if object.kind() == "CustomResourceDefinition"
                && object.api_version() == "apiextensions.k8s.io/v1"
            {
                crds.add(object);
            }
        }
        crds
    }

    fn add(&mut self, object: Object<'a>) {
        let text = |way: &[&str]| object.root().at(way).and_then(Node::as_str);
        let (Some(group), Some(kind)) =
            (text(&["spec", "group"]), text(&["spec", "names", "kind"]))
        else {
            return;
        };
        if self.by_kind.contains_key(&(group, kind)) {
            return;
        }
        let versions = object.root().at(&["spec", "versions"]);
        let mut definitions = Vec::new();
        for version in versions.into_iter().flat_map(Node::items) {
            let served = version.get("served").and_then(Node::as_bool) == Some(true);
            let (true, Some(name)) = (served, version.get("name").and_then(Node::as_str)) else {
                continue;
            };
            definitions.push(Definition {
                version: name,
                schema: version.at(&["schema", "openAPIV3Schema"]).map(Schema::new),
                scale: version.at(&["subresources", "scale"]),
                has_status: version.at(&["subresources", "status"]).is_some(),
                is_certain: true,
            });
        }
        self.by_kind.insert((group, kind), definitions);
    }

    /// The versions in which a kind is served, if a CRD defines it.
    pub(super) fn find<'s>(
        &'s self,
        api_version: &'s str,
        kind: &'s str,
    ) -> Option<&'s [Definition<'s>]> {
        self.by_kind.get(&(lifecycle::group(api_version), kind)).map(Vec::as_slice)
    }

    /// What is known of a widely used kind without its CRD.
    pub(super) fn common(api_version: &str, kind: &str) -> Option<Definition<'static>> {
        common::find(api_version, kind)
    }

    /// What the server would say of a custom resource that it has decoded, its metadata aside. Of an
    /// update, `old` is what the resource was.
    pub(super) fn validate<'n>(
        &self,
        root: Node<'n>,
        old: Option<Node<'n>>,
        definition: &Definition<'_>,
    ) -> Vec<FieldError> {
        let Some(schema) = definition.schema else { return Vec::new() };
        let skip_status = definition.has_status;
        let mut errors = validate::resource(root, schema, skip_status);
        errors.extend(definition.scale_errors(root));
        errors.extend(embedded::resources(root, schema, skip_status));
        errors.extend(lists::list_types(root, schema, skip_status));
        if !errors.iter().any(blocks_rules) {
            errors.extend(self.rules.broken((root, old), schema, skip_status));
        }
        errors
    }
}

/// Rules in CEL are not run over objects whose shape is wrong (`hasBlockingErr`).
fn blocks_rules(error: &FieldError) -> bool {
    matches!(
        error.cause,
        Cause::NotSupported
            | Cause::Required
            | Cause::TooLong
            | Cause::TooMany
            | Cause::TypeInvalid
    )
}

impl Definition<'_> {
    /// The fields of a resource that the server would drop, and refuses when it is asked to be
    /// strict, as Helm and kubectl do.
    pub(super) fn unknown_fields(&self, root: Node<'_>) -> Vec<Unknown> {
        self.schema.map_or_else(Vec::new, |schema| prune::unknown_fields(root, schema))
    }

    /// `ValidateScaleSpec`, `ValidateScaleStatus`: what scales must hold a number of replicas.
    fn scale_errors(&self, root: Node<'_>) -> Vec<FieldError> {
        let paths = ["specReplicasPath", "statusReplicasPath"].into_iter().filter_map(|name| {
            self.scale?
                .get(name)?
                .as_str()
                .filter(|_| name == "specReplicasPath" || !self.has_status)
        });
        let refused = paths.filter_map(|path| {
            let way: Vec<&str> = path.trim_start_matches('.').split('.').collect();
            let node = root.at(&way)?;
            let detail = match node.as_i64()? {
                ..0 => "should be a non-negative integer",
                0..=MAX_REPLICAS => return None,
                _ => "should be less than or equal to 2147483647",
            };
            Some(FieldError {
                path: path.to_owned(),
                cause: Cause::Invalid,
                value: Some(json(node)),
                detail: detail.into(),
                span: node.span(),
                help: None,
            })
        });
        refused.collect()
    }
}

const MAX_REPLICAS: i64 = i32::MAX as i64;

/// A value of a custom resource on the way through it, with the way to it.
#[derive(Copy, Clone)]
struct At<'p, 'a> {
    path: Path<'p>,
    node: Node<'a>,
}

impl<'p, 'a> At<'p, 'a> {
    fn root(node: Node<'a>) -> At<'static, 'a> {
        At { path: Path::ROOT, node }
    }

    fn child(&'p self, name: &'p str, node: Node<'a>) -> At<'p, 'a> {
        At { path: self.path.child(name), node }
    }

    /// An entry of a map, where errors spell it `map[key]`.
    fn key(&'p self, key: &'p str, node: Node<'a>) -> At<'p, 'a> {
        At { path: self.path.key(key), node }
    }

    fn item(&'p self, index: usize, node: Node<'a>) -> At<'p, 'a> {
        At { path: self.path.index(index), node }
    }
}

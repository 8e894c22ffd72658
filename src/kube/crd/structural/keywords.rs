//! Which keywords of OpenAPI a schema may have.

use super::super::At;
use super::super::schema::{Additional, Schema};
use super::{Found, is_empty};
use crate::diagnostic::Cause;
use crate::kube::field::Path;
use crate::yaml::Kind;

/// Where a schema stands, as far as metadata is concerned.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Meta<'a> {
    Root,
    /// In this property of the root.
    OfRoot(&'a str),
    OfEmbedded,
    /// In a map within metadata.
    MapWithin,
    Other,
}

impl Meta<'_> {
    fn is_within(self) -> bool {
        matches!(self, Meta::OfRoot(_) | Meta::OfEmbedded | Meta::MapWithin)
    }
}

/// Where a schema stands.
#[derive(Copy, Clone)]
pub(super) struct Inside<'p, 'a> {
    meta: Meta<'a>,
    /// The first schema on the way whose parts cannot be told apart after a change.
    uncorrelatable: Option<&'p Path<'p>>,
    /// In a schema that only restricts values.
    nested: bool,
}

impl Inside<'_, '_> {
    pub(super) const ROOT: Self = Inside { meta: Meta::Root, uncorrelatable: None, nested: false };
}

impl Found<'_> {
    /// `ValidateCustomResourceDefinitionOpenAPISchema`.
    pub(super) fn keywords(&mut self, at: At<'_, '_>, schema: Schema<'_>, inside: Inside<'_, '_>) {
        let before = self.errors.len();
        self.standard(at, schema, inside.meta);
        if schema.is_true("uniqueItems") {
            let detail = "uniqueItems cannot be set to true since the runtime complexity becomes \
                 quadratic";
            self.push((at.path.child("uniqueItems"), at.node), Cause::Forbidden, detail);
        }
        self.children(at, schema, inside);
        self.map_type(at, schema);
        self.list_type(at, schema);
        self.rules(at, schema);
        if self.errors.len() == before && !inside.nested {
            self.compile_rules(at, schema, inside.uncorrelatable);
        }
    }

    fn children(&mut self, at: At<'_, '_>, schema: Schema<'_>, inside: Inside<'_, '_>) {
        let below = match inside.meta {
            Meta::Root => Inside { meta: Meta::Other, ..inside },
            Meta::OfRoot(_) | Meta::OfEmbedded | Meta::MapWithin | Meta::Other => inside,
        };
        self.additional_properties(at, schema, below);
        let properties = at.path.child("properties");
        let cut = inside.uncorrelatable.or(schema.is_atomic_map().then_some(&at.path));
        for (name, property) in schema.properties() {
            let is_meta = matches!(name, "apiVersion" | "kind" | "metadata");
            let meta = match inside.meta {
                Meta::Root if is_meta => Meta::OfRoot(name),
                Meta::Other if is_meta && schema.is_embedded_resource() => Meta::OfEmbedded,
                Meta::Root | Meta::OfRoot(_) | Meta::OfEmbedded | Meta::MapWithin | Meta::Other => {
                    below.meta
                }
            };
            let inner = At { path: properties.key(name), node: property.node() };
            let inside = Inside { meta, uncorrelatable: cut, ..below };
            self.deeper(|found| found.keywords(inner, property, inside));
        }
        if let Some(items) = schema.items() {
            let inner = at.child("items", items.node());
            let has_keys = schema.text("x-kubernetes-list-type") == Some("map");
            let cut = inside.uncorrelatable.or((!has_keys).then_some(&at.path));
            let inside = Inside { uncorrelatable: cut, ..below };
            self.deeper(|found| found.keywords(inner, items, inside));
        }
        let nested = Inside { nested: true, ..below };
        if let Some(not) = schema.not() {
            let inner = at.child("not", not.node());
            self.deeper(|found| found.keywords(inner, not, nested));
        }
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let list = at.path.child(keyword);
            for (index, part) in schema.list(keyword).enumerate() {
                let inner = At { path: list.index(index), node: part.node() };
                self.deeper(|found| found.keywords(inner, part, nested));
            }
        }
    }

    fn additional_properties(
        &mut self,
        at: At<'_, '_>,
        schema: Schema<'_>,
        inside: Inside<'_, '_>,
    ) {
        let Some(node) = schema.get("additionalProperties") else { return };
        let inner = at.child("additionalProperties", node);
        if schema.has_properties() && node.as_bool() != Some(true) {
            let detail = "additionalProperties and properties are mutual exclusive";
            self.push((inner.path, node), Cause::Forbidden, detail);
        }
        if let Additional::Schema(additional) = schema.additional() {
            let meta = if inside.meta.is_within() { Meta::MapWithin } else { inside.meta };
            self.deeper(|found| found.keywords(inner, additional, Inside { meta, ..inside }));
        }
    }

    /// `specStandardValidatorV3.validate`: keywords of JSON schema that are not supported.
    fn standard(&mut self, at: At<'_, '_>, schema: Schema<'_>, meta: Meta<'_>) {
        const TYPES: [&str; 6] = ["array", "boolean", "integer", "number", "object", "string"];
        if let Some(kind) = schema.text("type") {
            let node = schema.get("type").unwrap_or(at.node);
            if !TYPES.contains(&kind) {
                let detail = "supported values: \"array\", \"boolean\", \"integer\", \"number\", \
                     \"object\", \"string\"";
                self.push((at.path.child("type"), node), Cause::NotSupported, detail);
            }
            if kind == "null" {
                let detail = "type cannot be set to null, use nullable as an alternative";
                self.push((at.path.child("type"), node), Cause::Forbidden, detail);
            }
        }
        let forbidden_default = match meta {
            Meta::OfRoot(name) => Some(format!("in top-level {name}")),
            Meta::MapWithin => {
                Some("inside additionalProperties applying to object metadata".to_owned())
            }
            Meta::Root | Meta::OfEmbedded | Meta::Other => None,
        };
        if let (Some(place), Some(default)) = (forbidden_default, schema.get("default")) {
            let detail = format!("must not be set {place}");
            self.push((at.path.child("default"), default), Cause::Forbidden, detail);
        }
        for keyword in
            ["id", "additionalItems", "patternProperties", "definitions", "dependencies", "$ref"]
        {
            if let Some(node) = schema.get(keyword).filter(|node| !is_empty(*node)) {
                let detail = format!("{keyword} is not supported");
                self.push((at.path.child(keyword), node), Cause::Forbidden, detail);
            }
        }
        if let Some(items) = schema.get("items").filter(|items| items.kind() == Kind::Seq) {
            let detail = "items must be a schema object and not an array";
            self.push((at.path.child("items"), items), Cause::Forbidden, detail);
        }
        if meta.is_within() && schema.is_embedded_resource() {
            let path = at.path.child("x-kubernetes-embedded-resource");
            let detail = "must not be used inside of resource meta";
            self.push((path, at.node), Cause::Forbidden, detail);
        }
        if let Some(node) = schema.get("x-kubernetes-preserve-unknown-fields")
            && node.as_bool() == Some(false)
        {
            let path = at.path.child("x-kubernetes-preserve-unknown-fields");
            self.push((path, node), Cause::Invalid, "must be true or undefined");
        }
    }
}

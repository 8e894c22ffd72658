//! The shape of a structural schema: types are specified once, outside of what only restricts values.

use super::super::At;
use super::super::schema::{Additional, Schema};
use super::{Found, is_empty};
use crate::diagnostic::Cause;
use crate::funcs::go::regexp;
use crate::kube::field::Path;
use crate::yaml::{Kind, Node};

/// Where a schema stands.
#[derive(Copy, Clone, PartialEq, Eq)]
pub(super) enum Level {
    Root,
    Items,
    Field,
}

/// Where something should be specified, where it is restricted, and what to show if it is nowhere.
type Places<'p, 'a> = (Path<'p>, Path<'p>, Node<'a>);

/// Where a schema may name the types of a value that is a number or a text.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Types {
    Nowhere,
    InAnyOf,
    InFirstOfAllOf,
}

impl Found<'_> {
    /// `validateStructuralInvariants`.
    pub(super) fn invariants(&mut self, at: At<'_, '_>, schema: Schema<'_>, level: Level) {
        let kind = schema.text("type");
        if kind == Some("array") && schema.items().is_none() {
            self.push((at.path.child("items"), at.node), Cause::Required, "must be specified");
        }
        if let Some(items) = schema.items() {
            let inner = at.child("items", items.node());
            self.deeper(|found| found.invariants(inner, items, Level::Items));
        }
        let properties = at.path.child("properties");
        for (name, property) in schema.properties() {
            let inner = At { path: properties.key(name), node: property.node() };
            self.deeper(|found| found.invariants(inner, property, Level::Field));
        }
        self.additional(at, schema, level);
        self.extensions(at, schema);
        let types = match schema.list("allOf").next() {
            _ if is_int_or_string_pattern(schema) => Types::InAnyOf,
            Some(first) if is_int_or_string_pattern(first) => Types::InFirstOfAllOf,
            Some(_) | None => Types::Nowhere,
        };
        self.value_validation(at, schema, types);
        self.types(at, schema, level);
        if level == Level::Root || schema.is_embedded_resource() {
            self.metadata(at, schema, level);
        }
    }

    fn additional(&mut self, at: At<'_, '_>, schema: Schema<'_>, level: Level) {
        let Some(node) = schema.get("additionalProperties") else { return };
        let inner = at.child("additionalProperties", node);
        if level == Level::Root {
            self.push((inner.path, node), Cause::Forbidden, "must not be used at the root");
        }
        if schema.is_embedded_resource() {
            let detail = "must not be used if x-kubernetes-embedded-resource is set";
            self.push((inner.path, node), Cause::Forbidden, detail);
        }
        if let Additional::Schema(additional) = schema.additional() {
            self.deeper(|found| found.invariants(inner, additional, Level::Field));
        }
    }

    fn extensions(&mut self, at: At<'_, '_>, schema: Schema<'_>) {
        const DETAIL: &str = "must be false if x-kubernetes-int-or-string is true";
        if !schema.is_int_or_string() {
            return;
        }
        for other in ["x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource"] {
            if schema.is_true(other) {
                self.push((at.path.child(other), at.node), Cause::Invalid, DETAIL);
            }
        }
    }

    fn types(&mut self, at: At<'_, '_>, schema: Schema<'_>, level: Level) {
        let path = at.path.child("type");
        let kind = schema.text("type");
        let embedded = schema.is_embedded_resource();
        if embedded && kind != Some("object") {
            let detail = "must be object if x-kubernetes-embedded-resource is true";
            let cause = if kind.is_none() { Cause::Required } else { Cause::Invalid };
            self.push((path, at.node), cause, detail);
        } else if kind.is_none() && !schema.is_int_or_string() && !schema.preserves_unknown_fields()
        {
            let detail = match level {
                Level::Root => "must not be empty at the root",
                Level::Items => "must not be empty for specified array items",
                Level::Field => "must not be empty for specified object fields",
            };
            self.push((path, at.node), Cause::Required, detail);
        }
        if level == Level::Root && kind.is_some_and(|kind| kind != "object") {
            self.push((path, at.node), Cause::Invalid, "must be object at the root");
        }
        if embedded && !schema.preserves_unknown_fields() && !schema.has_properties() {
            let detail = "must not be empty if x-kubernetes-embedded-resource is true without \
                 x-kubernetes-preserve-unknown-fields";
            self.push((at.path.child("properties"), at.node), Cause::Required, detail);
        }
    }

    /// `apiVersion`, `kind` and `metadata` are implied; only the name can be restricted.
    fn metadata(&mut self, at: At<'_, '_>, schema: Schema<'_>, level: Level) {
        let properties = at.path.child("properties");
        for name in ["kind", "apiVersion"] {
            if let Some(property) = schema.property(name)
                && property.text("type") != Some("string")
            {
                let path = properties.key(name);
                self.push((path.child("type"), property.node()), Cause::Invalid, "must be string");
            }
        }
        let Some(metadata) = schema.property("metadata") else { return };
        let path = properties.key("metadata");
        if metadata.text("type") != Some("object") {
            self.push((path.child("type"), metadata.node()), Cause::Invalid, "must be object");
        }
        let names_only =
            metadata.properties().all(|(name, _)| matches!(name, "name" | "generateName"));
        let plain = metadata.node().entries().all(|entry| {
            let keyword = entry.key.as_str().unwrap_or_default();
            is_empty(entry.value) || matches!(keyword, "type" | "properties" | "default")
        });
        if level == Level::Root && !(names_only && plain) {
            let detail = "must not specify anything other than name and generateName, but \
                 metadata is implicitly specified";
            self.push((path, metadata.node()), Cause::Forbidden, detail);
        }
    }

    /// `validateValueValidation`: what may stand in `allOf` and the like. In one place, types may.
    fn value_validation(&mut self, at: At<'_, '_>, schema: Schema<'_>, types: Types) {
        for keyword in ["anyOf", "allOf", "oneOf"] {
            let list = at.path.child(keyword);
            if keyword == "anyOf" && types == Types::InAnyOf {
                continue;
            }
            for (index, part) in schema.list(keyword).enumerate() {
                let inner = At { path: list.index(index), node: part.node() };
                let first = keyword == "allOf" && index == 0 && types == Types::InFirstOfAllOf;
                let types = if first { Types::InAnyOf } else { Types::Nowhere };
                self.deeper(|found| found.nested(inner, part, types));
            }
        }
        if let Some(not) = schema.not() {
            let inner = at.child("not", not.node());
            self.deeper(|found| found.nested(inner, not, Types::Nowhere));
        }
        if let Some(pattern) = schema.get("pattern")
            && let Err(error) = regexp::compile(pattern.as_str().unwrap_or_default().as_bytes())
        {
            let detail = format!("must be a valid regular expression, but isn't: {error}");
            self.push((at.path.child("pattern"), pattern), Cause::Invalid, detail);
        }
    }

    /// `validateNestedValueValidation`: schemas that only restrict what is specified elsewhere.
    fn nested(&mut self, at: At<'_, '_>, schema: Schema<'_>, types: Types) {
        const EMPTY: [(&str, &str); 12] = [
            ("type", "must be empty to be structural"),
            ("additionalProperties", "must be undefined to be structural"),
            ("default", "must be undefined to be structural"),
            ("title", "must be empty to be structural"),
            ("description", "must be empty to be structural"),
            ("nullable", "must be false to be structural"),
            ("x-kubernetes-preserve-unknown-fields", "must be false to be structural"),
            ("x-kubernetes-embedded-resource", "must be false to be structural"),
            ("x-kubernetes-int-or-string", "must be false to be structural"),
            ("x-kubernetes-list-map-keys", "must be empty to be structural"),
            ("x-kubernetes-list-type", "must be undefined to be structural"),
            ("x-kubernetes-map-type", "must be undefined to be structural"),
        ];
        self.value_validation(at, schema, types);
        for (keyword, detail) in EMPTY {
            let is_set = |node: &Node<'_>| !is_empty(*node) || is_empty_schema(keyword, *node);
            if let Some(node) = schema.get(keyword).filter(is_set) {
                self.push((at.path.child(keyword), node), Cause::Forbidden, detail);
            }
        }
        let in_all_of_only = schema.get("x-kubernetes-validations").filter(|node| !is_empty(*node));
        if let Some(node) = in_all_of_only {
            let path = at.path.child("x-kubernetes-validations");
            self.push((path, node), Cause::Forbidden, "must be empty to be structural");
        }
        if let Some(items) = schema.items() {
            let inner = at.child("items", items.node());
            self.deeper(|found| found.nested(inner, items, Types::Nowhere));
        }
        let properties = at.path.child("properties");
        for (name, property) in schema.properties() {
            let inner = At { path: properties.key(name), node: property.node() };
            if name == "metadata" {
                let detail = "must not be specified in a nested context";
                self.push((inner.path, inner.node), Cause::Forbidden, detail);
            }
            self.deeper(|found| found.nested(inner, property, Types::Nowhere));
        }
    }

    /// `validateStructuralCompleteness`: what a nested schema restricts must be specified outside
    /// of it, in `outer`.
    pub(super) fn completeness(
        &mut self,
        schema: Schema<'_>,
        outer: Schema<'_>,
        places: Places<'_, '_>,
    ) {
        let (place, defined, node) = places;
        if let Some(not) = schema.not() {
            let defined = defined.child("not");
            self.deeper(|found| found.nested_completeness(not, outer, (place, defined, node)));
        }
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let list = defined.child(keyword);
            for (index, part) in schema.list(keyword).enumerate() {
                let defined = list.index(index);
                self.deeper(|found| found.nested_completeness(part, outer, (place, defined, node)));
            }
        }
    }

    fn nested_completeness(&mut self, part: Schema<'_>, outer: Schema<'_>, places: Places<'_, '_>) {
        self.completeness(part, outer, places);
        let (place, defined, node) = places;
        let because = |defined: Path<'_>| format!("because it is defined in {defined}");
        if let Some(items) = part.items() {
            let (path, defined) = (place.child("items"), defined.child("items"));
            match outer.items() {
                Some(outer) => {
                    self.deeper(|found| {
                        found.nested_completeness(items, outer, (path, defined, node));
                    });
                }
                None => self.push((path, node), Cause::Required, because(defined)),
            }
        }
        let (properties, all_defined) = (place.child("properties"), defined.child("properties"));
        for (name, property) in part.properties() {
            let (path, defined) = (properties.key(name), all_defined.key(name));
            match outer.property(name) {
                Some(outer) => {
                    self.deeper(|found| {
                        found.nested_completeness(property, outer, (path, defined, node));
                    });
                }
                None => self.push((path, property.node()), Cause::Required, because(defined)),
            }
        }
    }
}

/// A schema that says nothing is one nevertheless.
fn is_empty_schema(keyword: &str, node: Node<'_>) -> bool {
    keyword == "additionalProperties" && node.kind() == Kind::Map
}

/// `anyOf: [{type: integer}, {type: string}]`, the one use of types in a nested schema.
fn is_int_or_string_pattern(schema: Schema<'_>) -> bool {
    let types: Vec<Option<&str>> = schema
        .list("anyOf")
        .map(|part| part.text("type").filter(|_| part.node().entries().len() == 1))
        .collect();
    types == [Some("integer"), Some("string")]
}

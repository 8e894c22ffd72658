//! The rules for schemas of CRDs: what OpenAPI may be used
//! (`ValidateCustomResourceDefinitionOpenAPISchema`), and the shape that a schema must have to be
//! structural (`pkg/apiserver/schema/validation.go`, `complete.go`).

use std::borrow::Cow;

use super::At;
use super::schema::{Additional, Schema};
use crate::diagnostic::Cause;
use crate::kube::field::{FieldError, Path, json};
use crate::yaml::{Kind, Node};

/// What is wrong with a schema at the root of a version.
pub(super) fn validate(at: At<'_, '_>, schema: Schema<'_>) -> Vec<FieldError> {
    let mut open_api = Found::default();
    open_api.keywords(at, schema, Inside::Root);
    let mut structural = Found::default();
    structural.invariants(at, schema, Level::Root);
    structural.completeness(at, schema, schema, at.path);
    // A schema with keywords that a structural one cannot express is not judged as one.
    if open_api.unstructured {
        return open_api.errors;
    }
    structural.errors.append(&mut open_api.errors);
    structural.errors
}

#[derive(Default)]
struct Found {
    errors: Vec<FieldError>,
    unstructured: bool,
    depth: usize,
}

/// How many errors of one schema are kept, and how deep schemas may nest.
const MAX_ERRORS: usize = 200;
const MAX_DEPTH: usize = 200;

#[derive(Copy, Clone, PartialEq, Eq)]
enum Level {
    Root,
    Items,
    Field,
}

/// Where a schema stands, as far as metadata is concerned.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Inside {
    Root,
    RootMeta,
    EmbeddedMeta,
    Other,
}

impl Found {
    fn push(
        &mut self,
        (path, node): (Path<'_>, Node<'_>),
        cause: Cause,
        detail: impl Into<Cow<'static, str>>,
    ) {
        let value = matches!(cause, Cause::Invalid | Cause::NotSupported).then(|| json(node));
        let (path, span) = (path.to_string(), node.span());
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(FieldError {
                path,
                cause,
                value,
                detail: detail.into(),
                span,
                help: None,
            });
        }
    }

    /// Runs `check` one level down, unless that is too deep.
    fn deeper(&mut self, check: impl FnOnce(&mut Found)) {
        if self.depth < MAX_DEPTH {
            self.depth += 1;
            check(self);
            self.depth -= 1;
        }
    }

    /// `ValidateCustomResourceDefinitionOpenAPISchema`.
    fn keywords(&mut self, at: At<'_, '_>, schema: Schema<'_>, inside: Inside) {
        self.standard(at, schema, inside);
        if schema.is_true("uniqueItems") {
            let detail = "uniqueItems cannot be set to true since the runtime complexity becomes \
                 quadratic";
            self.push((at.path.child("uniqueItems"), at.node), Cause::Forbidden, detail);
        }
        if let Additional::Schema(additional) = schema.additional() {
            let inner = at.child("additionalProperties", additional.node());
            if schema.has_properties() {
                let detail = "additionalProperties and properties are mutual exclusive";
                self.push((inner.path, inner.node), Cause::Forbidden, detail);
            }
            self.deeper(|found| found.keywords(inner, additional, Inside::Other));
        }
        self.children(at, schema, inside);
        self.map_type(at, schema);
        self.list_type(at, schema);
        self.rules(at, schema);
    }

    fn children(&mut self, at: At<'_, '_>, schema: Schema<'_>, inside: Inside) {
        let properties = at.path.child("properties");
        for (name, property) in schema.properties() {
            let is_meta = matches!(name, "apiVersion" | "kind" | "metadata");
            let inner_inside = match inside {
                Inside::Root if is_meta => Inside::RootMeta,
                Inside::RootMeta => Inside::RootMeta,
                Inside::EmbeddedMeta => Inside::EmbeddedMeta,
                Inside::Root | Inside::Other if is_meta && schema.is_embedded_resource() => {
                    Inside::EmbeddedMeta
                }
                Inside::Root | Inside::Other => Inside::Other,
            };
            let inner = At { path: properties.key(name), node: property.node() };
            self.deeper(|found| found.keywords(inner, property, inner_inside));
        }
        if let Some(items) = schema.items() {
            let inner = at.child("items", items.node());
            self.deeper(|found| found.keywords(inner, items, Inside::Other));
        }
        if let Some(not) = schema.not() {
            let inner = at.child("not", not.node());
            self.deeper(|found| found.keywords(inner, not, inside));
        }
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let list = at.path.child(keyword);
            for (index, part) in schema.list(keyword).enumerate() {
                let inner = At { path: list.index(index), node: part.node() };
                self.deeper(|found| found.keywords(inner, part, Inside::Other));
            }
        }
    }

    /// `specStandardValidatorV3.validate`: keywords of JSON schema that are not supported.
    fn standard(&mut self, at: At<'_, '_>, schema: Schema<'_>, inside: Inside) {
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
                self.unstructured = true;
            }
        }
        if inside == Inside::RootMeta
            && let Some(default) = schema.get("default")
        {
            let detail = "must not be set in top-level metadata";
            self.push((at.path.child("default"), default), Cause::Forbidden, detail);
        }
        for keyword in
            ["id", "additionalItems", "patternProperties", "definitions", "dependencies", "$ref"]
        {
            if let Some(node) = schema.get(keyword).filter(|node| !is_empty(*node)) {
                let detail = format!("{keyword} is not supported");
                self.push((at.path.child(keyword), node), Cause::Forbidden, detail);
                self.unstructured = true;
            }
        }
        if let Some(items) = schema.get("items").filter(|items| items.kind() == Kind::Seq) {
            let detail = "items must be a schema object and not an array";
            self.push((at.path.child("items"), items), Cause::Forbidden, detail);
            self.unstructured = true;
        }
        if let Some(node) = schema.get("x-kubernetes-preserve-unknown-fields")
            && node.as_bool() == Some(false)
        {
            let path = at.path.child("x-kubernetes-preserve-unknown-fields");
            self.push((path, node), Cause::Invalid, "must be true or undefined");
        }
    }

    fn map_type(&mut self, at: At<'_, '_>, schema: Schema<'_>) {
        let Some(node) = schema.get("x-kubernetes-map-type") else { return };
        self.needs_type(
            at,
            schema,
            "object",
            "must be object if x-kubernetes-map-type is specified",
        );
        if !matches!(node.as_str(), Some("atomic" | "granular")) {
            let path = at.path.child("x-kubernetes-map-type");
            let detail = "supported values: \"atomic\", \"granular\"";
            self.push((path, node), Cause::NotSupported, detail);
        }
    }

    fn needs_type(
        &mut self,
        at: At<'_, '_>,
        schema: Schema<'_>,
        wanted: &str,
        detail: &'static str,
    ) {
        let path = at.path.child("type");
        match schema.text("type") {
            None => self.push((path, at.node), Cause::Required, detail),
            Some(kind) if kind != wanted => {
                let node = schema.get("type").unwrap_or(at.node);
                self.push((path, node), Cause::Invalid, detail);
            }
            Some(_) => {}
        }
    }

    fn list_type(&mut self, at: At<'_, '_>, schema: Schema<'_>) {
        let list_type = schema.text("x-kubernetes-list-type");
        let keys: Vec<&str> = schema.texts("x-kubernetes-list-map-keys").collect();
        let path = at.path.child("x-kubernetes-list-type");
        if let (Some(kind), Some(node)) = (list_type, schema.get("x-kubernetes-list-type")) {
            let detail = "must be array if x-kubernetes-list-type is specified";
            self.needs_type(at, schema, "array", detail);
            if !matches!(kind, "atomic" | "set" | "map") {
                let detail = "supported values: \"atomic\", \"set\", \"map\"";
                self.push((path, node), Cause::NotSupported, detail);
            }
            if kind == "set" && schema.text("type") == Some("array") {
                self.set_items(at, schema);
            }
        }
        if !keys.is_empty() && list_type != Some("map") {
            let cause = if list_type.is_none() { Cause::Required } else { Cause::Invalid };
            let detail = "must be map if x-kubernetes-list-map-keys is non-empty";
            self.push(
                (path, schema.get("x-kubernetes-list-type").unwrap_or(at.node)),
                cause,
                detail,
            );
        }
        if list_type == Some("map") {
            self.map_keys(at, schema, &keys);
        }
        if matches!(list_type, Some("set" | "map"))
            && let Some(items) = schema.items()
            && items.is_nullable()
        {
            let inner = at.child("items", items.node());
            let detail = "cannot be nullable when x-kubernetes-list-type is set or map";
            self.push((inner.path.child("nullable"), inner.node), Cause::Forbidden, detail);
        }
    }

    /// Items of a set are compared as a whole: they must be atomic.
    fn set_items(&mut self, at: At<'_, '_>, schema: Schema<'_>) {
        const DETAIL: &str = "must be atomic as item of a list with x-kubernetes-list-type=set";
        let Some(items) = schema.items() else { return };
        let inner = at.child("items", items.node());
        let list_type = items.text("x-kubernetes-list-type");
        match items.text("type") {
            Some("array") if list_type.is_some_and(|kind| kind != "atomic") => {
                let path = inner.path.child("x-kubernetes-list-type");
                self.push((path, inner.node), Cause::Invalid, DETAIL);
            }
            Some("object") if items.text("x-kubernetes-map-type") != Some("atomic") => {
                let path = inner.path.child("x-kubernetes-map-type");
                self.push((path, inner.node), Cause::Invalid, DETAIL);
            }
            _ => {}
        }
    }

    fn map_keys(&mut self, at: At<'_, '_>, schema: Schema<'_>, keys: &[&str]) {
        let keys_path = at.path.child("x-kubernetes-list-map-keys");
        let keys_node = schema.get("x-kubernetes-list-map-keys").unwrap_or(at.node);
        if keys.is_empty() {
            let detail = "must not be empty if x-kubernetes-list-type is map";
            self.push((keys_path, keys_node), Cause::Required, detail);
        }
        let Some(items) = schema.items() else {
            let detail = "must have a schema if x-kubernetes-list-type is map";
            self.push((at.path.child("items"), at.node), Cause::Required, detail);
            return;
        };
        let inner = at.child("items", items.node());
        if items.text("type") != Some("object") {
            let detail = "must be object if parent array's x-kubernetes-list-type is map";
            self.push((inner.path.child("type"), inner.node), Cause::Invalid, detail);
            return;
        }
        let properties = inner.path.child("properties");
        for (nth, key) in keys.iter().enumerate() {
            if keys[..nth].contains(key) {
                self.push(
                    (keys_path, keys_node),
                    Cause::Invalid,
                    "must not contain duplicate entries",
                );
            }
            let Some(property) = items.property(key) else {
                let detail = "entries must all be names of item properties";
                self.push((keys_path, keys_node), Cause::Invalid, detail);
                continue;
            };
            let place = properties.key(key);
            if matches!(property.text("type"), Some("array" | "object")) {
                let detail =
                    "must be a scalar type if parent array's x-kubernetes-list-type is map";
                self.push((place.child("type"), property.node()), Cause::Invalid, detail);
            }
            let required = items.texts("required").any(|name| name == *key);
            if !required && property.get("default").is_none() {
                let detail = "this property is in x-kubernetes-list-map-keys, so it must have a \
                     default or be a required property";
                self.push((place.child("default"), property.node()), Cause::Required, detail);
            }
            if property.is_nullable() {
                let detail =
                    "this property is in x-kubernetes-list-map-keys, so it cannot be nullable";
                self.push((place.child("nullable"), property.node()), Cause::Forbidden, detail);
            }
        }
    }

    fn rules(&mut self, at: At<'_, '_>, schema: Schema<'_>) {
        const REASONS: [&str; 4] = [
            "FieldValueRequired",
            "FieldValueForbidden",
            "FieldValueInvalid",
            "FieldValueDuplicate",
        ];
        let list = at.path.child("x-kubernetes-validations");
        for (index, rule) in schema.list("x-kubernetes-validations").enumerate() {
            let place = list.index(index);
            let text = rule.text("rule").unwrap_or_default().trim();
            let message = rule.text("message").unwrap_or_default();
            let node = rule.node();
            if text.is_empty() {
                self.push((place.child("rule"), node), Cause::Required, "rule is not specified");
            } else if !message.is_empty() && message.trim().is_empty() {
                let detail = "must be non-empty if specified";
                self.push((place.child("message"), node), Cause::Invalid, detail);
            } else if message.trim().contains('\n') {
                let detail = "must not contain line breaks";
                self.push((place.child("message"), node), Cause::Invalid, detail);
            } else if text.contains('\n') && message.is_empty() {
                let detail = "message must be specified if rule contains line breaks";
                self.push((place.child("message"), node), Cause::Required, detail);
            }
            if rule.text("reason").is_some_and(|reason| !REASONS.contains(&reason)) {
                let node = rule.get("reason").unwrap_or(node);
                let detail = "supported values: \"FieldValueDuplicate\", \"FieldValueForbidden\", \
                     \"FieldValueInvalid\", \"FieldValueRequired\"";
                self.push((place.child("reason"), node), Cause::NotSupported, detail);
            }
        }
    }

    /// `validateStructuralInvariants`.
    fn invariants(&mut self, at: At<'_, '_>, schema: Schema<'_>, level: Level) {
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
        self.value_validation(at, schema);
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

    /// `validateValueValidation`: what may stand in `allOf` and the like.
    fn value_validation(&mut self, at: At<'_, '_>, schema: Schema<'_>) {
        for keyword in ["anyOf", "allOf", "oneOf"] {
            let list = at.path.child(keyword);
            if keyword == "anyOf" && is_int_or_string_pattern(schema) {
                continue;
            }
            for (index, part) in schema.list(keyword).enumerate() {
                let inner = At { path: list.index(index), node: part.node() };
                let skips = keyword == "allOf" && index == 0 && is_int_or_string_pattern(part);
                if !skips || part.node().entries().len() > 1 {
                    self.deeper(|found| found.nested(inner, part));
                }
            }
        }
        if let Some(not) = schema.not() {
            let inner = at.child("not", not.node());
            self.deeper(|found| found.nested(inner, not));
        }
    }

    /// `validateNestedValueValidation`: schemas that only restrict what is specified elsewhere.
    fn nested(&mut self, at: At<'_, '_>, schema: Schema<'_>) {
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
        self.value_validation(at, schema);
        for (keyword, detail) in EMPTY {
            if let Some(node) = schema.get(keyword).filter(|node| !is_empty(*node)) {
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
            self.deeper(|found| found.nested(inner, items));
        }
        let properties = at.path.child("properties");
        for (name, property) in schema.properties() {
            let inner = At { path: properties.key(name), node: property.node() };
            if name == "metadata" {
                let detail = "must not be specified in a nested context";
                self.push((inner.path, inner.node), Cause::Forbidden, detail);
            }
            self.deeper(|found| found.nested(inner, property));
        }
    }

    /// `validateStructuralCompleteness`: what a nested schema restricts must be specified outside
    /// of it, in `outer`.
    fn completeness(
        &mut self,
        at: At<'_, '_>,
        schema: Schema<'_>,
        outer: Schema<'_>,
        place: Path<'_>,
    ) {
        let inner = |found: &mut Found, part: Schema<'_>| {
            found.deeper(|found| found.nested_completeness(at, part, outer, place));
        };
        for keyword in ["allOf", "anyOf", "oneOf"] {
            schema.list(keyword).for_each(|part| inner(self, part));
        }
        if let Some(not) = schema.not() {
            inner(self, not);
        }
    }

    fn nested_completeness(
        &mut self,
        at: At<'_, '_>,
        part: Schema<'_>,
        outer: Schema<'_>,
        place: Path<'_>,
    ) {
        const DETAIL: &str = "because it is defined in a schema that only restricts values";
        self.completeness(at, part, outer, place);
        if let Some(items) = part.items() {
            let path = place.child("items");
            match outer.items() {
                Some(outer) => {
                    self.deeper(|found| found.nested_completeness(at, items, outer, path));
                }
                None => self.push((path, at.node), Cause::Required, DETAIL),
            }
        }
        let properties = place.child("properties");
        for (name, property) in part.properties() {
            let path = properties.key(name);
            match outer.property(name) {
                Some(outer) => {
                    self.deeper(|found| found.nested_completeness(at, property, outer, path));
                }
                None => self.push((path, property.node()), Cause::Required, DETAIL),
            }
        }
    }
}

/// `anyOf: [{type: integer}, {type: string}]`, the one use of types in a nested schema.
fn is_int_or_string_pattern(schema: Schema<'_>) -> bool {
    let types: Vec<Option<&str>> = schema
        .list("anyOf")
        .map(|part| part.text("type").filter(|_| part.node().entries().len() == 1))
        .collect();
    types == [Some("integer"), Some("string")]
}

/// Go's zero value.
fn is_empty(node: Node<'_>) -> bool {
    match node.kind() {
        Kind::Null => true,
        Kind::Bool => node.as_bool() == Some(false),
        Kind::Number => false,
        Kind::String => node.as_str() == Some(""),
        Kind::Seq => node.items().len() == 0,
        Kind::Map => node.entries().len() == 0,
    }
}

//! The rules for schemas of CRDs: what OpenAPI may be used
//! (`ValidateCustomResourceDefinitionOpenAPISchema`), and the shape that a schema must have to be
//! structural (`pkg/apiserver/schema/validation.go`, `complete.go`).

use std::borrow::Cow;

use super::cel::{Rules, uses_old_self};
use super::schema::{Additional, Schema};
use super::{At, defaults, field_path};
use crate::diagnostic::Cause;
use crate::funcs::go::regexp;
use crate::kube::field::{FieldError, Path, json};
use crate::yaml::{Kind, Node};

/// What is wrong with a schema at the root of a version.
pub(super) fn validate(at: At<'_, '_>, schema: Schema<'_>, rules: &Rules) -> Vec<FieldError> {
    let problem = unsupported(schema, 0);
    let mut structural = Found::default();
    // A schema with keywords that a structural one cannot express is not judged as one.
    if problem.is_none() {
        structural.invariants(at, schema, Level::Root);
        structural.completeness(schema, schema, (at.path, at.path, at.node));
        if structural.errors.is_empty() {
            structural.errors = defaults::validate(at, schema);
        }
    }
    let is_sound = problem.is_none() && structural.errors.is_empty();
    let mut open_api = Found { rules: is_sound.then_some(rules), ..Found::default() };
    open_api.keywords(at, schema, Inside { meta: Meta::Root, uncorrelatable: None, nested: false });
    structural.errors.append(&mut open_api.errors);
    structural.errors.append(&mut open_api.rule_errors);
    if let (true, Some(keyword)) = (structural.errors.is_empty(), problem) {
        let detail = format!("OpenAPIV3Schema '{keyword}' is not supported");
        structural.push((at.path, at.node), Cause::Invalid, detail);
    }
    structural.errors
}

/// The first keyword that a structural schema cannot express (`NewStructural`).
fn unsupported(schema: Schema<'_>, depth: usize) -> Option<&'static str> {
    const KEYWORDS: [(&str, &str); 7] = [
        ("id", "id"),
        ("$schema", "schema"),
        ("$ref", "$ref"),
        ("patternProperties", "patternProperties"),
        ("dependencies", "dependencies"),
        ("additionalItems", "additionalItems"),
        ("definitions", "definitions"),
    ];
    const PRESERVE: &str = "x-kubernetes-preserve-unknown-fields";
    let is_used = |keyword: &str| schema.get(keyword).is_some_and(|node| !is_empty(node));
    let found = KEYWORDS.iter().find(|(keyword, _)| is_used(keyword)).map(|(_, name)| *name);
    let has_list = schema.get("items").is_some_and(|items| items.kind() == Kind::Seq);
    let is_false = schema.get(PRESERVE).and_then(Node::as_bool) == Some(false);
    let here = found.or(has_list.then_some("items")).or(is_false.then_some(PRESERVE));
    if here.is_some() || depth > MAX_DEPTH {
        return here;
    }
    let additional = match schema.additional() {
        Additional::Schema(additional) => Some(additional),
        Additional::Any | Additional::None => None,
    };
    let parts = ["allOf", "anyOf", "oneOf"].into_iter().flat_map(|keyword| schema.list(keyword));
    let properties = schema.properties().map(|(_, property)| property);
    let single = [schema.not(), schema.items(), additional].into_iter().flatten();
    single.chain(parts).chain(properties).find_map(|part| unsupported(part, depth + 1))
}

#[derive(Default)]
struct Found<'r> {
    errors: Vec<FieldError>,
    /// What is wrong with rules, which the server looks at last.
    rule_errors: Vec<FieldError>,
    /// What compiles rules, where they are looked at.
    rules: Option<&'r Rules>,
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
struct Inside<'p, 'a> {
    meta: Meta<'a>,
    /// The first schema on the way whose parts cannot be told apart after a change.
    uncorrelatable: Option<&'p Path<'p>>,
    /// In a schema that only restricts values.
    nested: bool,
}

impl Found<'_> {
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
    fn keywords(&mut self, at: At<'_, '_>, schema: Schema<'_>, inside: Inside<'_, '_>) {
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
        let list = at.path.child("x-kubernetes-validations");
        for (index, rule) in schema.list("x-kubernetes-validations").enumerate() {
            let place = list.index(index);
            self.rule_text(place, rule);
            self.rule_reason(place, rule);
            self.rule_path(place, rule, schema);
        }
    }

    fn rule_text(&mut self, place: Path<'_>, rule: Schema<'_>) {
        let text = rule.text("rule").unwrap_or_default().trim();
        let message = rule.text("message").unwrap_or_default();
        let node = rule.node();
        if text.is_empty() {
            self.push((place.child("rule"), node), Cause::Required, "rule is not specified");
        } else if is_blank(message) {
            let detail = "must be non-empty if specified";
            self.push((place.child("message"), node), Cause::Invalid, detail);
        } else if message.trim().contains(LINE_BREAKS) {
            let detail = "must not contain line breaks";
            self.push((place.child("message"), node), Cause::Invalid, detail);
        } else if text.contains(LINE_BREAKS) && message.is_empty() {
            let detail = "message must be specified if rule contains line breaks";
            self.push((place.child("message"), node), Cause::Required, detail);
        }
        if is_blank(rule.text("messageExpression").unwrap_or_default()) {
            let detail = "messageExpression must be non-empty if specified";
            self.push((place.child("messageExpression"), node), Cause::Required, detail);
        }
    }

    fn rule_reason(&mut self, place: Path<'_>, rule: Schema<'_>) {
        const REASONS: [&str; 4] = [
            "FieldValueRequired",
            "FieldValueForbidden",
            "FieldValueInvalid",
            "FieldValueDuplicate",
        ];
        if rule.text("reason").is_some_and(|reason| !REASONS.contains(&reason)) {
            let node = rule.get("reason").unwrap_or(rule.node());
            let detail = "supported values: \"FieldValueDuplicate\", \"FieldValueForbidden\", \
                 \"FieldValueInvalid\", \"FieldValueRequired\"";
            self.push((place.child("reason"), node), Cause::NotSupported, detail);
        }
    }

    fn rule_path(&mut self, place: Path<'_>, rule: Schema<'_>, schema: Schema<'_>) {
        let Some(node) = rule.get("fieldPath") else { return };
        let text = rule.text("fieldPath").unwrap_or_default();
        let path = place.child("fieldPath");
        if is_blank(text) {
            self.push((path, node), Cause::Invalid, "must be non-empty if specified");
        }
        if text.contains(LINE_BREAKS) {
            self.push((path, node), Cause::Invalid, "must not contain line breaks");
        }
        let is_known =
            unsupported(schema, 0).is_some() || field_path::find(text, schema, true).is_ok();
        if !text.is_empty() && !is_known {
            self.push((path, node), Cause::Invalid, "must be a valid path");
        }
    }

    /// Compiles the rules of a sound schema, as far as they can be compiled without its types.
    fn compile_rules(
        &mut self,
        at: At<'_, '_>,
        schema: Schema<'_>,
        uncorrelatable: Option<&Path<'_>>,
    ) {
        let Some(compiler) = self.rules else { return };
        let list = at.path.child("x-kubernetes-validations");
        for (index, rule) in schema.list("x-kubernetes-validations").enumerate() {
            let place = list.index(index);
            let text = rule.text("rule").unwrap_or_default();
            let node = rule.get("rule").unwrap_or(rule.node());
            let mut refuse = |(path, node), detail| {
                let mut found = Found::default();
                found.push((path, node), Cause::Invalid, detail);
                self.rule_errors.append(&mut found.errors);
            };
            if let Some(fault) = compiler.fault(text) {
                let detail = format!("compilation failed: {}", fault.message);
                refuse((place.child("rule"), node), detail);
            }
            let message = rule.text("messageExpression").unwrap_or_default();
            if let Some(fault) = (!message.is_empty()).then(|| compiler.fault(message)).flatten() {
                let detail = format!("messageExpression compilation failed: {}", fault.message);
                refuse((place.child("messageExpression"), node), detail);
            }
            if !uses_old_self(text) {
                if let Some(node) = rule.get("optionalOldSelf") {
                    let detail = "may not be set if oldSelf is not used in rule".to_owned();
                    refuse((place.child("optionalOldSelf"), node), detail);
                }
            } else if let Some(part) = uncorrelatable {
                let detail = format!(
                    "oldSelf cannot be used on the uncorrelatable portion of the schema within {part}"
                );
                refuse((place.child("rule"), node), detail);
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
    fn completeness(&mut self, schema: Schema<'_>, outer: Schema<'_>, places: Places<'_, '_>) {
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

/// Where something should be specified, where it is restricted, and what to show if it is nowhere.
type Places<'p, 'a> = (Path<'p>, Path<'p>, Node<'a>);

/// Where a schema may name the types of a value that is a number or a text.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Types {
    Nowhere,
    InAnyOf,
    InFirstOfAllOf,
}

const LINE_BREAKS: [char; 2] = ['\n', '\r'];

/// Not empty, but nothing to read.
fn is_blank(text: &str) -> bool {
    !text.is_empty() && text.trim().is_empty()
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

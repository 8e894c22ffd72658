//! The rules for schemas of CRDs: what OpenAPI may be used
//! (`ValidateCustomResourceDefinitionOpenAPISchema`), and the shape that a schema must have to be
//! structural (`pkg/apiserver/schema/validation.go`, `complete.go`).

mod invariants;
mod keywords;
mod list_types;
mod rules;

use std::borrow::Cow;

use super::cel::Rules;
use super::schema::{Additional, Schema};
use super::{At, defaults};
use crate::diagnostic::Cause;
use crate::kube::field::{FieldError, Path, json};
use crate::yaml::{Kind, Node};
use invariants::Level;
use keywords::Inside;

/// What is wrong with a schema at the root of a version.
pub(in crate::kube::crd) fn validate(
    at: At<'_, '_>,
    schema: Schema<'_>,
    rules: &Rules,
) -> Vec<FieldError> {
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
    open_api.keywords(at, schema, Inside::ROOT);
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

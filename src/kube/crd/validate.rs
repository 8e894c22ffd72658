//! A custom resource against the schema of its CRD (`kube-openapi/pkg/validation/validate`, and
//! the translation of its results in `apiextensions-apiserver/pkg/apiserver/validation`).

use std::borrow::Cow;

use super::schema::{Additional, Schema, equal};
use super::{At, formats};
use crate::diagnostic::Cause;
use crate::funcs::go::regexp;
use crate::kube::field::{FieldError, json};
use crate::yaml::{Kind, Node};

/// What is wrong with a resource; its metadata and, if that is a resource of its own, its status
/// are not looked at.
pub(super) fn resource(root: Node<'_>, schema: Schema<'_>, skip_status: bool) -> Vec<FieldError> {
    let mut skipped = vec!["apiVersion", "kind", "metadata"];
    if skip_status {
        skipped.push("status");
    }
    Validator { skipped: &skipped, depth: 0 }.value(At::root(root), schema).errors
}

/// What is wrong with a value that is no resource.
pub(super) fn value(at: At<'_, '_>, schema: Schema<'_>) -> Vec<FieldError> {
    Validator { skipped: &[], depth: 0 }.value(at, schema).errors
}

/// Whether a text has a match, as Go's expressions have it; true for a pattern that is none, and for
/// what cannot be searched.
fn matches(pattern: &str, text: &str) -> bool {
    let Ok(pattern) = regexp::compile(pattern.as_bytes()) else { return true };
    pattern.search(text.as_bytes()).map_or(true, |search| search.is_match())
}

/// What a schema says of a value: errors, and how much of it fits, by which the most fitting of
/// several schemas is found.
#[derive(Default)]
struct Outcome {
    errors: Vec<FieldError>,
    matches: usize,
}

impl Outcome {
    fn merge(&mut self, other: Outcome) {
        self.errors.extend(other.errors);
        self.matches += other.matches;
    }

    fn push(&mut self, error: FieldError) {
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(error);
        }
    }
}

/// How many errors of one value are kept.
const MAX_ERRORS: usize = 200;
/// How deep values and combinations of schemas may nest.
const MAX_DEPTH: usize = 200;

#[derive(Copy, Clone)]
struct Validator<'v> {
    /// Fields of the root that others validate.
    skipped: &'v [&'v str],
    depth: usize,
}

impl Validator<'_> {
    fn value(self, at: At<'_, '_>, schema: Schema<'_>) -> Outcome {
        let mut outcome = Outcome::default();
        if self.depth > MAX_DEPTH {
            return outcome;
        }
        if at.node.is_null() && schema.is_nullable() {
            outcome.matches = 1;
            return outcome;
        }
        match wrong_type(at, schema) {
            Some(error) => outcome.push(error),
            None => outcome.matches += 2,
        }
        let inner = Validator { depth: self.depth + 1, ..self };
        inner.combinations(at, schema, &mut outcome);
        match at.node.kind() {
            Kind::String => inner.string(at, schema, &mut outcome),
            Kind::Number => number(at, schema, &mut outcome),
            Kind::Seq => inner.list(at, schema, &mut outcome),
            Kind::Map => inner.object(at, schema, &mut outcome),
            Kind::Null | Kind::Bool => {}
        }
        enumeration(at, schema, &mut outcome);
        outcome.matches += 1;
        outcome
    }

    fn combinations(self, at: At<'_, '_>, schema: Schema<'_>, outcome: &mut Outcome) {
        self.any_of(at, schema, outcome);
        self.one_of(at, schema, outcome);
        let all: Vec<Outcome> = schema.list("allOf").map(|part| self.part(at, part)).collect();
        if all.iter().any(|part| !part.errors.is_empty()) {
            outcome.push(composite(at, "must validate all the schemas (allOf)"));
        }
        all.into_iter().for_each(|part| outcome.merge(part));
        if schema.not().is_some_and(|not| self.part(at, not).errors.is_empty()) {
            outcome.push(composite(at, "must not validate the schema (not)"));
        }
        outcome.matches += 2;
    }

    /// A schema inside of `anyOf` and the like: the fields that others validate are not skipped
    /// there, but none of them can be named there either.
    fn part(self, at: At<'_, '_>, schema: Schema<'_>) -> Outcome {
        self.value(at, schema)
    }

    fn any_of(self, at: At<'_, '_>, schema: Schema<'_>, outcome: &mut Outcome) {
        let mut best: Option<Outcome> = None;
        for part in schema.list("anyOf") {
            let result = self.part(at, part);
            if result.errors.is_empty() {
                outcome.merge(result);
                return;
            }
            if best.as_ref().is_none_or(|best| result.matches > best.matches) {
                best = Some(result);
            }
        }
        if let Some(best) = best {
            outcome.push(composite(at, "must validate at least one schema (anyOf)"));
            outcome.merge(best);
        }
    }

    fn one_of(self, at: At<'_, '_>, schema: Schema<'_>, outcome: &mut Outcome) {
        let mut best: Option<Outcome> = None;
        let mut fitting = Vec::new();
        for part in schema.list("oneOf") {
            let result = self.part(at, part);
            if result.errors.is_empty() {
                fitting.push(result);
            } else if best.as_ref().is_none_or(|best| result.matches > best.matches) {
                best = Some(result);
            }
        }
        match (fitting.len(), best) {
            (0, None) => {}
            (1, _) => fitting.into_iter().for_each(|result| outcome.merge(result)),
            (0, Some(best)) => {
                let detail = "must validate one and only one schema (oneOf). Found none valid";
                outcome.push(composite(at, detail));
                outcome.merge(best);
            }
            (count, _) => outcome.push(composite(
                at,
                format!(
                    "must validate one and only one schema (oneOf). Found {count} valid alternatives"
                ),
            )),
        }
    }

    fn string(self, at: At<'_, '_>, schema: Schema<'_>, outcome: &mut Outcome) {
        let text = at.node.as_str().unwrap_or_default();
        let length = text.chars().count() as i64;
        if let Some(max) = schema.int("maxLength").filter(|max| length > *max) {
            let unit = if max == 1 { "byte" } else { "bytes" };
            let detail = format!("may not be more than {max} {unit}");
            outcome.push(error(at, Cause::TooLong, detail));
        }
        if let Some(min) = schema.int("minLength").filter(|min| length < *min) {
            outcome.push(invalid(at, format!("should be at least {min} chars long")));
        }
        if let Some(pattern) = schema.text("pattern")
            && !matches(pattern, text)
        {
            outcome.push(invalid(at, format!("should match '{pattern}'")));
        }
        if let Some(format) = schema.text("format")
            && !formats::fits(format, text)
        {
            outcome.push(invalid(at, format!("must be of type {format}: {text:?}")));
        }
        outcome.matches += 2;
    }

    fn list(self, at: At<'_, '_>, schema: Schema<'_>, outcome: &mut Outcome) {
        let length = at.node.items().len() as i64;
        if let Some(items) = schema.items() {
            for (index, item) in at.node.items().enumerate() {
                outcome.merge(self.value(at.item(index, item), items));
            }
        }
        if let Some(min) = schema.int("minItems").filter(|min| length < *min) {
            outcome.push(invalid(at, format!("should have at least {min} items")));
        }
        if let Some(max) = schema.int("maxItems").filter(|max| length > *max) {
            outcome.push(too_many(at, length, max));
        }
        outcome.matches += 1;
    }

    fn object(self, at: At<'_, '_>, schema: Schema<'_>, outcome: &mut Outcome) {
        let skipped: &[&str] = if self.depth == 1 { self.skipped } else { &[] };
        let count = at.node.entries().len() as i64;
        if let Some(min) = schema.int("minProperties").filter(|min| count < *min) {
            outcome.push(invalid(at, format!("should have at least {min} properties")));
        }
        if let Some(max) = schema.int("maxProperties").filter(|max| count > *max) {
            outcome.push(too_many(at, count, max));
        }
        for entry in at.node.entries() {
            let Some(name) = entry.key.as_str() else { continue };
            let schema = match (schema.property(name), schema.additional()) {
                (Some(property), _) => property,
                (None, Additional::Schema(additional)) => additional,
                (None, Additional::Any | Additional::None) => continue,
            };
            let value = schema.value_of(Some(entry.value)).filter(|_| !skipped.contains(&name));
            if let Some(value) = value {
                outcome.merge(self.value(at.child(name, value), schema));
            }
        }
        for name in schema.texts("required").filter(|name| !skipped.contains(name)) {
            let property = schema.property(name);
            let given = at.node.get(name);
            let value = match property {
                Some(property) => property.value_of(given),
                None => given.filter(|node| !node.is_null()),
            };
            if value.is_none() {
                outcome.push(missing(at, name));
            }
        }
        outcome.matches += 1;
    }
}

/// The JSON type of a value, if the schema wants another.
fn wrong_type(at: At<'_, '_>, schema: Schema<'_>) -> Option<FieldError> {
    let wanted = schema.text("type");
    let found = match at.node.kind() {
        Kind::Null => "null",
        Kind::Bool => "boolean",
        Kind::Number if at.node.as_i64().is_some() => "integer",
        Kind::Number => "number",
        Kind::String => "string",
        Kind::Seq => "array",
        Kind::Map => "object",
    };
    let fits = match wanted {
        _ if schema.is_int_or_string() => matches!(found, "integer" | "string"),
        None => true,
        Some("number") => matches!(found, "integer" | "number"),
        Some(wanted) => wanted == found,
    };
    if fits {
        return None;
    }
    let wanted = if schema.is_int_or_string() { "integer,string" } else { wanted? };
    let detail = format!("must be of type {wanted}: \"{found}\"");
    Some(FieldError { value: Some(shown(at)), ..error(at, Cause::TypeInvalid, detail) })
}

fn number(at: At<'_, '_>, schema: Schema<'_>, outcome: &mut Outcome) {
    let Some(number) = at.node.as_f64() else { return };
    if let Some(max) = schema.number("maximum") {
        let exclusive = schema.is_true("exclusiveMaximum");
        if number > max || exclusive && number >= max {
            let sign = if exclusive { "less than" } else { "less than or equal to" };
            outcome.push(invalid(at, format!("should be {sign} {max}")));
        }
    }
    if let Some(min) = schema.number("minimum") {
        let exclusive = schema.is_true("exclusiveMinimum");
        if number < min || exclusive && number <= min {
            let sign = if exclusive { "greater than" } else { "greater than or equal to" };
            outcome.push(invalid(at, format!("should be {sign} {min}")));
        }
    }
    if let Some(factor) = schema.number("multipleOf")
        && factor > 0.0
        && (number / factor).fract() != 0.0
    {
        outcome.push(invalid(at, format!("should be a multiple of {factor}")));
    }
    outcome.matches += 1;
}

fn enumeration(at: At<'_, '_>, schema: Schema<'_>, outcome: &mut Outcome) {
    let Some(allowed) = schema.get("enum") else { return };
    if allowed.items().len() == 0 || allowed.items().any(|value| equal(value, at.node)) {
        outcome.matches += 1;
        return;
    }
    let values: Vec<String> = allowed.items().map(json).collect();
    let detail = format!("supported values: {}", values.join(", "));
    outcome.push(FieldError { value: Some(shown(at)), ..error(at, Cause::NotSupported, detail) });
}

fn missing(at: At<'_, '_>, name: &str) -> FieldError {
    let path = at.path.child(name).to_string();
    FieldError { path, ..error(at, Cause::Required, "") }
}

fn too_many(at: At<'_, '_>, actual: i64, max: i64) -> FieldError {
    let unit = if max == 1 { "item" } else { "items" };
    let detail = format!("must have at most {max} {unit}");
    FieldError { value: Some(actual.to_string()), ..error(at, Cause::TooMany, detail) }
}

fn invalid(at: At<'_, '_>, detail: impl Into<Cow<'static, str>>) -> FieldError {
    FieldError { value: Some(shown(at)), ..error(at, Cause::Invalid, detail) }
}

/// What a combination of schemas says; the server has no field for it but a nil path.
fn composite(at: At<'_, '_>, detail: impl Into<Cow<'static, str>>) -> FieldError {
    let detail = format!("\"{}\" {}", at.path, detail.into());
    FieldError { path: "<nil>".to_owned(), ..error(at, Cause::Invalid, detail) }
}

fn error(at: At<'_, '_>, cause: Cause, detail: impl Into<Cow<'static, str>>) -> FieldError {
    FieldError {
        path: at.path.to_string(),
        cause,
        value: None,
        detail: detail.into(),
        span: at.node.span(),
        help: None,
    }
}

fn shown(at: At<'_, '_>) -> String {
    json(at.node)
}

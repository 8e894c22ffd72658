//! What a validator found, arranged and worded as Helm's library does
//! (`validator.go` and `kind/kind.go` of `santhosh-tekuri/jsonschema` 6).
//!
//! The validator here reports a flat list; Helm's library a tree that follows the keywords, in which
//! a wrong type hides all else that is wrong with a value. The paths of the keywords tell the tree.

use std::collections::BTreeMap;
use std::fmt;

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use serde_json::{Number, Value};

use crate::nearest::nearest;
use crate::value::quote::quoted;

/// A value that a keyword refuses.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    /// Where the value is: keys and indices.
    at: Vec<String>,
    text: String,
    causes: Vec<Problem>,
    /// What a user mends, if that is not the text at the place.
    details: Details,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Details {
    #[default]
    None,
    /// Each cause stands for itself.
    All,
    /// The same, of the keywords of one schema.
    Group,
    /// Keys that the schema does not know, and those that it knows.
    UnknownKeys { unknown: Vec<String>, known: Vec<String> },
}

/// One thing to mend.
pub(super) struct Breach {
    /// Where it is: keys and indices.
    pub(super) at: Vec<String>,
    pub(super) reason: String,
    pub(super) help: Option<String>,
}

/// Arranges what a validator found in a value.
pub(super) fn find<'e>(
    errors: impl Iterator<Item = ValidationError<'e>>,
    schema: &Value,
    value: &Value,
    siblings_of_ref: bool,
) -> Vec<Problem> {
    let errors: Vec<ValidationError<'_>> = errors.collect();
    let level = Level { schema, value, siblings_of_ref, keyword: 0, instance: 0 };
    ungrouped(level.problems(errors.iter().map(Found::new).collect()))
}

/// The problems of a schema; those of a single part of the value, if only that has some.
fn ungrouped(mut problems: Vec<Problem>) -> Vec<Problem> {
    match problems.as_mut_slice() {
        [Problem { details: Details::Group, causes, .. }] => std::mem::take(causes),
        _ => problems,
    }
}

impl Problem {
    fn new(at: Vec<String>, text: impl Into<String>) -> Problem {
        Problem { at, text: text.into(), causes: Vec::new(), details: Details::None }
    }

    /// A problem that consists of others, each of which stands for itself.
    fn all(at: Vec<String>, text: &str, causes: Vec<Problem>) -> Problem {
        Problem { causes, details: Details::All, ..Problem::new(at, text) }
    }

    /// The same as if it were the whole value that is wrong.
    fn at_root(self) -> Problem {
        let causes = self.causes.into_iter().map(Problem::at_root).collect();
        Problem { at: Vec::new(), causes, ..self }
    }

    /// All that is to be mended, each at its place.
    pub(super) fn breaches(&self) -> Vec<Breach> {
        match &self.details {
            Details::None => {
                let reasons = self.reasons();
                vec![Breach { at: self.at.clone(), reason: reasons.join("; or: "), help: None }]
            }
            Details::All | Details::Group => {
                self.causes.iter().flat_map(Problem::breaches).collect()
            }
            Details::UnknownKeys { unknown, known } => {
                unknown.iter().map(|key| self.unknown_key(key, known)).collect()
            }
        }
    }

    fn unknown_key(&self, key: &str, known: &[String]) -> Breach {
        let meant = nearest(key, known.iter().map(String::as_str));
        let help = match (meant, known) {
            (Some(meant), _) => Some(format!("did you mean `{meant}`?")),
            (None, []) => None,
            (None, known) => Some(format!("known keys: {}", known.join(", "))),
        };
        let at = self.at.iter().cloned().chain([key.to_owned()]).collect();
        Breach { at, reason: "the schema knows no such key".to_owned(), help }
    }

    /// What is wrong, without the places and the keywords around it.
    fn reasons(&self) -> Vec<String> {
        if self.causes.is_empty() {
            return vec![self.text.clone()];
        }
        self.causes.iter().flat_map(Problem::reasons).collect()
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, depth: usize) -> fmt::Result {
        let pointer: String = self
            .at
            .iter()
            .map(|key| format!("/{}", key.replace('~', "~0").replace('/', "~1")))
            .collect();
        write!(f, "{}- at {}: {}", "  ".repeat(depth), single_quoted(&pointer), self.text)?;
        for cause in &self.causes {
            f.write_str("\n")?;
            cause.write(f, depth + 1)?;
        }
        Ok(())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, 0)
    }
}

/// An error of the validator, with its paths taken apart.
struct Found<'e> {
    /// The way that validation took through the schema.
    keywords: Vec<String>,
    /// Where the keyword stands in the schema.
    schema: &'e str,
    instance: Vec<String>,
    value: &'e Value,
    kind: &'e ValidationErrorKind,
}

impl<'e> Found<'e> {
    fn new(error: &'e ValidationError<'_>) -> Found<'e> {
        Found {
            keywords: split_pointer(error.evaluation_path().as_str()),
            schema: error.schema_path().as_str(),
            instance: split_pointer(error.instance_path().as_str()),
            value: error.instance(),
            kind: error.kind(),
        }
    }

    fn keyword(&self, level: Level<'_>) -> &str {
        self.keywords.get(level.keyword).map_or("", String::as_str)
    }

    /// Whether the schema of this level itself has the keyword.
    fn is_own(&self, level: Level<'_>) -> bool {
        self.keywords.len() <= level.keyword + 1
    }
}

fn split_pointer(pointer: &str) -> Vec<String> {
    pointer.split('/').skip(1).map(|key| key.replace("~1", "/").replace("~0", "~")).collect()
}

/// A schema and a value within those that were validated: how many steps lead to each.
#[derive(Copy, Clone)]
struct Level<'s> {
    /// The whole schema.
    schema: &'s Value,
    /// The whole value.
    value: &'s Value,
    keyword: usize,
    instance: usize,
    siblings_of_ref: bool,
}

/// How the problems of a keyword become part of the problems of its schema.
enum Join {
    /// Each subschema on its own.
    Plain,
    Reference,
    AllOf,
}

impl Level<'_> {
    /// The problems of one schema with one value, in the order of Helm's library.
    fn problems(self, found: Vec<Found<'_>>) -> Vec<Problem> {
        for hiding in ["type", "const", "enum", "format"] {
            if let Some(own) =
                found.iter().find(|one| one.is_own(self) && one.keyword(self) == hiding)
            {
                return vec![self.own(own)];
            }
        }
        let only_ref = !self.siblings_of_ref && found.iter().any(|one| one.keyword(self) == "$ref");
        let mut groups: BTreeMap<(usize, String, String), Vec<Found<'_>>> = BTreeMap::new();
        for one in found {
            if !only_ref || one.keyword(self) == "$ref" {
                groups.entry(self.group(&one)).or_default().push(one);
            }
        }
        groups.into_values().flat_map(|group| self.keyword_problems(group)).collect()
    }

    /// Errors that belong together: the rank of their keyword, the value, the subschema.
    fn group(self, one: &Found<'_>) -> (usize, String, String) {
        let keyword = one.keyword(self);
        if let Some(error) = self.name_error(one) {
            return (rank(keyword, true), display(error.instance()), String::new());
        }
        if one.is_own(self) || self.is_required(one) {
            let detail = one.keywords.get(self.keyword + 1).cloned().unwrap_or_default();
            return (rank(keyword, true), keyword.to_owned(), detail);
        }
        let (steps, descends, _) = self.subschema(one);
        let value = one.instance.get(self.instance).filter(|_| descends).cloned();
        let value = value.unwrap_or_default();
        let value = value.parse::<usize>().map_or(value, |index| format!("{index:010}"));
        let schema = match keyword {
            "allOf" => String::new(),
            _ => one.keywords.get(self.keyword..self.keyword + steps).unwrap_or_default().join("/"),
        };
        (rank(keyword, false), value, schema)
    }

    /// Whether `required` or a dependency of this level misses a property.
    fn is_required(self, one: &Found<'_>) -> bool {
        matches!(one.kind, ValidationErrorKind::Required { .. })
            && one.keywords.len() <= self.keyword + 2
            && matches!(one.keyword(self), "required" | "dependentRequired" | "dependencies")
    }

    /// How many steps lead from a keyword to its subschema, whether the subschema is for a part of
    /// the value, and how its problems are joined.
    fn subschema(self, one: &Found<'_>) -> (usize, bool, Join) {
        let next_is_index = || {
            let next = one.keywords.get(self.keyword + 1);
            next.is_some_and(|next| next.bytes().all(|byte| byte.is_ascii_digit()))
        };
        match one.keyword(self) {
            "$ref" | "$dynamicRef" | "$recursiveRef" => (1, false, Join::Reference),
            "allOf" => (2, false, Join::AllOf),
            "properties" | "patternProperties" | "prefixItems" => (2, true, Join::Plain),
            "dependentSchemas" | "dependencies" => (2, false, Join::Plain),
            "items" if next_is_index() => (2, true, Join::Plain),
            "items"
            | "additionalItems"
            | "additionalProperties"
            | "contains"
            | "unevaluatedProperties"
            | "unevaluatedItems" => (1, true, Join::Plain),
            _ => (1, false, Join::Plain),
        }
    }

    /// The problems of one keyword, or of one of its subschemas.
    fn keyword_problems(self, group: Vec<Found<'_>>) -> Vec<Problem> {
        let Some(first) = group.first() else { return Vec::new() };
        if self.is_required(first) {
            return vec![self.required(&group)];
        }
        if let Some(error) = self.name_error(first) {
            return vec![self.property_name(error.instance(), &group)];
        }
        if first.is_own(self) {
            return group.iter().flat_map(|one| self.own_all(one)).collect();
        }
        let (steps, descends, join) = self.subschema(first);
        let at = self.place(first);
        let below = Level {
            keyword: self.keyword + steps,
            instance: self.instance + usize::from(descends),
            ..self
        };
        match join {
            Join::Plain => below.whole(group).into_iter().collect(),
            Join::Reference => match ungrouped(below.problems(group)) {
                one if one.len() == 1 => one,
                causes => vec![Problem::all(at, "validation failed", causes)],
            },
            Join::AllOf => {
                let mut parts: BTreeMap<usize, Vec<Found<'_>>> = BTreeMap::new();
                for one in group {
                    let index =
                        one.keywords.get(self.keyword + 1).and_then(|index| index.parse().ok());
                    parts.entry(index.unwrap_or_default()).or_default().push(one);
                }
                let causes = parts.into_values().filter_map(|part| below.whole(part)).collect();
                vec![Problem::all(at, "'allOf' failed", causes)]
            }
        }
    }

    /// All problems of a schema as one.
    fn whole(self, found: Vec<Found<'_>>) -> Option<Problem> {
        let at = self.place(found.first()?);
        let mut problems = self.problems(found);
        if problems.len() > 1 {
            let group = Problem::all(at, "validation failed", problems);
            return Some(Problem { details: Details::Group, ..group });
        }
        problems.pop()
    }

    fn place(self, one: &Found<'_>) -> Vec<String> {
        one.instance.get(..self.instance).unwrap_or(&one.instance).to_vec()
    }

    fn own_all(self, one: &Found<'_>) -> Vec<Problem> {
        let refused = |keys: &[String]| {
            let at = |key: &String| [one.instance.as_slice(), std::slice::from_ref(key)].concat();
            keys.iter().map(|key| Problem::new(at(key), "false schema")).collect()
        };
        match one.kind {
            ValidationErrorKind::UnevaluatedProperties { unexpected }
            | ValidationErrorKind::UnevaluatedItems { unexpected } => refused(unexpected),
            ValidationErrorKind::AdditionalProperties { unexpected } => {
                vec![self.unknown_keys(one, unexpected.clone())]
            }
            // Where no property is known, the validator does not name those that there are.
            ValidationErrorKind::FalseSchema if one.keyword(self) == "additionalProperties" => {
                let object = one.instance.iter().try_fold(self.value, |value, step| match value {
                    Value::Array(items) => items.get(step.parse::<usize>().ok()?),
                    value => value.get(step),
                });
                let keys =
                    object.and_then(Value::as_object).into_iter().flat_map(|keys| keys.keys());
                vec![self.unknown_keys(one, keys.cloned().collect())]
            }
            _ => vec![self.own(one)],
        }
    }

    /// A problem of a keyword of this level.
    fn own(self, one: &Found<'_>) -> Problem {
        let causes = match one.kind {
            ValidationErrorKind::AnyOf { context }
            | ValidationErrorKind::OneOfNotValid { context } => self.alternatives(context),
            _ => Vec::new(),
        };
        Problem { causes, ..Problem::new(one.instance.clone(), text(one.kind, one.value)) }
    }

    /// What `propertyNames` of this level says of a name.
    fn name_error<'e>(self, one: &Found<'e>) -> Option<&'e ValidationError<'static>> {
        match one.kind {
            ValidationErrorKind::PropertyNames { error } => {
                (one.keyword(self) == "propertyNames").then_some(&**error)
            }
            _ => None,
        }
    }

    /// The problems of one name of a property, which Helm's library places at the root.
    fn property_name(self, name: &Value, group: &[Found<'_>]) -> Problem {
        let errors = group.iter().filter_map(|one| self.name_error(one)).map(Found::new);
        let below = Level { keyword: self.keyword + 1, ..self };
        let causes = ungrouped(below.problems(errors.collect()));
        let causes = causes.into_iter().map(Problem::at_root).collect();
        let text = format!("invalid propertyName {}", display(name));
        Problem { causes, ..Problem::new(Vec::new(), text) }
    }

    fn unknown_keys(self, one: &Found<'_>, unknown: Vec<String>) -> Problem {
        let names: Vec<String> = unknown.iter().map(|name| single_quoted(name)).collect();
        let text = format!("additional properties {} not allowed", names.join(", "));
        let details = Details::UnknownKeys { unknown, known: self.known_keys(one) };
        Problem { details, ..Problem::new(one.instance.clone(), text) }
    }

    /// The keys that stand beside `additionalProperties` in the schema.
    fn known_keys(self, one: &Found<'_>) -> Vec<String> {
        let beside = one.schema.strip_suffix("/additionalProperties");
        let properties = beside.and_then(|schema| self.schema.pointer(schema)?.get("properties"));
        let keys = properties.and_then(Value::as_object).into_iter().flat_map(|keys| keys.keys());
        keys.cloned().collect()
    }

    /// The problems of each schema of an `anyOf` or `oneOf`.
    fn alternatives(self, context: &[Vec<ValidationError<'static>>]) -> Vec<Problem> {
        let below = Level { keyword: self.keyword + 2, ..self };
        let whole = |errors: &Vec<ValidationError<'static>>| {
            below.whole(errors.iter().map(Found::new).collect())
        };
        context.iter().filter_map(whole).collect()
    }

    /// All properties that one keyword misses.
    fn required(self, group: &[Found<'_>]) -> Problem {
        let first = group.first();
        let at = first.map(|one| one.instance.clone()).unwrap_or_default();
        let missing: Vec<String> = group.iter().map(|one| display(missing(one))).collect();
        let missing = missing.join(", ");
        let text = match first.and_then(|one| self.condition(one)) {
            Some(condition) => {
                format!("properties {missing} required, if {} exists", single_quoted(&condition))
            }
            None if group.len() == 1 => format!("missing property {missing}"),
            None => format!("missing properties {missing}"),
        };
        Problem::new(at, text)
    }

    /// The property that requires another one, if the keyword is not `required` itself. The error
    /// does not name it, so it is looked up in the schema.
    fn condition(self, one: &Found<'_>) -> Option<String> {
        let dependencies = self.schema.pointer(one.schema)?.as_object()?;
        let requires = |needed: &&Value| {
            needed
                .as_array()
                .is_some_and(|needed| needed.iter().any(|one_of| one_of == missing(one)))
        };
        let exists = |property: &str| one.value.get(property).is_some();
        let mut found = dependencies.iter().filter(|(property, _)| exists(property));
        found.find(|(_, needed)| requires(needed)).map(|(property, _)| property.clone())
    }
}

fn missing<'e>(one: &Found<'e>) -> &'e Value {
    match one.kind {
        ValidationErrorKind::Required { property } => property,
        _ => &Value::Null,
    }
}

/// The order in which Helm's library looks at keywords.
fn rank(keyword: &str, own: bool) -> usize {
    const ORDER: [&str; 40] = [
        "$ref",
        "minProperties",
        "maxProperties",
        "required",
        "dependencies",
        "properties",
        "additionalProperties",
        "propertyNames",
        "dependentSchemas",
        "dependentRequired",
        "minItems",
        "maxItems",
        "uniqueItems",
        "prefixItems",
        "items",
        "additionalItems",
        "contains",
        "minContains",
        "maxContains",
        "minLength",
        "maxLength",
        "pattern",
        "contentEncoding",
        "contentMediaType",
        "contentSchema",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "$recursiveRef",
        "$dynamicRef",
        "not",
        "allOf",
        "anyOf",
        "oneOf",
        "then",
        "else",
        "unevaluatedProperties",
        "unevaluatedItems",
    ];
    let keyword = match keyword {
        "patternProperties" => "properties",
        "additionalProperties" if !own => "properties",
        keyword => keyword,
    };
    ORDER.iter().position(|known| *known == keyword).unwrap_or(ORDER.len())
}

/// The words for an error (`kind/kind.go`).
fn text(kind: &ValidationErrorKind, value: &Value) -> String {
    use ValidationErrorKind as Kind;
    let count = |value: &Value| match value {
        Value::Array(items) => items.len(),
        Value::Object(entries) => entries.len(),
        Value::String(text) => text.chars().count(),
        _ => 0,
    };
    let sizes = |keyword: &str, want: u64| {
        format!("{keyword}: got {}, want {}", grouped_int(count(value) as u64), grouped_int(want))
    };
    let bounds = |keyword: &str, want: f64| {
        let got = value.as_f64().unwrap_or_default();
        format!("{keyword}: got {}, want {}", grouped(got), grouped(want))
    };
    let limit = |want: &Value| want.as_f64().unwrap_or_default();
    match kind {
        Kind::Type { kind } => format!("got {}, want {}", type_of(value), wanted(kind)),
        Kind::Constant { expected_value } if is_primitive(expected_value) => {
            format!("value must be {}", display(expected_value))
        }
        Kind::Constant { .. } => "'const' failed".to_owned(),
        Kind::Enum { options } => enumeration(options),
        Kind::Format { format } => {
            format!("{} is not valid {format}: {}", display(value), format_reason(format))
        }
        Kind::MinProperties { limit } => sizes("minProperties", *limit),
        Kind::MaxProperties { limit } => sizes("maxProperties", *limit),
        Kind::MinItems { limit } => sizes("minItems", *limit),
        Kind::MaxItems { limit } => sizes("maxItems", *limit),
        Kind::MinLength { limit } => sizes("minLength", *limit),
        Kind::MaxLength { limit } => sizes("maxLength", *limit),
        Kind::Minimum { limit: want } => bounds("minimum", limit(want)),
        Kind::Maximum { limit: want } => bounds("maximum", limit(want)),
        Kind::ExclusiveMinimum { limit: want } => bounds("exclusiveMinimum", limit(want)),
        Kind::ExclusiveMaximum { limit: want } => bounds("exclusiveMaximum", limit(want)),
        Kind::MultipleOf { multiple_of } => bounds("multipleOf", *multiple_of),
        Kind::Pattern { pattern } => {
            format!("{} does not match pattern {}", display(value), single_quoted(pattern))
        }
        // Told by `unknown_keys`, but for what stands within `propertyNames`, where there are no keys.
        Kind::AdditionalProperties { .. } => "additional properties not allowed".to_owned(),
        Kind::AdditionalItems { limit } => {
            format!("last {} additionalItem(s) not allowed", count(value).saturating_sub(*limit))
        }
        Kind::UniqueItems => unique_items(value),
        Kind::Contains => "no items match contains schema".to_owned(),
        Kind::ContentEncoding { content_encoding } => {
            format!("value is not {} encoded", single_quoted(content_encoding))
        }
        Kind::ContentMediaType { content_media_type } => {
            format!("value if not of mediatype {}", single_quoted(content_media_type))
        }
        Kind::FalseSchema => "false schema".to_owned(),
        Kind::Not { .. } => "'not' failed".to_owned(),
        Kind::AnyOf { .. } => "'anyOf' failed".to_owned(),
        Kind::OneOfNotValid { .. } => "'oneOf' failed, none matched".to_owned(),
        Kind::OneOfMultipleValid { context } => several_matched(context),
        Kind::Required { property } => {
            format!("missing property {}", display(property))
        }
        // Told by `property_name`.
        Kind::PropertyNames { .. }
        | Kind::BacktrackLimitExceeded { .. }
        | Kind::RegexEngineFailure { .. }
        | Kind::Custom { .. }
        | Kind::FromUtf8 { .. }
        | Kind::UnevaluatedItems { .. }
        | Kind::UnevaluatedProperties { .. }
        | Kind::Referencing(_) => "validation failed".to_owned(),
    }
}

fn several_matched(context: &[Vec<ValidationError<'static>>]) -> String {
    let matched: Vec<String> = context
        .iter()
        .enumerate()
        .filter(|(_, errors)| errors.is_empty())
        .map(|(index, _)| index.to_string())
        .take(2)
        .collect();
    format!("'oneOf' failed, subschemas {} matched", matched.join(", "))
}

fn enumeration(options: &Value) -> String {
    let Some(options) = options.as_array() else { return "'enum' failed".to_owned() };
    if !options.iter().all(is_primitive) {
        return "'enum' failed".to_owned();
    }
    let shown: Vec<String> = options.iter().map(display).collect();
    match shown.as_slice() {
        [one] => format!("value must be {one}"),
        _ => format!("value must be one of {}", shown.join(", ")),
    }
}

fn unique_items(value: &Value) -> String {
    let items = value.as_array().map_or(&[][..], Vec::as_slice);
    for (second, item) in items.iter().enumerate() {
        if let Some(first) = items.iter().take(second).position(|other| other == item) {
            return format!("items at {first} and {second} are equal");
        }
    }
    "items are not unique".to_owned()
}

fn format_reason(format: &str) -> String {
    match format {
        "date" | "time" | "date-time" => "invalid".to_owned(),
        format => format!("not a {format}"),
    }
}

fn is_primitive(value: &Value) -> bool {
    !value.is_array() && !value.is_object()
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn wanted(kind: &TypeKind) -> String {
    const ORDER: [&str; 7] = ["null", "boolean", "number", "integer", "string", "array", "object"];
    let mut names: Vec<String> = match kind {
        TypeKind::Single(one) => vec![one.to_string()],
        TypeKind::Multiple(several) => several.iter().map(|one| one.to_string()).collect(),
    };
    names.sort_by_key(|name| ORDER.iter().position(|known| known == name));
    names.join(" or ")
}

/// A value that is no collection, as Go prints it.
fn display(value: &Value) -> String {
    match value {
        Value::String(text) => single_quoted(text),
        Value::Null => "<nil>".to_owned(),
        Value::Array(_) | Value::Object(_) => "value".to_owned(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

/// In single quotes, with the escapes of Go's `%q`.
fn single_quoted(text: &str) -> String {
    let quoted = quoted(text).replace("\\\"", "\"").replace('\'', "\\'");
    format!("'{}'", quoted.get(1..quoted.len() - 1).unwrap_or_default())
}

/// A number as `golang.org/x/text/message` prints it for English: groups of three digits.
fn grouped(number: f64) -> String {
    let text = Number::from_f64(number).map_or_else(String::new, |number| number.to_string());
    let text = text.strip_suffix(".0").unwrap_or(&text);
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("-", digits));
    let (whole, fraction) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    if !whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.to_owned();
    }
    let mut groups: Vec<&str> = Vec::new();
    let mut rest = whole;
    while rest.len() > 3 {
        let (before, group) = rest.split_at(rest.len() - 3);
        groups.push(group);
        rest = before;
    }
    groups.push(rest);
    groups.reverse();
    format!("{sign}{}{fraction}", groups.join(","))
}

fn grouped_int(number: u64) -> String {
    grouped(number as f64)
}

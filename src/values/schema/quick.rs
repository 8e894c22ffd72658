//! Says of most values that they fit, without compiling the schema.
//!
//! The library compiles a schema, and the metaschema before it, in more time than the rest of a
//! small chart takes; and values nearly always fit. So the keywords that charts use are first read
//! as they stand. What is not surely right here, be it the schema or a value, goes to the library,
//! which alone can say what is wrong.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::rc::Rc;

use jsonschema::Draft;
use serde_json::Value as Json;

use crate::funcs::go::regexp::{self, Regexp};
use crate::value::{Data, Entries, Text, Value};

/// How deep schemas and references are followed.
const MAX_DEPTH: usize = 64;

/// How many schemas are looked at: references may branch without end.
const MAX_STEPS: u32 = 1 << 18;

/// Integers below this are exact as floats, and are told from other numbers.
const MAX_EXACT: f64 = 9e15;

const TYPES: [&str; 7] = ["array", "boolean", "integer", "null", "number", "object", "string"];

/// Whether the metaschema would surely take the schema.
pub(super) fn is_sound(schema: &Json, draft: Draft) -> bool {
    Quick { root: schema, draft, steps: Cell::new(0) }.is_sound(schema, 0)
}

/// Whether the values surely fit a sound schema.
pub(super) fn fits(schema: &Json, values: &Value, draft: Draft) -> bool {
    let quick = Quick { root: schema, draft, steps: Cell::new(0) };
    quick.fits(schema, values, 0) == Some(true)
}

struct Quick<'s> {
    root: &'s Json,
    draft: Draft,
    steps: Cell<u32>,
}

impl Quick<'_> {
    /// Whether the metaschema would take the schema, as far as the keywords known here go.
    fn is_sound(&self, schema: &Json, depth: usize) -> bool {
        if depth > MAX_DEPTH {
            return false;
        }
        match schema {
            Json::Bool(_) => self.draft > Draft::Draft4,
            Json::Object(keywords) => {
                keywords.iter().all(|(keyword, value)| self.is_sound_keyword(keyword, value, depth))
            }
            _ => false,
        }
    }

    fn is_sound_keyword(&self, keyword: &str, value: &Json, depth: usize) -> bool {
        let sound = |schema: &Json| self.is_sound(schema, depth + 1);
        match keyword {
            "$comment" | "title" | "description" | "format" => value.is_string(),
            "$schema" => depth == 0,
            "$id" | "id" => depth == 0 && value.as_str().is_some_and(is_plain_url),
            "$ref" => value.as_str().is_some_and(|reference| self.target(reference).is_some()),
            "default" | "const" => true,
            "examples" => value.is_array(),
            "readOnly" | "writeOnly" | "deprecated" => value.is_boolean(),
            "type" => is_type(value),
            "enum" => is_set_of_texts(value, self.draft <= Draft::Draft7),
            "required" => is_set_of_texts(value, self.draft <= Draft::Draft4),
            "properties" | "definitions" | "$defs" => {
                value.as_object().is_some_and(|inner| inner.values().all(sound))
            }
            "additionalProperties" => value.is_boolean() || sound(value),
            "items" | "not" | "if" | "then" | "else" => sound(value),
            "allOf" | "anyOf" | "oneOf" => {
                value.as_array().is_some_and(|all| !all.is_empty() && all.iter().all(sound))
            }
            "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties"
            | "maxProperties" => value.is_u64(),
            "minimum" | "maximum" => exact(value).is_some(),
            "exclusiveMinimum" | "exclusiveMaximum" => {
                self.draft > Draft::Draft4 && exact(value).is_some()
            }
            "pattern" => value.as_str().is_some_and(|pattern| compiled(pattern).is_some()),
            "propertyNames" => self.draft > Draft::Draft4 && sound(value),
            "patternProperties"
            | "multipleOf"
            | "uniqueItems"
            | "contains"
            | "minContains"
            | "maxContains"
            | "prefixItems"
            | "additionalItems"
            | "dependencies"
            | "dependentRequired"
            | "dependentSchemas"
            | "contentEncoding"
            | "contentMediaType"
            | "contentSchema"
            | "$anchor"
            | "$dynamicAnchor"
            | "$dynamicRef"
            | "$recursiveAnchor"
            | "$recursiveRef"
            | "$vocabulary"
            | "unevaluatedItems"
            | "unevaluatedProperties" => false,
            _ => true,
        }
    }

    /// The schema that a reference to one of the root's definitions leads to.
    fn target(&self, reference: &str) -> Option<&Json> {
        let (section, name) = reference.strip_prefix("#/")?.split_once('/')?;
        let known = matches!(section, "definitions" | "$defs");
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        if !known || !name.bytes().all(plain) {
            return None;
        }
        self.root.get(section)?.get(name)
    }

    /// Whether a value fits; None if that is not known here.
    fn fits(&self, schema: &Json, value: &Value, depth: usize) -> Option<bool> {
        self.steps.set(self.steps.get() + 1);
        if depth > MAX_DEPTH || self.steps.get() > MAX_STEPS {
            return None;
        }
        let keywords = match schema {
            Json::Bool(all) => return Some(*all),
            Json::Object(keywords) => keywords,
            _ => return None,
        };
        if let Some(reference) = keywords.get("$ref") {
            let fits = self.fits(self.target(reference.as_str()?)?, value, depth + 1)?;
            if !fits || self.draft <= Draft::Draft7 {
                return Some(fits);
            }
        }
        for (keyword, wanted) in keywords {
            if !self.fits_keyword(keyword, wanted, keywords, value, depth)? {
                return Some(false);
            }
        }
        Some(true)
    }

    fn fits_keyword(
        &self,
        keyword: &str,
        wanted: &Json,
        keywords: &serde_json::Map<String, Json>,
        value: &Value,
        depth: usize,
    ) -> Option<bool> {
        let each = |all: &Json| -> Option<usize> {
            let mut fitting = 0;
            for schema in all.as_array()? {
                fitting += usize::from(self.fits(schema, value, depth + 1)?);
            }
            Some(fitting)
        };
        match keyword {
            "type" => has_type(wanted, value),
            "enum" => Some(wanted.as_array()?.iter().any(|one| is_text(one, value))),
            "const" => {
                let known = self.draft > Draft::Draft4 && wanted.is_string();
                known.then(|| is_text(wanted, value))
            }
            "format" => {
                let only_a_note = self.draft > Draft::Draft7 || value.as_str().is_none();
                only_a_note.then_some(true)
            }
            "allOf" => Some(each(wanted)? == wanted.as_array()?.len()),
            "anyOf" => Some(each(wanted)? > 0),
            "oneOf" => Some(each(wanted)? == 1),
            "not" => Some(!self.fits(wanted, value, depth + 1)?),
            "if" if self.draft < Draft::Draft7 => None,
            "if" => {
                let branch = if self.fits(wanted, value, depth + 1)? { "then" } else { "else" };
                keywords
                    .get(branch)
                    .map_or(Some(true), |branch| self.fits(branch, value, depth + 1))
            }
            _ => match &value.data {
                Data::Map(map) => self.fits_table(keyword, wanted, keywords, &map.borrow(), depth),
                Data::List(list) => self.fits_list(keyword, wanted, list.as_slice(), depth),
                Data::Str(text) => fits_text(keyword, wanted, text),
                Data::Float(number) => fits_number(keyword, wanted, *number),
                Data::Int(number) | Data::Int64(number) => {
                    fits_number(keyword, wanted, *number as f64)
                }
                Data::Nil | Data::Bool(_) => Some(true),
                Data::Rare(_) => None,
            },
        }
    }

    fn fits_table(
        &self,
        keyword: &str,
        wanted: &Json,
        keywords: &serde_json::Map<String, Json>,
        table: &Entries,
        depth: usize,
    ) -> Option<bool> {
        match keyword {
            "minProperties" => Some(table.len() as u64 >= wanted.as_u64()?),
            "maxProperties" => Some(table.len() as u64 <= wanted.as_u64()?),
            "propertyNames" => {
                for key in table.keys() {
                    if !self.fits(wanted, &Value::from(key.clone()), depth + 1)? {
                        return Some(false);
                    }
                }
                Some(true)
            }
            "required" => {
                let has =
                    |key: &Json| key.as_str().is_some_and(|key| table.contains_key(key.as_bytes()));
                Some(wanted.as_array()?.iter().all(has))
            }
            "properties" => {
                for (key, schema) in wanted.as_object()? {
                    if let Some(value) = table.get(key.as_bytes())
                        && !self.fits(schema, value, depth + 1)?
                    {
                        return Some(false);
                    }
                }
                Some(true)
            }
            "additionalProperties" => {
                let named = keywords.get("properties").and_then(Json::as_object);
                let is_named = |key: &Text| {
                    let key = str::from_utf8(key).ok();
                    key.is_some_and(|key| named.is_some_and(|named| named.contains_key(key)))
                };
                for (_, value) in table.iter().filter(|(key, _)| !is_named(key)) {
                    if !self.fits(wanted, value, depth + 1)? {
                        return Some(false);
                    }
                }
                Some(true)
            }
            _ => Some(true),
        }
    }

    fn fits_list(
        &self,
        keyword: &str,
        wanted: &Json,
        items: &[Value],
        depth: usize,
    ) -> Option<bool> {
        match keyword {
            "minItems" => Some(items.len() as u64 >= wanted.as_u64()?),
            "maxItems" => Some(items.len() as u64 <= wanted.as_u64()?),
            "items" => {
                for item in items {
                    if !self.fits(wanted, item, depth + 1)? {
                        return Some(false);
                    }
                }
                Some(true)
            }
            _ => Some(true),
        }
    }
}

fn fits_text(keyword: &str, wanted: &Json, text: &[u8]) -> Option<bool> {
    let length = || str::from_utf8(text).ok().map(|text| text.chars().count() as u64);
    match keyword {
        "minLength" => Some(length()? >= wanted.as_u64()?),
        "maxLength" => Some(length()? <= wanted.as_u64()?),
        "pattern" => Some(compiled(wanted.as_str()?)?.search(text).ok()?.is_match()),
        _ => Some(true),
    }
}

/// Helm's library leaves patterns to Go's `regexp`.
fn compiled(pattern: &str) -> Option<Rc<Regexp>> {
    regexp::compile(pattern.as_bytes()).ok()
}

fn fits_number(keyword: &str, wanted: &Json, number: f64) -> Option<bool> {
    let limit = || exact(wanted).filter(|_| number.abs() < MAX_EXACT);
    match keyword {
        "minimum" => Some(number >= limit()?),
        "maximum" => Some(number <= limit()?),
        "exclusiveMinimum" => Some(number > limit()?),
        "exclusiveMaximum" => Some(number < limit()?),
        _ => Some(true),
    }
}

/// A number that a float holds exactly enough to be compared.
fn exact(number: &Json) -> Option<f64> {
    number.as_f64().filter(|number| number.abs() < MAX_EXACT)
}

/// The name of a type, or several that differ.
fn is_type(value: &Json) -> bool {
    let known = |name: &Json| name.as_str().is_some_and(|name| TYPES.contains(&name));
    match value {
        Json::Array(names) => !names.is_empty() && names.iter().all(known) && are_distinct(names),
        name => known(name),
    }
}

/// A URL that needs no escapes, without a fragment.
fn is_plain_url(url: &str) -> bool {
    url.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:/".contains(&byte))
}

fn is_set_of_texts(value: &Json, never_empty: bool) -> bool {
    let Json::Array(texts) = value else { return false };
    !(never_empty && texts.is_empty()) && texts.iter().all(Json::is_string) && are_distinct(texts)
}

fn are_distinct(texts: &[Json]) -> bool {
    let distinct: BTreeSet<&str> = texts.iter().filter_map(Json::as_str).collect();
    distinct.len() == texts.len()
}

fn has_type(wanted: &Json, value: &Value) -> Option<bool> {
    let Json::Array(names) = wanted else { return is_of(wanted.as_str()?, value) };
    let mut fits = false;
    for name in names {
        fits |= is_of(name.as_str()?, value)?;
    }
    Some(fits)
}

fn is_of(name: &str, value: &Value) -> Option<bool> {
    match &value.data {
        Data::Nil => Some(name == "null"),
        Data::Bool(_) => Some(name == "boolean"),
        Data::Int(_) | Data::Int64(_) => Some(matches!(name, "integer" | "number")),
        Data::Float(number) if number.abs() < MAX_EXACT => {
            Some(name == "number" || name == "integer" && number.fract() == 0.0)
        }
        Data::Float(_) | Data::Rare(_) => None,
        Data::Str(_) => Some(name == "string"),
        Data::List(_) => Some(name == "array"),
        Data::Map(_) => Some(name == "object"),
    }
}

fn is_text(wanted: &Json, value: &Value) -> bool {
    wanted.as_str().is_some_and(|wanted| value.as_str() == Some(wanted.as_bytes()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::compile::Schema;
    use super::super::to_json;
    use super::*;
    use crate::value;

    fn parse(schema: &str) -> Schema {
        Schema::parse(schema.as_bytes(), &mut Vec::new()).unwrap()
    }

    fn accepts(schema: &Schema, values: &Value) -> bool {
        schema.is_sound && fits(&schema.json, values, schema.draft)
    }

    #[track_caller]
    fn check(schema: &str, values: &str, accepted: bool) {
        assert_eq!(accepts(&parse(schema), &read(values)), accepted);
    }

    fn read(values: &str) -> Value {
        value::json::decode(values.as_bytes()).unwrap().value
    }

    #[test]
    fn values_that_fit_are_accepted() {
        let schema = r##"{"type": "object", "required": ["a"], "properties": {
            "a": {"type": ["string", "null"], "enum": ["x", "y"]},
            "b": {"$ref": "#/$defs/port"}, "c": {"items": {"oneOf": [{"type": "string"}, {"minimum": 5}]}}
        }, "additionalProperties": false, "$defs": {"port": {"type": "integer", "maximum": 65535}}}"##;
        check(schema, r#"{"a": "x", "b": 80, "c": [7]}"#, true);
        check(schema, r#"{"a": "x", "c": ["z"]}"#, false);
        check(schema, r#"{"a": "z"}"#, false);
        check(schema, r#"{"a": "x", "b": 80.5}"#, false);
        check(schema, r#"{"a": "x", "b": 70000}"#, false);
        check(schema, r#"{"a": "x", "c": [1]}"#, false);
        check(schema, r#"{"a": "x", "d": 1}"#, false);
        check(schema, r#"{"b": 80}"#, false);
    }

    #[test]
    fn texts_and_names_are_held_against_patterns() {
        let schema = r#"{"properties": {"a": {"pattern": "^[a-z]+$"}},
            "propertyNames": {"maxLength": 2, "pattern": "\\w"}}"#;
        check(schema, r#"{"a": "xyz", "bc": 1}"#, true);
        check(schema, r#"{"a": 1}"#, true);
        check(schema, r#"{"a": "x1"}"#, false);
        check(schema, r#"{"abc": 1}"#, false);
        check(schema, r#"{"-": 1}"#, false);
    }

    #[test]
    fn what_is_not_known_goes_the_long_way() {
        check(r#"{"uniqueItems": true}"#, "{}", false);
        check(r#"{"pattern": "(?=a)"}"#, "{}", false);
        check(r#"{"type": "bogus"}"#, "{}", false);
        check(r#"{"required": ["a", "a"]}"#, r#"{"a": 1}"#, false);
        check(r#"{"properties": {"a": 1}}"#, "{}", false);
        check(r##"{"$ref": "#/nowhere"}"##, "{}", false);
        check(r##"{"$ref": "#"}"##, "{}", false);
        check(r##"{"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}}"##, "{}", false);
        check(r#"{"x-own": 1}"#, "{}", true);
    }

    #[test]
    fn references_that_branch_end() {
        let two = |nth: usize| json!({"$ref": format!("#/$defs/a{nth}")});
        let definition =
            |nth: usize| (format!("a{nth}"), json!({"allOf": [two(nth + 1), two(nth + 1)]}));
        let mut definitions: serde_json::Map<_, _> = (0..40).map(definition).collect();
        definitions.insert("a40".to_owned(), json!(true));
        let schema = json!({"$ref": "#/$defs/a0", "$defs": definitions});
        assert!(!accepts(&parse(&schema.to_string()), &read("{}")));
    }

    /// A part of a schema with the keywords that are known here, and some that are not; now and then
    /// not what the metaschema wants.
    fn schemas() -> impl Strategy<Value = Json> {
        let types = || {
            prop::sample::select(
                &["object", "array", "string", "integer", "number", "null", "bogus"][..],
            )
        };
        let keys = || prop::sample::select(&["a", "b", "c"][..]);
        let numbers =
            || prop_oneof![Just(json!(0)), Just(json!(2)), Just(json!(2.5)), Just(json!(1e300))];
        let leaf = prop_oneof![
            6 => types().prop_map(|name| json!({"type": name})),
            2 => prop::collection::vec(types(), 0..3).prop_map(|names| json!({"type": names})),
            2 => prop::collection::vec(keys(), 0..3).prop_map(|texts| json!({"enum": texts})),
            2 => keys().prop_map(|text| json!({"const": text})),
            2 => prop::collection::vec(keys(), 0..3).prop_map(|names| json!({"required": names})),
            4 => (prop::sample::select(&["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
                "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties",
                "multipleOf"][..]), numbers()).prop_map(|(keyword, number)| json!({keyword: number})),
            1 => prop::sample::select(&["uri", "ipv4"][..]).prop_map(|name| json!({"format": name})),
            2 => prop::sample::select(&["^a", "[b-d]$", "^.$", "ö", "("][..])
                .prop_map(|pattern| json!({"pattern": pattern})),
            1 => Just(json!({"description": "d", "default": 1, "title": "t", "x-own": {}})),
            1 => any::<bool>().prop_map(Json::Bool),
            2 => keys().prop_map(|name| json!({"$ref": format!("#/definitions/{name}"), "type": "string"})),
        ];
        leaf.prop_recursive(3, 16, 3, move |inner| {
            let lists = prop::collection::vec(inner.clone(), 0..3);
            prop_oneof![
                3 => prop::collection::btree_map(keys(), inner.clone(), 0..3).prop_map(|all| json!({"properties": all})),
                1 => (inner.clone(), inner.clone()).prop_map(|(one, all)| json!({"properties": {"a": one}, "additionalProperties": all})),
                2 => inner.clone().prop_map(|items| json!({"items": items})),
                1 => inner.clone().prop_map(|names| json!({"propertyNames": names})),
                1 => inner.clone().prop_map(|schema| json!({"not": schema})),
                2 => (prop::sample::select(&["allOf", "anyOf", "oneOf"][..]), lists).prop_map(|(keyword, all)| json!({keyword: all})),
                1 => (inner.clone(), inner.clone(), inner.clone()).prop_map(|(one, two, three)| json!({"if": one, "then": two, "else": three})),
                2 => (inner.clone(), inner).prop_map(|(one, two)| both(one, two)),
            ]
        })
    }

    /// Two schemas in one.
    fn both(one: Json, two: Json) -> Json {
        match (one, two) {
            (Json::Object(mut one), Json::Object(two)) => {
                one.extend(two);
                Json::Object(one)
            }
            (one, _) => one,
        }
    }

    fn values() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![
            Just(Json::Null),
            any::<bool>().prop_map(Json::Bool),
            prop::sample::select(&["a", "b", "c", "äöü", "http://x"][..])
                .prop_map(|text| json!(text)),
            prop::sample::select(&[0.0, 1.0, 2.0, 2.5, -3.0, 1e16, 1e300][..])
                .prop_map(|number| json!(number)),
            (-3_i64..5).prop_map(|number| json!(number)),
        ];
        leaf.prop_recursive(3, 12, 3, |inner| {
            let keys = prop::sample::select(&["a", "b", "c"][..]);
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Json::Array),
                prop::collection::btree_map(keys, inner, 0..3).prop_map(|all| json!(all)),
            ]
        })
    }

    const DRAFTS: [&str; 5] = [
        "http://json-schema.org/draft-04/schema#",
        "http://json-schema.org/draft-06/schema#",
        "http://json-schema.org/draft-07/schema#",
        "https://json-schema.org/draft/2019-09/schema",
        "https://json-schema.org/draft/2020-12/schema",
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        /// What is accepted here, the library accepts.
        #[test]
        fn the_library_agrees(
            schema in schemas(),
            definitions in prop::collection::btree_map("[abc]", schemas(), 3),
            draft in prop::sample::select(&DRAFTS[..]),
            values in values(),
        ) {
            let Json::Object(mut schema) = schema else { return Ok(()) };
            schema.insert("$schema".to_owned(), json!(draft));
            schema.insert("definitions".to_owned(), json!(definitions));
            let (text, values) = (Json::Object(schema).to_string(), read(&values.to_string()));
            let schema = parse(&text);
            if accepts(&schema, &values) {
                let validator = schema.validator(&mut Vec::new());
                prop_assert!(validator.is_ok(), "{} is no schema", text);
                let fits = validator.is_ok_and(|validator| validator.is_valid(&to_json(&values)));
                prop_assert!(fits, "{} does not fit {}", to_json(&values), text);
            }
        }
    }
}

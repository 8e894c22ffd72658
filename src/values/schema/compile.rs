//! From the text of a schema to a validator.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock};

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, PatternOptions, Retrieve, Uri, ValidationError, Validator};
use serde_json::{Value, json};

use super::problem::{self, Problem};
use super::quick;
use crate::chart::Log;
use crate::value::json::decode_first;
use crate::value::quote::quoted;

/// How Helm names the schema to its library, and so to the user.
const URL: &str = "file:///values.schema.json";

/// Why a schema cannot be used. Displays in the words of Helm's library.
#[derive(Clone, Debug)]
pub(super) enum Error {
    Json(String),
    /// What its own metaschema says.
    Metaschema {
        url: &'static str,
        problems: Vec<Problem>,
    },
    /// A reference into the schema that leads nowhere.
    Nowhere(String),
    Anchor(String),
    /// A schema of another place, which only the network has.
    Remote(String),
    Other(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Json(error) | Error::Other(error) => f.write_str(error),
            Error::Metaschema { url, problems } => {
                write!(
                    f,
                    "\"{URL}#\" is not valid against metaschema: jsonschema validation failed with \
                     '{url}'"
                )?;
                problems.iter().try_for_each(|problem| write!(f, "\n{problem}"))
            }
            Error::Nowhere(pointer) => {
                write!(f, "json-pointer in {} not found", quoted(&format!("{URL}#{pointer}")))
            }
            Error::Anchor(anchor) => write!(
                f,
                "anchor in {} not found in schema {}",
                quoted(&format!("{URL}#{anchor}")),
                quoted(&format!("{URL}#"))
            ),
            Error::Remote(url) => {
                write!(f, "failing loading {}: chartc does not use the network", quoted(url))
            }
        }
    }
}

/// A schema that was read.
pub(super) struct Schema {
    pub(super) json: Value,
    pub(super) draft: Draft,
    /// What the metaschema would take, as can be seen without it.
    pub(super) is_sound: bool,
    /// Made when it is first needed: most values never need it.
    validator: OnceLock<Result<Validator, Error>>,
}

impl Schema {
    /// Reads the text of a `values.schema.json`.
    pub(super) fn parse(text: &[u8], log: &mut Vec<Log>) -> Result<Schema, Error> {
        let json = decode(text)?;
        let shown = String::from_utf8_lossy(text);
        log.push(Log::debug("unmarshalled JSON schema").with("schema", shown));
        let draft = draft(&json)?;
        let is_sound = quick::is_sound(&json, draft);
        Ok(Schema { json, draft, is_sound, validator: OnceLock::new() })
    }

    /// Whether keywords beside `$ref` count: from draft 2019-09 on.
    pub(super) fn counts_siblings_of_ref(&self) -> bool {
        self.draft > Draft::Draft7
    }

    /// The schema compiled, unless its metaschema refuses it.
    pub(super) fn validator(&self, log: &mut Vec<Log>) -> Result<&Validator, Error> {
        let compiled = self.validator.get_or_init(|| self.compile(log));
        compiled.as_ref().map_err(Error::clone)
    }

    fn compile(&self, log: &mut Vec<Log>) -> Result<Validator, Error> {
        let loader = Loader::default();
        let urns = Arc::clone(&loader.urns);
        // This checks the schema against its metaschema too.
        let built = jsonschema::options()
            .with_draft(self.draft)
            .with_base_uri(URL)
            .with_retriever(loader)
            .with_pattern_options(PatternOptions::regex())
            .build(&self.json);
        let validator = match built {
            Ok(validator) => validator,
            Err(error) => {
                check_metaschema(&self.json, self.draft)?;
                return Err(refused(&error));
            }
        };
        // What the metaschemas of the library here let pass, unlike those of Helm's.
        if self.draft <= Draft::Draft7 && has_poor_enumeration(&self.json) {
            check_metaschema(&self.json, self.draft)?;
        }
        for urn in urns.lock().map(|urns| urns.clone()).unwrap_or_default() {
            let message = "unresolved URN reference ignored; using permissive schema";
            log.push(Log::warn(message).with("urn", urn));
        }
        Ok(validator)
    }
}

/// `jsonschema.UnmarshalJSON`, with the words of Go's decoder for what is no JSON.
fn decode(text: &[u8]) -> Result<Value, Error> {
    if text.trim_ascii().is_empty() {
        return Err(Error::Json("EOF".to_owned()));
    }
    serde_json::from_slice(text).map_err(|error| {
        let error = match decode_first(text) {
            Ok(_) => "invalid character after top-level value".to_owned(),
            Err(_) if error.is_eof() => "unexpected EOF".to_owned(),
            Err(words) => words,
        };
        Error::Json(error)
    })
}

/// The draft that `$schema` names; the newest without one.
fn draft(schema: &Value) -> Result<Draft, Error> {
    let Some(url) = schema.get("$schema").and_then(Value::as_str) else {
        return Ok(Draft::Draft202012);
    };
    match url.trim_end_matches('#').split_once("://").map_or("", |(_, rest)| rest) {
        "json-schema.org/draft-04/schema" => Ok(Draft::Draft4),
        "json-schema.org/draft-06/schema" => Ok(Draft::Draft6),
        "json-schema.org/draft-07/schema" => Ok(Draft::Draft7),
        "json-schema.org/draft/2019-09/schema" => Ok(Draft::Draft201909),
        "json-schema.org/draft/2020-12/schema" | "json-schema.org/schema" => Ok(Draft::Draft202012),
        _ => Err(Error::Remote(url.to_owned())),
    }
}

fn metaschema(draft: Draft) -> &'static str {
    match draft {
        Draft::Draft4 => "http://json-schema.org/draft-04/schema#",
        Draft::Draft6 => "http://json-schema.org/draft-06/schema#",
        Draft::Draft7 => "http://json-schema.org/draft-07/schema#",
        Draft::Draft201909 => "https://json-schema.org/draft/2019-09/schema#",
        _ => "https://json-schema.org/draft/2020-12/schema#",
    }
}

fn check_metaschema(schema: &Value, draft: Draft) -> Result<(), Error> {
    let newer = |validator: jsonschema::meta::MetaValidator<'static>| {
        problem::find(validator.iter_errors(schema), &Value::Null, schema, true)
    };
    let errors = match draft {
        Draft::Draft4 | Draft::Draft6 | Draft::Draft7 => older_problems(schema, draft)?,
        Draft::Draft201909 => newer(jsonschema::draft201909::meta::validator()),
        _ => newer(jsonschema::draft202012::meta::validator()),
    };
    if errors.is_empty() {
        return Ok(());
    }
    Err(Error::Metaschema { url: metaschema(draft), problems: errors })
}

/// What the metaschema of a draft up to 7 says. In Helm's library these refuse enumerations that are
/// empty or have a value twice.
fn older_problems(schema: &Value, draft: Draft) -> Result<Vec<Problem>, Error> {
    let mut strict = match draft {
        Draft::Draft4 => Value::clone(&referencing::meta::DRAFT4),
        Draft::Draft6 => Value::clone(&referencing::meta::DRAFT6),
        _ => Value::clone(&referencing::meta::DRAFT7),
    };
    if let Some(enumeration) = strict.pointer_mut("/properties/enum") {
        enumeration["minItems"] = json!(1);
        enumeration["uniqueItems"] = json!(true);
    }
    let options = jsonschema::options().with_draft(draft);
    let validator = options.build(&strict).map_err(|error| Error::Other(error.to_string()))?;
    Ok(problem::find(validator.iter_errors(schema), &strict, schema, false))
}

/// Whether something in a schema that may be an enumeration is empty, or has a value twice.
fn has_poor_enumeration(schema: &Value) -> bool {
    match schema {
        Value::Object(keywords) => keywords.iter().any(|(keyword, value)| {
            keyword == "enum" && value.as_array().is_some_and(|values| is_poor(values))
                || has_poor_enumeration(value)
        }),
        Value::Array(schemas) => schemas.iter().any(has_poor_enumeration),
        _ => false,
    }
}

fn is_poor(values: &[Value]) -> bool {
    let distinct: BTreeSet<String> = values.iter().map(Value::to_string).collect();
    distinct.is_empty() || distinct.len() < values.len()
}

fn refused(error: &ValidationError<'_>) -> Error {
    use jsonschema::ReferencingError;
    match error.kind() {
        ValidationErrorKind::Referencing(ReferencingError::PointerToNowhere { pointer }) => {
            Error::Nowhere(pointer.clone())
        }
        ValidationErrorKind::Referencing(ReferencingError::NoSuchAnchor { anchor }) => {
            Error::Anchor(anchor.clone())
        }
        ValidationErrorKind::Referencing(ReferencingError::Unretrievable { uri, .. }) => {
            Error::Remote(uri.clone())
        }
        _ => Error::Other(error.to_string()),
    }
}

/// Loads nothing: URNs are permissive, as in Helm; all else is refused.
#[derive(Default)]
struct Loader {
    urns: Arc<Mutex<Vec<String>>>,
}

impl Retrieve for Loader {
    fn retrieve(
        &self,
        uri: &Uri<String>,
    ) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        if uri.scheme().as_str() != "urn" {
            return Err("chartc does not use the network".into());
        }
        if let Ok(mut urns) = self.urns.lock() {
            urns.push(uri.to_string());
        }
        Ok(Value::Bool(true))
    }
}

//! Values against the JSON schemas of a chart and its subcharts
//! (`ValidateAgainstSchema` in `pkg/chart/common/util/jsonschema.go`).

mod compile;
mod problem;
mod quick;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::Merged;
use super::table;
use super::tree::Node;
use crate::chart::Log;
use crate::diagnostic::{Diagnostic, Group, Place, Severity};
use crate::origin::{Src, Tracer};
use crate::source::{FileId, Sources, Span};
use crate::value::Value;
use compile::Schema;
use problem::Problem;

/// The schemas that were read: several renders of one chart share them.
#[derive(Default)]
pub struct Schemas(Mutex<BTreeMap<FileId, Parsed>>);

type Parsed = Arc<Result<Schema, compile::Error>>;

/// What is wrong with the values, chart by chart. Displays as Helm prints it.
#[derive(Clone, Debug)]
pub struct SchemaError {
    charts: Vec<Failed>,
}

/// A chart whose values do not fit, or whose schema is none.
#[derive(Clone, Debug)]
struct Failed {
    chart: String,
    schema: FileId,
    reason: Reason,
}

#[derive(Clone, Debug)]
enum Reason {
    /// The schema cannot be used.
    Schema(compile::Error),
    Values(Vec<Violation>),
}

/// A value that breaks a schema.
#[derive(Clone, Debug)]
struct Violation {
    problem: Problem,
    places: Vec<Breach>,
}

/// What is to be mended at one value.
#[derive(Clone, Debug)]
struct Breach {
    reason: String,
    help: Option<String>,
    /// The key of the value, as in `--set`, from the root chart.
    key: String,
    /// Where the value was set, in a render that traces.
    src: Src,
}

/// Checks the values of all charts that take part and have a schema.
pub fn check_schemas(
    merged: &Merged<'_>,
    schemas: &Schemas,
    sources: &Sources,
    log: &mut Vec<Log>,
) -> Result<(), SchemaError> {
    let mut check = Check { schemas, sources, log, charts: Vec::new() };
    check.node(&merged.root, &merged.values, "");
    if check.charts.is_empty() { Ok(()) } else { Err(SchemaError { charts: check.charts }) }
}

/// Values against the text of one schema, as `helm lint` does; the error is Helm's text.
pub fn check_schema(schema: &[u8], values: &Value, log: &mut Vec<Log>) -> Result<(), String> {
    let schema = Schema::parse(schema, log).map_err(|error| error.to_string())?;
    check(&schema, values, "", log).map_err(|reason| reason.to_string())
}

/// A walk through the charts that take part.
struct Check<'a> {
    schemas: &'a Schemas,
    sources: &'a Sources,
    log: &'a mut Vec<Log>,
    charts: Vec<Failed>,
}

impl Check<'_> {
    fn node(&mut self, node: &Node<'_>, values: &Value, prefix: &str) {
        if let Some(schema) = node.chart.schema {
            self.log.push(Log::debug("chart name").with("chart-name", &node.name));
            if let Err(reason) = self.schema(schema, values, prefix) {
                self.charts.push(Failed { chart: node.name.clone(), schema, reason });
            }
        }
        self.log.push(
            Log::debug("number of dependencies in the chart")
                .with("chart", &node.name)
                .with("dependencies", node.children.len().to_string()),
        );
        for child in &node.children {
            let own = table::get(values, child.name.as_bytes());
            if let Some(own) = own.filter(table::is_table) {
                self.node(child, &own, &format!("{prefix}{}.", child.name));
            }
        }
    }

    fn schema(&mut self, schema: FileId, values: &Value, prefix: &str) -> Result<(), Reason> {
        let text = self.sources.text(schema);
        match &*self.schemas.get(schema, text, self.log) {
            Ok(schema) => check(schema, values, prefix, self.log),
            Err(error) => Err(Reason::Schema(error.clone())),
        }
    }
}

impl Schemas {
    /// The schema, which is parsed when it is first asked for.
    fn get(&self, file: FileId, text: &[u8], log: &mut Vec<Log>) -> Parsed {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let parsed = known.entry(file).or_insert_with(|| Arc::new(Schema::parse(text, log)));
        Arc::clone(parsed)
    }
}

fn check(schema: &Schema, values: &Value, prefix: &str, log: &mut Vec<Log>) -> Result<(), Reason> {
    if schema.is_sound && quick::fits(&schema.json, values, schema.draft) {
        return Ok(());
    }
    let validator = schema.validator(log).map_err(Reason::Schema)?;
    let instance = to_json(values);
    if validator.is_valid(&instance) {
        return Ok(());
    }
    let errors = validator.iter_errors(&instance);
    let found = problem::find(errors, &schema.json, &instance, schema.counts_siblings_of_ref());
    let breach = |one: problem::Breach| {
        let (key, src) = locate(values, &one.at, prefix);
        Breach { reason: one.reason, help: one.help, key, src }
    };
    let violation = |problem: Problem| {
        let places = problem.breaches().into_iter().map(breach).collect();
        Violation { problem, places }
    };
    Err(Reason::Values(found.into_iter().map(violation).collect()))
}

/// The key of a place in the values, and where it was set.
fn locate(values: &Value, at: &[String], prefix: &str) -> (String, Src) {
    let mut key = prefix.trim_end_matches('.').to_owned();
    let mut value = values.clone();
    for step in at {
        let index = step.parse::<usize>().ok().filter(|_| value.as_list().is_some());
        let inner = match (index, value.as_list()) {
            (Some(index), Some(list)) => list.as_slice().get(index).cloned(),
            _ => table::get(&value, step.as_bytes()),
        };
        match index {
            Some(index) => key.extend(["[", &index.to_string(), "]"]),
            None if key.is_empty() => key.push_str(step),
            None => key.extend([".", step]),
        }
        value = inner.unwrap_or(Value::NIL);
    }
    (key, value.src)
}

/// The values as JSON, with integers where they are whole.
fn to_json(value: &Value) -> serde_json::Value {
    use crate::value::Data;
    match &value.data {
        Data::Nil | Data::Rare(_) => serde_json::Value::Null,
        Data::Bool(value) => (*value).into(),
        Data::Int(value) | Data::Int64(value) => (*value).into(),
        Data::Float(value) if value.fract() == 0.0 && value.abs() < 9e15 => (*value as i64).into(),
        Data::Float(value) => (*value).into(),
        Data::Str(text) => String::from_utf8_lossy(text).into(),
        Data::List(list) => list.as_slice().iter().map(to_json).collect::<Vec<_>>().into(),
        Data::Map(map) => {
            let entry = |(key, value): (&crate::value::Text, &Value)| {
                (String::from_utf8_lossy(key).into_owned(), to_json(value))
            };
            serde_json::Value::Object(map.borrow().iter().map(entry).collect())
        }
    }
}

impl SchemaError {
    /// One finding for each value that breaks a schema, and for each schema that is none.
    pub fn diagnostics(&self, tracer: Option<&Tracer>) -> Vec<Diagnostic> {
        self.charts.iter().flat_map(|failed| failed.diagnostics(tracer)).collect()
    }

    /// All charts in Helm's words.
    fn helm_text(&self) -> String {
        self.charts.iter().map(|failed| format!("{}:\n{}", failed.chart, failed.reason)).collect()
    }
}

impl fmt::Display for SchemaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.helm_text())
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Schema(error) => error.fmt(f),
            Reason::Values(violations) => {
                violations.iter().try_for_each(|one| writeln!(f, "{}", one.problem))
            }
        }
    }
}

impl Failed {
    fn diagnostics(&self, tracer: Option<&Tracer>) -> Vec<Diagnostic> {
        let whole = Span { file: self.schema, start: 0, end: 0 };
        match &self.reason {
            Reason::Schema(error) => vec![invalid_schema(whole, &self.chart, error)],
            Reason::Values(violations) => {
                let places = violations.iter().flat_map(|one| &one.places);
                places.map(|one| one.diagnostic(tracer, whole)).collect()
            }
        }
    }
}

impl Breach {
    /// The place is that of the value; what is missing altogether is told at the schema.
    fn diagnostic(&self, tracer: Option<&Tracer>, schema: Span) -> Diagnostic {
        let values = tracer.map_or_else(Vec::new, |tracer| tracer.values(self.src));
        let primary = values.first().map_or(schema, |source| source.span);
        let place = Place { primary: Some(primary), values, ..Place::default() };
        let reason = &self.reason;
        let message = match self.key.as_str() {
            "" => format!("the values do not fit the schema: {reason}"),
            key => format!("`{key}` does not fit the schema: {reason}"),
        };
        let found =
            Diagnostic::new(Group::Schema, "schema-violation", Severity::Error, place, message);
        match &self.help {
            Some(help) => found.help(help),
            None => found,
        }
    }
}

/// A `values.schema.json` that cannot be used.
fn invalid_schema(place: Span, chart: &str, error: &compile::Error) -> Diagnostic {
    let message = format!("the schema of `{chart}` cannot be used: {error}");
    Diagnostic::new(Group::Schema, "invalid-schema", Severity::Error, place, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::json;

    /// What is to be mended, as `KEY: REASON (HELP)`.
    #[track_caller]
    fn check(schema: &str, values: &str, expected: &[&str]) {
        let values = json::decode(values.as_bytes()).unwrap().value;
        let schema = Schema::parse(schema.as_bytes(), &mut Vec::new()).unwrap();
        let found = match super::check(&schema, &values, "", &mut Vec::new()) {
            Err(Reason::Values(violations)) => violations,
            other => panic!("{other:?}"),
        };
        let shown = |one: &Breach| {
            let help = one.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
            format!("{}: {}{help}", one.key, one.reason)
        };
        let found: Vec<String> =
            found.iter().flat_map(|violation| &violation.places).map(shown).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn an_unknown_key_is_told_at_itself_with_what_was_meant() {
        let schema = r#"{"properties": {"replicas": {}, "web": {"additionalProperties": false}},
            "additionalProperties": false}"#;
        check(
            schema,
            r#"{"replica": 1, "web": {"x": 1}}"#,
            &[
                "web.x: the schema knows no such key",
                "replica: the schema knows no such key (did you mean `replicas`?)",
            ],
        );
        check(
            schema,
            r#"{"zoo": 1}"#,
            &["zoo: the schema knows no such key (known keys: replicas, web)"],
        );
    }

    #[test]
    fn what_must_all_hold_is_told_one_by_one() {
        check(
            r#"{"allOf": [{"required": ["a"]}, {"properties": {"b": {"type": "string", "minLength": 2}}}]}"#,
            r#"{"b": "x"}"#,
            &[": missing property 'a'", "b: minLength: got 1, want 2"],
        );
        check(
            r##"{"properties": {"b": {"$ref": "#/$defs/b"}}, "$defs": {"b": {"items": {"type": "integer"}}}}"##,
            r#"{"b": [1, "x", true]}"#,
            &["b[1]: got string, want integer", "b[2]: got boolean, want integer"],
        );
    }

    #[test]
    fn ways_out_are_told_as_one() {
        check(
            r#"{"properties": {"b": {"anyOf": [{"type": "integer"}, {"minLength": 4}]}}}"#,
            r#"{"b": "x"}"#,
            &["b: got string, want integer; or: minLength: got 1, want 4"],
        );
    }

    /// What Helm says, a line each.
    #[track_caller]
    fn check_text(schema: &str, values: &str, expected: &[&str]) {
        let values = json::decode(values.as_bytes()).unwrap().value;
        let error = check_schema(schema.as_bytes(), &values, &mut Vec::new()).unwrap_err();
        assert_eq!(error.lines().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn the_text_nests_as_in_helm() {
        let schema = r##"{"properties": {"a": {"required": ["x"], "properties": {"y": {"type": "null"}}}}}"##;
        let missing = "- at '/a': missing property 'x'";
        let wrong = "- at '/a/y': got number, want null";
        check_text(schema, r#"{"a": {"y": 1}}"#, &[missing, wrong]);
        let both = format!(r#"{{"allOf": [{schema}]}}"#);
        check_text(
            &both,
            r#"{"a": {"y": 1}}"#,
            &[
                "- at '': 'allOf' failed",
                "  - at '/a': validation failed",
                "    - at '/a': missing property 'x'",
                "    - at '/a/y': got number, want null",
            ],
        );
        let by_reference = format!(r##"{{"$ref": "#/$defs/d", "$defs": {{"d": {schema}}}}}"##);
        check_text(
            &by_reference,
            r#"{"a": {"y": 1}}"#,
            &[
                "- at '': validation failed",
                "  - at '/a': missing property 'x'",
                "  - at '/a/y': got number, want null",
            ],
        );
        check_text(
            r##"{"$ref": "#/$defs/d", "$defs": {"d": {"type": "array", "required": ["x"]}}}"##,
            "{}",
            &["- at '': got object, want array"],
        );
    }

    #[test]
    fn every_name_is_told() {
        check_text(
            r#"{"properties": {"a": {"propertyNames": {"minLength": 2, "pattern": "x"}}}}"#,
            r#"{"a": {"b": 1, "c": 2, "xx": 3}}"#,
            &[
                "- at '': invalid propertyName 'b'",
                "  - at '': minLength: got 1, want 2",
                "  - at '': 'b' does not match pattern 'x'",
                "- at '': invalid propertyName 'c'",
                "  - at '': minLength: got 1, want 2",
                "  - at '': 'c' does not match pattern 'x'",
            ],
        );
    }

    #[test]
    fn older_drafts_refuse_poor_enumerations() {
        let refused = |draft: &str, problem: &str| {
            let head = "\"file:///values.schema.json#\" is not valid against metaschema: jsonschema \
                        validation failed with 'http://json-schema.org/";
            [format!("{head}{draft}/schema#'"), problem.to_owned()]
        };
        for draft in ["draft-04", "draft-06", "draft-07"] {
            for (values, problem) in [
                (r#"["x", 1, "x"]"#, "- at '/properties/a/enum': items at 0 and 2 are equal"),
                ("[]", "- at '/properties/a/enum': minItems: got 0, want 1"),
            ] {
                let schema = format!(
                    r#"{{"$schema": "http://json-schema.org/{draft}/schema#", "properties": {{"a": {{"enum": {values}}}}}}}"#
                );
                let expected = refused(draft, problem);
                check_text(&schema, "{}", &expected.each_ref().map(String::as_str));
            }
        }
        let newer = br#"{"properties": {"a": {"enum": ["x", "x"]}}}"#;
        let values = json::decode(br#"{"a": "x"}"#).unwrap().value;
        assert_eq!(check_schema(newer, &values, &mut Vec::new()), Ok(()));
    }
}

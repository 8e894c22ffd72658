//! Rules in CEL: `x-kubernetes-validations`.
//!
//! What `cel` does not know of Kubernetes' dialect (its libraries, optional values, old objects)
//! is not judged: a rule that does not compile or run here says nothing. Nor is a rule that could
//! cost too much.

use std::collections::HashMap;
use std::sync::Arc;

use cel::objects::Key;
use cel::{Context, Program, Value};

use super::At;
use super::schema::{Additional, Schema};
use crate::diagnostic::Cause;
use crate::kube::field::{FieldError, json};
use crate::yaml::{Kind, Node};

/// A value with more parts than this is not given to rules.
const MAX_PARTS: usize = 1000;
/// A rule that is longer, or nests more loops, is not run.
const MAX_RULE: usize = 2000;
const MAX_LOOPS: usize = 2;

/// The rules that a resource breaks.
pub(super) fn rules(root: Node<'_>, schema: Schema<'_>, skip_status: bool) -> Vec<FieldError> {
    let mut errors = Vec::new();
    value(At::root(root), schema, skip_status, &mut errors);
    errors
}

fn value(at: At<'_, '_>, schema: Schema<'_>, skip_status: bool, errors: &mut Vec<FieldError>) {
    for rule in schema.list("x-kubernetes-validations") {
        errors.extend(broken(rule, at, schema));
    }
    match at.node.kind() {
        Kind::Map => {
            for entry in at.node.entries().filter(|entry| !entry.value.is_null()) {
                let Some(name) = entry.key.as_str() else { continue };
                if skip_status && name == "status" {
                    continue;
                }
                let child = at.child(name, entry.value);
                match (schema.property(name), schema.additional()) {
                    (Some(property), _) => value(child, property, false, errors),
                    (None, Additional::Schema(additional)) => {
                        value(child, additional, false, errors);
                    }
                    (None, Additional::Any | Additional::None) => {}
                }
            }
        }
        Kind::Seq => {
            let Some(items) = schema.items() else { return };
            for (index, item) in at.node.items().enumerate() {
                value(at.item(index, item), items, false, errors);
            }
        }
        Kind::Null | Kind::Bool | Kind::Number | Kind::String => {}
    }
}

fn broken(rule: Schema<'_>, at: At<'_, '_>, schema: Schema<'_>) -> Option<FieldError> {
    let text = rule.text("rule").filter(|text| is_cheap(text) && !text.contains("oldSelf"))?;
    let program = Program::compile(text).ok()?;
    let this = to_value(at.node, schema, &mut MAX_PARTS.clone())?;
    let mut context = Context::default();
    context.add_variable_from_value("self", this);
    match program.execute(&context) {
        Ok(Value::Bool(false)) => Some(violation(rule, text, at)),
        Ok(_) | Err(_) => None,
    }
}

fn is_cheap(rule: &str) -> bool {
    let loops = ["all(", "exists(", "exists_one(", "map(", "filter("];
    let count: usize = loops.iter().map(|name| rule.matches(name).count()).sum();
    rule.len() <= MAX_RULE && count <= MAX_LOOPS
}

fn violation(rule: Schema<'_>, text: &str, at: At<'_, '_>) -> FieldError {
    let cause = match rule.text("reason") {
        Some("FieldValueForbidden") => Cause::Forbidden,
        Some("FieldValueRequired") => Cause::Required,
        Some("FieldValueDuplicate") => Cause::Duplicate,
        _ => Cause::Invalid,
    };
    let detail = match rule.text("message") {
        Some(message) => message.trim().to_owned(),
        None => format!("failed rule: {}", text.trim()),
    };
    let path = format!("{}{}", at.path, rule.text("fieldPath").unwrap_or_default());
    let shows_value = matches!(cause, Cause::Invalid | Cause::Duplicate);
    FieldError {
        path: path.trim_start_matches('.').to_owned(),
        cause,
        value: shows_value.then(|| json(at.node)),
        detail: detail.into(),
        span: at.node.span(),
        help: None,
    }
}

/// A value as rules see it: with defaults, and typed by the schema. None if it is too large, or of
/// a type that is not converted.
fn to_value(node: Node<'_>, schema: Schema<'_>, budget: &mut usize) -> Option<Value> {
    *budget = budget.checked_sub(1)?;
    Some(match node.kind() {
        Kind::Null => Value::Null,
        Kind::Bool => Value::Bool(node.as_bool()?),
        Kind::Number if schema.text("type") == Some("number") => Value::Float(node.as_f64()?),
        Kind::Number => match node.as_i64() {
            Some(number) => Value::Int(number),
            None => Value::Float(node.as_f64()?),
        },
        // Dates, durations and bytes have types of their own in CEL.
        Kind::String if is_typed(schema) => return None,
        Kind::String => Value::String(Arc::new(node.as_str()?.to_owned())),
        Kind::Seq => {
            let items = schema.items()?;
            let values = node.items().map(|item| to_value(item, items, budget));
            Value::List(Arc::new(values.collect::<Option<_>>()?))
        }
        Kind::Map => Value::Map(to_map(node, schema, budget)?.into()),
    })
}

fn is_typed(schema: Schema<'_>) -> bool {
    matches!(schema.text("format"), Some("date" | "date-time" | "datetime" | "duration" | "byte"))
}

fn to_map(node: Node<'_>, schema: Schema<'_>, budget: &mut usize) -> Option<HashMap<Key, Value>> {
    let mut map = HashMap::new();
    for (name, property) in schema.properties() {
        if let Some(value) = property.value_of(node.get(name)) {
            map.insert(Key::from(escaped(name)), to_value(value, property, budget)?);
        }
    }
    if let Additional::Schema(additional) = schema.additional() {
        for entry in node.entries() {
            let name = entry.key.as_str()?;
            if let Some(value) = additional.value_of(Some(entry.value)) {
                map.insert(Key::from(name.to_owned()), to_value(value, additional, budget)?);
            }
        }
    }
    Some(map)
}

/// Properties whose names are no identifiers of CEL, as rules write them
/// (`apiserver/pkg/cel/escaping.go`).
fn escaped(name: &str) -> String {
    const RESERVED: &[&str] = &[
        "true",
        "false",
        "null",
        "in",
        "as",
        "break",
        "const",
        "continue",
        "else",
        "for",
        "function",
        "if",
        "import",
        "let",
        "loop",
        "package",
        "namespace",
        "return",
        "var",
        "void",
        "while",
    ];
    if RESERVED.contains(&name) {
        return format!("__{name}__");
    }
    name.replace("__", "__underscores__")
        .replace('.', "__dot__")
        .replace('-', "__dash__")
        .replace('/', "__slash__")
}

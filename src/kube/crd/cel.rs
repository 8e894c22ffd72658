//! Rules in CEL: `x-kubernetes-validations`.
//!
//! What `cel` does not know of Kubernetes' dialect (its libraries, optional values, old objects)
//! is not judged: a rule that does not compile or run here says nothing. Nor is a rule that could
//! cost too much.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use cel::objects::Key;
use cel::{Context, Program, Value};
use rustc_hash::FxHashMap;

use super::At;
use super::schema::{Additional, Schema};
use crate::diagnostic::Cause;
use crate::kube::cel as dialect;
use crate::kube::field::{FieldError, json};
use crate::yaml::{Kind, Node};

/// A value with more parts than this is not given to rules.
const MAX_PARTS: usize = 1000;
/// A rule that is longer, or has more operators or loops, is not run: reading one recurses.
const MAX_RULE: usize = 2000;
const MAX_OPERATORS: usize = 100;
const MAX_LOOPS: u32 = 2;
/// What one run of a rule may cost, and what all together: parts of the value for each loop, times
/// the length of the rule.
const MAX_COST: u64 = 1_000_000;
const MAX_TOTAL_COST: u64 = 100_000_000;

/// The rules that were compiled; None for those that the dialect at hand does not have.
#[derive(Default)]
pub(super) struct Rules {
    programs: RefCell<FxHashMap<String, Option<Rc<Program>>>>,
    cost: Cell<u64>,
}

impl Rules {
    /// The rules that a resource breaks.
    pub(super) fn broken(
        &self,
        root: Node<'_>,
        schema: Schema<'_>,
        skip_status: bool,
    ) -> Vec<FieldError> {
        let mut errors = Vec::new();
        self.value(At::root(root), schema, skip_status, &mut errors);
        errors
    }

    fn value(
        &self,
        at: At<'_, '_>,
        schema: Schema<'_>,
        skip_status: bool,
        errors: &mut Vec<FieldError>,
    ) {
        for rule in schema.list("x-kubernetes-validations") {
            errors.extend(self.run(rule, at, schema));
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
                        (Some(inner), _) | (None, Additional::Schema(inner)) => {
                            self.value(child, inner, false, errors);
                        }
                        (None, Additional::Any | Additional::None) => {}
                    }
                }
            }
            Kind::Seq => {
                let Some(items) = schema.items() else { return };
                for (index, item) in at.node.items().enumerate() {
                    self.value(at.item(index, item), items, false, errors);
                }
            }
            Kind::Null | Kind::Bool | Kind::Number | Kind::String => {}
        }
    }

    /// The error if a rule says no. What cannot be run says nothing.
    fn run(&self, rule: Schema<'_>, at: At<'_, '_>, schema: Schema<'_>) -> Option<FieldError> {
        let text = rule.text("rule").filter(|text| !text.contains("oldSelf"))?;
        let program = self.compiled(text)?;
        let mut budget = MAX_PARTS;
        let this = to_value(at.node, schema, &mut budget)?;
        self.spend(text, MAX_PARTS - budget)?;
        let mut context = Context::default();
        context.add_variable_from_value("self", this);
        match program.execute(&context) {
            Ok(Value::Bool(false)) => Some(violation(rule, text, at)),
            Ok(_) | Err(_) => None,
        }
    }

    fn compiled(&self, text: &str) -> Option<Rc<Program>> {
        if let Some(known) = self.programs.borrow().get(text) {
            return known.clone();
        }
        let program = if is_simple(text) { Program::compile(text).ok().map(Rc::new) } else { None };
        self.programs.borrow_mut().insert(text.to_owned(), program.clone());
        program
    }

    /// None if a run over so many parts would cost too much.
    fn spend(&self, text: &str, parts: usize) -> Option<()> {
        let runs = (parts as u64).checked_pow(loops(text).max(1))?;
        let cost = runs.checked_mul(text.len() as u64).filter(|cost| *cost <= MAX_COST)?;
        let total = self.cost.get() + cost;
        self.cost.set(total);
        (total <= MAX_TOTAL_COST).then_some(())
    }
}

fn loops(rule: &str) -> u32 {
    let names = ["all(", "exists(", "exists_one(", "map(", "filter("];
    names.iter().map(|name| rule.matches(name).count() as u32).sum()
}

fn is_simple(rule: &str) -> bool {
    let operators = rule.bytes().filter(|byte| b"([{.!-+*/%?|&<=>".contains(byte)).count();
    rule.len() <= MAX_RULE && operators <= MAX_OPERATORS && loops(rule) <= MAX_LOOPS
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
    if dialect::RESERVED.contains(&name) {
        return format!("__{name}__");
    }
    name.replace("__", "__underscores__")
        .replace('.', "__dot__")
        .replace('-', "__dash__")
        .replace('/', "__slash__")
}

//! Rules in CEL: `x-kubernetes-validations` (`pkg/apiserver/schema/cel/validation.go`).
//!
//! A rule that does not compile or run here says nothing of a resource, nor does one that could
//! cost too much. Rules about the old value of a field are run over updates.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use cel::objects::Key;
use data_encoding::BASE64;
use rustc_hash::FxHashMap;

use super::schema::{Additional, Schema};
use super::{At, field_path, lists};
use crate::diagnostic::Cause;
use crate::kube::cel::{self as dialect, Context, Env, Expression, Fault, Value};
use crate::kube::field::{FieldError, json};
use crate::yaml::{Kind, Node};

/// A value with more parts than this is not given to rules.
const MAX_PARTS: usize = 1000;
/// A rule that has more loops is not run.
const MAX_LOOPS: u32 = 2;
/// What one run of a rule may cost, and what all together: parts of the value for each loop, times
/// the length of the rule.
const MAX_COST: u64 = 1_000_000;
const MAX_TOTAL_COST: u64 = 100_000_000;
/// How long a message may be that a rule makes (`celconfig.MaxEvaluatedMessageExpressionSizeBytes`).
const MAX_MESSAGE: usize = 5 * 1024;

/// Names that the server knows besides those of the dialect at hand.
const SERVER_NAMES: &[&str] = &["format"];

/// What a rule may name.
const NAMES: &[&str] = &["self", "oldSelf"];

/// The rules that were compiled; None for those that are not read because of their size.
#[derive(Default)]
pub(super) struct Rules {
    env: OnceCell<Option<Arc<Env>>>,
    compiled: RefCell<FxHashMap<String, Option<Compiled>>>,
    cost: Cell<u64>,
}

type Compiled = Result<Rc<Expression>, Fault>;

/// A value on the way through a resource, with what it was before an update.
#[derive(Copy, Clone)]
struct Spot<'p, 'a> {
    at: At<'p, 'a>,
    old: Option<Node<'a>>,
}

impl Rules {
    /// The rules that a resource breaks.
    pub(super) fn broken<'a>(
        &self,
        (root, old): (Node<'a>, Option<Node<'a>>),
        schema: Schema<'_>,
        skip_status: bool,
    ) -> Vec<FieldError> {
        let mut errors = Vec::new();
        self.value(Spot { at: At::root(root), old }, schema, skip_status, &mut errors);
        errors
    }

    /// Why a rule does not compile; None if it does, or if it is too large to be read. Functions
    /// are not judged: the server has some that are not known here.
    pub(super) fn fault(&self, text: &str) -> Option<Fault> {
        let fault = self.compile(text)?.err()?;
        let name = fault.message.strip_prefix("undeclared reference to '");
        let name = name.and_then(|name| name.strip_suffix('\''));
        let is_function =
            |name: &str| SERVER_NAMES.contains(&name) || text.contains(&format!("{name}("));
        (!name.is_some_and(is_function)).then_some(fault)
    }

    fn value(
        &self,
        spot: Spot<'_, '_>,
        schema: Schema<'_>,
        skip_status: bool,
        errors: &mut Vec<FieldError>,
    ) {
        self.run_all(spot, schema, errors);
        match spot.at.node.kind() {
            Kind::Map => self.entries(spot, schema, skip_status, errors),
            Kind::Seq => self.items(spot, schema, errors),
            Kind::Null | Kind::Bool | Kind::Number | Kind::String => {}
        }
    }

    fn entries(
        &self,
        Spot { at, old }: Spot<'_, '_>,
        schema: Schema<'_>,
        skip_status: bool,
        errors: &mut Vec<FieldError>,
    ) {
        let old = old.filter(|_| !schema.is_atomic_map());
        for entry in at.node.entries().filter(|entry| !entry.value.is_null()) {
            let Some(name) = entry.key.as_str() else { continue };
            if skip_status && name == "status" {
                continue;
            }
            let old = old.and_then(|old| old.get(name)).filter(|old| !old.is_null());
            match (schema.property(name), schema.additional()) {
                (Some(inner), _) => {
                    let at = at.child(name, entry.value);
                    self.value(Spot { at, old }, inner, false, errors);
                }
                (None, Additional::Schema(inner)) => {
                    let at = at.key(name, entry.value);
                    self.value(Spot { at, old }, inner, false, errors);
                }
                (None, Additional::Any | Additional::None) => {}
            }
        }
    }

    /// Only items of a list that has keys are known to be the same as before.
    fn items(
        &self,
        Spot { at, old }: Spot<'_, '_>,
        schema: Schema<'_>,
        errors: &mut Vec<FieldError>,
    ) {
        let Some(items) = schema.items() else { return };
        let before: FxHashMap<String, Node<'_>> = match schema.text("x-kubernetes-list-type") {
            Some("map") => {
                let items = old.into_iter().flat_map(Node::items);
                items.map(|item| (lists::keys_of(item, schema), item)).collect()
            }
            _ => FxHashMap::default(),
        };
        for (index, item) in at.node.items().enumerate() {
            let old = match before.is_empty() {
                true => None,
                false => before.get(&lists::keys_of(item, schema)).copied(),
            };
            self.value(Spot { at: at.item(index, item), old }, items, false, errors);
        }
    }

    /// Runs the rules of one value, which they all see alike.
    fn run_all(&self, spot: Spot<'_, '_>, schema: Schema<'_>, errors: &mut Vec<FieldError>) {
        let mut seen: Option<Option<Seen>> = None;
        for rule in schema.list("x-kubernetes-validations") {
            let Some(text) = rule.text("rule") else { continue };
            let of_change = uses_old_self(text);
            // Without an old value there is nothing to compare with. Optional values are not made.
            if of_change && (spot.old.is_none() || rule.is_true("optionalOldSelf")) {
                continue;
            }
            let seen = seen.get_or_insert_with(|| self.see(spot, schema));
            if let Some(seen) = seen
                && (!of_change || seen.has_old)
            {
                errors.extend(self.run(rule, text, seen, spot.at, schema));
            }
        }
    }

    /// What rules see of a value; None if it is too large, or has no counterpart in CEL.
    fn see(&self, spot: Spot<'_, '_>, schema: Schema<'_>) -> Option<Seen> {
        let env = self.env()?;
        let mut context = Context::with_env(Arc::clone(env));
        let mut reader = Reader { env, budget: MAX_PARTS };
        context.add_variable_from_value("self", reader.value(spot.at.node, schema)?);
        let old = spot.old.and_then(|old| reader.value(old, schema));
        let has_old = old.is_some();
        context.add_variable_from_value("oldSelf", old.unwrap_or(Value::Null));
        Some(Seen { context, has_old, parts: MAX_PARTS - reader.budget })
    }

    /// The error if a rule says no. What cannot be run says nothing.
    fn run(
        &self,
        rule: Schema<'_>,
        text: &str,
        seen: &Seen,
        at: At<'_, '_>,
        schema: Schema<'_>,
    ) -> Option<FieldError> {
        let expression = self.compile(text)?.ok()?;
        self.spend(text, seen.parts)?;
        if expression.holds(&seen.context) != Ok(false) {
            return None;
        }
        let message = rule.text("messageExpression").and_then(|text| self.message(text, seen));
        Some(violation(rule, message, at, schema))
    }

    /// The message that an expression makes, if it is one that may be shown.
    fn message(&self, text: &str, seen: &Seen) -> Option<String> {
        let expression = self.compile(text)?.ok()?;
        self.spend(text, seen.parts)?;
        let message = expression.text(&seen.context).ok()??;
        let message = message.trim();
        let fits = !message.is_empty() && message.len() <= MAX_MESSAGE && !message.contains('\n');
        fits.then(|| message.to_owned())
    }

    fn env(&self) -> Option<&Arc<Env>> {
        self.env.get_or_init(|| dialect::environment().ok()).as_ref()
    }

    fn compile(&self, text: &str) -> Option<Compiled> {
        if let Some(known) = self.compiled.borrow().get(text) {
            return known.clone();
        }
        let compile = |env: &Arc<Env>| Expression::compile(env, text, NAMES).map(Rc::new);
        let compiled = self.env().filter(|_| is_simple(text)).map(compile);
        self.compiled.borrow_mut().insert(text.to_owned(), compiled.clone());
        compiled
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

/// A value as the rules see it.
struct Seen {
    context: Context<'static, 'static>,
    has_old: bool,
    parts: usize,
}

fn loops(rule: &str) -> u32 {
    let names = ["all(", "exists(", "exists_one(", "existsOne(", "map(", "filter("];
    names.iter().map(|name| rule.matches(name).count() as u32).sum()
}

fn is_simple(rule: &str) -> bool {
    dialect::is_readable(rule) && loops(rule) <= MAX_LOOPS
}

/// Whether a rule is about a change.
pub(super) fn uses_old_self(rule: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    rule.match_indices("oldSelf").any(|(at, name)| {
        let (before, after) = (&rule[..at], &rule[at + name.len()..]);
        !before.ends_with(is_part) && !before.ends_with('.') && !after.starts_with(is_part)
    })
}

fn violation(
    rule: Schema<'_>,
    message: Option<String>,
    at: At<'_, '_>,
    schema: Schema<'_>,
) -> FieldError {
    let cause = match rule.text("reason") {
        Some("FieldValueForbidden") => Cause::Forbidden,
        Some("FieldValueRequired") => Cause::Required,
        Some("FieldValueDuplicate") => Cause::Duplicate,
        _ => Cause::Invalid,
    };
    let text = rule.text("rule").unwrap_or_default().trim();
    let detail = message.unwrap_or_else(|| match rule.text("message") {
        Some(message) => message.trim().to_owned(),
        None => format!("failed rule: {text}"),
    });
    let below = rule.text("fieldPath").map_or(String::new(), |path| {
        field_path::find(path, schema, true).map_or_else(|_| path.to_owned(), |found| found.path)
    });
    let path = format!("{}{below}", at.path);
    // The server leaves out maps and lists.
    let is_scalar = !matches!(schema.text("type"), Some("object" | "array"));
    let shows_value = matches!(cause, Cause::Invalid | Cause::Duplicate) && is_scalar;
    FieldError {
        path: path.trim_start_matches('.').to_owned(),
        cause,
        value: shows_value.then(|| json(at.node)),
        detail: detail.into(),
        span: at.node.span(),
        help: None,
    }
}

/// Makes values of CEL.
struct Reader<'e> {
    env: &'e Arc<Env>,
    budget: usize,
}

impl Reader<'_> {
    /// A value as rules see it: with defaults, and typed by the schema. None if it is too large, or
    /// cannot be typed.
    fn value(&mut self, node: Node<'_>, schema: Schema<'_>) -> Option<Value> {
        self.budget = self.budget.checked_sub(1)?;
        Some(match node.kind() {
            Kind::Null => Value::Null,
            Kind::Bool => Value::Bool(node.as_bool()?),
            Kind::Number if schema.text("type") == Some("number") => Value::Float(node.as_f64()?),
            Kind::Number => match node.as_i64() {
                Some(number) => Value::Int(number),
                None => Value::Float(node.as_f64()?),
            },
            Kind::String => self.text(node.as_str()?, schema.text("format"))?,
            Kind::Seq => {
                let items = schema.items()?;
                let values = node.items().map(|item| self.value(item, items));
                Value::List(Arc::new(values.collect::<Option<_>>()?))
            }
            Kind::Map => Value::Map(self.map(node, schema)?.into()),
        })
    }

    /// Dates, durations and bytes have types of their own in CEL.
    fn text(&self, text: &str, format: Option<&str>) -> Option<Value> {
        match format.unwrap_or_default() {
            "byte" => Some(Value::Bytes(Arc::new(BASE64.decode(text.as_bytes()).ok()?))),
            "date" => self.convert("timestamp(self)", format!("{text}T00:00:00Z")),
            "date-time" | "datetime" => self.convert("timestamp(self)", text.to_owned()),
            "duration" => self.convert("duration(self)", text.to_owned()),
            _ => Some(Value::String(Arc::new(text.to_owned()))),
        }
    }

    fn convert(&self, conversion: &str, text: String) -> Option<Value> {
        let conversion = Expression::compile(self.env, conversion, NAMES).ok()?;
        let mut context = Context::with_env(Arc::clone(self.env));
        context.add_variable_from_value("self", Value::String(Arc::new(text)));
        conversion.value(&context).ok()
    }

    fn map(&mut self, node: Node<'_>, schema: Schema<'_>) -> Option<HashMap<Key, Value>> {
        let mut map = HashMap::new();
        for (name, property) in schema.properties() {
            if let Some(value) = property.value_of(node.get(name)) {
                map.insert(Key::from(escaped(name)), self.value(value, property)?);
            }
        }
        if let Additional::Schema(additional) = schema.additional() {
            for entry in node.entries() {
                let name = entry.key.as_str()?;
                if let Some(value) = additional.value_of(Some(entry.value)) {
                    map.insert(Key::from(name.to_owned()), self.value(value, additional)?);
                }
            }
        }
        Some(map)
    }
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

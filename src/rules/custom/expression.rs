//! The `custom-rules` of `chartc.yaml`: an expression that must be true, in CEL or as minijinja has
//! them, and a message.

use std::sync::Arc;

use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior, Value as JinjaValue, context};
use serde_json::{Value as Json, json};

use super::broken;
use super::path::{self, Step};
use crate::config::{self, Spanned};
use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::kube::cel::{self, Context, Env, Expression};
use crate::manifest::Object;
use crate::rules::field::Field;
use crate::rules::{self, Input};
use crate::value::json::{Style, encode};
use crate::yaml::{Kind, Node};

/// A rule that compiles.
pub(super) struct CustomRule {
    name: String,
    kinds: Vec<String>,
    api_versions: Vec<String>,
    severity: Severity,
    condition: Condition,
    message: String,
    help: Option<String>,
    field: Vec<Step>,
}

/// What must be true.
enum Condition {
    Cel(Expression),
    Jinja(String),
}

/// What expressions may speak of.
const NAMES: &[&str] = &["object", "objects", "values", "release"];

/// What one rule may cost with one object.
const FUEL: u64 = 1_000_000;

impl CustomRule {
    pub(super) fn compile(
        rule: &config::CustomRule,
        env: &Env,
        sink: &mut Sink,
    ) -> Option<CustomRule> {
        let condition = match (&rule.cel, &rule.jinja) {
            (Some(text), None) => cel_condition(&rule.name, text, env),
            (None, Some(text)) => jinja_condition(&rule.name, text),
            (None, None) | (Some(_), Some(_)) => Err(no_condition(rule)),
        };
        let field = path::parse(rule.field.as_deref().unwrap_or_default());
        let wrong = [
            rules::find(&rule.name).map(|_| name_taken(rule)),
            broken_message(&rule.name, &rule.message),
            field.is_none().then(|| no_path(rule)),
        ];
        let is_wrong = wrong.iter().any(Option::is_some);
        sink.report_all(wrong.into_iter().flatten());
        match condition {
            Err(problem) => {
                sink.report(*problem);
                None
            }
            Ok(_) if is_wrong => None,
            Ok(condition) => Some(CustomRule {
                name: rule.name.clone(),
                kinds: rule.kinds.clone(),
                api_versions: rule.api_versions.clone(),
                severity: rule.severity,
                condition,
                message: rule.message.text.clone(),
                help: rule.help.clone(),
                field: field?,
            }),
        }
    }

    fn judges(&self, object: Object<'_>) -> bool {
        let kind = self.kinds.is_empty() || self.kinds.iter().any(|kind| kind == object.kind());
        let fits = |wanted: &String| match wanted.strip_suffix('*') {
            Some(start) => object.api_version().starts_with(start),
            None => wanted == object.api_version(),
        };
        kind && (self.api_versions.is_empty() || self.api_versions.iter().any(fits))
    }

    fn finding(&self, object: Object<'_>, message: String) -> Diagnostic {
        let field = path::field(object, &self.field);
        let place = object.place(field.spot);
        let mut finding =
            Diagnostic::new(Group::Custom, self.name.clone(), self.severity, place, message);
        finding.help.clone_from(&self.help);
        finding.field = Some(field.path).filter(|path| !path.is_empty());
        finding.object(object.reference().clone())
    }

    /// The expression cannot be evaluated on an object.
    fn failed(&self, object: Object<'_>, error: &str) -> Diagnostic {
        let message = format!("custom rule `{}` cannot be evaluated here: {error}", self.name);
        let spot = Field::root(object).spot;
        let help = "guard what may be missing: `has(object.spec.x)` in CEL, `is defined` in jinja";
        Diagnostic::new(
            Group::Custom,
            self.name.clone(),
            Severity::Error,
            object.place(spot),
            message,
        )
        .object(object.reference().clone())
        .help(help)
    }
}

fn cel_condition(name: &str, text: &Spanned, env: &Env) -> Result<Condition, Box<Diagnostic>> {
    Expression::compile(env, &text.text, NAMES).map(Condition::Cel).map_err(|fault| {
        let message = format!("`cel` of rule `{name}`, line {}: {}", fault.line, fault.message);
        let names = NAMES.join("`, `");
        Box::new(broken(text.span, message).help(format!("expressions know `{names}`")))
    })
}

fn jinja_condition(name: &str, text: &Spanned) -> Result<Condition, Box<Diagnostic>> {
    match Environment::new().compile_expression(&text.text) {
        Ok(_) => Ok(Condition::Jinja(text.text.clone())),
        Err(error) => {
            let (line, detail) = (error.line().unwrap_or(1), detail(&error));
            let message = format!("`jinja` of rule `{name}`, line {line}: {detail}");
            Err(Box::new(broken(text.span, message)))
        }
    }
}

fn broken_message(name: &str, text: &Spanned) -> Option<Diagnostic> {
    let error = Environment::new().template_from_str(&text.text).err()?;
    let (line, detail) = (error.line().unwrap_or(1), detail(&error));
    let message = format!("`message` of rule `{name}`, line {line}: {detail}");
    Some(broken(text.span, message))
}

fn detail(error: &minijinja::Error) -> String {
    error.detail().map_or_else(|| error.kind().to_string(), str::to_owned)
}

fn no_condition(rule: &config::CustomRule) -> Box<Diagnostic> {
    let message = format!("rule `{}` needs either `cel` or `jinja`", rule.name);
    Box::new(broken(rule.span, message))
}

fn name_taken(rule: &config::CustomRule) -> Diagnostic {
    broken(rule.span, format!("a rule of chartc's own is called `{}` already", rule.name))
}

fn no_path(rule: &config::CustomRule) -> Diagnostic {
    let field = rule.field.as_deref().unwrap_or_default();
    broken(rule.span, format!("`field` of rule `{}` is no path: `{field}`", rule.name))
        .help("paths look like `spec.template.spec.containers[0].image`")
}

/// Judges every object by every rule that is made for it.
pub(super) fn check(rules: &[CustomRule], input: &Input<'_>, sink: &mut Sink) {
    let world = World::of(rules, input);
    let env = match cel::environment() {
        Ok(env) => env,
        // `Custom::add_rules` has told.
        Err(_) => return,
    };
    let root = world.context(env);
    let mut templates = Environment::new();
    templates.set_undefined_behavior(UndefinedBehavior::Chainable);
    templates.set_fuel(Some(FUEL));
    for object in input.objects.iter() {
        let mut fitting = rules.iter().filter(|rule| rule.judges(object)).peekable();
        if fitting.peek().is_none() {
            continue;
        }
        let json = json(object.root());
        let mut context = root.new_inner_scope();
        context.add_variable_from_value("object", cel::json_value(&json));
        let names = world.names(&json);
        for rule in fitting {
            let holds = match &rule.condition {
                Condition::Cel(expression) => expression.holds(&context),
                Condition::Jinja(text) => evaluate(&templates, text, &names),
            };
            match holds {
                Ok(true) => {}
                Ok(false) => sink.report(rule.finding(object, message(&templates, rule, &names))),
                Err(error) => sink.report(rule.failed(object, &error)),
            }
        }
    }
}

fn evaluate(templates: &Environment<'_>, text: &str, names: &JinjaValue) -> Result<bool, String> {
    let expression =
        templates.compile_expression_owned(text.to_owned()).map_err(|one| detail(&one))?;
    let value = expression.eval(names.clone()).map_err(|error| detail(&error))?;
    Ok(value.is_true())
}

/// A message that cannot be put together is still a message.
fn message(templates: &Environment<'_>, rule: &CustomRule, names: &JinjaValue) -> String {
    let text = templates.render_str(&rule.message, names.clone());
    text.unwrap_or_else(|error| format!("{} ({})", rule.message, detail(&error)))
}

/// What rules see besides the object, as far as some rule asks for it.
struct World {
    objects: Json,
    values: Json,
    release: Json,
    /// The same three for minijinja.
    shared: [JinjaValue; 3],
}

impl World {
    fn of(rules: &[CustomRule], input: &Input<'_>) -> World {
        let text = |rule: &CustomRule| match &rule.condition {
            Condition::Cel(expression) => format!("{} {}", expression.text, rule.message),
            Condition::Jinja(text) => format!("{text} {}", rule.message),
        };
        let asks = |name: &str| rules.iter().any(|rule| text(rule).contains(name));
        let all = || input.objects.iter().map(|object| json(object.root())).collect();
        let release = input.release.map(|release| {
            json!({
                "name": release.name,
                "namespace": release.namespace,
                "isUpgrade": release.is_upgrade,
                "isInstall": !release.is_upgrade,
                "revision": release.revision,
            })
        });
        let objects = if asks("objects") { all() } else { Json::Null };
        let values = input.values.filter(|_| asks("values")).map_or_else(empty, plain);
        let release = release.unwrap_or_else(empty);
        let shared = [&objects, &values, &release].map(jinja);
        World { objects, values, release, shared }
    }

    fn context(&self, env: Arc<Env>) -> Context<'static, 'static> {
        let mut context = Context::with_env(env);
        context.add_variable_from_value("objects", cel::json_value(&self.objects));
        context.add_variable_from_value("values", cel::json_value(&self.values));
        context.add_variable_from_value("release", cel::json_value(&self.release));
        context
    }

    fn names(&self, object: &Json) -> JinjaValue {
        let [objects, values, release] = self.shared.clone();
        let object = jinja(object);
        context! { object, objects, values, release }
    }
}

fn jinja(json: &Json) -> JinjaValue {
    JinjaValue::from(Serde(json))
}

fn empty() -> Json {
    Json::Object(serde_json::Map::new())
}

/// The values of a chart as plain data; what JSON cannot hold, rules do not see.
fn plain(values: &crate::value::Value) -> Json {
    let text = encode(values, Style::Compact, usize::MAX);
    text.ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_else(empty)
}

/// An object as plain data. A null stands for a field that is not set.
fn json(node: Node<'_>) -> Json {
    match node.kind() {
        Kind::Null => Json::Null,
        Kind::Bool => node.as_bool().into(),
        Kind::Number => node.as_i64().map_or_else(|| node.as_f64().into(), Into::into),
        Kind::String => node.as_str().into(),
        Kind::Seq => node.items().map(json).collect(),
        Kind::Map => {
            let set = node.entries().filter(|entry| !entry.value.is_null());
            let pairs = set.filter_map(|one| Some((one.key.as_str()?.to_owned(), json(one.value))));
            Json::Object(pairs.collect())
        }
    }
}

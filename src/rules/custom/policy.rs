//! ValidatingAdmissionPolicies, judged as the API server judges them when an object is created
//! (`k8s.io/apiserver/pkg/admission/plugin/policy/validating`).
//!
//! A policy holds for every object that its own constraints match, as if it were bound to the whole
//! cluster. Bindings that stand in the same files say what a broken policy means: deny, warn, audit.

mod constraints;

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::json;

use super::broken;
use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::kube::cel::{self, CelMap, CelMapKey, Context, Env, Expression, Val, Value};
use crate::manifest::{Object, Objects};
use crate::rules::Input;
use crate::rules::field::Field;
use crate::source::Span;
use crate::yaml::Node;

use constraints::{Namespaces, matches, resource_of};

/// The policies of some files.
#[derive(Default)]
pub(super) struct Policies {
    objects: Objects,
    policies: Vec<Policy>,
}

/// A policy that compiles.
struct Policy {
    /// Of the object among [`Policies::objects`].
    index: usize,
    name: String,
    severity: Severity,
    /// An expression that fails counts as broken; otherwise it is passed over.
    fails_closed: bool,
    conditions: Vec<Expression>,
    variables: Vec<(String, Expression)>,
    validations: Vec<Validation>,
}

struct Validation {
    expression: Expression,
    message: Option<String>,
    message_expression: Option<Expression>,
    reason: String,
}

/// What expressions may speak of; there is no `params`, and no `authorizer`.
const NAMES: &[&str] =
    &["object", "oldObject", "request", "namespaceObject", "variables", "params"];

impl Policies {
    pub(super) fn compile(
        objects: Objects,
        env: &Env,
        mut chosen: impl FnMut(&str) -> bool,
        sink: &mut Sink,
    ) -> Policies {
        let mut policies = Vec::new();
        for object in objects.iter().filter(|one| one.kind() == "ValidatingAdmissionPolicy") {
            if chosen(object.name().unwrap_or_default()) {
                let severity = severity(object.name().unwrap_or_default(), &objects);
                policies.extend(Compiler { env, object, sink }.policy(severity));
            }
        }
        Policies { objects, policies }
    }

    pub(super) fn check(&self, input: &Input<'_>, sink: &mut Sink) {
        if self.policies.is_empty() {
            return;
        }
        // `Custom::add_policies` has told if there is none.
        let Ok(env) = cel::environment() else { return };
        let namespaces = Namespaces::of(input);
        for object in input.objects.iter() {
            let mut fitting =
                self.policies.iter().filter(|one| self.fits(one, object, &namespaces));
            if let Some(first) = fitting.next() {
                let context = context(Arc::clone(&env), object, &namespaces);
                let all = std::iter::once(first).chain(fitting);
                all.for_each(|policy| sink.report_all(policy.judge(object, &context)));
            }
        }
    }

    fn fits(&self, policy: &Policy, object: Object<'_>, namespaces: &Namespaces<'_>) -> bool {
        let spec = self.objects.iter().nth(policy.index).and_then(|one| one.root().get("spec"));
        let constraints = spec.and_then(|spec| spec.get("matchConstraints"));
        constraints.is_some_and(|constraints| matches(constraints, object, namespaces))
    }
}

/// What the bindings of a policy do with what it finds; without a binding it denies.
fn severity(policy: &str, objects: &Objects) -> Severity {
    let bindings = objects.iter().filter(|one| one.kind() == "ValidatingAdmissionPolicyBinding");
    let bound = bindings.filter(|binding| {
        binding.root().at(&["spec", "policyName"]).and_then(Node::as_str) == Some(policy)
    });
    let actions = bound
        .flat_map(|binding| binding.root().at(&["spec", "validationActions"]))
        .flat_map(|actions| actions.items())
        .filter_map(Node::as_str);
    let severities = actions.map(|action| match action {
        "Warn" => Severity::Warning,
        "Audit" => Severity::Info,
        _ => Severity::Error,
    });
    severities.max().unwrap_or(Severity::Error)
}

/// Compiles one policy.
struct Compiler<'c, 'a> {
    env: &'c Env,
    object: Object<'a>,
    sink: &'c mut Sink,
}

impl Compiler<'_, '_> {
    /// None if any part of it is wrong; all of that is reported.
    fn policy(&mut self, severity: Severity) -> Option<Policy> {
        let object = self.object;
        let name = object.name().unwrap_or_default().to_owned();
        let Some(spec) = object.root().get("spec") else {
            self.wrong(object.root().span(), "has no `spec`");
            return None;
        };
        if let Some(kind) = spec.get("paramKind").filter(|kind| !kind.is_null()) {
            self.wrong(kind.span(), "needs parameters (`paramKind`), which no manifest can tell");
            return None;
        }
        let list = |key: &str| spec.get(key).into_iter().flat_map(|list| list.items());
        let conditions: Vec<_> =
            list("matchConditions").map(|one| self.expression(one, "expression")).collect();
        let variables: Vec<_> = list("variables").map(|one| self.variable(one)).collect();
        let validations: Vec<_> = list("validations").map(|one| self.validation(one)).collect();
        Some(Policy {
            index: object.index(),
            name,
            severity,
            fails_closed: spec.get("failurePolicy").and_then(Node::as_str) != Some("Ignore"),
            conditions: conditions.into_iter().collect::<Option<_>>()?,
            variables: variables.into_iter().collect::<Option<_>>()?,
            validations: validations.into_iter().collect::<Option<_>>()?,
        })
    }

    fn variable(&mut self, node: Node<'_>) -> Option<(String, Expression)> {
        let expression = self.expression(node, "expression")?;
        let name = node.get("name").and_then(Node::as_str);
        if name.is_none() {
            self.wrong(node.span(), "has a variable without a name");
        }
        Some((name?.to_owned(), expression))
    }

    fn validation(&mut self, node: Node<'_>) -> Option<Validation> {
        let text = |key| node.get(key).and_then(Node::as_str);
        let expression = self.expression(node, "expression")?;
        let message_expression = match text("messageExpression") {
            Some(_) => Some(self.expression(node, "messageExpression")?),
            None => None,
        };
        Some(Validation {
            expression,
            message: text("message").map(|message| message.trim().to_owned()),
            message_expression,
            reason: text("reason").unwrap_or("Invalid").to_owned(),
        })
    }

    fn expression(&mut self, node: Node<'_>, key: &str) -> Option<Expression> {
        let Some(value) = node.get(key) else {
            self.wrong(node.span(), &format!("has no `{key}` here"));
            return None;
        };
        match Expression::compile(self.env, value.as_str().unwrap_or_default(), NAMES) {
            Ok(expression) => Some(expression),
            Err(fault) => {
                let text = value.as_str().unwrap_or_default().trim();
                let problem = format!(
                    "has an `{key}` that does not compile, line {}: {} (in `{text}`)",
                    fault.line, fault.message
                );
                self.wrong(value.span(), &problem);
                None
            }
        }
    }

    fn wrong(&mut self, span: Span, problem: &str) {
        let name = self.object.name().unwrap_or_default();
        self.sink.report(broken(span, format!("policy `{name}` {problem}")));
    }
}

/// What all policies see of one object.
fn context(
    env: Arc<Env>,
    object: Object<'_>,
    namespaces: &Namespaces<'_>,
) -> Context<'static, 'static> {
    let mut context = Context::with_env(env);
    context.add_variable_from_value("object", cel::value(object.root()));
    context.add_variable_from_value("oldObject", Value::Null);
    context.add_variable_from_value("params", Value::Null);
    context.add_variable_from_value("request", request(object, namespaces));
    context.add_variable_from_value("namespaceObject", namespaces.value_of(object));
    context
}

/// The parts of an AdmissionRequest that a manifest tells.
fn request(object: Object<'_>, namespaces: &Namespaces<'_>) -> Value {
    let (group, version) =
        object.api_version().split_once('/').unwrap_or(("", object.api_version()));
    let kind = json!({"group": group, "version": version, "kind": object.kind()});
    let resource =
        json!({"group": group, "version": version, "resource": resource_of(object.kind())});
    cel::json_value(&json!({
        "kind": kind,
        "requestKind": kind,
        "resource": resource,
        "requestResource": resource,
        "subResource": "",
        "name": object.name().unwrap_or_default(),
        "namespace": namespaces.name_of(object),
        "operation": "CREATE",
        "userInfo": {"username": "", "uid": "", "groups": []},
        "dryRun": false,
        "options": {},
    }))
}

impl Policy {
    fn judge(&self, object: Object<'_>, context: &Context<'_, 'static>) -> Vec<Diagnostic> {
        let (variables, failed) = self.variables(context);
        let mut context = context.new_inner_scope();
        context.add_variable_as_val("variables", variables);
        for condition in &self.conditions {
            match condition.holds(&context) {
                Ok(true) => {}
                Ok(false) => return Vec::new(),
                Err(error) => return self.failure(object, condition, &error).into_iter().collect(),
            }
        }
        let judged =
            self.validations.iter().filter_map(|one| match one.expression.holds(&context) {
                Ok(true) => None,
                Ok(false) => Some(self.broken(object, one, &context)),
                Err(error) => {
                    // A variable that failed is missing, and its own error says more.
                    let cause = one.expression.variables.iter().find_map(|name| failed.get(name));
                    self.failure(object, &one.expression, cause.unwrap_or(&error))
                }
            });
        judged.collect()
    }

    /// The variables that could be evaluated, and the errors of the others.
    fn variables(&self, context: &Context<'_, 'static>) -> (Box<dyn Val>, HashMap<String, String>) {
        let mut values: HashMap<CelMapKey<'static>, Box<dyn Val>> = HashMap::new();
        let mut failed = HashMap::new();
        for (name, expression) in &self.variables {
            let mut scope = context.new_inner_scope();
            scope.add_variable_as_val("variables", map(&values));
            match expression.evaluate(&scope) {
                Ok(value) => drop(values.insert(name.clone().into(), value.into_owned())),
                Err(error) => drop(failed.insert(name.clone(), error)),
            }
        }
        (map(&values), failed)
    }

    fn broken(
        &self,
        object: Object<'_>,
        validation: &Validation,
        context: &Context<'_, 'static>,
    ) -> Diagnostic {
        let computed = validation.message_expression.as_ref().and_then(|expression| {
            let text = expression.text(context).ok()??.trim().to_owned();
            // The server does not take these either.
            (!text.is_empty() && !text.contains('\n')).then_some(text)
        });
        let text = validation.expression.text.trim();
        let message = computed
            .or_else(|| validation.message.clone())
            .unwrap_or_else(|| format!("failed expression: {text}"));
        let reason = &validation.reason;
        self.finding(object, message).help(format!("reason {reason}; must be true: {text}"))
    }

    fn failure(
        &self,
        object: Object<'_>,
        expression: &Expression,
        error: &str,
    ) -> Option<Diagnostic> {
        let text = expression.text.trim();
        let message = format!("expression '{text}' resulted in error: {error}");
        self.fails_closed.then(|| self.finding(object, message))
    }

    fn finding(&self, object: Object<'_>, message: String) -> Diagnostic {
        let spot = Field::root(object).spot;
        let message = format!("policy `{}`: {message}", self.name);
        Diagnostic::new(
            Group::Custom,
            self.name.clone(),
            self.severity,
            object.place(spot),
            message,
        )
        .object(object.reference().clone())
    }
}

fn map(values: &HashMap<CelMapKey<'static>, Box<dyn Val>>) -> Box<dyn Val> {
    let copies = values.iter().map(|(key, value)| (key.clone(), value.clone_as_boxed()));
    Box::new(CelMap::from(copies.collect::<HashMap<_, _>>()))
}

//! Objects without annotations that everybody agreed on.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::manifest::Object;
use crate::rules::field::Field;
use crate::rules::{Check, Context, Level, Parameter, Rule, Setting};

pub(crate) const RULE: Rule = Rule {
    name: "required-annotation",
    group: Group::Correctness,
    summary: "Objects without annotations that everybody agreed on",
    severity: Severity::Info,
    level: Level::Optional,
    pod_security: None,
    aliases: &["required-annotation", "required-annotation-email"],
    parameters: &[ANNOTATIONS],
    page: include_str!("required_annotation.md"),
    check: Check::Render(check),
};

const ANNOTATIONS: Parameter = Parameter {
    name: "annotations",
    summary: "Keys that every object needs",
    default: Setting::Texts(&[]),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    let wanted = context.tuning.texts(&ANNOTATIONS);
    for object in context.index.objects() {
        let found = object.root().at(&["metadata", "annotations"]);
        for key in wanted.iter().filter(|key| found.is_none_or(|all| all.get(key).is_none())) {
            sink.report(missing(object, key));
        }
    }
}

fn missing(object: Object<'_>, key: &str) -> Diagnostic {
    let field = Field::root(object).keys(&["metadata", "annotations"]);
    RULE.finding(field, format!("{} has no annotation `{key}`", object.kind())).help("add it")
}

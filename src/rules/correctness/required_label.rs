//! Objects without labels that everybody agreed on.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::manifest::Object;
use crate::rules::field::Field;
use crate::rules::{Check, Context, Level, Parameter, Rule, Setting};

pub(crate) const RULE: Rule = Rule {
    name: "required-label",
    group: Group::Correctness,
    summary: "Objects without labels that everybody agreed on",
    severity: Severity::Info,
    level: Level::Optional,
    pod_security: None,
    aliases: &["required-label", "required-label-owner"],
    parameters: &[LABELS],
    page: include_str!("required_label.md"),
    check: Check::Render(check),
};

const LABELS: Parameter = Parameter {
    name: "labels",
    summary: "Keys that every object needs",
    default: Setting::Texts(&[]),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    let wanted = context.tuning.texts(&LABELS);
    for object in context.index.objects() {
        let found = object.root().at(&["metadata", "labels"]);
        for key in wanted.iter().filter(|key| found.is_none_or(|all| all.get(key).is_none())) {
            sink.report(missing(object, key));
        }
    }
}

fn missing(object: Object<'_>, key: &str) -> Diagnostic {
    let field = Field::root(object).keys(&["metadata", "labels"]);
    RULE.finding(field, format!("{} has no label `{key}`", object.kind())).help("add it")
}

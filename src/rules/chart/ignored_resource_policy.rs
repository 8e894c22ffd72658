//! Annotations inside a List that Helm does not see.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::field::Field;
use crate::rules::{Check, Context, Level, Rule};

pub(crate) const RULE: Rule = Rule {
    name: "ignored-resource-policy",
    group: Group::Chart,
    summary: "Annotations inside a List that Helm does not see",
    severity: Severity::Error,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("ignored_resource_policy.md"),
    check: Check::Render(check),
};

const KEY: &str = "helm.sh/resource-policy";

fn check(context: &Context<'_>, sink: &mut Sink) {
    for object in context.index.objects().filter(|object| object.is_listed()) {
        let field = Field::root(object).keys(&["metadata", "annotations"]).name(KEY);
        if field.value.is_some() {
            sink.report(ignored(field));
        }
    }
}

fn ignored(field: Field<'_>) -> Diagnostic {
    RULE.finding(field, "annotation 'helm.sh/resource-policy' within List objects are ignored")
        .help("render the object as a document of its own")
}

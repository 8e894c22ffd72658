//! Keys that stand twice in one mapping.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::manifest::Object;
use crate::rules::field::Field;
use crate::rules::{Check, Context, Level, Rule};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "duplicate-key",
    group: Group::Correctness,
    summary: "Keys that stand twice in one mapping",
    severity: Severity::Error,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("duplicate_key.md"),
    check: Check::Render(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    for object in context.index.objects() {
        for key in object.duplicate_keys() {
            sink.report(lost(object, key));
        }
    }
}

fn lost(object: Object<'_>, key: Node<'_>) -> Diagnostic {
    let name = key.as_str().unwrap_or_default();
    let field = Field { spot: key, ..Field::around(object, key.span().start).key(name) };
    RULE.finding(field, format!("`{name}` stands twice in its mapping, and this one is lost"))
        .help("keep one of them: Helm and kubectl send only the last")
}

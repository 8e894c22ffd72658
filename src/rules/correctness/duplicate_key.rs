//! Keys that stand twice in one mapping.

use crate::diagnostic::Place;
use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::manifest::Object;
use crate::rules::{Check, Context, Level, Rule};
use crate::source::Span;

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
        for duplicate in object.duplicate_keys() {
            sink.report(lost(object, duplicate));
        }
    }
}

fn lost(object: Object<'_>, key: Span) -> Diagnostic {
    let place = Place::rendered(key);
    let message = "the key stands twice in its mapping, and this one is lost";
    Diagnostic::new(RULE.group, RULE.name, RULE.severity, place, message)
        .object(object.reference().clone())
        .help("keep one of them: the API server gets only the last")
}

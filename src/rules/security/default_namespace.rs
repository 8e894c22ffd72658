//! Objects that ask for the namespace `default`.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::manifest::Object;
use crate::rules::field::Field;
use crate::rules::{Check, Context, Level, Rule};

pub(crate) const RULE: Rule = Rule {
    name: "default-namespace",
    group: Group::Security,
    summary: "Objects that ask for the namespace `default`",
    severity: Severity::Info,
    level: Level::Optional,
    pod_security: None,
    aliases: &["use-namespace", "CKV_K8S_21", "KSV-0110"],
    parameters: &[],
    page: include_str!("default_namespace.md"),
    check: Check::Render(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    for object in context.index.objects() {
        if object.namespace() == Some("default") {
            sink.report(in_default(object));
        }
    }
}

fn in_default(object: Object<'_>) -> Diagnostic {
    let message =
        format!("{} `{}` goes into `default`", object.kind(), object.name().unwrap_or_default());
    RULE.finding(Field::root(object).keys(&["metadata", "namespace"]), message)
        .help("name a namespace of its own, or leave the choice to the release")
}

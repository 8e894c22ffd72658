//! Pods that need a key that their ConfigMap or Secret does not have.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::manifest::Object;
use crate::rules::reference::{Key, Reference};
use crate::rules::workload::Workload;
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "missing-key-ref",
    group: Group::Correctness,
    summary: "Pods that need a key that their ConfigMap or Secret does not have",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &["env-value-from"],
    parameters: &[],
    page: include_str!("missing_key_ref.md"),
    check: Check::Workload(Scope::All, check),
};

fn check(workload: &Workload<'_>, context: &Context<'_>, sink: &mut Sink) {
    for reference in workload.references.iter().filter(|reference| !reference.optional) {
        let source = context.index.find(reference.kind, workload.namespace, reference.name);
        let Some(source) = source.filter(|_| !reference.keys.is_empty()) else { continue };
        for key in &reference.keys {
            if !has_key(source, key.name) {
                sink.report(not_there(workload, reference, *key));
            }
        }
    }
}

fn has_key(source: Object<'_>, key: &str) -> bool {
    let lists = ["data", "stringData", "binaryData"];
    lists.iter().any(|list| source.root().get(list).is_some_and(|list| list.get(key).is_some()))
}

fn not_there(workload: &Workload<'_>, reference: &Reference<'_>, key: Key<'_>) -> Diagnostic {
    let Reference { kind, name, .. } = reference;
    let message = format!("{kind} `{name}` has no key `{}`", key.name);
    RULE.finding(reference.key_at(key, workload), message)
        .help("correct the key, or set `optional: true`: without it the container does not start")
}

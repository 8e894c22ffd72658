//! Secrets that stand in a ConfigMap.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::manifest::Object;
use crate::rules::credential::{can_be_secret, is_secret_name, known_secret};
use crate::rules::field::Field;
use crate::rules::{Check, Context, Level, Rule};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "configmap-secret",
    group: Group::Security,
    summary: "Secrets that stand in a ConfigMap",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &["sensitiveConfigmapContent", "KSV-0109"],
    parameters: &[],
    page: include_str!("configmap_secret.md"),
    check: Check::Object(&["ConfigMap"], check),
};

fn check(object: Object<'_>, _: &Context<'_>, sink: &mut Sink) {
    for entry in object.root().get("data").into_iter().flat_map(Node::entries) {
        let (Some(key), Some(value)) = (entry.key.as_str(), entry.value.as_str()) else { continue };
        let written_out = is_secret_name(key) && can_be_secret(value);
        let what = known_secret(value).or(written_out.then_some("a secret"));
        if let Some(what) = what {
            sink.report(readable(object, key, what));
        }
    }
}

fn readable(object: Object<'_>, key: &str, what: &str) -> Diagnostic {
    RULE.finding(Field::root(object).key("data").name(key), format!("`{key}` looks like {what}"))
        .help("put it into a Secret: more may read ConfigMaps, and nothing encrypts them")
}

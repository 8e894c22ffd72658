//! Objects that nothing in the render refers to.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::manifest::Object;
use crate::rules::field::Field;
use crate::rules::mention::Mentions;
use crate::rules::{Check, Context, Level, Rule};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "unused-object",
    group: Group::Correctness,
    summary: "Objects that nothing in the render refers to",
    severity: Severity::Info,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("unused_object.md"),
    check: Check::Render(check),
};

const KINDS: &[&str] =
    &["ConfigMap", "Secret", "PersistentVolumeClaim", "ServiceAccount", "Role", "ClusterRole"];

fn check(context: &Context<'_>, sink: &mut Sink) {
    let kinds = KINDS.iter().flat_map(|kind| context.index.of_kind(kind));
    let suspects: Vec<Object<'_>> = kinds.filter(|one| !is_for_others(*one, context)).collect();
    let names = suspects.iter().filter_map(|object| object.name());
    let mentions = Mentions::of(names, context.index);
    for object in suspects {
        let Some(name) = object.name() else { continue };
        if !mentions.elsewhere(name, object.index()) || is_namesake(object, context) {
            sink.report(unused(object, name));
        }
    }
}

/// A role whose name is that of other objects too, so that who has the name may mean those. What
/// gives its rights to somebody is a binding, and there is none.
fn is_namesake(object: Object<'_>, context: &Context<'_>) -> bool {
    const OTHERS: &[&str] =
        &["ServiceAccount", "Deployment", "StatefulSet", "DaemonSet", "Service"];
    let namespace = context.index.namespace_of(object);
    let name = object.name().unwrap_or_default();
    is_role(object) && OTHERS.iter().any(|kind| context.index.has(kind, namespace, name))
}

fn is_role(object: Object<'_>) -> bool {
    matches!(object.kind(), "Role" | "ClusterRole")
}

/// Referred to by a pod, or marked for somebody outside the render.
fn is_for_others(object: Object<'_>, context: &Context<'_>) -> bool {
    let namespace = context.index.namespace_of(object);
    let name = object.name().unwrap_or_default();
    object.is_hook()
        || context.index.refers_to(object.kind(), namespace, name)
        || is_selected_by_label(object)
        || is_taken_by_type(object)
        || object.root().get("aggregationRule").is_some()
        || is_role(object) && context.index.rights.is_bound(object, namespace)
        || object.kind() == "ClusterRole" && is_for_users(name)
}

/// A role that the users of an operator bind themselves, as generators of operators name them.
fn is_for_users(name: &str) -> bool {
    const ENDS: &[&str] = &[
        "-admin",
        "-edit",
        "-editor",
        "-editor-role",
        "-metrics-reader",
        "-view",
        "-viewer",
        "-viewer-role",
    ];
    ENDS.iter().any(|end| name.ends_with(end))
}

/// A label that only means something to a program, such as Grafana's for dashboards. To a role only
/// labels with a domain can mean that: they add it to others.
fn is_selected_by_label(object: Object<'_>) -> bool {
    let labels = object.root().at(&["metadata", "labels"]).into_iter().flat_map(Node::entries);
    let mut keys = labels.into_iter().filter_map(|label| label.key.as_str());
    keys.any(|key| !is_descriptive(key) && (!is_role(object) || key.contains('/')))
}

/// Labels that say what an object is a part of.
fn is_descriptive(key: &str) -> bool {
    const PLAIN: &[&str] = &[
        "app",
        "chart",
        "component",
        "heritage",
        "name",
        "owner",
        "release",
        "team",
        "tier",
        "version",
    ];
    key.starts_with("app.kubernetes.io/") || key.starts_with("helm.sh/") || PLAIN.contains(&key)
}

/// Secrets that Kubernetes, Helm or a backup tool finds by their type.
fn is_taken_by_type(object: Object<'_>) -> bool {
    let kind = object.root().get("type").and_then(Node::as_str).unwrap_or("Opaque");
    object.kind() == "Secret" && !matches!(kind, "Opaque" | "kubernetes.io/tls")
}

fn unused(object: Object<'_>, name: &str) -> Diagnostic {
    let message = format!("nothing in the render refers to {} `{name}`", object.kind());
    RULE.finding(Field::root(object).keys(&["metadata", "name"]), message)
        .help("correct the name where it should be used, or leave the object out")
}

//! Labels of nodes that Kubernetes has renamed (`pkg/api/node/util.go`).

use super::super::field::Field;
use super::super::names::is_valid_label_value;
use super::Warnings;

const RULE: &str = "deprecated-node-label";

const DEPRECATED: &[(&str, &str)] = &[
    ("beta.kubernetes.io/arch", "deprecated since v1.14; use \"kubernetes.io/arch\" instead"),
    ("beta.kubernetes.io/os", "deprecated since v1.14; use \"kubernetes.io/os\" instead"),
    (
        "failure-domain.beta.kubernetes.io/region",
        "deprecated since v1.17; use \"topology.kubernetes.io/region\" instead",
    ),
    (
        "failure-domain.beta.kubernetes.io/zone",
        "deprecated since v1.17; use \"topology.kubernetes.io/zone\" instead",
    ),
    (
        "beta.kubernetes.io/instance-type",
        "deprecated since v1.17; use \"node.kubernetes.io/instance-type\" instead",
    ),
    ("app.kubernetes.io/created-by", "deprecated since v1.9"),
    (
        "scheduler.alpha.kubernetes.io/preferAvoidPods",
        "deprecated since v1.22; use Taints and Tolerations instead",
    ),
    ("node-role.kubernetes.io/master", "use \"node-role.kubernetes.io/control-plane\" instead"),
];

fn message(label: &str) -> Option<&'static str> {
    DEPRECATED.iter().find(|(known, _)| *known == label).map(|(_, message)| *message)
}

/// The keys of a map such as `nodeSelector`.
pub(super) fn keys(map: &Field, warnings: &mut Warnings) {
    for (key, field) in map.entries() {
        if let Some(message) = message(key) {
            warnings.deprecated(RULE, &field, message);
        }
    }
}

/// A field that holds the name of a label.
pub(super) fn name(field: &Field, warnings: &mut Warnings) {
    if let Some(message) = message(field.text()) {
        warnings.deprecated(RULE, field, format!("{} is {message}", field.text()));
    }
}

/// A label selector of nodes (`GetWarningsForNodeSelector`).
pub(super) fn selector(selector: &Field, warnings: &mut Warnings) {
    expressions(&selector.get("matchExpressions"), warnings);
    keys(&selector.get("matchLabels"), warnings);
}

/// A preference for nodes; with values that no label can have it prefers none.
pub(super) fn preference(preference: &Field, warnings: &mut Warnings) {
    let requirements = preference.get("matchExpressions");
    expressions(&requirements, warnings);
    if !warnings.since(32) {
        return;
    }
    for requirement in requirements.items() {
        for value in requirement.get("values").items() {
            for problem in is_valid_label_value(value.text()) {
                let text = format!("{} is invalid, {problem}", value.text());
                warnings.incorrect("unmatchable-node-preference", &value, text);
            }
        }
    }
}

/// The expressions of a node selector term.
pub(super) fn expressions(expressions: &Field, warnings: &mut Warnings) {
    for expression in expressions.items() {
        name(&expression.get("key"), warnings);
    }
}

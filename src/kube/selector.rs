//! Label selectors: their semantics, and what the API server takes for one.

use rustc_hash::FxHashSet;

use super::field::{Errors, Field};
use super::names::{is_qualified_name, is_valid_label_value};
use crate::yaml::Node;

/// Whether a `LabelSelector` matches labels, as `LabelSelectorAsSelector` of apimachinery does.
///
/// None matches nothing, an empty one matches everything. A selector that the server would refuse
/// matches nothing.
pub fn matches(selector: Option<Node<'_>>, labels: Option<Node<'_>>) -> bool {
    matches_by(selector, |key| label(labels, key))
}

/// The same for labels that no manifest holds as they are.
pub(crate) fn matches_by<'l>(
    selector: Option<Node<'_>>,
    label: impl Fn(&str) -> Option<&'l str>,
) -> bool {
    let Some(selector) = selector.filter(|node| !node.is_null()) else { return false };
    let wanted = selector.get("matchLabels").into_iter().flat_map(Node::entries);
    let mut wanted = wanted.map(|entry| [entry.key, entry.value].map(text));
    let expressions = selector.get("matchExpressions").into_iter().flat_map(Node::items);
    wanted.all(|[key, value]| label(key) == Some(value))
        && expressions.into_iter().all(|item| meets(item, label(key_of(item))))
}

/// Whether the labels have all of the wanted ones: the selector of a Service, and `matchLabels`.
pub fn contains(labels: Option<Node<'_>>, wanted: Node<'_>) -> bool {
    missing_label(Some(wanted), labels).is_none()
}

/// The first of the wanted labels that is not there, or has another value.
pub(crate) fn missing_label<'a>(
    wanted: Option<Node<'a>>,
    labels: Option<Node<'_>>,
) -> Option<(&'a str, &'a str)> {
    let wanted = wanted?.entries().map(|entry| (text(entry.key), text(entry.value)));
    wanted.into_iter().find(|(key, value)| label(labels, key) != Some(value))
}

/// The text of a key or value; null is the empty text, as the decoder has it.
fn text(node: Node<'_>) -> &str {
    node.as_str().unwrap_or("")
}

/// A selector that has no requirement, and so matches everything.
pub fn is_everything(selector: &Field) -> bool {
    selector.get("matchLabels").is_empty() && selector.get("matchExpressions").is_empty()
}

/// Whether labels meet one of the `matchExpressions`.
pub fn requirement(requirement: Node<'_>, labels: Option<Node<'_>>) -> bool {
    meets(requirement, label(labels, key_of(requirement)))
}

fn key_of(requirement: Node<'_>) -> &str {
    requirement.get("key").map_or("", text)
}

/// Whether the value that a label has, if any, is what one of the `matchExpressions` asks for.
fn meets(requirement: Node<'_>, found: Option<&str>) -> bool {
    let values = requirement.get("values").into_iter().flat_map(Node::items);
    let mut values = values.map(text);
    match requirement.get("operator").map_or("", text) {
        "In" => found.is_some_and(|found| values.any(|value| value == found)),
        "NotIn" => found.is_none_or(|found| values.all(|value| value != found)),
        "Exists" => found.is_some(),
        "DoesNotExist" => found.is_none(),
        _ => false,
    }
}

fn label<'a>(labels: Option<Node<'a>>, key: &str) -> Option<&'a str> {
    labels?.get(key).map(text)
}

/// `ValidateLabelSelector`.
pub(crate) fn validate_label_selector(selector: &Field, errors: &mut Errors) {
    validate_labels(&selector.get("matchLabels"), errors);
    for requirement in selector.get("matchExpressions").items() {
        validate_label_selector_requirement(&requirement, errors);
    }
}

fn validate_label_selector_requirement(requirement: &Field, errors: &mut Errors) {
    let (operator, values) = (requirement.get("operator"), requirement.get("values"));
    match operator.text() {
        "In" | "NotIn" if values.is_empty() => {
            errors.required(&values, "must be specified when `operator` is 'In' or 'NotIn'");
        }
        "Exists" | "DoesNotExist" if !values.is_empty() => {
            let detail = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
            errors.forbidden(&values, detail);
        }
        "In" | "NotIn" | "Exists" | "DoesNotExist" => {}
        _ => errors.invalid(&operator, "not a valid selector operator"),
    }
    validate_label_name(&requirement.get("key"), errors);
    for value in values.items() {
        errors.invalid_each(&value, is_valid_label_value(value.text()));
    }
}

/// `ValidateLabelName`.
pub(crate) fn validate_label_name(name: &Field, errors: &mut Errors) {
    errors.invalid_each(name, is_qualified_name(name.text()));
}

/// `ValidateLabels`: errors name the map as a whole.
pub(crate) fn validate_labels(labels: &Field, errors: &mut Errors) {
    for (key, value) in labels.entries() {
        for problem in is_qualified_name(key) {
            errors.invalid_text(&value.key_in(labels), key, problem);
        }
        for problem in is_valid_label_value(value.text()) {
            errors.invalid_text(&value.value_in(labels), value.text(), problem);
        }
    }
}

/// The keys that a `LabelSelector` asks for.
pub(crate) fn keys<'a>(selector: &Field<'_, 'a>) -> FxHashSet<&'a str> {
    let labels = selector.get("matchLabels");
    let expressions = selector.get("matchExpressions");
    let exact = labels.entries().map(|(key, _)| key);
    exact.chain(expressions.items().map(|item| item.get("key").text())).collect()
}

//! Where pods may run: affinity, tolerations and topology spread of `pkg/apis/core/validation`.

use rustc_hash::{FxHashMap, FxHashSet};

use super::features::Features;
use super::pod::Pod;
use super::values::one_of;
use crate::kube::field::{Errors, Field};
use crate::kube::names::{self, is_valid_label_value};
use crate::kube::selector::{self, validate_label_name, validate_label_selector};

/// `validateAffinity`.
pub(crate) fn validate_affinity(pod: &Pod, errors: &mut Errors) {
    let affinity = pod.spec.get("affinity");
    validate_node_affinity(&affinity.get("nodeAffinity"), pod.features(), errors);
    for name in ["podAffinity", "podAntiAffinity"] {
        validate_pod_affinity(&affinity.get(name), pod, errors);
    }
}

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED: &str = "preferredDuringSchedulingIgnoredDuringExecution";

fn validate_node_affinity(affinity: &Field, features: Features, errors: &mut Errors) {
    let required = affinity.get(REQUIRED);
    if required.is_set() {
        validate_node_selector(&required, features, errors);
    }
    for term in affinity.get(PREFERRED).items() {
        validate_weight(&term.get("weight"), errors);
        validate_node_selector_term(&term.get("preference"), false, errors);
    }
}

fn validate_weight(weight: &Field, errors: &mut Errors) {
    if !(1..=100).contains(&weight.int_or(0)) {
        errors.invalid_at(weight, "0", "must be in the range 1-100");
    }
}

/// `ValidateNodeSelector`.
pub(crate) fn validate_node_selector(selector: &Field, features: Features, errors: &mut Errors) {
    let terms = selector.get("nodeSelectorTerms");
    if terms.is_empty() {
        errors.required(&terms, "must have at least one node selector term");
    }
    for term in terms.items() {
        validate_node_selector_term(&term, features.node_selector_values(), errors);
    }
}

/// `ValidateNodeSelectorTerm`; a preference may have values that no label can have.
fn validate_node_selector_term(term: &Field, strict: bool, errors: &mut Errors) {
    for requirement in term.get("matchExpressions").items() {
        validate_node_selector_requirement(&requirement, strict, errors);
    }
    for requirement in term.get("matchFields").items() {
        validate_node_field_requirement(&requirement, errors);
    }
}

/// `ValidateNodeSelectorRequirement`.
fn validate_node_selector_requirement(requirement: &Field, strict: bool, errors: &mut Errors) {
    let (operator, values) = (requirement.get("operator"), requirement.get("values"));
    match (operator.text(), values.len()) {
        ("In" | "NotIn", 0) => {
            errors.required(&values, "must be specified when `operator` is 'In' or 'NotIn'");
        }
        ("Exists" | "DoesNotExist", 1..) => {
            let detail = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
            errors.forbidden(&values, detail);
        }
        ("Gt" | "Lt", 0 | 2..) => {
            let detail = "must be specified single value when `operator` is 'Lt' or 'Gt'";
            errors.required(&values, detail);
        }
        ("In" | "NotIn" | "Exists" | "DoesNotExist" | "Gt" | "Lt", _) => {}
        _ => errors.invalid(&operator, "not a valid selector operator"),
    }
    validate_label_name(&requirement.get("key"), errors);
    for value in values.items().filter(|_| strict) {
        errors.invalid_each(&value, is_valid_label_value(value.text()));
    }
}

/// `ValidateNodeFieldSelectorRequirement`: the name is the only field.
fn validate_node_field_requirement(requirement: &Field, errors: &mut Errors) {
    let (operator, values) = (requirement.get("operator"), requirement.get("values"));
    match (operator.text(), values.len()) {
        ("In" | "NotIn", 1) => {}
        ("In" | "NotIn", _) => errors.required(
            &values,
            "must be only one value when `operator` is 'In' or 'NotIn' for node field selector",
        ),
        _ => errors.invalid(&operator, "not a valid selector operator"),
    }
    let key = requirement.get("key");
    if key.text() != "metadata.name" {
        return errors.invalid(&key, "not a valid field selector key");
    }
    for value in values.items() {
        errors.invalid_each(&value, names::is_dns1123_subdomain(value.text()));
    }
}

/// `validatePodAffinity` and `validatePodAntiAffinity`.
fn validate_pod_affinity(affinity: &Field, pod: &Pod, errors: &mut Errors) {
    for term in affinity.get(REQUIRED).items() {
        validate_pod_affinity_term(&term, pod, errors);
    }
    for weighted in affinity.get(PREFERRED).items() {
        validate_weight(&weighted.get("weight"), errors);
        validate_pod_affinity_term(&weighted.get("podAffinityTerm"), pod, errors);
    }
}

/// `validatePodAffinityTerm`.
fn validate_pod_affinity_term(term: &Field, pod: &Pod, errors: &mut Errors) {
    validate_label_selector(&term.get("labelSelector"), errors);
    validate_label_selector(&term.get("namespaceSelector"), errors);
    for namespace in term.get("namespaces").items() {
        // The server reports them all at a field that does not exist.
        let at = namespace.moved(term.path().child("namespace"));
        errors.invalid_each(&at, names::is_dns1123_label(namespace.text()));
    }
    if pod.features().match_label_keys_in_pod_affinity() {
        validate_match_label_keys(term, pod, errors);
    }
    let topology_key = term.get("topologyKey");
    if topology_key.text().is_empty() {
        errors.required(&topology_key, "can not be empty");
    }
    validate_label_name(&topology_key, errors);
}

/// `ValidateMatchLabelKeysAndMismatchLabelKeys`, after the strategy of Pods has put the labels of
/// the pod into the selector.
fn validate_match_label_keys<'a>(term: &Field<'_, 'a>, pod: &Pod<'_, 'a>, errors: &mut Errors) {
    let (matched, mismatched) = (term.get("matchLabelKeys"), term.get("mismatchLabelKeys"));
    let selector = term.get("labelSelector");
    for keys in [&matched, &mismatched] {
        validate_label_keys(keys, &selector, errors);
    }
    if selector.is_set() && !matched.is_empty() {
        find_repeated_keys(term, &matched, &mismatched, pod, errors);
    }
    let mismatched: FxHashSet<&str> = mismatched.texts().collect();
    for key in matched.items().filter(|key| mismatched.contains(key.text())) {
        errors.invalid(&key, "exists in both matchLabelKeys and mismatchLabelKeys");
    }
}

fn validate_label_keys(keys: &Field, selector: &Field, errors: &mut Errors) {
    if !keys.is_empty() && !selector.is_set() {
        return errors.forbidden(keys, "must not be specified when labelSelector is not set");
    }
    for key in keys.items() {
        validate_label_name(&key, errors);
    }
}

/// A key of `matchLabelKeys` that the selector asks for twice. The server reports the index of the
/// key as one of the term.
fn find_repeated_keys<'a>(
    term: &Field<'_, 'a>,
    matched: &Field<'_, 'a>,
    mismatched: &Field<'_, 'a>,
    pod: &Pod<'_, 'a>,
    errors: &mut Errors,
) {
    let selector = term.get("labelSelector");
    let positions: FxHashMap<&str, usize> =
        matched.texts().enumerate().map(|(index, key)| (key, index)).collect();
    let labels = selector.get("matchLabels");
    let mut seen: FxHashSet<&str> = labels.entries().map(|(key, _)| key).collect();
    let expressions = selector.get("matchExpressions");
    let asked = expressions.items().map(|item| item.get("key").text());
    let merged = matched.texts().chain(mismatched.texts()).filter(|key| is_merged(pod, key));
    for key in asked.chain(merged) {
        let at = positions.get(key);
        if let Some(&index) = at.filter(|_| seen.contains(key)) {
            let at = matched.moved(term.path().index(index));
            errors.invalid_text(&at, key, "exists in both matchLabelKeys and labelSelector");
        }
        seen.insert(key);
    }
}

/// The strategy of Pods adds a key to the selector if the pod has the label.
fn is_merged(pod: &Pod, key: &str) -> bool {
    pod.options.is_pod && pod.options.meta.get("labels").key(key).is_set()
}

/// `validateTopologySpreadConstraints`.
pub(crate) fn validate_topology_spread_constraints(pod: &Pod, errors: &mut Errors) {
    let constraints = pod.spec.get("topologySpreadConstraints");
    let mut later = repetitions(&constraints);
    for constraint in constraints.items() {
        let (skew, key) = (constraint.get("maxSkew"), constraint.get("topologyKey"));
        let when = constraint.get("whenUnsatisfiable");
        if skew.int_or(0) <= 0 {
            errors.invalid_at(&skew, "0", "must be greater than zero");
        }
        if key.text().is_empty() {
            errors.required(&key, "can not be empty");
        }
        if !["DoNotSchedule", "ScheduleAnyway"].contains(&when.text()) {
            errors.not_supported(&when, &["DoNotSchedule", "ScheduleAnyway"]);
        }
        let pair = (key.text(), when.text());
        if let Some(count) = later.get_mut(&pair) {
            *count -= 1;
            if *count > 0 {
                let at = constraint.path().child("{topologyKey, whenUnsatisfiable}");
                let shown = format!("{{{}, {}}}", pair.0, pair.1);
                errors.duplicate_text(&constraint.moved(at), &shown);
            }
        }
        validate_spread_options(&constraint, errors);
        validate_spread_label_keys(&constraint, pod, errors);
        validate_label_selector(&constraint.get("labelSelector"), errors);
    }
}

/// How often each pair of key and action comes; each but the last is reported.
fn repetitions<'a>(constraints: &Field<'_, 'a>) -> FxHashMap<(&'a str, &'a str), usize> {
    let mut counts = FxHashMap::default();
    for constraint in constraints.items() {
        let key = constraint.get("topologyKey").text();
        *counts.entry((key, constraint.get("whenUnsatisfiable").text())).or_default() += 1;
    }
    counts
}

fn validate_spread_options(constraint: &Field, errors: &mut Errors) {
    let min_domains = constraint.get("minDomains");
    if let Some(count) = min_domains.int() {
        if count <= 0 {
            errors.invalid(&min_domains, "must be greater than zero");
        }
        let when = constraint.get("whenUnsatisfiable");
        if when.text() != "DoNotSchedule" {
            let detail = format!(
                "can only use minDomains if whenUnsatisfiable=DoNotSchedule, not {}",
                when.text()
            );
            errors.invalid(&min_domains, detail);
        }
    }
    for name in ["nodeAffinityPolicy", "nodeTaintsPolicy"] {
        one_of(&constraint.get(name), &["Honor", "Ignore"], errors);
    }
}

fn validate_spread_label_keys<'a>(
    constraint: &Field<'_, 'a>,
    pod: &Pod<'_, 'a>,
    errors: &mut Errors,
) {
    let keys = constraint.get("matchLabelKeys");
    if keys.is_empty() {
        return;
    }
    let selector = constraint.get("labelSelector");
    if pod.features().match_label_keys_in_pod_topology_spread_selector_merge() {
        validate_label_keys(&keys, &selector, errors);
        if selector.is_set() {
            find_repeated_keys(constraint, &keys, &keys.absent(), pod, errors);
        }
        return;
    }
    if !selector.is_set() {
        errors.forbidden(&keys, "must not be specified when labelSelector is not set");
    }
    let asked = selector::keys(&selector);
    for key in keys.items() {
        validate_label_name(&key, errors);
        if asked.contains(key.text()) {
            errors.invalid(&key, "exists in both matchLabelKeys and labelSelector");
        }
    }
}

/// `ValidateTolerations`.
pub(crate) fn validate_tolerations(tolerations: &Field, errors: &mut Errors) {
    for toleration in tolerations.items() {
        let (key, operator) = (toleration.get("key"), toleration.get("operator"));
        if !key.text().is_empty() {
            validate_label_name(&key, errors);
        } else if operator.text() != "Exists" {
            let problem = "operator must be Exists when `key` is empty, which means \"match all \
                           values and all keys\"";
            errors.invalid(&operator, problem);
        }
        let effect = toleration.get("effect");
        if toleration.get("tolerationSeconds").is_set() && effect.text() != "NoExecute" {
            let problem = "effect must be 'NoExecute' when `tolerationSeconds` is set";
            errors.invalid(&effect, problem);
        }
        validate_toleration_value(&toleration, errors);
        validate_taint_effect(&effect, errors);
    }
}

/// The value is reported at the operator.
fn validate_toleration_value(toleration: &Field, errors: &mut Errors) {
    let (operator, value) = (toleration.get("operator"), toleration.get("value"));
    let at = value.moved(*operator.path());
    match operator.text() {
        "" | "Equal" => {
            let problems = is_valid_label_value(value.text());
            if !problems.is_empty() {
                errors.invalid(&at, problems.join(";"));
            }
        }
        "Exists" => {
            if !value.text().is_empty() {
                errors.invalid(&at, "value must be empty when `operator` is 'Exists'");
            }
        }
        "Lt" | "Gt" => errors.not_supported(&operator, &["Equal", "Exists", "Lt", "Gt"]),
        _ => errors.not_supported(&operator, &["Equal", "Exists"]),
    }
}

/// A taint of a node: `validateNodeTaints`, of one.
pub(crate) fn validate_taint(taint: &Field, errors: &mut Errors) {
    let (value, effect) = (taint.get("value"), taint.get("effect"));
    validate_label_name(&taint.get("key"), errors);
    let problems = is_valid_label_value(value.text());
    if !problems.is_empty() {
        errors.invalid(&value, problems.join(";"));
    }
    if effect.text().is_empty() {
        errors.required(&effect, "");
    }
    validate_taint_effect(&effect, errors);
}

fn validate_taint_effect(effect: &Field, errors: &mut Errors) {
    if !effect.text().is_empty() {
        one_of(effect, &["NoSchedule", "PreferNoSchedule", "NoExecute"], errors);
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{WEB, check, check_at, check_with, deployment, pod};
    use crate::kube::Version;

    #[test]
    fn node_affinity() {
        let path = "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution";
        let affinity = |terms: &str| {
            format!(
                "affinity: {{nodeAffinity: {{requiredDuringSchedulingIgnoredDuringExecution: {terms}}}}}"
            )
        };
        check_with(&affinity("{}"), &format!("{path}.nodeSelectorTerms: Required value"));
        let values = affinity(
            "{nodeSelectorTerms: [{matchExpressions: [{key: a, operator: In, values: [a b]}]}]}",
        );
        let expected =
            format!("{path}.nodeSelectorTerms[0].matchExpressions[0].values[0]: Invalid value");
        check_with(&values, &expected);
        check_at(Version::new(31), &pod(&format!("{WEB}{values}")), "");
    }

    #[test]
    fn pod_affinity() {
        check_with(
            "affinity: {podAntiAffinity: {preferredDuringSchedulingIgnoredDuringExecution: \
             [{weight: 0, podAffinityTerm: {namespaces: [A], topologyKey: a b}}]}}",
            "spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: Invalid value: 0
             spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm.namespace: Invalid value: \"A\"
             spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm.topologyKey: Invalid value: \"a b\"",
        );
    }

    #[test]
    fn tolerations() {
        check_with(
            "tolerations: [{operator: Equal}, {key: a, operator: Exists, value: b}, \
             {key: a, tolerationSeconds: 1}, {key: a, operator: in, effect: None}]",
            "spec.tolerations[0].operator: Invalid value: \"Equal\": operator must be Exists when `key` is empty
             spec.tolerations[1].operator: Invalid value: \"b\": value must be empty
             spec.tolerations[2].effect: Invalid value: \"\": effect must be 'NoExecute'
             spec.tolerations[3].operator: Unsupported value: \"in\"
             spec.tolerations[3].effect: Unsupported value: \"None\"",
        );
    }

    #[test]
    fn spread_constraints() {
        let one = "{topologyKey: a, whenUnsatisfiable: DoNotSchedule, maxSkew: 1}";
        check_with(
            &format!("topologySpreadConstraints: [{{}}, {one}, {one}]"),
            "spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero
             spec.topologySpreadConstraints[0].topologyKey: Required value
             spec.topologySpreadConstraints[0].whenUnsatisfiable: Unsupported value: \"\"
             spec.topologySpreadConstraints[1].{topologyKey, whenUnsatisfiable}: Duplicate value: \"{a, DoNotSchedule}\"",
        );
    }

    #[test]
    fn keys_of_a_spread_may_stand_in_the_selector_of_a_template() {
        let spec = format!(
            "{WEB}topologySpreadConstraints: [{{topologyKey: a, whenUnsatisfiable: DoNotSchedule, \
             maxSkew: 1, matchLabelKeys: [app], labelSelector: {{matchLabels: {{app: web}}}}}}]"
        );
        check(&deployment(&spec), "");
        check_at(
            Version::new(33),
            &deployment(&spec),
            "spec.template.spec.topologySpreadConstraints[0].matchLabelKeys[0]: Invalid value: \"app\": exists in both",
        );
    }
}

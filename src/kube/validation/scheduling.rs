//! Priority classes: `pkg/apis/scheduling/validation`.

use super::features::Features;
use super::meta::{Scope, validate_object_meta};
use super::pod::validate_preemption_policy;
use crate::kube::field::{Errors, Field};
use crate::kube::names::name_is_dns_subdomain;

const HIGHEST_USER_DEFINABLE_PRIORITY: i64 = 1_000_000_000;

/// The classes that the server itself has, with their values.
const SYSTEM_CLASSES: [(&str, i64); 2] = [
    ("system-node-critical", 2 * HIGHEST_USER_DEFINABLE_PRIORITY + 1000),
    ("system-cluster-critical", 2 * HIGHEST_USER_DEFINABLE_PRIORITY),
];

/// `ValidatePriorityClass`.
pub(crate) fn validate_priority_class(class: &Field, _: Features, errors: &mut Errors) {
    let meta = class.get("metadata");
    validate_object_meta(&meta, Scope::Cluster, name_is_dns_subdomain, errors);
    let (name, value) = (meta.get("name"), class.get("value"));
    if name.text().starts_with("system-") {
        if let Some(problem) = system_class_problem(class, name.text()) {
            let detail = format!(
                "priority class names with 'system-' prefix are reserved for system use only. \
                 error: {problem}"
            );
            errors.forbidden(&name, detail);
        }
    } else if value.int_or(0) > HIGHEST_USER_DEFINABLE_PRIORITY {
        let detail = format!(
            "maximum allowed value of a user defined priority is {HIGHEST_USER_DEFINABLE_PRIORITY}"
        );
        errors.forbidden(&value, detail);
    }
    validate_preemption_policy(&class.get("preemptionPolicy"), errors);
}

/// `IsKnownSystemPriorityClass`.
fn system_class_problem(class: &Field, name: &str) -> Option<String> {
    let known = SYSTEM_CLASSES.iter().find(|(known, _)| *known == name);
    let Some((_, value)) = known else {
        return Some(format!("{name} is not a known system priority class"));
    };
    if class.get("value").int_or(0) != *value {
        return Some(format!("value of {name} PriorityClass must be {value}"));
    }
    let global = class.get("globalDefault").is_true();
    global.then(|| format!("globalDefault of {name} PriorityClass must be false"))
}

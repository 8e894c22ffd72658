//! Flow schemas and priority levels: `pkg/apis/flowcontrol/validation`, without the objects that
//! the server itself keeps at fixed values.

use super::features::Features;
use super::meta::{Scope, validate_object_meta};
use super::values::{check_name, one_of};
use crate::diagnostic::Cause;
use crate::kube::field::{Errors, Field};
use crate::kube::names::{is_dns1123_label, is_dns1123_subdomain, name_is_dns_subdomain};

const MAX_PRECEDENCE: i64 = 10000;
const MAX_QUEUES: i64 = 10_000_000;

const VERBS: [&str; 9] =
    ["create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch"];

/// `ValidateFlowSchema`.
pub(crate) fn validate_flow_schema(schema: &Field, _: Features, errors: &mut Errors) {
    let (meta, spec) = (schema.get("metadata"), schema.get("spec"));
    validate_object_meta(&meta, Scope::Cluster, name_is_dns_subdomain, errors);
    let precedence = spec.get("matchingPrecedence");
    match precedence.int_or(0) {
        ..0 => errors.invalid(&precedence, "must be a positive value"),
        1 if meta.get("name").text() != "exempt" => {
            let problem = "only the schema named 'exempt' may have matchingPrecedence 1";
            errors.invalid(&precedence, problem);
        }
        0..=MAX_PRECEDENCE => {}
        _ => errors.invalid(&precedence, format!("must not be greater than {MAX_PRECEDENCE}")),
    }
    let method = spec.get("distinguisherMethod");
    if method.is_set() && !matches!(method.get("type").text(), "ByNamespace" | "ByUser") {
        errors.not_supported(&method.get("type"), &["ByNamespace", "ByUser"]);
    }
    let level = spec.get("priorityLevelConfiguration");
    let name = level.get("name");
    if name.text().is_empty() {
        errors.required(&name, "must reference a priority level");
    }
    check_name(&name, name_is_dns_subdomain, errors);
    for rule in spec.get("rules").items() {
        validate_rule(&rule, errors);
    }
}

fn validate_rule(rule: &Field, errors: &mut Errors) {
    let subjects = rule.get("subjects");
    if subjects.is_empty() {
        errors.required(&subjects, "subjects must contain at least one value");
    }
    for subject in subjects.items() {
        validate_subject(&subject, errors);
    }
    let (resources, urls) = (rule.get("resourceRules"), rule.get("nonResourceRules"));
    if resources.is_empty() && urls.is_empty() {
        let detail = "at least one of resourceRules and nonResourceRules has to be non-empty";
        errors.required(rule, detail);
    }
    for rule in resources.items() {
        validate_resource_rule(&rule, errors);
    }
    for rule in urls.items() {
        validate_non_resource_rule(&rule, errors);
    }
}

const SUBJECTS: [(&str, &str); 3] =
    [("ServiceAccount", "serviceAccount"), ("User", "user"), ("Group", "group")];

fn validate_subject(subject: &Field, errors: &mut Errors) {
    let kind = subject.get("kind");
    let Some((_, wanted)) = SUBJECTS.iter().find(|(name, _)| *name == kind.text()) else {
        return errors.not_supported(&kind, &["Group", "ServiceAccount", "User"]);
    };
    let detail = subject.get(wanted);
    let name = detail.get("name");
    if !detail.is_set() {
        let problem = format!("{wanted} is required when subject kind is '{}'", kind.text());
        errors.required(&detail, problem);
    } else if name.text().is_empty() {
        errors.required(&name, "");
    }
    if *wanted == "serviceAccount" && detail.is_set() {
        validate_service_account(&detail, errors);
    }
    for (other, field) in SUBJECTS.iter().filter(|(_, field)| field != wanted) {
        let other_detail = subject.get(field);
        if other_detail.is_set() {
            let problem = format!("{field} is forbidden when subject kind is not '{other}'");
            errors.forbidden(&other_detail, problem);
        }
    }
}

fn validate_service_account(account: &Field, errors: &mut Errors) {
    let (name, namespace) = (account.get("name"), account.get("namespace"));
    if !matches!(name.text(), "" | "*") {
        errors.invalid_each(&name, is_dns1123_subdomain(name.text()));
    }
    if namespace.text().is_empty() {
        errors.required(&namespace, "must specify namespace for service account");
    } else {
        errors.invalid_each(&namespace, is_dns1123_label(namespace.text()));
    }
}

/// Says whether a list stands for everything; then nothing else may stand in it.
fn is_wildcard(list: &Field, what: &str, errors: &mut Errors) -> bool {
    let wildcard = list.texts().any(|item| item == "*");
    if wildcard && list.len() > 1 {
        errors.invalid(list, format!("if '*' is present, must not specify other {what}"));
    }
    wildcard
}

fn validate_verbs(verbs: &Field, errors: &mut Errors) {
    if verbs.is_empty() {
        errors.required(verbs, "verbs must contain at least one value");
    } else if !is_wildcard(verbs, "verbs", errors)
        && verbs.texts().any(|verb| !VERBS.contains(&verb))
    {
        errors.not_supported(verbs, &VERBS);
    }
}

fn validate_resource_rule(rule: &Field, errors: &mut Errors) {
    validate_verbs(&rule.get("verbs"), errors);
    let (groups, resources) = (rule.get("apiGroups"), rule.get("resources"));
    if groups.is_empty() {
        errors.required(&groups, "resource rules must supply at least one api group");
    }
    is_wildcard(&groups, "api groups", errors);
    if resources.is_empty() {
        errors.required(&resources, "resource rules must supply at least one resource");
    }
    is_wildcard(&resources, "resources", errors);
    let namespaces = rule.get("namespaces");
    if namespaces.is_empty() && !rule.get("clusterScope").is_true() {
        let detail =
            "resource rules that are not cluster scoped must supply at least one namespace";
        errors.required(&namespaces, detail);
    } else if !is_wildcard(&namespaces, "namespaces", errors) {
        for namespace in namespaces.items() {
            for problem in is_dns1123_label(namespace.text()) {
                let detail =
                    format!("each member of this list must be '*' or a DNS-1123 label; {problem}");
                errors.invalid(&namespace, detail);
            }
        }
    }
}

fn validate_non_resource_rule(rule: &Field, errors: &mut Errors) {
    validate_verbs(&rule.get("verbs"), errors);
    let urls = rule.get("nonResourceURLs");
    if urls.is_empty() {
        errors.required(&urls, "nonResourceURLs must contain at least one value");
    } else if !is_wildcard(&urls, "non-resource URLs", errors) {
        for url in urls.items() {
            if let Some(problem) = url_problem(url.text()) {
                errors.invalid(&url, problem);
            }
        }
    }
}

/// `ValidateNonResourceURLPath`.
fn url_problem(path: &str) -> Option<&'static str> {
    let stars = path.matches('*').count();
    match path {
        "" => Some("must not be empty"),
        "/" => None,
        _ if !path.starts_with('/') => Some("must start with slash"),
        _ if path.contains(' ') => Some("must not contain white-space"),
        _ if path.contains("//") => Some("must not contain double slash"),
        _ if stars > 1 || (stars == 1 && !path.ends_with("/*")) => {
            Some("wildcard can only do suffix matching")
        }
        _ => None,
    }
}

/// `ValidatePriorityLevelConfiguration`.
pub(crate) fn validate_priority_level(level: &Field, _: Features, errors: &mut Errors) {
    let (meta, spec) = (level.get("metadata"), level.get("spec"));
    validate_object_meta(&meta, Scope::Cluster, name_is_dns_subdomain, errors);
    let (kind, limited, exempt) = (spec.get("type"), spec.get("limited"), spec.get("exempt"));
    if (meta.get("name").text() == "exempt") != (kind.text() == "Exempt") {
        errors.invalid(&kind, "must be 'Exempt' if and only if `name` is 'exempt'");
    }
    match kind.text() {
        "Exempt" => {
            if limited.is_set() {
                errors.forbidden(&limited, "must be nil if the type is not Limited");
            }
            validate_shares(&exempt, errors);
        }
        "Limited" => {
            if exempt.is_set() {
                errors.forbidden(&exempt, "must be nil if the type is Limited");
            }
            if !limited.is_set() {
                return errors.required(&limited, "must not be empty when type is Limited");
            }
            validate_limited(&limited, errors);
        }
        _ => errors.not_supported(&kind, &["Exempt", "Limited"]),
    }
}

fn validate_shares(config: &Field, errors: &mut Errors) {
    for name in ["nominalConcurrencyShares", "assuredConcurrencyShares"] {
        let shares = config.get(name);
        if shares.int_or(0) < 0 {
            errors.invalid(&shares, "must be a non-negative integer");
        }
    }
    let lendable = config.get("lendablePercent");
    if !(0..=100).contains(&lendable.int_or(0)) {
        errors.invalid(&lendable, "must be between 0 and 100, inclusive");
    }
}

fn validate_limited(limited: &Field, errors: &mut Errors) {
    validate_shares(limited, errors);
    let response = limited.get("limitResponse");
    let (kind, queuing) = (response.get("type"), response.get("queuing"));
    match kind.text() {
        "Reject" if queuing.is_set() => {
            errors.forbidden(&queuing, "must be nil if limited.limitResponse.type is not Limited");
        }
        "Reject" => {}
        "Queue" if queuing.is_set() => validate_queuing(&queuing, errors),
        "Queue" => {
            errors.required(&queuing, "must not be empty if limited.limitResponse.type is Limited");
        }
        "" => errors.push(
            &kind,
            Cause::NotSupported,
            Some("\"\"".to_owned()),
            "supported values: \"Queue\", \"Reject\"",
        ),
        _ => one_of(&kind, &["Queue", "Reject"], errors),
    }
    let borrowing = limited.get("borrowingLimitPercent");
    if borrowing.int_or(0) < 0 {
        errors.invalid(&borrowing, "if specified, must be a non-negative integer");
    }
}

/// `ValidatePriorityLevelQueuingConfiguration`; zeros have defaults.
fn validate_queuing(queuing: &Field, errors: &mut Errors) {
    let number = |field: &Field, default| match field.int_or(0) {
        0 => default,
        number => number,
    };
    let (limit, queues, hand) =
        (queuing.get("queueLengthLimit"), queuing.get("queues"), queuing.get("handSize"));
    if number(&limit, 50) <= 0 {
        errors.invalid(&limit, "must be positive");
    }
    let (deck, hand_size) = (number(&queues, 64), number(&hand, 8));
    match deck {
        ..=0 => errors.invalid(&queues, "must be positive"),
        1..=MAX_QUEUES => {}
        _ => errors.invalid(&queues, format!("must not be greater than {MAX_QUEUES}")),
    }
    if hand_size <= 0 {
        errors.invalid(&hand, "must be positive");
    } else if hand_size > deck {
        errors.invalid_at(&hand, "8", format!("should not be greater than queues ({deck})"));
    } else if entropy_bits(deck, hand_size) > MAX_HASH_BITS {
        let detail = format!(
            "required entropy bits of deckSize {deck} and handSize {hand_size} should not be \
             greater than {MAX_HASH_BITS}"
        );
        errors.invalid_at(&hand, "8", detail);
    }
}

const MAX_HASH_BITS: i64 = 60;

/// `shufflesharding.RequiredEntropyBits`.
fn entropy_bits(deck: i64, hand: i64) -> i64 {
    ((deck as f64).log2() * hand as f64).ceil() as i64
}

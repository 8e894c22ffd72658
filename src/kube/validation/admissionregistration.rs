//! Webhook configurations and admission policies: `pkg/apis/admissionregistration/validation`,
//! with the syntax of CEL, but without its types.

use url::Url;

use super::features::Features;
use super::meta::{Scope, name_of, validate_generic_object_meta};
use super::unique::Names;
use super::values::{check_name, one_of, validate_qualified_name};
use crate::diagnostic::Cause;
use crate::kube::cel::{RESERVED, syntax_error};
use crate::kube::field::{Errors, Field};
use crate::kube::names::{
    is_dns1035_label, is_dns1123_subdomain, is_qualified_name, is_valid_port_num,
    name_is_dns_subdomain, path_segment_name,
};
use crate::kube::selector::validate_label_selector;

const MAX_MATCH_CONDITIONS: usize = 64;
const MAX_AUDIT_ANNOTATIONS: usize = 20;
const MAX_VALUE_EXPRESSION: usize = 5 * 1024;

/// `ValidateValidatingWebhookConfiguration` and `ValidateMutatingWebhookConfiguration`.
pub(crate) fn validate_webhooks(object: &Field, _: Features, errors: &mut Errors) {
    let meta = object.get("metadata");
    validate_generic_object_meta(&meta, Scope::Cluster, name_is_dns_subdomain, errors);
    let mut seen = Names::default();
    for webhook in object.get("webhooks").items() {
        validate_webhook(&webhook, errors);
        validate_review_versions(&webhook.get("admissionReviewVersions"), errors);
        let name = webhook.get("name");
        if !name.text().is_empty() && !seen.add(name.text()) {
            errors.duplicate(&name);
        }
    }
}

/// `validateValidatingWebhook` and `validateMutatingWebhook`; the reinvocation policy is a field
/// of the latter only.
fn validate_webhook(webhook: &Field, errors: &mut Errors) {
    validate_fully_qualified_name(&webhook.get("name"), errors);
    for rule in webhook.get("rules").items() {
        validate_rule_with_operations(&rule, errors);
    }
    one_of(&webhook.get("failurePolicy"), &["Fail", "Ignore"], errors);
    one_of(&webhook.get("matchPolicy"), &["Equivalent", "Exact"], errors);
    let side_effects = webhook.get("sideEffects");
    if !side_effects.is_set() {
        errors.required(&side_effects, "must specify one of None, NoneOnDryRun");
    }
    one_of(&side_effects, &["None", "NoneOnDryRun"], errors);
    let timeout = webhook.get("timeoutSeconds");
    if timeout.int().is_some_and(|seconds| !(1..=30).contains(&seconds)) {
        errors.invalid(&timeout, "the timeout value must be between 1 and 30 seconds");
    }
    validate_label_selector(&webhook.get("namespaceSelector"), errors);
    validate_label_selector(&webhook.get("objectSelector"), errors);
    one_of(&webhook.get("reinvocationPolicy"), &["IfNeeded", "Never"], errors);
    validate_client_config(&webhook.get("clientConfig"), errors);
    validate_match_conditions(&webhook.get("matchConditions"), errors);
}

/// `IsFullyQualifiedName`.
fn validate_fully_qualified_name(field: &Field, errors: &mut Errors) {
    if field.text().is_empty() {
        return errors.required(field, "");
    }
    let problems = is_dns1123_subdomain(field.text());
    if !problems.is_empty() {
        errors.invalid(field, problems.join(","));
    } else if field.text().split('.').count() < 3 {
        let problem = "should be a domain with at least three segments separated by dots";
        errors.invalid(field, problem);
    }
}

/// Where a webhook is called, of CRDs too.
pub(crate) fn validate_client_config(config: &Field, errors: &mut Errors) {
    let (url, service) = (config.get("url"), config.get("service"));
    match (url.is_set(), service.is_set()) {
        (true, false) => validate_webhook_url(&url, errors),
        (false, true) => validate_webhook_service(&service, errors),
        (true, true) | (false, false) => {
            errors.required(config, "exactly one of url or service is required");
        }
    }
}

/// `ValidateWebhookURL`.
fn validate_webhook_url(field: &Field, errors: &mut Errors) {
    const FORM: &str = "desired format: https://host[/path]";
    let text = field.text();
    let scheme = text.split_once(':').map_or("", |(scheme, _)| scheme);
    if !scheme.eq_ignore_ascii_case("https") {
        let detail = format!("'https' is the only allowed URL scheme; {FORM}");
        errors.invalid_text(field, scheme, detail);
    }
    let url = Url::parse(text).ok();
    if url.as_ref().is_none_or(|url| !url.has_host()) {
        errors.invalid_text(field, "", format!("host must be specified; {FORM}"));
    }
    let Some(url) = url else { return };
    if !url.username().is_empty() || url.password().is_some() {
        let problem = "user information is not permitted in the URL";
        errors.invalid_text(field, url.username(), problem);
    }
    if let Some(fragment) = url.fragment().filter(|fragment| !fragment.is_empty()) {
        errors.invalid_text(field, fragment, "fragments are not permitted in the URL");
    }
    if let Some(query) = url.query().filter(|query| !query.is_empty()) {
        errors.invalid_text(field, query, "query parameters are not permitted in the URL");
    }
}

/// `ValidateWebhookService`, whose callers give it the name for the namespace.
pub(crate) fn validate_webhook_service(service: &Field, errors: &mut Errors) {
    for (missing, told) in [("namespace", "name"), ("name", "namespace")] {
        if service.get(missing).text().is_empty() {
            let detail = format!("it is `{missing}` that is missing");
            errors.required(&service.get(told), detail);
        }
    }
    let (port, path) = (service.get("port"), service.get("path"));
    let problems = is_valid_port_num(port.int_or(443));
    if !problems.is_empty() {
        errors.invalid(&port, format!("port is not valid: {}", problems.join(", ")));
    }
    let text = path.text();
    if matches!(text, "" | "/") {
        return;
    }
    if text == "//" {
        return errors.invalid(&path, "segment[0] may not be empty");
    }
    if !text.starts_with('/') {
        errors.invalid(&path, "must start with a '/'");
    }
    validate_path_segments(&path, errors);
}

/// The first character is skipped, slash or not.
fn validate_path_segments(path: &Field, errors: &mut Errors) {
    let mut chars = path.text().chars();
    chars.next();
    let rest = chars.as_str();
    for (index, segment) in rest.strip_suffix('/').unwrap_or(rest).split('/').enumerate() {
        if segment.is_empty() {
            errors.invalid(path, format!("segment[{index}] may not be empty"));
            continue;
        }
        for problem in is_dns1123_subdomain(segment) {
            errors.invalid(path, format!("segment[{index}]: {problem}"));
        }
    }
}

/// `validateAdmissionReviewVersions`.
fn validate_review_versions(versions: &Field, errors: &mut Errors) {
    if versions.is_empty() {
        return errors.required(versions, "must specify one of v1, v1beta1");
    }
    let mut seen = Names::default();
    for version in versions.items() {
        if !seen.add(version.text()) {
            errors.invalid(&version, "duplicate version");
            continue;
        }
        errors.invalid_each(&version, is_dns1035_label(version.text()));
    }
    if !versions.texts().any(|version| matches!(version, "v1" | "v1beta1")) {
        errors.invalid(versions, "must include at least one of v1, v1beta1");
    }
}

/// `validateRuleWithOperations`.
fn validate_rule_with_operations(rule: &Field, errors: &mut Errors) {
    const OPERATIONS: [&str; 5] = ["*", "CONNECT", "CREATE", "DELETE", "UPDATE"];
    let operations = rule.get("operations");
    require_some(&operations, errors);
    validate_wildcard(&operations, "if '*' is present, must not specify other operations", errors);
    for operation in operations.items() {
        one_of(&operation, &OPERATIONS, errors);
    }
    validate_rule(rule, errors);
}

fn require_some(list: &Field, errors: &mut Errors) {
    if list.is_empty() {
        errors.required(list, "");
    }
}

fn validate_wildcard(list: &Field, problem: &'static str, errors: &mut Errors) {
    if list.len() > 1 && list.texts().any(|item| item == "*") {
        errors.invalid(list, problem);
    }
}

/// `validateRule`.
fn validate_rule(rule: &Field, errors: &mut Errors) {
    let (groups, versions) = (rule.get("apiGroups"), rule.get("apiVersions"));
    require_some(&groups, errors);
    validate_wildcard(&groups, "if '*' is present, must not specify other API groups", errors);
    require_some(&versions, errors);
    validate_wildcard(&versions, "if '*' is present, must not specify other API versions", errors);
    for version in versions.items() {
        if version.text().is_empty() {
            errors.required(&version, "");
        }
    }
    validate_resources(&rule.get("resources"), errors);
    one_of(&rule.get("scope"), &["*", "Cluster", "Namespaced"], errors);
}

/// `validateResources`.
fn validate_resources(resources: &Field, errors: &mut Errors) {
    require_some(resources, errors);
    let (mut whole, mut of_all) = (Names::default(), Names::default());
    let mut has_plain = false;
    for item in resources.items() {
        let text = item.text();
        let Some((resource, sub)) = text.split_once('/') else {
            if text.is_empty() {
                errors.required(&item, "");
            } else {
                has_plain = text != "*";
            }
            continue;
        };
        if whole.contains(resource) {
            let detail = format!("if '{resource}/*' is present, must not specify {text}");
            errors.invalid(&item, detail);
        }
        if of_all.contains(sub) {
            errors.invalid(&item, format!("if '*/{sub}' is present, must not specify {text}"));
        }
        if sub == "*" {
            whole.add(resource);
        }
        if resource == "*" {
            of_all.add(sub);
        }
    }
    if resources.len() > 1 && resources.texts().any(|item| item == "*/*") {
        errors.invalid(resources, "if '*/*' is present, must not specify other resources");
    }
    if has_plain && resources.texts().any(|item| item == "*") {
        let problem = "if '*' is present, must not specify other resources without subresources";
        errors.invalid(resources, problem);
    }
}

/// `validateMatchConditions`.
fn validate_match_conditions(conditions: &Field, errors: &mut Errors) {
    if conditions.len() > MAX_MATCH_CONDITIONS {
        errors.too_many(conditions, conditions.len(), MAX_MATCH_CONDITIONS);
    }
    let mut seen = Names::default();
    for condition in conditions.items() {
        let (name, expression) = (condition.get("name"), condition.get("expression"));
        if expression.text().trim().is_empty() {
            errors.required(&expression, "");
        }
        validate_expression(&expression, errors);
        if name.text().is_empty() {
            errors.required(&name, "");
            continue;
        }
        validate_qualified_name(&name, errors);
        if !seen.add(name.text()) {
            errors.duplicate(&name);
        }
    }
}

/// `ValidateValidatingAdmissionPolicy`.
pub(crate) fn validate_validating_policy(object: &Field, _: Features, errors: &mut Errors) {
    let spec = object.get("spec");
    validate_policy(object, errors);
    let (validations, audits) = (spec.get("validations"), spec.get("auditAnnotations"));
    if validations.is_empty() && audits.is_empty() {
        let detail = "validations or auditAnnotations must contain at least one item";
        errors.required(&validations, detail);
        errors.required(&audits, detail);
    }
    for validation in validations.items() {
        validate_validation(&validation, errors);
    }
    if audits.len() > MAX_AUDIT_ANNOTATIONS {
        let detail = format!("must not have more than {MAX_AUDIT_ANNOTATIONS} auditAnnotations");
        errors.invalid(&audits, detail);
    }
    let mut seen = Names::default();
    for audit in audits.items() {
        let (key, value) = (audit.get("key"), audit.get("valueExpression"));
        let name = name_of(&object.get("metadata")).into_owned();
        let qualified = format!("{name}/{}", key.text());
        for problem in if name.is_empty() { Vec::new() } else { is_qualified_name(&qualified) } {
            errors.invalid_text(&key, &qualified, problem);
        }
        if name.is_empty() {
            errors.invalid(&key, "requires metadata.name be non-empty");
        }
        match value.text().trim().len() {
            0 => errors.required(&value, "valueExpression is not specified"),
            1..=MAX_VALUE_EXPRESSION => validate_expression(&value, errors),
            _ => {
                let detail = format!("must not exceed {MAX_VALUE_EXPRESSION} bytes in length");
                errors.required(&value, detail);
            }
        }
        if !seen.add(key.text()) {
            errors.duplicate(&key);
        }
    }
}

/// What validating and mutating policies have in common.
fn validate_policy(object: &Field, errors: &mut Errors) {
    let meta = object.get("metadata");
    validate_generic_object_meta(&meta, Scope::Cluster, name_is_dns_subdomain, errors);
    let spec = object.get("spec");
    one_of(&spec.get("failurePolicy"), &["Fail", "Ignore"], errors);
    let (param, constraints) = (spec.get("paramKind"), spec.get("matchConstraints"));
    if param.is_set() {
        validate_param_kind(&param, errors);
    }
    if !constraints.is_set() {
        errors.required(&constraints, "");
    } else {
        validate_match_resources(&constraints, errors);
        require_some(&constraints.get("resourceRules"), errors);
    }
    validate_match_conditions(&spec.get("matchConditions"), errors);
    for variable in spec.get("variables").items() {
        let (name, expression) = (variable.get("name"), variable.get("expression"));
        if name.text().trim().is_empty() {
            errors.required(&name, "name is not specified");
        } else if !is_cel_identifier(name.text()) {
            errors.invalid(&name, "must be a valid CEL identifier");
        }
        if expression.text().trim().is_empty() {
            errors.required(&expression, "expression is not specified");
        }
        validate_expression(&expression, errors);
    }
}

/// The part of `validateCELCondition` that needs no types.
fn validate_expression(expression: &Field, errors: &mut Errors) {
    let text = expression.text();
    if let Some(problem) = (!text.trim().is_empty()).then(|| syntax_error(text)).flatten() {
        errors.invalid(expression, problem);
    }
}

fn is_cel_identifier(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && !RESERVED.contains(&name)
}

fn validate_validation(validation: &Field, errors: &mut Errors) {
    let (expression, message) = (validation.get("expression"), validation.get("message"));
    if expression.text().trim().is_empty() {
        errors.required(&expression, "expression is not specified");
    }
    validate_expression(&expression, errors);
    validate_expression(&validation.get("messageExpression"), errors);
    for field in [validation.get("messageExpression"), message] {
        if !field.text().is_empty() && field.text().trim().is_empty() {
            errors.invalid(&field, "must be non-empty if specified");
        }
    }
    if message.text().trim().contains(['\n', '\r']) {
        errors.invalid(&message, "must not contain line breaks");
    }
    let reasons = ["Forbidden", "Invalid", "RequestEntityTooLarge"];
    one_of(&validation.get("reason"), &reasons, errors);
}

/// `validateParamKind`.
fn validate_param_kind(param: &Field, errors: &mut Errors) {
    let (api, kind) = (param.get("apiVersion"), param.get("kind"));
    match api.text().split('/').collect::<Vec<_>>()[..] {
        [""] => errors.required(&api, ""),
        [version] => validate_version(&api, version, errors),
        [group, version] => {
            let problems = is_dns1123_subdomain(group);
            if !group.is_empty() && !problems.is_empty() {
                errors.invalid_text(&api, group, problems.join(","));
            }
            validate_version(&api, version, errors);
        }
        _ => {
            let detail = format!("unexpected GroupVersion string: {}", api.text());
            errors.invalid(&api, detail);
        }
    }
    if kind.text().is_empty() {
        return errors.required(&kind, "");
    }
    let problems = is_dns1035_label(&kind.text().to_lowercase());
    if !problems.is_empty() {
        let problems = problems.join(",");
        let detail = format!("may have mixed case, but should otherwise match: {problems}");
        errors.invalid(&kind, detail);
    }
}

fn validate_version(field: &Field, version: &str, errors: &mut Errors) {
    let problems = is_dns1035_label(version);
    if version.is_empty() {
        errors.invalid(field, "version must be specified");
    } else if !problems.is_empty() {
        errors.invalid_text(field, version, problems.join(","));
    }
}

/// `validateMatchResources`.
fn validate_match_resources(resources: &Field, errors: &mut Errors) {
    one_of(&resources.get("matchPolicy"), &["Equivalent", "Exact"], errors);
    validate_label_selector(&resources.get("namespaceSelector"), errors);
    validate_label_selector(&resources.get("objectSelector"), errors);
    for list in ["resourceRules", "excludeResourceRules"] {
        for rule in resources.get(list).items() {
            let mut seen = Names::default();
            for name in rule.get("resourceNames").items() {
                errors.invalid_each(&name, path_segment_name(name.text(), false));
                if !seen.add(name.text()) {
                    errors.duplicate(&name);
                }
            }
            validate_rule_with_operations(&rule, errors);
        }
    }
}

/// `ValidateMutatingAdmissionPolicy`.
pub(crate) fn validate_mutating_policy(object: &Field, _: Features, errors: &mut Errors) {
    validate_policy(object, errors);
    let spec = object.get("spec");
    let constraints = spec.get("matchConstraints");
    refuse_deletes(&constraints, errors);
    let mutations = spec.get("mutations");
    if mutations.is_empty() {
        errors.required(&mutations, "mutations must contain at least one item");
    }
    for mutation in mutations.items() {
        validate_mutation(&mutation, errors);
    }
    let policy = spec.get("reinvocationPolicy");
    if policy.text().is_empty() {
        errors.required(&policy, "");
    } else {
        one_of(&policy, &["IfNeeded", "Never"], errors);
    }
}

/// What is deleted cannot be changed. The rule and the operation are reported without an index.
fn refuse_deletes(resources: &Field, errors: &mut Errors) {
    let rules = resources.get("resourceRules");
    let place = rules.path().child("operations");
    for rule in rules.items() {
        for operation in rule.get("operations").items() {
            one_of(&operation.moved(place), &["*", "CONNECT", "CREATE", "UPDATE"], errors);
        }
    }
}

fn validate_mutation(mutation: &Field, errors: &mut Errors) {
    let kind = mutation.get("patchType");
    let (wanted, other) = match kind.text() {
        "" => return errors.required(&kind, ""),
        "JSONPatch" => ("jsonPatch", "applyConfiguration"),
        "ApplyConfiguration" => ("applyConfiguration", "jsonPatch"),
        _ => return errors.not_supported(&kind, &["ApplyConfiguration", "JSONPatch"]),
    };
    let (patch, other) = (mutation.get(wanted), mutation.get(other));
    let expression = patch.get("expression");
    if !patch.is_set() {
        errors.required(&patch, format!("must be specified when patchType is {}", kind.text()));
    } else if expression.text().trim().is_empty() {
        errors.required(&expression, "");
    }
    validate_expression(&expression, errors);
    if other.is_set() {
        let detail = format!("must not be specified when patchType is {}", kind.text());
        errors.push(&other, Cause::Invalid, None, detail);
    }
}

/// `ValidateValidatingAdmissionPolicyBinding`, and the mutating one, which has no actions.
pub(crate) fn validate_validating_binding(object: &Field, _: Features, errors: &mut Errors) {
    validate_binding(object, errors);
    let spec = object.get("spec");
    let actions = spec.get("validationActions");
    let mut seen = Names::default();
    for action in actions.items() {
        one_of(&action, &["Audit", "Deny", "Warn"], errors);
        if !seen.add(action.text()) {
            errors.duplicate(&action);
        }
    }
    if seen.contains("Deny") && seen.contains("Warn") {
        let problem = "must not contain both Deny and Warn (repeating the same validation failure \
             information in the API response and headers serves no purpose)";
        errors.invalid(&actions, problem);
    }
    if actions.is_empty() {
        errors.required(&actions, "at least one validation action is required");
    }
}

pub(crate) fn validate_mutating_binding(object: &Field, _: Features, errors: &mut Errors) {
    validate_binding(object, errors);
    let spec = object.get("spec");
    let resources = spec.get("matchResources");
    refuse_deletes(&resources, errors);
}

fn validate_binding(object: &Field, errors: &mut Errors) {
    let meta = object.get("metadata");
    validate_generic_object_meta(&meta, Scope::Cluster, name_is_dns_subdomain, errors);
    let spec = object.get("spec");
    let (name, param) = (spec.get("policyName"), spec.get("paramRef"));
    if name.text().is_empty() {
        errors.required(&name, "");
    }
    check_name(&name, name_is_dns_subdomain, errors);
    if param.is_set() {
        validate_param_ref(&param, errors);
    }
    validate_match_resources(&spec.get("matchResources"), errors);
}

/// `validateParamRef`.
fn validate_param_ref(param: &Field, errors: &mut Errors) {
    const EXCLUSIVE: &str = "name and selector are mutually exclusive";
    let (name, selector) = (param.get("name"), param.get("selector"));
    check_name(&name, path_segment_name, errors);
    let both = !name.text().is_empty() && selector.is_set();
    if both {
        errors.forbidden(&name, EXCLUSIVE);
    }
    validate_label_selector(&selector, errors);
    if both {
        errors.forbidden(&selector, EXCLUSIVE);
    }
    if name.text().is_empty() && !selector.is_set() {
        errors.required(param, "one of name or selector must be specified");
    }
    let action = param.get("parameterNotFoundAction");
    if action.text().is_empty() {
        errors.required(&action, "");
    } else {
        one_of(&action, &["Deny", "Allow"], errors);
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::check;

    fn webhook(fields: &str) -> String {
        format!(
            "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\n\
             metadata: {{name: a}}\nwebhooks: [{{name: a.b.c, sideEffects: None, admissionReviewVersions: [v1], {fields}}}]"
        )
    }

    const SERVICE: &str = "clientConfig: {service: {name: a, namespace: b}}";

    #[test]
    fn webhooks() {
        check(&webhook(SERVICE), "");
        check(
            &webhook(SERVICE).replace("a.b.c, sideEffects: None", "a.b, sideEffects: Some").replace("[v1]", "[v2]"),
            "webhooks[0].name: Invalid value: \"a.b\": should be a domain with at least three segments
             webhooks[0].sideEffects: Unsupported value: \"Some\"
             webhooks[0].admissionReviewVersions: Invalid value: [\"v2\"]: must include at least one of v1, v1beta1",
        );
    }

    #[test]
    fn clients() {
        check(
            &webhook("clientConfig: {url: 'http://a/b?c'}"),
            "webhooks[0].clientConfig.url: Invalid value: \"http\": 'https' is the only allowed URL scheme
             webhooks[0].clientConfig.url: Invalid value: \"c\": query parameters are not permitted",
        );
        check(
            &webhook("clientConfig: {service: {name: a, path: a//b, port: 0}}"),
            "webhooks[0].clientConfig.service.name: Required value: it is `namespace` that is missing
             webhooks[0].clientConfig.service.port: Invalid value: 0: port is not valid
             webhooks[0].clientConfig.service.path: Invalid value: \"a//b\": must start with a '/'
             webhooks[0].clientConfig.service.path: Invalid value: \"a//b\": segment[0] may not be empty
             webhooks[0].clientConfig.service.path: Invalid value: \"a//b\": segment[1] may not be empty",
        );
    }

    #[test]
    fn rules() {
        check(
            &webhook(&format!(
                "{SERVICE}, rules: [{{operations: ['*', PATCH], apiGroups: ['*', a], apiVersions: [''], \
                 resources: ['pods/*', pods/log, '*', a]}}]"
            )),
            "webhooks[0].rules[0].operations: Invalid value: [\"*\",\"PATCH\"]: if '*' is present
             webhooks[0].rules[0].operations[1]: Unsupported value: \"PATCH\"
             webhooks[0].rules[0].apiGroups: Invalid value: [\"*\",\"a\"]: if '*' is present
             webhooks[0].rules[0].apiVersions[0]: Required value
             webhooks[0].rules[0].resources[1]: Invalid value: \"pods/log\": if 'pods/*' is present
             webhooks[0].rules[0].resources: Invalid value: [\"pods/*\",\"pods/log\",\"*\",\"a\"]: if '*' is present",
        );
    }

    #[test]
    fn expressions_must_be_readable() {
        let policy = |spec: &str| {
            format!(
                "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicy\n\
                 metadata: {{name: a.b}}\nspec: {{matchConstraints: {{resourceRules: [{{operations: \
                 [CREATE], apiGroups: [''], apiVersions: [v1], resources: [pods]}}]}}, {spec}}}"
            )
        };
        let good = "validations: [{expression: \"authorizer.group('').resource('pods')\
             .check('get').allowed() && object.spec.?replicas.orValue(1) > 0\"}]";
        check(&policy(good), "");
        check(
            &policy("validations: [{expression: object.spec &&}], auditAnnotations: [{key: a b, valueExpression: \"'x'\"}]"),
            "spec.validations[0].expression: Invalid value: \"object.spec &&\": compilation failed: ERROR: <input>:1:15:
             spec.auditAnnotations[0].key: Invalid value: \"a.b/a b\": name part must consist of",
        );
        check(
            &webhook(&format!("{SERVICE}, matchConditions: [{{name: a, expression: '('}}]")),
            "webhooks[0].matchConditions[0].expression: Invalid value: \"(\": compilation failed: ERROR: <input>:1:2:",
        );
    }

    #[test]
    fn what_is_deleted_is_not_changed() {
        check(
            "apiVersion: admissionregistration.k8s.io/v1beta1\nkind: MutatingAdmissionPolicyBinding\n\
             metadata: {name: a}\nspec: {policyName: b, matchResources: {resourceRules: [{operations: \
             [DELETE], apiGroups: [''], apiVersions: [v1], resources: [pods]}]}}",
            "spec.matchResources.resourceRules.operations: Unsupported value: \"DELETE\": supported values: \
             \"*\", \"CONNECT\", \"CREATE\", \"UPDATE\"",
        );
    }
}

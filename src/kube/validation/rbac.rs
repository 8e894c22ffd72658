//! Roles and bindings: `pkg/apis/rbac/validation`.

use super::features::Features;
use super::meta::{Scope, validate_object_meta};
use super::networking::require_path_segment;
use crate::kube::field::{Errors, Field};
use crate::kube::names::{is_dns1123_subdomain, path_segment_name};
use crate::kube::selector::validate_label_selector;

const GROUP: &str = "rbac.authorization.k8s.io";

/// `ValidateRole`.
pub(crate) fn validate_role(role: &Field, _: Features, errors: &mut Errors) {
    validate_object_meta(&role.get("metadata"), Scope::Namespaced, path_segment_name, errors);
    for rule in role.get("rules").items() {
        validate_policy_rule(&rule, Scope::Namespaced, errors);
    }
}

/// `ValidateClusterRole`.
pub(crate) fn validate_cluster_role(role: &Field, _: Features, errors: &mut Errors) {
    validate_object_meta(&role.get("metadata"), Scope::Cluster, path_segment_name, errors);
    for rule in role.get("rules").items() {
        validate_policy_rule(&rule, Scope::Cluster, errors);
    }
    let aggregation = role.get("aggregationRule");
    let selectors = aggregation.get("clusterRoleSelectors");
    if aggregation.is_set() && selectors.is_empty() {
        let detail = "at least one clusterRoleSelector required if aggregationRule is non-nil";
        errors.required(&selectors, detail);
    }
    for selector in selectors.items() {
        let before = errors.count();
        validate_label_selector(&selector, errors);
        if errors.count() > before {
            errors.invalid(&selector, "invalid label selector.");
        }
    }
}

/// `ValidatePolicyRule`.
fn validate_policy_rule(rule: &Field, scope: Scope, errors: &mut Errors) {
    let verbs = rule.get("verbs");
    if verbs.is_empty() {
        errors.required(&verbs, "verbs must contain at least one value");
    }
    let (groups, resources) = (rule.get("apiGroups"), rule.get("resources"));
    let urls = rule.get("nonResourceURLs");
    if !urls.is_empty() {
        if scope == Scope::Namespaced {
            errors.invalid(&urls, "namespaced rules cannot apply to non-resource URLs");
        }
        let names = rule.get("resourceNames");
        if [groups, resources, names].iter().any(|list| !list.is_empty()) {
            let problem = "rules cannot apply to both regular resources and non-resource URLs";
            errors.invalid(&urls, problem);
        }
        return;
    }
    if groups.is_empty() {
        errors.required(&groups, "resource rules must supply at least one api group");
    }
    if resources.is_empty() {
        errors.required(&resources, "resource rules must supply at least one resource");
    }
}

/// `ValidateRoleBinding`.
pub(crate) fn validate_role_binding(binding: &Field, _: Features, errors: &mut Errors) {
    validate_object_meta(&binding.get("metadata"), Scope::Namespaced, path_segment_name, errors);
    validate_role_ref(&binding.get("roleRef"), &["Role", "ClusterRole"], errors);
    for subject in binding.get("subjects").items() {
        validate_subject(&subject, Scope::Namespaced, errors);
    }
}

/// `ValidateClusterRoleBinding`.
pub(crate) fn validate_cluster_role_binding(binding: &Field, _: Features, errors: &mut Errors) {
    validate_object_meta(&binding.get("metadata"), Scope::Cluster, path_segment_name, errors);
    validate_role_ref(&binding.get("roleRef"), &["ClusterRole"], errors);
    for subject in binding.get("subjects").items() {
        validate_subject(&subject, Scope::Cluster, errors);
    }
}

fn validate_role_ref(role_ref: &Field, kinds: &[&str], errors: &mut Errors) {
    let (group, kind) = (role_ref.get("apiGroup"), role_ref.get("kind"));
    if group.text_default(GROUP) != GROUP {
        errors.not_supported(&group, &[GROUP]);
    }
    if !kinds.contains(&kind.text()) {
        errors.not_supported(&kind, kinds);
    }
    require_path_segment(&role_ref.get("name"), errors);
}

/// `ValidateRoleBindingSubject`; the group of a user or group has a default.
fn validate_subject(subject: &Field, scope: Scope, errors: &mut Errors) {
    let (name, kind) = (subject.get("name"), subject.get("kind"));
    let (group, namespace) = (subject.get("apiGroup"), subject.get("namespace"));
    if name.text().is_empty() {
        errors.required(&name, "");
    }
    match kind.text() {
        "ServiceAccount" => {
            if !name.text().is_empty() {
                errors.invalid_each(&name, is_dns1123_subdomain(name.text()));
            }
            if !group.text().is_empty() {
                errors.not_supported(&group, &[""]);
            }
            if scope == Scope::Cluster && namespace.text().is_empty() {
                errors.required(&namespace, "");
            }
        }
        "User" | "Group" => {
            if group.text_default(GROUP) != GROUP {
                errors.not_supported(&group, &[GROUP]);
            }
        }
        _ => errors.not_supported(&kind, &["ServiceAccount", "User", "Group"]),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::check;

    fn object(kind: &str, more: &str) -> String {
        format!(
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata: {{name: 'a:B'}}\n{more}"
        )
    }

    #[test]
    fn rules() {
        check(
            &object("Role", "rules: [{}, {verbs: [get], nonResourceURLs: [/]}]"),
            "rules[0].verbs: Required value
             rules[0].apiGroups: Required value
             rules[0].resources: Required value
             rules[1].nonResourceURLs: Invalid value: [\"/\"]: namespaced rules cannot apply",
        );
        check(
            &object("ClusterRole", "aggregationRule: {}"),
            "aggregationRule.clusterRoleSelectors: Required value",
        );
    }

    #[test]
    fn subjects() {
        let with = |kind: &str, subject: &str| {
            object(kind, &format!("roleRef: {{kind: ClusterRole, name: a}}\nsubjects: [{subject}]"))
        };
        check(&with("RoleBinding", "{kind: ServiceAccount, name: a}"), "");
        check(
            &with("ClusterRoleBinding", "{kind: ServiceAccount, name: a}"),
            "subjects[0].namespace: Required value",
        );
        check(
            &with("RoleBinding", "{kind: user, name: a}"),
            "subjects[0].kind: Unsupported value: \"user\": supported values: \"ServiceAccount\", \"User\", \"Group\"",
        );
    }

    #[test]
    fn role_references() {
        check(
            &object("ClusterRoleBinding", "roleRef: {kind: Role, apiGroup: rbac}"),
            "roleRef.apiGroup: Unsupported value: \"rbac\"
             roleRef.kind: Unsupported value: \"Role\": supported values: \"ClusterRole\"
             roleRef.name: Required value",
        );
    }
}

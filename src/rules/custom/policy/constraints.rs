//! Which objects a policy is for: `matchConstraints`.

use std::collections::HashMap;

use serde_json::json;

use crate::kube::cel::{self, Value};
use crate::kube::selector;
use crate::manifest::Object;
use crate::rules::Input;
use crate::source::FileId;
use crate::yaml::{self, Document, Node};

/// The namespaces that objects are in.
pub(super) struct Namespaces<'a> {
    /// Of objects that name none.
    default: &'a str,
    /// Those that the render makes.
    objects: HashMap<&'a str, Object<'a>>,
}

impl<'a> Namespaces<'a> {
    pub(super) fn of(input: &Input<'a>) -> Namespaces<'a> {
        let namespaces = input.objects.iter().filter(|one| one.kind() == "Namespace");
        let objects = namespaces.filter_map(|one| Some((one.name()?, one))).collect();
        Namespaces { default: input.namespace, objects }
    }

    /// Empty for objects of the cluster.
    pub(super) fn name_of(&self, object: Object<'a>) -> &'a str {
        if is_of_cluster(object) { "" } else { object.namespace().unwrap_or(self.default) }
    }

    pub(super) fn value_of(&self, object: Object<'a>) -> Value {
        let name = self.name_of(object);
        match self.objects.get(name) {
            _ if name.is_empty() => Value::Null,
            Some(namespace) => cel::value(namespace.root()),
            None => cel::json_value(&json!({
                "metadata": {"name": name, "labels": {"kubernetes.io/metadata.name": name}},
            })),
        }
    }

    /// Whether a selector takes the namespace of an object; those of the cluster always match.
    fn are_selected(&self, selector: Node<'_>, object: Object<'a>) -> bool {
        let name = match object.kind() {
            "Namespace" => object.name().unwrap_or_default(),
            _ => self.name_of(object),
        };
        if name.is_empty() {
            return true;
        }
        let written = self.objects.get(name).and_then(|one| one.root().at(&["metadata", "labels"]));
        match written {
            Some(labels) => selector::matches(Some(selector), Some(labels)),
            None => own_label(name)
                .is_some_and(|labels| selector::matches(Some(selector), Some(labels.root()))),
        }
    }
}

/// The label that every namespace has.
fn own_label(name: &str) -> Option<Document> {
    let text = format!("kubernetes.io/metadata.name: {name:?}").into_bytes().into();
    yaml::read(FileId::NOWHERE, &text).ok()?.into_iter().next()
}

/// Whether the constraints take the creation of an object.
pub(super) fn matches(
    constraints: Node<'_>,
    object: Object<'_>,
    namespaces: &Namespaces<'_>,
) -> bool {
    let selector = |key| constraints.get(key).filter(|node: &Node<'_>| !node.is_null());
    let exact = constraints.get("matchPolicy").and_then(Node::as_str) == Some("Exact");
    let any = |key| {
        let rules = constraints.get(key).into_iter().flat_map(|rules| rules.items());
        rules.into_iter().any(|rule| takes(rule, object, exact))
    };
    let labels = object.root().at(&["metadata", "labels"]);
    let by_labels =
        selector("objectSelector").is_none_or(|one| selector::matches(Some(one), labels));
    let by_namespace =
        selector("namespaceSelector").is_none_or(|one| namespaces.are_selected(one, object));
    any("resourceRules") && !any("excludeResourceRules") && by_labels && by_namespace
}

/// Unless the match is to be exact, every version of a group stands for the others.
fn takes(rule: Node<'_>, object: Object<'_>, exact: bool) -> bool {
    let (group, version) =
        object.api_version().split_once('/').unwrap_or(("", object.api_version()));
    let has = |key: &str, wanted: &str| {
        let items = rule.get(key).into_iter().flat_map(|list| list.items());
        items.filter_map(Node::as_str).any(|item| item == "*" || item == wanted)
    };
    let names = rule.get("resourceNames").filter(|names| names.items().len() > 0);
    let named = names.is_none_or(|names| {
        names.items().any(|name| name.as_str().is_some_and(|name| Some(name) == object.name()))
    });
    let scope = match rule.get("scope").and_then(Node::as_str) {
        Some("Cluster") => is_of_cluster(object),
        Some("Namespaced") => !is_of_cluster(object),
        _ => true,
    };
    let resource = resource_of(object.kind());
    has("apiGroups", group)
        && (!exact || has("apiVersions", version))
        && has("operations", "CREATE")
        && (has("resources", &resource) || has("resources", "*/*"))
        && named
        && scope
}

/// The resource of a kind: its name in the plural, in lower case.
pub(super) fn resource_of(kind: &str) -> String {
    let lower = kind.to_ascii_lowercase();
    let vowel = |c: char| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u');
    match lower.strip_suffix('y') {
        _ if lower == "endpoints" => lower,
        Some(stem) if !stem.ends_with(vowel) => format!("{stem}ies"),
        _ if lower.ends_with(['s', 'x']) || lower.ends_with("ch") => format!("{lower}es"),
        Some(_) | None => format!("{lower}s"),
    }
}

/// Has no namespace.
fn is_of_cluster(object: Object<'_>) -> bool {
    const KINDS: &[&str] = &[
        "APIService",
        "CSIDriver",
        "CertificateSigningRequest",
        "ClusterRole",
        "ClusterRoleBinding",
        "CustomResourceDefinition",
        "FlowSchema",
        "IngressClass",
        "MutatingWebhookConfiguration",
        "Namespace",
        "Node",
        "PersistentVolume",
        "PriorityClass",
        "PriorityLevelConfiguration",
        "RuntimeClass",
        "StorageClass",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
        "ValidatingWebhookConfiguration",
    ];
    KINDS.contains(&object.kind())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources() {
        let kinds = ["Deployment", "NetworkPolicy", "Ingress", "Gateway", "Endpoints"];
        let resources = ["deployments", "networkpolicies", "ingresses", "gateways", "endpoints"];
        assert_eq!(kinds.map(resource_of), resources);
    }
}

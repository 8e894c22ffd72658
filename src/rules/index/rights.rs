//! Who is given which role.

use std::collections::HashSet;

use crate::manifest::Object;
use crate::yaml::Node;

/// The bindings of a render.
#[derive(Default)]
pub(crate) struct Rights<'a> {
    /// Namespace and name of the Roles that somebody is bound to.
    roles: HashSet<(&'a str, &'a str)>,
    cluster_roles: HashSet<&'a str>,
    /// Namespace and name of the service accounts that a binding gives rights to.
    accounts: HashSet<(&'a str, &'a str)>,
    /// The ClusterRoles of the render; a namespace that a chart writes there means nothing.
    defined: HashSet<&'a str>,
}

impl<'a> Rights<'a> {
    pub(super) fn add(&mut self, object: Object<'a>, namespace: &'a str) {
        match object.kind() {
            "RoleBinding" | "ClusterRoleBinding" => self.add_binding(object.root(), namespace),
            "ClusterRole" => self.defined.extend(object.name()),
            _ => {}
        }
    }

    fn add_binding(&mut self, binding: Node<'a>, namespace: &'a str) {
        let text = |node: Node<'a>, key| node.get(key).and_then(Node::as_str);
        if let Some(role) = binding.get("roleRef")
            && let (Some(kind), Some(name)) = (text(role, "kind"), text(role, "name"))
        {
            match kind {
                "ClusterRole" => self.cluster_roles.insert(name),
                _ => self.roles.insert((namespace, name)),
            };
        }
        let subjects = binding.get("subjects").into_iter().flat_map(|list| list.items());
        for subject in subjects {
            let account = (text(subject, "kind"), text(subject, "name"));
            if let (Some("ServiceAccount"), Some(name)) = account {
                let namespace = text(subject, "namespace").unwrap_or(namespace);
                self.accounts.insert((namespace, name));
            }
        }
    }

    /// Whether somebody has the rights of a Role or ClusterRole: a binding names it, or it is
    /// added to the roles that users have.
    pub(crate) fn is_bound(&self, role: Object<'_>, namespace: &str) -> bool {
        let name = role.name().unwrap_or_default();
        let bound = match role.kind() {
            "ClusterRole" => self.cluster_roles.contains(name),
            _ => self.roles.contains(&(namespace, name)),
        };
        bound || is_aggregated(role)
    }

    /// Whether a binding gives rights to a service account.
    pub(crate) fn has_rights(&self, namespace: &str, account: &str) -> bool {
        self.accounts.contains(&(namespace, account))
    }

    pub(crate) fn has_cluster_role(&self, name: &str) -> bool {
        self.defined.contains(name)
    }
}

/// Has a label by which its rules become part of a role that users have.
fn is_aggregated(role: Object<'_>) -> bool {
    let labels = role.root().at(&["metadata", "labels"]).into_iter();
    let mut keys = labels.flat_map(|labels| labels.entries()).filter_map(|one| one.key.as_str());
    keys.any(|key| key.starts_with("rbac.authorization.k8s.io/aggregate-to-"))
}

//! What roles allow.

use crate::manifest::Object;
use crate::rules::field::Field;
use crate::yaml::Node;

/// A rule of a Role or ClusterRole.
#[derive(Copy, Clone)]
pub(crate) struct Grant<'a> {
    role: Object<'a>,
    index: usize,
    node: Node<'a>,
}

/// What makes pods: groups and their resources.
const MAKERS: &[(&str, &[&str])] = &[
    ("", &["pods", "replicationcontrollers"]),
    ("apps", &["deployments", "statefulsets", "daemonsets", "replicasets"]),
    ("batch", &["jobs", "cronjobs"]),
];

/// The rules of a Role or ClusterRole.
pub(crate) fn grants<'a>(role: Object<'a>) -> impl Iterator<Item = Grant<'a>> {
    let rules = role.root().get("rules").into_iter().flat_map(|rules| rules.items());
    rules.enumerate().map(move |(index, node)| Grant { role, index, node })
}

impl<'a> Grant<'a> {
    pub(crate) fn at(self, key: &str) -> Field<'a> {
        Field::root(self.role).key("rules").index(self.index).key(key)
    }

    pub(crate) fn list(self, key: &str) -> impl Iterator<Item = &'a str> {
        let list = self.node.get(key).into_iter().flat_map(|list| list.items());
        list.filter_map(Node::as_str)
    }

    /// Whether the list has one of these, or the star that stands for all.
    pub(crate) fn has(self, key: &str, wanted: &[&str]) -> bool {
        self.list(key).any(|found| found == "*" || wanted.contains(&found))
    }

    /// Allows one of the verbs on one of the resources of the group.
    pub(crate) fn allows(self, group: &str, resources: &[&str], verbs: &[&str]) -> bool {
        self.has("apiGroups", &[group])
            && self.has("resources", resources)
            && self.has("verbs", verbs)
    }

    /// Allows making pods, or something that makes them.
    pub(crate) fn makes_pods(self) -> bool {
        MAKERS.iter().any(|(group, resources)| self.allows(group, resources, &["create"]))
    }

    /// Holds for objects of certain names only.
    pub(crate) fn is_narrow(self) -> bool {
        self.list("resourceNames").next().is_some()
    }

    /// Has a star where it matters; `rbac-wildcard` reports that.
    pub(crate) fn is_wild(self) -> bool {
        ["resources", "verbs"].into_iter().any(|key| self.list(key).any(|found| found == "*"))
    }
}

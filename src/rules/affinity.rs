//! How a workload asks for its pods to be spread.

use crate::rules::index::Index;
use crate::rules::selector::Selector;
use crate::rules::workload::Workload;
use crate::yaml::Node;

/// A term of `podAntiAffinity`, or an item of `topologySpreadConstraints`.
pub(crate) struct SpreadTerm<'a> {
    pub(crate) list: SpreadList,
    pub(crate) index: usize,
    /// The scheduler obeys it whatever it costs.
    pub(crate) required: bool,
    pub(crate) topology_key: Option<&'a str>,
    /// None if it has none, or none that can be read.
    pub(crate) selector: Option<Selector<'a>>,
    node: Node<'a>,
}

#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum SpreadList {
    RequiredAntiAffinity,
    PreferredAntiAffinity,
    TopologySpread,
}

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED: &str = "preferredDuringSchedulingIgnoredDuringExecution";

impl SpreadList {
    /// The keys from the pod spec to the list.
    pub(crate) fn keys(self) -> &'static [&'static str] {
        match self {
            SpreadList::RequiredAntiAffinity => &["affinity", "podAntiAffinity", REQUIRED],
            SpreadList::PreferredAntiAffinity => &["affinity", "podAntiAffinity", PREFERRED],
            SpreadList::TopologySpread => &["topologySpreadConstraints"],
        }
    }

    /// The keys from an item of the list to the term.
    pub(crate) fn term_keys(self) -> &'static [&'static str] {
        match self {
            SpreadList::PreferredAntiAffinity => &["podAffinityTerm"],
            SpreadList::RequiredAntiAffinity | SpreadList::TopologySpread => &[],
        }
    }
}

/// Every term that may keep the pods of a workload apart.
pub(crate) fn spread_terms<'a>(workload: &Workload<'a>) -> Vec<SpreadTerm<'a>> {
    let lists = [
        SpreadList::RequiredAntiAffinity,
        SpreadList::PreferredAntiAffinity,
        SpreadList::TopologySpread,
    ];
    let mut terms = Vec::new();
    for list in lists {
        let Some(items) = workload.pod.at(list.keys()) else { continue };
        for (index, item) in items.items().enumerate() {
            let Some(node) = item.at(list.term_keys()) else { continue };
            terms.push(SpreadTerm {
                list,
                index,
                required: match list {
                    SpreadList::RequiredAntiAffinity => true,
                    SpreadList::PreferredAntiAffinity => false,
                    SpreadList::TopologySpread => {
                        node.get("whenUnsatisfiable").and_then(Node::as_str)
                            != Some("ScheduleAnyway")
                    }
                },
                topology_key: node.get("topologyKey").and_then(Node::as_str),
                selector: node.get("labelSelector").and_then(Selector::of),
                node,
            });
        }
    }
    terms
}

impl<'a> SpreadTerm<'a> {
    /// Keeps the pods of this workload apart from each other.
    pub(crate) fn selects_own(&self, workload: &Workload<'_>) -> bool {
        self.covers_namespace(workload.namespace)
            && self.selector.as_ref().is_some_and(|selector| selector.matches(&workload.labels))
    }

    /// Selects pods of some workload in the namespace.
    pub(crate) fn selects_any(&self, index: &Index<'a>, namespace: &str) -> bool {
        let selector = self.selector.as_ref();
        selector.is_some_and(|selector| index.select(namespace, selector).next().is_some())
    }

    fn covers_namespace(&self, own: &str) -> bool {
        let selects_all = self.node.get("namespaceSelector").is_some();
        let Some(named) = self.node.get("namespaces") else { return true };
        selects_all
            || named.items().len() == 0
            || named.items().any(|name| name.as_str() == Some(own))
    }
}

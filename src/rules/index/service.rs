//! Services, and where their ports lead.

use crate::manifest::Object;
use crate::rules::selector::{Labels, Selector};
use crate::rules::workload::{Container, Port, PortRef, Workload};
use crate::yaml::Node;

/// A Service of the core group.
pub(crate) struct Service<'a> {
    pub(crate) object: Object<'a>,
    pub(crate) namespace: &'a str,
    pub(crate) spec: Node<'a>,
    /// Its own, not those that it selects.
    pub(crate) labels: Labels<'a>,
    /// None for a Service without selector, or with an empty one: somebody else makes its
    /// endpoints.
    pub(crate) selector: Option<Selector<'a>>,
}

impl<'a> Service<'a> {
    pub(super) fn of(object: Object<'a>, namespace: &'a str) -> Option<Service<'a>> {
        if object.kind() != "Service" || object.api_version() != "v1" {
            return None;
        }
        let spec = object.root().get("spec")?;
        let selector = spec.get("selector").and_then(Selector::of_map);
        let selector = selector.filter(|selector| !selector.is_empty());
        let labels = Labels::of(object.root().at(&["metadata", "labels"]));
        Some(Service { object, namespace, spec, labels, selector })
    }

    pub(crate) fn is_headless(&self) -> bool {
        self.spec.get("clusterIP").and_then(Node::as_str) == Some("None")
    }

    pub(crate) fn kind(&self) -> &'a str {
        self.spec.get("type").and_then(Node::as_str).unwrap_or("ClusterIP")
    }

    pub(crate) fn ports(&self) -> impl Iterator<Item = ServicePort<'a>> + use<'a> {
        let ports = self.spec.get("ports").into_iter().flat_map(|ports| ports.items());
        ports.enumerate().filter_map(|(index, node)| {
            let number = node.get("port")?.as_i64()?;
            let target = node.get("targetPort").filter(|target| !target.is_null());
            Some(ServicePort {
                index,
                number,
                name: node.get("name").and_then(Node::as_str),
                // The API server fills in the Service's own port (`SetDefaults_Service`).
                target: target.map_or(Some(PortRef::Number(number)), PortRef::of)?,
            })
        })
    }

    /// Whether one of its ports leads to this container, given all that run in its pod.
    ///
    /// A number that no container declares leads to the only container, if there is but one.
    pub(crate) fn reaches(&self, container: &Container<'_>, workload: &Workload<'_>) -> bool {
        self.ports().any(|port| {
            let declared = |one: &Container<'_>| one.port(port.target).is_some();
            declared(container)
                || matches!(port.target, PortRef::Number(_))
                    && workload.running_containers().count() == 1
                    && container.is_running()
        })
    }
}

/// An item of a Service's `ports`.
#[derive(Copy, Clone)]
pub(crate) struct ServicePort<'a> {
    pub(crate) index: usize,
    pub(crate) number: i64,
    pub(crate) name: Option<&'a str>,
    pub(crate) target: PortRef<'a>,
}

/// The port that a Service's port leads to, in whichever container declares it.
pub(crate) fn target<'w, 'a>(
    port: ServicePort<'_>,
    workload: &'w Workload<'a>,
) -> Option<&'w Port<'a>> {
    workload.running_containers().find_map(|container| container.port(port.target))
}

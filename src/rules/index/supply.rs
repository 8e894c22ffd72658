//! What controllers and operators make of a render, besides the objects themselves.

use std::collections::HashSet;

use crate::manifest::Object;
use crate::rules::selector::Selector;
use crate::yaml::Node;

/// What the cluster will hold though no document says so.
#[derive(Default)]
pub(crate) struct Supply<'a> {
    /// Namespace and name of the Secrets that controllers are asked to make.
    secrets: HashSet<(&'a str, &'a str)>,
    /// The names of custom resources that operators act upon.
    operands: HashSet<&'a str>,
    /// Namespace, list and resource that a LimitRange fills in for containers: `default` holds
    /// limits, `defaultRequest` requests.
    defaults: HashSet<(&'a str, &'a str, &'a str)>,
}

impl<'a> Supply<'a> {
    pub(super) fn add(&mut self, object: Object<'a>, namespace: &'a str) {
        self.secrets.extend(ordered_secret(object).map(|secret| (namespace, secret)));
        self.operands.extend(object.name().filter(|_| is_operand(object)));
        if object.kind() == "LimitRange" {
            self.add_defaults(object, namespace);
        }
    }

    fn add_defaults(&mut self, range: Object<'a>, namespace: &'a str) {
        let limits = range.root().at(&["spec", "limits"]).into_iter().flat_map(|list| list.items());
        let for_container =
            |limit: &Node<'_>| limit.get("type").and_then(Node::as_str) == Some("Container");
        for limit in limits.filter(for_container) {
            for list in ["default", "defaultRequest"] {
                let resources = limit.get(list).into_iter().flat_map(|list| list.entries());
                let names = resources.filter_map(|resource| resource.key.as_str());
                self.defaults.extend(names.map(|name| (namespace, list, name)));
            }
        }
    }

    /// Whether a controller is asked to make a Secret.
    pub(crate) fn has_secret(&self, namespace: &str, name: &str) -> bool {
        self.secrets.contains(&(namespace, name))
    }

    /// Whether a LimitRange of the namespace fills a resource in.
    pub(crate) fn fills_in(&self, namespace: &str, list: &str, resource: &str) -> bool {
        self.defaults.contains(&(namespace, list, resource))
    }

    /// Whether the selector names a custom resource: its operator then makes what is selected.
    pub(crate) fn is_operated(&self, selector: &Selector<'_>) -> bool {
        selector.values().any(|value| self.operands.contains(value))
    }

    /// Whether there are custom resources from which operators make further objects.
    pub(crate) fn has_operands(&self) -> bool {
        !self.operands.is_empty()
    }
}

/// A custom resource from which an operator makes pods and Services; not one that only describes
/// monitoring, certificates, routes or policies.
fn is_operand(object: Object<'_>) -> bool {
    const PASSIVE: &[&str] = &[
        "apps.openshift.io",
        "argoproj.io",
        "bitnami.com",
        "cert-manager.io",
        "cilium.io",
        "external-secrets.io",
        "gateway.networking.k8s.io",
        "keda.sh",
        "kyverno.io",
        "networking.istio.io",
        "route.openshift.io",
        "security.istio.io",
        "security.openshift.io",
        "snapshot.storage.k8s.io",
        "traefik.containo.us",
        "traefik.io",
    ];
    const MONITORS: &[&str] = &[
        "ServiceMonitor",
        "PodMonitor",
        "PrometheusRule",
        "Probe",
        "ScrapeConfig",
        "AlertmanagerConfig",
    ];
    let group = object.api_version().split_once('/').map_or("", |(group, _)| group);
    let built_in = !group.contains('.') || group.ends_with(".k8s.io");
    !built_in && !PASSIVE.contains(&group) && !MONITORS.contains(&object.kind())
}

/// The Secret that an object asks a controller to make.
fn ordered_secret(object: Object<'_>) -> Option<&str> {
    let named = match object.kind() {
        "Certificate" => object.root().at(&["spec", "secretName"]),
        "ExternalSecret" => object.root().at(&["spec", "target", "name"]),
        "SealedSecret" => object.root().at(&["spec", "template", "metadata", "name"]),
        _ => return None,
    };
    named.and_then(Node::as_str).or(object.name())
}

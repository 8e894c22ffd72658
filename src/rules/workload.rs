//! Objects that own pods, read once for all rules.

use crate::manifest::Object;
use crate::rules::field::Field;
use crate::rules::reference::{Reference, references};
use crate::rules::selector::Labels;
use crate::yaml::Node;

/// An object that owns pods, with its pod template.
pub(crate) struct Workload<'a> {
    pub(crate) object: Object<'a>,
    pub(crate) kind: WorkloadKind,
    pub(crate) namespace: &'a str,
    pub(crate) purpose: Purpose,
    /// The spec of the object itself: replicas, strategy, claim templates.
    pub(crate) spec: Node<'a>,
    /// The spec of its pods.
    pub(crate) pod: Node<'a>,
    /// The annotations of its pods.
    pub(crate) annotations: Option<Node<'a>>,
    /// The labels of its pods.
    pub(crate) labels: Labels<'a>,
    /// Every container in the order of `initContainers`, `containers`, `ephemeralContainers`.
    pub(crate) containers: Vec<Container<'a>>,
    /// What its pods refer to by name.
    pub(crate) references: Vec<Reference<'a>>,
}

#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum WorkloadKind {
    Deployment,
    StatefulSet,
    DaemonSet,
    ReplicaSet,
    ReplicationController,
    Job,
    CronJob,
    Pod,
}

/// What an object is for, as its `helm.sh/hook` annotation says.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Part of the release.
    Installed,
    /// Runs around an install, upgrade or rollback.
    Hook,
    /// Runs when the user calls `helm test`.
    Test,
}

/// One container of a pod template.
pub(crate) struct Container<'a> {
    pub(crate) object: Object<'a>,
    pub(crate) role: ContainerRole,
    /// Where its list is: the path of the pod spec, the list, the index in it.
    pod_path: &'static str,
    list: &'static str,
    index: usize,
    pub(crate) name: &'a str,
    pub(crate) node: Node<'a>,
    pub(crate) image: Option<&'a str>,
    pub(crate) ports: Vec<Port<'a>>,
    pub(crate) env: Option<Node<'a>>,
    pub(crate) resources: Option<Node<'a>>,
    pub(crate) security: Option<Node<'a>>,
    pub(crate) mounts: Option<Node<'a>>,
    pub(crate) probes: Probes<'a>,
    pub(crate) pre_stop: Option<Node<'a>>,
}

#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum ContainerRole {
    Regular,
    /// Runs to its end before the regular ones start.
    Init,
    /// An init container with `restartPolicy: Always`: runs beside the regular ones.
    Sidecar,
    Ephemeral,
}

#[derive(Copy, Clone, Default)]
pub(crate) struct Probes<'a> {
    pub(crate) liveness: Option<Node<'a>>,
    pub(crate) readiness: Option<Node<'a>>,
    pub(crate) startup: Option<Node<'a>>,
}

#[derive(Copy, Clone)]
pub(crate) struct Port<'a> {
    pub(crate) name: Option<&'a str>,
    pub(crate) number: Option<i64>,
    pub(crate) protocol: &'a str,
}

/// A port as probes and Services refer to it.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum PortRef<'a> {
    Name(&'a str),
    Number(i64),
}

impl<'a> Workload<'a> {
    /// The workload that an object is, if it is one.
    pub(crate) fn of(object: Object<'a>, namespace: &'a str) -> Option<Workload<'a>> {
        let kind = WorkloadKind::of(object)?;
        let root = object.root();
        let template = root.at(kind.template_keys())?;
        let pod = template.get("spec")?;
        let metadata = template.get("metadata");
        let mut workload = Workload {
            object,
            kind,
            namespace,
            purpose: Purpose::of(object),
            spec: root.get("spec").unwrap_or(root),
            pod,
            annotations: metadata.and_then(|metadata| metadata.get("annotations")),
            labels: Labels::of(metadata.and_then(|metadata| metadata.get("labels"))),
            containers: containers(object, kind.pod_path(), pod),
            references: Vec::new(),
        };
        workload.references = references(&workload);
        Some(workload)
    }

    /// A field of the object, from its root.
    pub(crate) fn at(&self, keys: &[&str]) -> Field<'a> {
        Field::root(self.object).keys(keys)
    }

    /// A field of the pods' spec.
    pub(crate) fn pod_at(&self, keys: &[&str]) -> Field<'a> {
        Field::along(self.object, self.kind.pod_path()).keys(keys)
    }

    /// A field of the pods' metadata.
    pub(crate) fn pod_metadata_at(&self, keys: &[&str]) -> Field<'a> {
        Field::root(self.object).keys(self.kind.template_keys()).key("metadata").keys(keys)
    }

    pub(crate) fn name(&self) -> &'a str {
        self.object.name().unwrap_or_default()
    }

    /// `Deployment web`.
    pub(crate) fn title(&self) -> String {
        format!("{} `{}`", self.object.kind(), self.name())
    }

    /// `spec.replicas` as written. A number in quotes is refused elsewhere, and means itself.
    pub(crate) fn replicas(&self) -> Option<i64> {
        let node = self.spec.get("replicas")?;
        node.as_i64().or_else(|| node.as_str()?.parse().ok())
    }

    /// Its pods run until somebody stops them.
    pub(crate) fn is_lasting(&self) -> bool {
        self.purpose == Purpose::Installed && !self.kind.is_finite()
    }

    /// The containers that run side by side for the life of the pod.
    pub(crate) fn running_containers(&self) -> impl Iterator<Item = &Container<'a>> {
        self.containers.iter().filter(|container| container.is_running())
    }

    /// A key of a container's `securityContext`, or else of the pods' own, as the kubelet reads it.
    pub(crate) fn security(&self, container: &Container<'a>, key: &str) -> Option<Node<'a>> {
        let own = container.security.and_then(|security| security.get(key));
        let shared = || self.pod.get("securityContext")?.get(key);
        own.filter(|node| !node.is_null()).or_else(shared).filter(|node| !node.is_null())
    }

    /// The field of a key that [`Workload::security`] found, or where it should stand.
    pub(crate) fn security_at(&self, container: &Container<'a>, key: &str) -> Field<'a> {
        let own = container.at(&["securityContext", key]);
        let shared = self.pod_at(&["securityContext", key]);
        if own.value.is_none() && shared.value.is_some() { shared } else { own }
    }

    /// Whether a finding about a key belongs to this container: it has the key itself, or is the
    /// first of those that take it from the pod, and so speaks for all of them.
    pub(crate) fn speaks_for(&self, container: &Container<'a>, key: &str) -> bool {
        let own =
            |one: &Container<'a>| one.security.and_then(|security| security.get(key)).is_some();
        let first = self.containers.iter().find(|one| !own(one));
        own(container)
            || self.pod.at(&["securityContext", key]).is_none()
            || first.is_some_and(|first| first.node.span() == container.node.span())
    }

    /// Runs on Windows nodes, where most of `securityContext` has no meaning.
    pub(crate) fn is_windows(&self) -> bool {
        self.pod.at(&["os", "name"]).and_then(Node::as_str) == Some("windows")
    }

    /// Its volumes with their positions in the list.
    pub(crate) fn volumes(&self) -> impl Iterator<Item = Volume<'a>> + use<'a> {
        let items = self.pod.get("volumes").into_iter().flat_map(|volumes| volumes.items());
        items.enumerate().filter_map(|(index, node)| {
            Some(Volume { index, name: node.get("name")?.as_str()?, node })
        })
    }

    /// A field of one of its volumes.
    pub(crate) fn volume_at(&self, volume: Volume<'_>, keys: &[&str]) -> Field<'a> {
        self.pod_at(&["volumes"]).index(volume.index).keys(keys)
    }

    /// The seconds that the pods have to end.
    pub(crate) fn grace_period(&self) -> i64 {
        let written = self.pod.get("terminationGracePeriodSeconds");
        written.and_then(Node::as_i64).unwrap_or(DEFAULT_GRACE_PERIOD)
    }
}

/// What the API server fills in (`DefaultTerminationGracePeriodSeconds` of core/v1).
pub(crate) const DEFAULT_GRACE_PERIOD: i64 = 30;

impl WorkloadKind {
    fn of(object: Object<'_>) -> Option<WorkloadKind> {
        let group = object.api_version().split_once('/').map_or("", |(group, _)| group);
        Some(match (group, object.kind()) {
            ("apps" | "extensions", "Deployment") => WorkloadKind::Deployment,
            ("apps.openshift.io", "DeploymentConfig") => WorkloadKind::Deployment,
            ("argoproj.io", "Rollout") => WorkloadKind::Deployment,
            ("apps", "StatefulSet") => WorkloadKind::StatefulSet,
            ("apps" | "extensions", "DaemonSet") => WorkloadKind::DaemonSet,
            ("apps" | "extensions", "ReplicaSet") => WorkloadKind::ReplicaSet,
            ("", "ReplicationController") => WorkloadKind::ReplicationController,
            ("batch", "Job") => WorkloadKind::Job,
            ("batch", "CronJob") => WorkloadKind::CronJob,
            ("", "Pod") => WorkloadKind::Pod,
            _ => return None,
        })
    }

    fn template_keys(self) -> &'static [&'static str] {
        match self {
            WorkloadKind::CronJob => &["spec", "jobTemplate", "spec", "template"],
            WorkloadKind::Pod => &[],
            WorkloadKind::Deployment
            | WorkloadKind::StatefulSet
            | WorkloadKind::DaemonSet
            | WorkloadKind::ReplicaSet
            | WorkloadKind::ReplicationController
            | WorkloadKind::Job => &["spec", "template"],
        }
    }

    fn pod_path(self) -> &'static str {
        match self {
            WorkloadKind::CronJob => "spec.jobTemplate.spec.template.spec",
            WorkloadKind::Pod => "spec",
            WorkloadKind::Deployment
            | WorkloadKind::StatefulSet
            | WorkloadKind::DaemonSet
            | WorkloadKind::ReplicaSet
            | WorkloadKind::ReplicationController
            | WorkloadKind::Job => "spec.template.spec",
        }
    }

    /// Its pods run to an end of their own.
    pub(crate) fn is_finite(self) -> bool {
        matches!(self, WorkloadKind::Job | WorkloadKind::CronJob)
    }

    /// Has `spec.replicas`.
    pub(crate) fn is_replicated(self) -> bool {
        matches!(
            self,
            WorkloadKind::Deployment
                | WorkloadKind::StatefulSet
                | WorkloadKind::ReplicaSet
                | WorkloadKind::ReplicationController
        )
    }
}

impl Purpose {
    pub(crate) fn of(object: Object<'_>) -> Purpose {
        if !object.is_hook() {
            return Purpose::Installed;
        }
        let events = object.root().at(&["metadata", "annotations", "helm.sh/hook"]);
        let events = events.and_then(Node::as_str).unwrap_or_default();
        let is_test =
            |event: &str| matches!(event.trim(), "test" | "test-success" | "test-failure");
        if events.split(',').all(is_test) { Purpose::Test } else { Purpose::Hook }
    }
}

impl<'a> Container<'a> {
    /// A field of the container.
    pub(crate) fn at(&self, keys: &[&str]) -> Field<'a> {
        Field::along(self.object, self.pod_path).key(self.list).index(self.index).keys(keys)
    }

    /// Runs beside the others for the life of the pod.
    pub(crate) fn is_running(&self) -> bool {
        matches!(self.role, ContainerRole::Regular | ContainerRole::Sidecar)
    }

    pub(crate) fn port(&self, wanted: PortRef<'_>) -> Option<&Port<'a>> {
        self.ports.iter().find(|port| match wanted {
            PortRef::Name(name) => port.name == Some(name),
            PortRef::Number(number) => port.number == Some(number),
        })
    }

    /// A quantity of its `resources`, as written: `quantity("limits", "memory")`.
    pub(crate) fn quantity(&self, list: &str, resource: &str) -> Option<Node<'a>> {
        let quantity = self.resources?.get(list)?.get(resource)?;
        (!quantity.is_null()).then_some(quantity)
    }

    /// Its environment variables with their positions in the list.
    pub(crate) fn variables(&self) -> impl Iterator<Item = Variable<'a>> + use<'a> {
        let items = self.env.into_iter().flat_map(|env| env.items()).enumerate();
        items.filter_map(|(index, node)| {
            let name = node.get("name")?.as_str()?;
            Some(Variable { index, name, node })
        })
    }

    /// Its mounts with their positions in the list, and the names of their volumes.
    pub(crate) fn mounts(&self) -> impl Iterator<Item = (usize, &'a str, Node<'a>)> + use<'a> {
        let items = self.mounts.into_iter().flat_map(|mounts| mounts.items()).enumerate();
        items.filter_map(|(index, node)| Some((index, node.get("name")?.as_str()?, node)))
    }

    pub(crate) fn variable(&self, name: &str) -> Option<Variable<'a>> {
        self.variables().filter(|variable| variable.name == name).last()
    }
}

/// An item of a pod's `volumes`.
#[derive(Copy, Clone)]
pub(crate) struct Volume<'a> {
    pub(crate) index: usize,
    pub(crate) name: &'a str,
    pub(crate) node: Node<'a>,
}

impl<'a> Volume<'a> {
    /// The path on the node, of a `hostPath` volume.
    pub(crate) fn host_path(self) -> Option<&'a str> {
        self.node.at(&["hostPath", "path"])?.as_str()
    }
}

/// An item of a container's `env`.
#[derive(Copy, Clone)]
pub(crate) struct Variable<'a> {
    pub(crate) index: usize,
    pub(crate) name: &'a str,
    pub(crate) node: Node<'a>,
}

impl<'a> Variable<'a> {
    /// The literal value; an absent `value` without `valueFrom` is the empty string.
    pub(crate) fn literal(self) -> Option<&'a str> {
        self.node.get("value").and_then(Node::as_str)
    }

    /// The field of the pod that it takes its value from (downward API).
    pub(crate) fn field_path(self) -> Option<&'a str> {
        self.node.at(&["valueFrom", "fieldRef", "fieldPath"])?.as_str()
    }
}

impl<'a> Probes<'a> {
    /// The probes that are set, with the names of their fields.
    pub(crate) fn iter(self) -> impl Iterator<Item = (&'static str, Node<'a>)> {
        let all = [
            ("livenessProbe", self.liveness),
            ("readinessProbe", self.readiness),
            ("startupProbe", self.startup),
        ];
        all.into_iter().filter_map(|(name, probe)| Some((name, probe?)))
    }
}

impl<'a> PortRef<'a> {
    /// An `IntOrString` that is a port; a text of digits is a name to Kubernetes, but none that
    /// could exist.
    pub(crate) fn of(node: Node<'a>) -> Option<PortRef<'a>> {
        node.as_i64().map(PortRef::Number).or_else(|| node.as_str().map(PortRef::Name))
    }
}

fn containers<'a>(object: Object<'a>, pod_path: &'static str, pod: Node<'a>) -> Vec<Container<'a>> {
    let mut all = Vec::new();
    for list in ["initContainers", "containers", "ephemeralContainers"] {
        let Some(items) = pod.get(list) else { continue };
        for (index, node) in items.items().enumerate() {
            all.push(container(object, pod_path, list, index, node));
        }
    }
    all
}

/// Reads a container in one pass over its keys.
fn container<'a>(
    object: Object<'a>,
    pod_path: &'static str,
    list: &'static str,
    index: usize,
    node: Node<'a>,
) -> Container<'a> {
    let mut container = Container {
        object,
        role: ContainerRole::Regular,
        pod_path,
        list,
        index,
        name: "",
        node,
        image: None,
        ports: Vec::new(),
        env: None,
        resources: None,
        security: None,
        mounts: None,
        probes: Probes::default(),
        pre_stop: None,
    };
    let mut restarts = false;
    for entry in node.entries() {
        let value = entry.value;
        let set = (!value.is_null()).then_some(value);
        match entry.key.as_str().unwrap_or_default() {
            "name" => container.name = value.as_str().unwrap_or_default(),
            "image" => container.image = value.as_str(),
            "ports" => container.ports = value.items().map(port).collect(),
            "env" => container.env = set,
            "resources" => container.resources = set,
            "securityContext" => container.security = set,
            "volumeMounts" => container.mounts = set,
            "livenessProbe" => container.probes.liveness = set,
            "readinessProbe" => container.probes.readiness = set,
            "startupProbe" => container.probes.startup = set,
            "lifecycle" => container.pre_stop = value.get("preStop"),
            "restartPolicy" => restarts = value.as_str() == Some("Always"),
            _ => {}
        }
    }
    container.role = match list {
        "initContainers" if restarts => ContainerRole::Sidecar,
        "initContainers" => ContainerRole::Init,
        "ephemeralContainers" => ContainerRole::Ephemeral,
        _ => ContainerRole::Regular,
    };
    container
}

fn port(node: Node<'_>) -> Port<'_> {
    Port {
        name: node.get("name").and_then(Node::as_str),
        number: node.get("containerPort").and_then(Node::as_i64),
        protocol: node.get("protocol").and_then(Node::as_str).unwrap_or("TCP"),
    }
}

/// The port that a probe connects to, and the handler that names it.
pub(crate) fn probed_port(probe: Node<'_>) -> Option<(&'static str, PortRef<'_>)> {
    ["httpGet", "tcpSocket", "grpc"].into_iter().find_map(|handler| {
        let port = probe.get(handler)?.get("port")?;
        Some((handler, PortRef::of(port)?))
    })
}

/// `1 replica`, `3 replicas`.
pub(crate) fn replicas_text(count: i64) -> String {
    if count == 1 { "1 replica".to_owned() } else { format!("{count} replicas") }
}

/// The service account that the pods run as; the older field counts where the newer is missing.
pub(crate) fn service_account_name<'a>(workload: &Workload<'a>) -> &'a str {
    let name = |key| workload.pod.get(key).and_then(Node::as_str).filter(|name| !name.is_empty());
    name("serviceAccountName").or_else(|| name("serviceAccount")).unwrap_or("default")
}

//! What a render holds, arranged so that rules find it without a search.

use std::collections::{HashMap, HashSet};

use crate::manifest::{Object, Objects};
use crate::rules::budget::Budget;
use crate::rules::selector::Selector;
use crate::rules::workload::{Container, Port, PortRef, Workload};
use crate::yaml::Node;

/// An index of one render, built once for all rules.
pub(crate) struct Index<'a> {
    objects: &'a Objects,
    pub(crate) workloads: Vec<Workload<'a>>,
    pub(crate) services: Vec<Service<'a>>,
    pub(crate) budgets: Vec<Budget<'a>>,
    /// The namespace of objects that name none.
    namespace: &'a str,
    by_kind: HashMap<&'a str, Vec<Object<'a>>>,
    by_name: HashMap<Key<'a>, Object<'a>>,
    /// Position in `workloads` of the object with that index.
    workload_of: HashMap<usize, usize>,
    /// The workloads whose pods have a label, for each namespace.
    by_label: HashMap<(&'a str, &'a str, &'a str), Vec<usize>>,
    by_namespace: HashMap<&'a str, Vec<usize>>,
    /// What scales the object of that kind, namespace and name.
    scalers: HashMap<Key<'a>, Vec<Scaler<'a>>>,
    /// Kind, namespace and name of the roles that somebody is bound to.
    bound: HashSet<Key<'a>>,
    /// Namespace and name of the service accounts that a binding gives rights to.
    with_rights: HashSet<(&'a str, &'a str)>,
    /// What pods refer to.
    referred: HashSet<Key<'a>>,
    of_cluster_role: HashMap<&'a str, Object<'a>>,
    namespaces: HashSet<&'a str>,
    /// Namespace and name of the Secrets that controllers are asked to make.
    ordered: HashSet<(&'a str, &'a str)>,
    /// The labels of pod templates, for each namespace.
    label_keys: HashSet<(&'a str, &'a str)>,
    /// The names of custom resources that operators act upon.
    operands: HashSet<&'a str>,
    selections: Vec<Selection>,
    /// For each workload, the selections that it is in.
    selected_by: Vec<Vec<usize>>,
    /// For each workload, the budgets that select its pods.
    guarded_by: Vec<Vec<usize>>,
}

/// Kind, namespace, name.
type Key<'a> = (&'a str, &'a str, &'a str);

/// A Service of the core group.
pub(crate) struct Service<'a> {
    pub(crate) object: Object<'a>,
    pub(crate) namespace: &'a str,
    pub(crate) spec: Node<'a>,
    /// None for a Service without selector.
    pub(crate) selector: Option<Selector<'a>>,
    /// Position in [`Index::selections`].
    selection: Option<usize>,
}

/// The workloads that one selector selects and the Services that have this selector, as positions
/// in the index. Shared, because a hostile render may hold thousands of both.
struct Selection {
    workloads: Vec<usize>,
    services: Vec<usize>,
}

impl<'a> Index<'a> {
    pub(crate) fn new(objects: &'a Objects, namespace: &'a str) -> Index<'a> {
        let mut index = Index {
            objects,
            workloads: Vec::new(),
            services: Vec::new(),
            budgets: Vec::new(),
            namespace,
            by_kind: HashMap::new(),
            by_name: HashMap::new(),
            workload_of: HashMap::new(),
            by_label: HashMap::new(),
            by_namespace: HashMap::new(),
            scalers: HashMap::new(),
            bound: HashSet::new(),
            with_rights: HashSet::new(),
            referred: HashSet::new(),
            of_cluster_role: HashMap::new(),
            namespaces: HashSet::new(),
            ordered: HashSet::new(),
            label_keys: HashSet::new(),
            operands: HashSet::new(),
            selections: Vec::new(),
            selected_by: Vec::new(),
            guarded_by: Vec::new(),
        };
        for object in objects.iter() {
            index.add(object);
        }
        index.join_services();
        index.join_budgets();
        index
    }

    pub(crate) fn objects(&self) -> impl Iterator<Item = Object<'a>> + use<'a> {
        self.objects.iter()
    }

    /// The objects of a kind, in the order of the render.
    pub(crate) fn of_kind(&self, kind: &str) -> impl Iterator<Item = Object<'a>> + use<'_, 'a> {
        self.by_kind.get(kind).into_iter().flatten().copied()
    }

    /// The namespace that an object will be in.
    pub(crate) fn namespace_of(&self, object: Object<'a>) -> &'a str {
        object.namespace().unwrap_or(self.namespace)
    }

    /// The object of that kind, namespace and name.
    pub(crate) fn find(&self, kind: &str, namespace: &str, name: &str) -> Option<Object<'a>> {
        self.by_name.get(&(kind, namespace, name)).copied()
    }

    pub(crate) fn find_workload(
        &self,
        kind: &str,
        namespace: &str,
        name: &str,
    ) -> Option<&Workload<'a>> {
        let object = self.find(kind, namespace, name)?;
        self.workloads.get(*self.workload_of.get(&object.index())?)
    }

    pub(crate) fn find_service(&self, namespace: &str, name: &str) -> Option<&Service<'a>> {
        let object = self.find("Service", namespace, name)?;
        let at = self.services.binary_search_by_key(&object.index(), |one| one.object.index());
        self.services.get(at.ok()?)
    }

    /// The workloads of a namespace whose pods a selector selects.
    pub(crate) fn select<'s>(
        &'s self,
        namespace: &'s str,
        selector: &'s Selector<'a>,
    ) -> impl Iterator<Item = &'s Workload<'a>> + use<'s, 'a> {
        self.candidates(namespace, selector)
            .iter()
            .filter_map(|&at| self.workloads.get(at))
            .filter(|workload| selector.matches(&workload.labels))
    }

    /// The Services that select a workload's pods.
    pub(crate) fn services_of(
        &self,
        workload: &Workload<'_>,
    ) -> impl Iterator<Item = &Service<'a>> + use<'_, 'a> {
        let at = self.workload_of.get(&workload.object.index());
        let selections = at.and_then(|&at| self.selected_by.get(at)).into_iter().flatten();
        let services = selections.filter_map(|&at| self.selections.get(at));
        services.flat_map(|one| &one.services).filter_map(|&at| self.services.get(at))
    }

    /// The workloads whose pods a Service selects.
    pub(crate) fn selected_by(
        &self,
        service: &Service<'_>,
    ) -> impl Iterator<Item = &Workload<'a>> + use<'_, 'a> {
        let selection = service.selection.and_then(|at| self.selections.get(at));
        let selected = selection.into_iter().flat_map(|selection| &selection.workloads);
        selected.filter_map(|&at| self.workloads.get(at))
    }

    /// The Service that sends traffic to a container, if there is one.
    pub(crate) fn service_of(
        &self,
        container: &Container<'_>,
        workload: &Workload<'_>,
    ) -> Option<&Service<'a>> {
        self.services_of(workload).find(|service| service.reaches(container, workload))
    }

    /// Whether somebody has the rights of a Role or ClusterRole: a binding names it, or it is
    /// added to the roles that users have.
    pub(crate) fn is_bound(&self, role: Object<'a>) -> bool {
        let namespace = self.role_namespace(role.kind(), self.namespace_of(role));
        let labels = role.root().at(&["metadata", "labels"]).into_iter();
        let mut keys =
            labels.flat_map(|labels| labels.entries()).filter_map(|one| one.key.as_str());
        self.bound.contains(&(role.kind(), namespace, role.name().unwrap_or_default()))
            || keys.any(|key| key.starts_with("rbac.authorization.k8s.io/aggregate-to-"))
    }

    /// Whether a binding of the render gives rights to a service account.
    pub(crate) fn has_rights(&self, namespace: &str, account: &str) -> bool {
        self.with_rights.contains(&(namespace, account))
    }

    /// ClusterRoles are found from every namespace.
    fn role_namespace<'n>(&self, kind: &str, namespace: &'n str) -> &'n str {
        if kind == "ClusterRole" { "" } else { namespace }
    }

    fn add_binding(&mut self, binding: Object<'a>, namespace: &'a str) {
        let role = binding.root().get("roleRef");
        let text = |key| role.and_then(|role| role.get(key)).and_then(Node::as_str);
        if let (Some(kind), Some(name)) = (text("kind"), text("name")) {
            let namespace = self.role_namespace(kind, namespace);
            self.bound.insert((kind, namespace, name));
        }
        let subjects = binding.root().get("subjects").into_iter().flat_map(|list| list.items());
        for subject in subjects {
            let text = |key| subject.get(key).and_then(Node::as_str);
            if let (Some("ServiceAccount"), Some(name)) = (text("kind"), text("name")) {
                self.with_rights.insert((text("namespace").unwrap_or(namespace), name));
            }
        }
    }

    /// Whether the pods of some workload refer to an object.
    pub(crate) fn refers_to(&self, kind: &str, namespace: &str, name: &str) -> bool {
        self.referred.contains(&(kind, namespace, name))
    }

    /// A Role of the namespace, or a ClusterRole.
    pub(crate) fn find_role(&self, kind: &str, namespace: &str, name: &str) -> Option<Object<'a>> {
        match kind {
            "ClusterRole" => self.of_cluster_role.get(name).copied(),
            _ => self.find(kind, namespace, name),
        }
    }

    /// Whether the render puts something into a namespace, or the release is there.
    pub(crate) fn has_namespace(&self, namespace: &str) -> bool {
        namespace == self.namespace || self.namespaces.contains(namespace)
    }

    /// Whether something of the render makes a Secret: itself, or what asks a controller for it.
    pub(crate) fn makes_secret(&self, namespace: &str, name: &str) -> bool {
        self.find("Secret", namespace, name).is_some() || self.ordered.contains(&(namespace, name))
    }

    /// The budgets that select a workload's pods.
    pub(crate) fn budgets_of(
        &self,
        workload: &Workload<'_>,
    ) -> impl Iterator<Item = &Budget<'a>> + use<'_, 'a> {
        let at = self.workload_of.get(&workload.object.index());
        let budgets = at.and_then(|&at| self.guarded_by.get(at)).into_iter().flatten();
        budgets.filter_map(|&at| self.budgets.get(at))
    }

    /// The replicas that a budget selects at least; None if their number is not written.
    pub(crate) fn guarded_replicas(&self, budget: &Budget<'a>) -> Option<i64> {
        let selected = self.select(budget.namespace, budget.selector.as_ref()?);
        let replicas = selected
            .map(|workload| workload.kind.is_replicated().then(|| self.least_replicas(workload)));
        replicas.sum()
    }

    /// Everything that scales something, in the order of the render.
    pub(crate) fn scalers(&self) -> impl Iterator<Item = Scaler<'a>> + use<'_, 'a> {
        self.of_kind("HorizontalPodAutoscaler")
            .chain(self.of_kind("ScaledObject"))
            .filter_map(Scaler::of)
    }

    /// What an autoscaler scales.
    pub(crate) fn target_of(&self, scaler: &Scaler<'a>) -> Option<Object<'a>> {
        let namespace = self.namespace_of(scaler.object);
        self.find(scaler.target_kind, namespace, scaler.target_name)
    }

    /// Whether a pod template of the namespace has a label of that name.
    pub(crate) fn has_label_key(&self, namespace: &str, key: &str) -> bool {
        self.label_keys.contains(&(namespace, key))
    }

    /// Whether the selector names a custom resource: its operator then makes what is selected.
    pub(crate) fn is_operated(&self, selector: &Selector<'_>) -> bool {
        selector.values().any(|value| self.operands.contains(value))
    }

    /// Whether the render has custom resources from which operators make further objects.
    pub(crate) fn has_operands(&self) -> bool {
        !self.operands.is_empty()
    }

    /// What scales an object.
    pub(crate) fn scalers_of(&self, object: Object<'a>) -> &[Scaler<'a>] {
        let key = (object.kind(), self.namespace_of(object), object.name().unwrap_or_default());
        self.scalers.get(&key).map_or(&[], Vec::as_slice)
    }

    /// The replicas that a workload has at least, its scaler considered.
    pub(crate) fn least_replicas(&self, workload: &Workload<'a>) -> i64 {
        let scalers = self.scalers_of(workload.object).iter();
        let scaled = scalers.map(|scaler| scaler.min).max();
        scaled.or(workload.replicas()).unwrap_or(1)
    }

    /// The replicas that a workload may have at most.
    pub(crate) fn most_replicas(&self, workload: &Workload<'a>) -> i64 {
        let scalers = self.scalers_of(workload.object).iter();
        let scaled = scalers.filter_map(|scaler| scaler.max).max();
        scaled.or(workload.replicas()).unwrap_or(1)
    }

    fn add(&mut self, object: Object<'a>) {
        let namespace = self.namespace_of(object);
        self.by_kind.entry(object.kind()).or_default().push(object);
        self.namespaces.extend(object.namespace());
        self.ordered.extend(ordered_secret(object).map(|secret| (namespace, secret)));
        if let Some(name) = object.name() {
            self.by_name.insert((object.kind(), namespace, name), object);
            if object.kind() == "ClusterRole" {
                self.of_cluster_role.insert(name, object);
            }
        }
        self.operands.extend(object.name().filter(|_| is_operand(object)));
        if let Some(workload) = Workload::of(object, namespace) {
            self.add_workload(workload);
        }
        if let Some(service) = Service::of(object, namespace) {
            self.services.push(service);
        }
        if matches!(object.kind(), "RoleBinding" | "ClusterRoleBinding") {
            self.add_binding(object, namespace);
        }
        self.budgets.extend(Budget::of(object, namespace));
        if let Some(scaler) = Scaler::of(object) {
            let key = (scaler.target_kind, namespace, scaler.target_name);
            self.scalers.entry(key).or_default().push(scaler);
        }
    }

    fn add_workload(&mut self, workload: Workload<'a>) {
        let at = self.workloads.len();
        for &(key, value) in &workload.labels {
            self.label_keys.insert((workload.namespace, key));
            self.by_label.entry((workload.namespace, key, value)).or_default().push(at);
        }
        for reference in &workload.references {
            self.referred.insert((reference.kind, workload.namespace, reference.name));
        }
        self.by_namespace.entry(workload.namespace).or_default().push(at);
        self.workload_of.insert(workload.object.index(), at);
        self.workloads.push(workload);
    }

    /// Finds out which Service selects which pods; each selector is evaluated once.
    fn join_services(&mut self) {
        let mut known: HashMap<(&str, Vec<(&str, &str)>), usize> = HashMap::new();
        let mut services = std::mem::take(&mut self.services);
        for (position, service) in services.iter_mut().enumerate() {
            let Some(selector) = service.selector.as_ref().filter(|one| !one.is_empty()) else {
                continue;
            };
            let at =
                *known.entry((service.namespace, selector.pairs.clone())).or_insert_with(|| {
                    let workloads = self.positions(service.namespace, selector);
                    self.selections.push(Selection { workloads, services: Vec::new() });
                    self.selections.len() - 1
                });
            self.selections[at].services.push(position);
            service.selection = Some(at);
        }
        self.services = services;
        self.selected_by = vec![Vec::new(); self.workloads.len()];
        for (at, selection) in self.selections.iter().enumerate() {
            for &workload in &selection.workloads {
                self.selected_by[workload].push(at);
            }
        }
    }

    fn join_budgets(&mut self) {
        self.guarded_by = vec![Vec::new(); self.workloads.len()];
        let budgets = std::mem::take(&mut self.budgets);
        for (position, budget) in budgets.iter().enumerate() {
            let Some(selector) = &budget.selector else { continue };
            for workload in self.positions(budget.namespace, selector) {
                self.guarded_by[workload].push(position);
            }
        }
        self.budgets = budgets;
    }

    fn positions(&self, namespace: &str, selector: &Selector<'a>) -> Vec<usize> {
        let candidates = self.candidates(namespace, selector).iter().copied();
        let selected =
            |at: &usize| self.workloads.get(*at).is_some_and(|one| selector.matches(&one.labels));
        candidates.filter(selected).collect()
    }

    /// The workloads that a selector may select: those with the rarest of the labels it names.
    fn candidates<'s>(&'s self, namespace: &'s str, selector: &'s Selector<'_>) -> &'s [usize] {
        let with_label = |&(key, value): &(&'s str, &'s str)| {
            self.by_label.get(&(namespace, key, value)).map_or(&[][..], Vec::as_slice)
        };
        selector
            .pairs
            .iter()
            .map(with_label)
            .min_by_key(|found| found.len())
            .unwrap_or_else(|| self.by_namespace.get(namespace).map_or(&[][..], Vec::as_slice))
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

impl<'a> Service<'a> {
    fn of(object: Object<'a>, namespace: &'a str) -> Option<Service<'a>> {
        if object.kind() != "Service" || object.api_version() != "v1" {
            return None;
        }
        let spec = object.root().get("spec")?;
        let selector = spec.get("selector").filter(|selector| !selector.is_null());
        Some(Service {
            object,
            namespace,
            spec,
            selector: selector.and_then(Selector::of_map),
            selection: None,
        })
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

/// A HorizontalPodAutoscaler, or KEDA's ScaledObject.
#[derive(Copy, Clone)]
pub(crate) struct Scaler<'a> {
    pub(crate) object: Object<'a>,
    pub(crate) target_kind: &'a str,
    pub(crate) target_name: &'a str,
    pub(crate) target_version: Option<&'a str>,
    pub(crate) min: i64,
    pub(crate) max: Option<i64>,
}

impl<'a> Scaler<'a> {
    pub(crate) fn of(object: Object<'a>) -> Option<Scaler<'a>> {
        // Both have a default for an absent minimum; KEDA's scales to nothing.
        let (min, max, default) = match object.kind() {
            "HorizontalPodAutoscaler" => ("minReplicas", "maxReplicas", 1),
            "ScaledObject" => ("minReplicaCount", "maxReplicaCount", 0),
            _ => return None,
        };
        let spec = object.root().get("spec")?;
        let target = spec.get("scaleTargetRef")?;
        Some(Scaler {
            object,
            target_kind: target.get("kind").and_then(Node::as_str).unwrap_or("Deployment"),
            target_name: target.get("name")?.as_str()?,
            target_version: target.get("apiVersion").and_then(Node::as_str),
            min: spec.get(min).and_then(Node::as_i64).unwrap_or(default),
            max: spec.get(max).and_then(Node::as_i64),
        })
    }

    /// Kubernetes' own.
    pub(crate) fn is_native(&self) -> bool {
        self.object.kind() == "HorizontalPodAutoscaler"
    }
}

//! What a render holds, arranged so that rules find it without a search.

mod rights;
mod scaler;
mod selection;
mod service;
mod supply;

use std::collections::{HashMap, HashSet};

use crate::manifest::{Object, Objects};
use crate::rules::budget::Budget;
use crate::rules::selector::Selector;
use crate::rules::workload::{Container, Workload};

pub(crate) use scaler::Scaler;
pub(crate) use service::{Service, ServicePort, target};

use rights::Rights;
use selection::{Labelled, Selections};
use supply::Supply;

/// An index of one render, built once for all rules.
pub(crate) struct Index<'a> {
    objects: &'a Objects,
    /// The namespace of objects that name none.
    namespace: &'a str,
    by_kind: HashMap<&'a str, Vec<Object<'a>>>,
    by_name: HashMap<Key<'a>, Object<'a>>,
    namespaces: HashSet<&'a str>,
    pub(crate) workloads: Vec<Workload<'a>>,
    pub(crate) services: Vec<Service<'a>>,
    pub(crate) budgets: Vec<Budget<'a>>,
    /// Position in `workloads` of the object with that index.
    workload_of: HashMap<usize, usize>,
    /// The labels of pods.
    pub(crate) pods: Labelled<'a>,
    /// The labels of Services themselves, in their namespace and in [`ANYWHERE`].
    labelled_services: Labelled<'a>,
    service_pods: Selections,
    budget_pods: Selections,
    /// What scales the object of that kind, namespace and name.
    scalers: HashMap<Key<'a>, Vec<Scaler<'a>>>,
    /// What pods refer to.
    referred: HashSet<Key<'a>>,
    pub(crate) rights: Rights<'a>,
    pub(crate) supply: Supply<'a>,
}

/// Kind, namespace, name.
type Key<'a> = (&'a str, &'a str, &'a str);

/// In place of a namespace: all of them. No namespace has such a name.
pub(crate) const ANYWHERE: &str = "*";

impl<'a> Index<'a> {
    pub(crate) fn new(objects: &'a Objects, namespace: &'a str) -> Index<'a> {
        let mut index = Index {
            objects,
            namespace,
            by_kind: HashMap::new(),
            by_name: HashMap::new(),
            namespaces: HashSet::from([namespace]),
            workloads: Vec::new(),
            services: Vec::new(),
            budgets: Vec::new(),
            workload_of: HashMap::new(),
            pods: Labelled::default(),
            labelled_services: Labelled::default(),
            service_pods: Selections::default(),
            budget_pods: Selections::default(),
            scalers: HashMap::new(),
            referred: HashSet::new(),
            rights: Rights::default(),
            supply: Supply::default(),
        };
        for object in objects.iter() {
            index.add(object);
        }
        index.join();
        index
    }

    fn add(&mut self, object: Object<'a>) {
        let namespace = self.namespace_of(object);
        self.by_kind.entry(object.kind()).or_default().push(object);
        self.namespaces.extend(object.namespace());
        self.rights.add(object, namespace);
        self.supply.add(object, namespace);
        if let Some(name) = object.name() {
            self.by_name.insert((object.kind(), namespace, name), object);
        }
        if let Some(workload) = Workload::of(object, namespace) {
            self.add_workload(workload);
        }
        if let Some(service) = Service::of(object, namespace) {
            self.add_service(service);
        }
        self.budgets.extend(Budget::of(object, namespace));
        if let Some(scaler) = Scaler::of(object) {
            let key = (scaler.target_kind, namespace, scaler.target_name);
            self.scalers.entry(key).or_default().push(scaler);
        }
    }

    fn add_workload(&mut self, workload: Workload<'a>) {
        let position = self.workloads.len();
        for reference in &workload.references {
            self.referred.insert((reference.kind, workload.namespace, reference.name));
        }
        self.pods.add(workload.namespace, &workload.labels.pairs, position);
        self.pods.add(ANYWHERE, &workload.labels.pairs, position);
        self.workload_of.insert(workload.object.index(), position);
        self.workloads.push(workload);
    }

    fn add_service(&mut self, service: Service<'a>) {
        let position = self.services.len();
        self.labelled_services.add(service.namespace, &service.labels.pairs, position);
        self.labelled_services.add(ANYWHERE, &service.labels.pairs, position);
        self.services.push(service);
    }

    /// Finds out which pods each Service and each budget selects.
    fn join(&mut self) {
        let select = |namespace: &str, selector: &Selector<'a>| {
            let candidates = self.pods.candidates(namespace, selector).iter().copied();
            let selected = |at: &usize| {
                self.workloads.get(*at).is_some_and(|one| selector.matches(&one.labels))
            };
            candidates.filter(selected).collect()
        };
        let count = self.workloads.len();
        let services = self.services.iter().map(|one| (one.namespace, one.selector.as_ref()));
        let service_pods = Selections::new(services, count, select);
        let budgets = self.budgets.iter().map(|one| (one.namespace, one.selector.as_ref()));
        let budget_pods = Selections::new(budgets, count, select);
        self.service_pods = service_pods;
        self.budget_pods = budget_pods;
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

    /// Whether the render puts something into a namespace, or the release is there.
    pub(crate) fn has_namespace(&self, namespace: &str) -> bool {
        self.namespaces.contains(namespace)
    }

    /// The object of that kind, namespace and name.
    pub(crate) fn find(&self, kind: &str, namespace: &str, name: &str) -> Option<Object<'a>> {
        self.by_name.get(&(kind, namespace, name)).copied()
    }

    pub(crate) fn has(&self, kind: &str, namespace: &str, name: &str) -> bool {
        self.by_name.contains_key(&(kind, namespace, name))
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
        let candidates = self.pods.candidates(namespace, selector).iter();
        let workloads = candidates.filter_map(|&at| self.workloads.get(at));
        workloads.filter(|workload| selector.matches(&workload.labels))
    }

    /// The Services of a namespace whose own labels a selector selects.
    pub(crate) fn select_services<'s>(
        &'s self,
        namespace: &'s str,
        selector: &'s Selector<'a>,
    ) -> impl Iterator<Item = &'s Service<'a>> + use<'s, 'a> {
        let candidates = self.labelled_services.candidates(namespace, selector).iter();
        let services = candidates.filter_map(|&at| self.services.get(at));
        services.filter(|service| selector.matches(&service.labels))
    }

    /// Whether the render has Services in a namespace.
    pub(crate) fn has_services(&self, namespace: &str) -> bool {
        self.labelled_services.has_namespace(namespace)
    }

    /// The Services that select a workload's pods.
    pub(crate) fn services_of(
        &self,
        workload: &Workload<'_>,
    ) -> impl Iterator<Item = &Service<'a>> + use<'_, 'a> {
        let position = self.workload_of.get(&workload.object.index());
        let services = position.into_iter().flat_map(|&at| self.service_pods.selectors(at));
        services.filter_map(|at| self.services.get(at))
    }

    /// The workloads whose pods a Service selects.
    pub(crate) fn selected_by(
        &self,
        service: &Service<'_>,
    ) -> impl Iterator<Item = &Workload<'a>> + use<'_, 'a> {
        let index = service.object.index();
        let at = self.services.binary_search_by_key(&index, |one| one.object.index());
        let selected = at.map_or(&[][..], |at| self.service_pods.workloads(at)).iter();
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

    /// The budgets that select a workload's pods.
    pub(crate) fn budgets_of(
        &self,
        workload: &Workload<'_>,
    ) -> impl Iterator<Item = &Budget<'a>> + use<'_, 'a> {
        let position = self.workload_of.get(&workload.object.index());
        let budgets = position.into_iter().flat_map(|&at| self.budget_pods.selectors(at));
        budgets.filter_map(|at| self.budgets.get(at))
    }

    /// The replicas that a budget selects at least; None if their number is not written.
    pub(crate) fn guarded_replicas(&self, budget: &Budget<'a>) -> Option<i64> {
        let selected = self.select(budget.namespace, budget.selector.as_ref()?);
        let replicas = selected
            .map(|workload| workload.kind.is_replicated().then(|| self.least_replicas(workload)));
        replicas.sum()
    }

    /// Everything that scales something.
    pub(crate) fn scalers(&self) -> impl Iterator<Item = Scaler<'a>> + use<'_, 'a> {
        let native = self.of_kind("HorizontalPodAutoscaler");
        native.chain(self.of_kind("ScaledObject")).filter_map(Scaler::of)
    }

    /// What scales an object.
    pub(crate) fn scalers_of(&self, object: Object<'a>) -> &[Scaler<'a>] {
        let key = (object.kind(), self.namespace_of(object), object.name().unwrap_or_default());
        self.scalers.get(&key).map_or(&[], Vec::as_slice)
    }

    /// What a scaler scales.
    pub(crate) fn target_of(&self, scaler: &Scaler<'a>) -> Option<Object<'a>> {
        let namespace = self.namespace_of(scaler.object);
        self.find(scaler.target_kind, namespace, scaler.target_name)
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

    /// Whether the pods of some workload refer to an object.
    pub(crate) fn refers_to(&self, kind: &str, namespace: &str, name: &str) -> bool {
        self.referred.contains(&(kind, namespace, name))
    }

    /// Whether something of the render makes a Secret: itself, or what asks a controller for it.
    pub(crate) fn makes_secret(&self, namespace: &str, name: &str) -> bool {
        self.has("Secret", namespace, name) || self.supply.has_secret(namespace, name)
    }
}

//! Who selects whom, found without trying each with each.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use crate::rules::selector::Selector;

/// Things with labels, as positions in a list of the index.
#[derive(Default)]
pub(crate) struct Labelled<'a> {
    by_label: HashMap<(&'a str, &'a str, &'a str), Vec<usize>>,
    by_namespace: HashMap<&'a str, Vec<usize>>,
    keys: HashSet<(&'a str, &'a str)>,
}

impl<'a> Labelled<'a> {
    pub(super) fn add(
        &mut self,
        namespace: &'a str,
        labels: &[(&'a str, &'a str)],
        position: usize,
    ) {
        for &(key, value) in labels {
            self.keys.insert((namespace, key));
            self.by_label.entry((namespace, key, value)).or_default().push(position);
        }
        self.by_namespace.entry(namespace).or_default().push(position);
    }

    /// Whether something in the namespace has a label of that name.
    pub(crate) fn has_key(&self, namespace: &str, key: &str) -> bool {
        self.keys.contains(&(namespace, key))
    }

    /// Whether there is anything in the namespace.
    pub(crate) fn has_namespace(&self, namespace: &str) -> bool {
        self.by_namespace.contains_key(namespace)
    }

    /// What a selector may select: all that has the rarest of the labels it names.
    pub(super) fn candidates<'s>(
        &'s self,
        namespace: &'s str,
        selector: &'s Selector<'_>,
    ) -> &'s [usize] {
        let with_label = |&(key, value): &(&'s str, &'s str)| {
            self.by_label.get(&(namespace, key, value)).map_or(&[][..], Vec::as_slice)
        };
        let everything = || self.by_namespace.get(namespace).map_or(&[][..], Vec::as_slice);
        let rarest = selector.pairs.iter().map(with_label).min_by_key(|found| found.len());
        rarest.unwrap_or_else(everything)
    }
}

/// The workloads that some list of selectors selects, and the way back.
///
/// What has the same selector shares one [`Selected`]: a render may hold thousands of Services and
/// pods that all match.
#[derive(Default)]
pub(crate) struct Selections {
    all: Vec<Selected>,
    /// For each selector of the list, its position in `all`.
    of_selector: Vec<Option<usize>>,
    /// For each workload, the positions in `all` that select it.
    of_workload: Vec<Vec<usize>>,
}

struct Selected {
    workloads: Vec<usize>,
    selectors: Vec<usize>,
}

impl Selections {
    /// Joins selectors, each with its namespace, and workloads; `select` finds those of one.
    pub(super) fn new<'s, 'a: 's>(
        selectors: impl Iterator<Item = (&'s str, Option<&'s Selector<'a>>)>,
        workloads: usize,
        select: impl Fn(&str, &Selector<'a>) -> Vec<usize>,
    ) -> Selections {
        let mut joined =
            Selections { of_workload: vec![Vec::new(); workloads], ..Selections::default() };
        let mut known: HashMap<(&str, &Selector<'_>), usize> = HashMap::new();
        for (position, (namespace, selector)) in selectors.enumerate() {
            let selected = selector.map(|selector| match known.entry((namespace, selector)) {
                Entry::Occupied(same) => *same.get(),
                Entry::Vacant(place) => {
                    let at = joined.all.len();
                    joined.push(select(namespace, selector));
                    *place.insert(at)
                }
            });
            if let Some(selected) = selected.and_then(|at| joined.all.get_mut(at)) {
                selected.selectors.push(position);
            }
            joined.of_selector.push(selected);
        }
        joined
    }

    fn push(&mut self, workloads: Vec<usize>) {
        let at = self.all.len();
        for &workload in &workloads {
            self.of_workload[workload].push(at);
        }
        self.all.push(Selected { workloads, selectors: Vec::new() });
    }

    /// The workloads that a selector of the list selects.
    pub(super) fn workloads(&self, selector: usize) -> &[usize] {
        let at = self.of_selector.get(selector).copied().flatten();
        at.and_then(|at| self.all.get(at)).map_or(&[], |selected| &selected.workloads)
    }

    /// The selectors of the list that select a workload.
    pub(super) fn selectors(&self, workload: usize) -> impl Iterator<Item = usize> {
        let selections = self.of_workload.get(workload).into_iter().flatten();
        let selections = selections.filter_map(|&at| self.all.get(at));
        selections.flat_map(|selected| &selected.selectors).copied()
    }
}

//! Why a selector selects no pod template of the render.

use crate::rules::index::Index;
use crate::rules::selector::Selector;

/// What may be behind a selector that selects nothing.
pub(crate) enum Miss<'a> {
    /// Somebody else labels the pods, or makes them: Kubernetes, or an operator.
    Expected,
    /// No pod template of the namespace has this label; the rest of the selector fits.
    Unlabelled(&'a str),
    /// Nothing explains it but a mistake.
    Certain,
}

/// Labels that pods get from the controllers of Kubernetes.
const RUNTIME_LABELS: &[&str] = &[
    "apps.kubernetes.io/pod-index",
    "batch.kubernetes.io/controller-uid",
    "batch.kubernetes.io/job-completion-index",
    "batch.kubernetes.io/job-name",
    "controller-revision-hash",
    "controller-uid",
    "job-name",
    "pod-template-generation",
    "pod-template-hash",
    "statefulset.kubernetes.io/pod-name",
];

/// The workloads that a selector selects, or else why there are none.
pub(crate) fn explain<'a>(
    namespace: &str,
    selector: &Selector<'a>,
    index: &Index<'_>,
) -> Option<Miss<'a>> {
    let matches = |selector: &Selector<'_>| index.select(namespace, selector).next().is_some();
    if matches(selector) {
        return None;
    }
    // What the control plane's own pods are called, no chart says.
    if namespace == "kube-system" && !index.pods.has_namespace(namespace) {
        return Some(Miss::Expected);
    }
    let written = selector.without(|key| RUNTIME_LABELS.contains(&key));
    if written.is_empty() || matches(&written) || index.supply.is_operated(selector) {
        return Some(Miss::Expected);
    }
    let known = written.without(|key| !index.pods.has_key(namespace, key));
    let unknown = written.keys().find(|key| !index.pods.has_key(namespace, key));
    Some(match unknown {
        Some(key) if !known.is_empty() && matches(&known) => Miss::Unlabelled(key),
        Some(_) | None => Miss::Certain,
    })
}

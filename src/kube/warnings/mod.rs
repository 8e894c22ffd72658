//! What the API server warns of when it takes an object: the functions `GetWarningsFor…` of
//! `pkg/api` and the `WarningsOnCreate` of Kubernetes' registries.

mod ip;
mod node_labels;
mod pod;
mod quota;
mod secret;
mod service;
mod storage;
#[cfg(test)]
mod tests;

use super::Version;
use super::field::{Field, Path};
use super::names::is_dns1123_label;
use crate::diagnostic::Group;
use crate::manifest::Object;
use crate::source::Span;

/// A warning, in the server's words.
pub(super) struct Warning {
    pub(super) rule: &'static str,
    pub(super) group: Group,
    pub(super) path: String,
    pub(super) text: String,
    pub(super) span: Span,
}

pub(super) struct Warnings {
    version: Version,
    found: Vec<Warning>,
}

/// How many warnings of one object are kept.
const MAX_WARNINGS: usize = 200;

impl Warnings {
    /// Whether servers of that minor version, and newer ones, warn of something.
    fn since(&self, minor: u8) -> bool {
        self.version.minor >= minor
    }

    fn deprecated(&mut self, rule: &'static str, field: &Field, text: impl Into<String>) {
        self.push(rule, Group::Deprecation, field.path(), field.span(), text.into());
    }

    fn incorrect(&mut self, rule: &'static str, field: &Field, text: impl Into<String>) {
        self.push(rule, Group::Correctness, field.path(), field.span(), text.into());
    }

    fn push(&mut self, rule: &'static str, group: Group, path: &Path, span: Span, text: String) {
        if self.found.len() < MAX_WARNINGS {
            self.found.push(Warning { rule, group, path: path.to_string(), text, span });
        }
    }
}

/// The server's warnings about an object that it has decoded.
pub(super) fn warnings(object: Object<'_>, version: Version) -> Vec<Warning> {
    let mut warnings = Warnings { version, found: Vec::new() };
    let root = Field::root(object.root());
    let (spec, metadata) = (root.get("spec"), root.get("metadata"));
    match (object.api_version(), object.kind()) {
        ("v1", "Pod") => {
            name_in_host_names(&metadata.get("name"), "the Pod's hostname", &mut warnings);
            pod::pod(&metadata, &spec, &mut warnings);
        }
        ("v1", "PodTemplate") => pod::template(&root.get("template"), &mut warnings),
        ("apps/v1", "DaemonSet") => pod::template(&spec.get("template"), &mut warnings),
        ("v1", "ReplicationController") | ("apps/v1", "Deployment" | "ReplicaSet") => {
            name_in_host_names(&metadata.get("name"), POD_NAMES, &mut warnings);
            pod::template(&spec.get("template"), &mut warnings);
        }
        ("batch/v1", "Job") => {
            name_in_host_names(&metadata.get("name"), POD_NAMES, &mut warnings);
            job_spec(&spec, &mut warnings);
        }
        ("apps/v1", "StatefulSet") => stateful_set(&spec, &mut warnings),
        ("batch/v1", "CronJob") => {
            name_in_host_names(&metadata.get("name"), POD_NAMES, &mut warnings);
            let job = spec.get("jobTemplate");
            job_spec(&job.get("spec"), &mut warnings);
        }
        ("v1", "Node") => node(&spec, &mut warnings),
        ("v1", "ResourceQuota") => quota::quota(&spec, &mut warnings),
        ("v1", "Secret") => secret::secret(&root, &mut warnings),
        ("v1", "ServiceAccount") => mountable_secrets(&metadata, &mut warnings),
        ("v1", "Service") => service::service(&metadata, &spec, &mut warnings),
        ("v1", "PersistentVolume") => storage::volume(&metadata, &spec, &mut warnings),
        ("v1", "PersistentVolumeClaim") => storage::claim(&metadata, &spec, &mut warnings),
        ("storage.k8s.io/v1", "StorageClass") => storage::class(&root, &mut warnings),
        ("storage.k8s.io/v1", "CSIStorageCapacity") => {
            node_labels::selector(&root.get("nodeTopology"), &mut warnings);
        }
        ("networking.k8s.io/v1", "NetworkPolicy") => ip::policy(&spec, &mut warnings),
        ("networking.k8s.io/v1", "Ingress") => ingress_class(&metadata, &spec, &mut warnings),
        ("node.k8s.io/v1", "RuntimeClass") => {
            let scheduling = root.get("scheduling");
            node_labels::keys(&scheduling.get("nodeSelector"), &mut warnings);
        }
        _ => {}
    }
    warnings.found
}

const POD_NAMES: &str = "Pod names and hostnames";

/// Names of workloads become parts of host names, which are DNS labels.
fn name_in_host_names(name: &Field, used_in: &str, warnings: &mut Warnings) {
    let Some(problem) = is_dns1123_label(name.text()).into_iter().next() else { return };
    if !name.text().is_empty() {
        let text = format!(
            "this is used in {used_in}, which can result in surprising behavior; a DNS label is \
             recommended: {problem}"
        );
        warnings.incorrect("name-not-dns-label", name, text);
    }
}

fn stateful_set(spec: &Field, warnings: &mut Warnings) {
    pod::template(&spec.get("template"), warnings);
    for claim in spec.get("volumeClaimTemplates").items() {
        storage::claim_spec(&claim.get("spec"), warnings);
    }
    let history = spec.get("revisionHistoryLimit");
    if history.int_or(0) < 0 && warnings.since(33) {
        let text = "a negative value retains all historical revisions; a value >= 0 is recommended";
        warnings.incorrect("negative-history-limit", &history, text);
    }
}

/// `nodeWarnings`.
fn node(spec: &Field, warnings: &mut Warnings) {
    let (source, id) = (spec.get("configSource"), spec.get("externalID"));
    if source.is_set() {
        warnings.deprecated("deprecated-field", &source, "the feature is removed");
    }
    if !id.text().is_empty() {
        let text = "this field is deprecated, and is unused by Kubernetes";
        warnings.deprecated("deprecated-field", &id, text);
    }
    spec.get("podCIDRs").items().for_each(|range| ip::cidr(&range, warnings));
}

/// `WarningsForJobSpec`.
fn job_spec(spec: &Field, warnings: &mut Warnings) {
    const MANY_COMPLETIONS: i64 = 100_000;
    const MANY_AT_ONCE: i64 = 10_000;
    let many = spec.get("completions").int_or(0) > MANY_COMPLETIONS
        && spec.get("parallelism").int_or(0) > MANY_AT_ONCE;
    if many && spec.get("completionMode").text() == "Indexed" {
        let text = "with more than 10^5 completions and a parallelism above 10^4, Kubernetes might \
             not be able to track completedIndexes when a big number of indexes fail";
        warnings.incorrect("too-many-indexes", &spec.get("completions"), text);
    }
    pod::template(&spec.get("template"), warnings);
}

fn mountable_secrets(metadata: &Field, warnings: &mut Warnings) {
    let annotations = metadata.get("annotations");
    let enforced = annotations.key("kubernetes.io/enforce-mountable-secrets");
    if enforced.is_set() && warnings.since(32) {
        let text = "deprecated in v1.32+; prefer separate namespaces to isolate access to mounted \
             secrets";
        warnings.deprecated("deprecated-annotation", &enforced, text);
    }
}

/// The annotation, unless the field stands beside it.
fn ingress_class(metadata: &Field, spec: &Field, warnings: &mut Warnings) {
    const KEY: &str = "kubernetes.io/ingress.class";
    let annotations = metadata.get("annotations");
    let class = annotations.key(KEY);
    if class.is_set() && !spec.get("ingressClassName").is_set() {
        let text = "deprecated, use `spec.ingressClassName` instead";
        warnings.deprecated("deprecated-annotation", &class, text);
    }
}

//! What pods refer to by name: ConfigMaps, Secrets, volume claims.

use crate::rules::field::Field;
use crate::rules::workload::Workload;
use crate::yaml::Node;

/// A reference from a pod template to another object of its namespace.
pub(crate) struct Reference<'a> {
    pub(crate) kind: &'static str,
    pub(crate) name: &'a str,
    /// The pod starts without it.
    pub(crate) optional: bool,
    /// The keys of it that must exist.
    pub(crate) keys: Vec<Key<'a>>,
    site: Site,
    /// From the site to the map with the name.
    path: &'static [&'static str],
    /// The key of that map which holds the name.
    name_key: &'static str,
}

/// A key of a ConfigMap or Secret that a reference asks for.
#[derive(Copy, Clone)]
pub(crate) struct Key<'a> {
    pub(crate) name: &'a str,
    /// The position in `items`, if it stands in such a list.
    item: Option<usize>,
}

/// Where in the pod template a reference stands.
#[derive(Copy, Clone)]
enum Site {
    Env { container: usize, index: usize },
    EnvFrom { container: usize, index: usize },
    Volume(usize),
    Projected { volume: usize, source: usize },
    PullSecret(usize),
}

/// Every reference of a workload's pods.
pub(crate) fn references<'a>(workload: &Workload<'a>) -> Vec<Reference<'a>> {
    let mut all = Vec::new();
    for (container, node) in workload.containers.iter().enumerate() {
        for (index, variable) in items(node.env).enumerate() {
            let site = Site::Env { container, index };
            let Some(from) = variable.get("valueFrom") else { continue };
            all.extend(of_key(from, "configMapKeyRef", "ConfigMap", CONFIG_MAP_KEY, site));
            all.extend(of_key(from, "secretKeyRef", "Secret", SECRET_KEY, site));
        }
        for (index, source) in items(node.node.get("envFrom")).enumerate() {
            let site = Site::EnvFrom { container, index };
            all.extend(plain(source, "configMapRef", "ConfigMap", &["configMapRef"], "name", site));
            all.extend(plain(source, "secretRef", "Secret", &["secretRef"], "name", site));
        }
    }
    for (index, volume) in items(workload.pod.get("volumes")).enumerate() {
        if !is_from_template(volume, workload) {
            add_volume(volume, index, &mut all);
        }
    }
    for (index, secret) in items(workload.pod.get("imagePullSecrets")).enumerate() {
        let name = secret.get("name").and_then(Node::as_str);
        // The kubelet pulls without a secret that is not there.
        let site = Site::PullSecret(index);
        all.extend(name.map(|name| reference("Secret", name, true, &[], "name", site)));
    }
    all
}

/// A StatefulSet puts the claim of each pod in the place of a volume of that name
/// (`updateStorage` in `pkg/controller/statefulset`).
fn is_from_template(volume: Node<'_>, workload: &Workload<'_>) -> bool {
    let name = text(volume, "name");
    let mut templates = items(workload.spec.get("volumeClaimTemplates"));
    templates.any(|template| template.at(&["metadata", "name"]).and_then(Node::as_str) == name)
}

const CONFIG_MAP_KEY: &[&str] = &["valueFrom", "configMapKeyRef"];
const SECRET_KEY: &[&str] = &["valueFrom", "secretKeyRef"];

fn add_volume<'a>(volume: Node<'a>, index: usize, all: &mut Vec<Reference<'a>>) {
    const CLAIM: &str = "persistentVolumeClaim";
    let site = Site::Volume(index);
    all.extend(plain(volume, "configMap", "ConfigMap", &["configMap"], "name", site));
    all.extend(plain(volume, "secret", "Secret", &["secret"], "secretName", site));
    all.extend(plain(volume, CLAIM, "PersistentVolumeClaim", &[CLAIM], "claimName", site));
    for (source, node) in items(volume.at(&["projected", "sources"])).enumerate() {
        let site = Site::Projected { volume: index, source };
        all.extend(plain(node, "configMap", "ConfigMap", &["configMap"], "name", site));
        all.extend(plain(node, "secret", "Secret", &["secret"], "name", site));
    }
}

/// `configMapKeyRef` and `secretKeyRef`: one key.
fn of_key<'a>(
    from: Node<'a>,
    source: &str,
    kind: &'static str,
    path: &'static [&'static str],
    site: Site,
) -> Option<Reference<'a>> {
    let node = from.get(source)?;
    let mut reference = reference(kind, text(node, "name")?, is_optional(node), path, "name", site);
    reference.keys.extend(text(node, "key").map(|name| Key { name, item: None }));
    Some(reference)
}

/// A source that is taken as a whole, or the `items` of it.
fn plain<'a>(
    parent: Node<'a>,
    source: &str,
    kind: &'static str,
    path: &'static [&'static str],
    name_key: &'static str,
    site: Site,
) -> Option<Reference<'a>> {
    let node = parent.get(source)?;
    let mut made = reference(kind, text(node, name_key)?, is_optional(node), path, name_key, site);
    for (item, key) in items(node.get("items")).enumerate() {
        made.keys.extend(text(key, "key").map(|name| Key { name, item: Some(item) }));
    }
    Some(made)
}

fn reference<'a>(
    kind: &'static str,
    name: &'a str,
    optional: bool,
    path: &'static [&'static str],
    name_key: &'static str,
    site: Site,
) -> Reference<'a> {
    Reference { kind, name, optional, keys: Vec::new(), site, path, name_key }
}

impl<'a> Reference<'a> {
    /// The field with the name.
    pub(crate) fn at(&self, workload: &Workload<'a>) -> Field<'a> {
        self.map_at(workload).key(self.name_key)
    }

    /// What the kubelet shows to the registry; it pulls without one that is missing.
    pub(crate) fn is_pull_secret(&self) -> bool {
        matches!(self.site, Site::PullSecret(_))
    }

    /// The field with one of the keys.
    pub(crate) fn key_at(&self, key: Key<'_>, workload: &Workload<'a>) -> Field<'a> {
        let map = self.map_at(workload);
        let holder = match key.item {
            Some(item) => map.key("items").index(item),
            None => map,
        };
        holder.key("key")
    }

    fn map_at(&self, workload: &Workload<'a>) -> Field<'a> {
        let in_container = |container: usize, list: &str| match workload.containers.get(container) {
            Some(container) => container.at(&[list]),
            None => workload.pod_at(&[]),
        };
        let site = match self.site {
            Site::Env { container, index } => in_container(container, "env").index(index),
            Site::EnvFrom { container, index } => in_container(container, "envFrom").index(index),
            Site::Volume(index) => workload.pod_at(&["volumes"]).index(index),
            Site::Projected { volume, source } => {
                let volume = workload.pod_at(&["volumes"]).index(volume);
                volume.keys(&["projected", "sources"]).index(source)
            }
            Site::PullSecret(index) => workload.pod_at(&["imagePullSecrets"]).index(index),
        };
        site.keys(self.path)
    }
}

fn items(list: Option<Node<'_>>) -> impl Iterator<Item = Node<'_>> {
    list.into_iter().flat_map(|list| list.items())
}

fn text<'a>(node: Node<'a>, key: &str) -> Option<&'a str> {
    node.get(key)?.as_str().filter(|text| !text.is_empty())
}

fn is_optional(node: Node<'_>) -> bool {
    node.get("optional").and_then(Node::as_bool) == Some(true)
}

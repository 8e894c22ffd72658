//! The namespace that `helm template` and `helm lint` take where neither a flag nor a variable names
//! one: that of the kubeconfig's current context, or of the pod they run in (`Namespace` in
//! `pkg/cli/environment.go`, `tools/clientcmd` of client-go). Nothing else of a kubeconfig is read.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::source::{Kind, Sources};
use crate::yaml::{self, Node};

/// Where Kubernetes puts what a pod may know of itself.
const SERVICE_ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// What the flags name: a file in place of the usual ones, and a context in place of the current.
pub(super) struct Choice<'a> {
    pub(super) file: Option<&'a str>,
    pub(super) context: Option<&'a str>,
}

/// The namespace. As with Helm, a kubeconfig that cannot be used is no error: nothing talks to
/// the cluster.
pub(super) fn namespace(choice: &Choice<'_>) -> Option<String> {
    let config = read(choice.file)?;
    let variable = std::env::var("HELM_KUBECONTEXT").ok();
    let context = choice.context.or(variable.as_deref()).filter(|name| !name.is_empty());
    let name = context.unwrap_or(&config.current);
    match config.namespaces.get(name) {
        None if !name.is_empty() => None,
        Some(namespace) if !namespace.is_empty() => Some(namespace.clone()),
        None | Some(_) => of_the_pod(),
    }
}

/// Several files as one: what the first of them says, holds.
#[derive(Default)]
struct Kubeconfig {
    current: String,
    /// Of each context.
    namespaces: BTreeMap<String, String>,
}

/// None where a file is there and cannot be used.
fn read(file: Option<&str>) -> Option<Kubeconfig> {
    let mut config = Kubeconfig::default();
    if let Some(file) = file.filter(|file| !file.is_empty()) {
        merge(&mut config, &fs::read(file).ok()?)?;
        return Some(config);
    }
    for path in usual_files() {
        match fs::read(&path) {
            Ok(text) => merge(&mut config, &text)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(_) => return None,
        }
    }
    Some(config)
}

fn usual_files() -> Vec<PathBuf> {
    match std::env::var_os("KUBECONFIG").filter(|list| !list.is_empty()) {
        Some(list) => {
            std::env::split_paths(&list).filter(|path| !path.as_os_str().is_empty()).collect()
        }
        None => {
            let home = std::env::var_os("HOME").unwrap_or_default();
            vec![Path::new(&home).join(".kube/config")]
        }
    }
}

/// Adds what a file says that those before it do not.
fn merge(config: &mut Kubeconfig, text: &[u8]) -> Option<()> {
    let mut sources = Sources::default();
    let file = sources.add(Kind::File, "kubeconfig", text);
    let text = sources.text(file);
    let Some(document) = yaml::read_first(file, text, 0..text.len()).ok()? else { return Some(()) };
    let root = document.root();
    let mut namespaces = BTreeMap::new();
    for item in root.get("contexts").into_iter().flat_map(Node::items) {
        let namespace = text_at(item, &["context", "namespace"])?;
        if namespaces.insert(text_at(item, &["name"])?, namespace).is_some() {
            return None;
        }
    }
    if config.current.is_empty() {
        config.current = text_at(root, &["current-context"])?;
    }
    for (name, namespace) in namespaces {
        config.namespaces.entry(name).or_insert(namespace);
    }
    Some(())
}

/// A text, empty where there is none; None where there is something else.
fn text_at(node: Node<'_>, keys: &[&str]) -> Option<String> {
    match node.at(keys).filter(|node| !node.is_null()) {
        None => Some(String::new()),
        Some(node) => node.as_str().map(str::to_owned),
    }
}

/// Where this program runs in a pod: the pod's namespace (`inClusterClientConfig` of client-go).
fn of_the_pod() -> Option<String> {
    let set = |name| std::env::var(name).is_ok_and(|value| !value.is_empty());
    let account = Path::new(SERVICE_ACCOUNT);
    if !set("KUBERNETES_SERVICE_HOST")
        || !set("KUBERNETES_SERVICE_PORT")
        || !account.join("token").is_file()
    {
        return None;
    }
    if let Ok(namespace) = std::env::var("POD_NAMESPACE")
        && !namespace.is_empty()
    {
        return Some(namespace);
    }
    let namespace = fs::read_to_string(account.join("namespace")).ok()?;
    Some(namespace.trim().to_owned()).filter(|namespace| !namespace.is_empty())
}

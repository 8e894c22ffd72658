//! Warnings about pods and pod templates (`pkg/api/pod/warnings.go`).

use std::collections::{HashMap, HashSet};

use super::super::field::Field;
use super::{Warnings, ip, node_labels, storage};

const CONTAINERS: [&str; 3] = ["initContainers", "containers", "ephemeralContainers"];

/// A pod template: one inside of something else.
pub(super) fn template(template: &Field, warnings: &mut Warnings) {
    pod(&template.get("metadata"), &template.get("spec"), warnings);
}

/// `warningsForPodSpecAndMeta`.
pub(super) fn pod(metadata: &Field, spec: &Field, warnings: &mut Warnings) {
    node_labels::keys(&spec.get("nodeSelector"), warnings);
    affinity(&spec.get("affinity"), warnings);
    spread_constraints(&spec.get("topologySpreadConstraints"), warnings);
    annotations(metadata, spec, warnings);
    app_armor_annotations(metadata, spec, warnings);
    volumes(&spec.get("volumes"), warnings);
    duplicates(&spec.get("hostAliases"), "ip", "duplicate-host-alias", warnings);
    duplicates(&spec.get("imagePullSecrets"), "name", "duplicate-pull-secret", warnings);
    empty_pull_secrets(&spec.get("imagePullSecrets"), warnings);
    byte_amounts(&spec.get("overhead"), warnings);
    for list in CONTAINERS {
        for container in spec.get(list).items() {
            let resources = container.get("resources");
            byte_amounts(&resources.get("limits"), warnings);
            byte_amounts(&resources.get("requests"), warnings);
            env(&container.get("env"), warnings);
        }
    }
    ports(spec, warnings);
    if warnings.since(33) {
        port_names(spec, warnings);
    }
    let grace = spec.get("terminationGracePeriodSeconds");
    if grace.int_or(0) < 0 {
        let text = "must be >= 0; negative values are invalid and will be treated as 1";
        warnings.incorrect("negative-grace-period", &grace, text);
    }
    let config = spec.get("dnsConfig");
    for nameserver in config.get("nameservers").items() {
        ip::address(&nameserver, warnings);
    }
    for alias in spec.get("hostAliases").items() {
        ip::address(&alias.get("ip"), warnings);
    }
}

fn affinity(affinity: &Field, warnings: &mut Warnings) {
    let node = affinity.get("nodeAffinity");
    let required = node.get("requiredDuringSchedulingIgnoredDuringExecution");
    for term in required.get("nodeSelectorTerms").items() {
        node_labels::expressions(&term.get("matchExpressions"), warnings);
    }
    for term in node.get("preferredDuringSchedulingIgnoredDuringExecution").items() {
        node_labels::preference(&term.get("preference"), warnings);
    }
    for kind in ["podAffinity", "podAntiAffinity"] {
        let terms = affinity.get(kind);
        for term in terms.get("requiredDuringSchedulingIgnoredDuringExecution").items() {
            label_selector(&term.get("labelSelector"), warnings);
        }
        for term in terms.get("preferredDuringSchedulingIgnoredDuringExecution").items() {
            let term = term.get("podAffinityTerm");
            label_selector(&term.get("labelSelector"), warnings);
        }
    }
}

fn spread_constraints(constraints: &Field, warnings: &mut Warnings) {
    for constraint in constraints.items() {
        node_labels::name(&constraint.get("topologyKey"), warnings);
        label_selector(&constraint.get("labelSelector"), warnings);
    }
}

fn label_selector(selector: &Field, warnings: &mut Warnings) {
    if !selector.is_set() {
        let text = "a null labelSelector results in matching no pod";
        warnings.incorrect("null-label-selector", selector, text);
    }
}

/// Annotations of which fields have taken the place.
fn annotations(metadata: &Field, spec: &Field, warnings: &mut Warnings) {
    const SYSCTLS: &str = "non-functional in v1.11+; use the \"sysctls\" field instead";
    const SECCOMP: &str = "non-functional in v1.27+; use the \"seccompProfile\" field instead";
    let annotations = metadata.get("annotations");
    if annotations.is_empty() {
        return;
    }
    let mut deprecated = vec![
        (
            "scheduler.alpha.kubernetes.io/critical-pod".to_owned(),
            "non-functional in v1.16+; use the \"priorityClassName\" field instead",
        ),
        ("security.alpha.kubernetes.io/sysctls".to_owned(), SYSCTLS),
        ("security.alpha.kubernetes.io/unsafe-sysctls".to_owned(), SYSCTLS),
    ];
    if !has_in_security_context(spec, "seccompProfile") {
        deprecated.push(("seccomp.security.alpha.kubernetes.io/pod".to_owned(), SECCOMP));
    }
    for list in CONTAINERS {
        for container in spec.get(list).items() {
            if !has_in_security_context(&container, "seccompProfile") {
                let name = container.get("name").text();
                let key = format!("container.seccomp.security.alpha.kubernetes.io/{name}");
                deprecated.push((key, SECCOMP));
            }
        }
    }
    for (key, text) in deprecated {
        let annotation = annotations.key(&key);
        if annotation.is_set() {
            warnings.deprecated("deprecated-annotation", &annotation, text);
        }
    }
}

/// The annotation that set a container's AppArmor profile, unless a field says the same.
fn app_armor_annotations(metadata: &Field, spec: &Field, warnings: &mut Warnings) {
    let annotations = metadata.get("annotations");
    if annotations.is_empty() || !warnings.since(30) {
        return;
    }
    let context = spec.get("securityContext");
    let of_pod = context.get("appArmorProfile");
    for list in CONTAINERS {
        for container in spec.get(list).items() {
            let name = container.get("name").text();
            let key = format!("container.apparmor.security.beta.kubernetes.io/{name}");
            let annotation = annotations.key(&key);
            let has_field = has_in_security_context(&container, "appArmorProfile");
            if annotation.is_set() && !has_field && !says_same(&of_pod, annotation.text()) {
                let text = "deprecated since v1.30; use the \"appArmorProfile\" field instead";
                warnings.deprecated("deprecated-annotation", &annotation, text);
            }
        }
    }
}

/// `ApparmorFieldForAnnotation` gives that profile.
fn says_same(profile: &Field, annotation: &str) -> bool {
    let localhost = annotation.strip_prefix("localhost/");
    let kind = match annotation {
        "unconfined" => "Unconfined",
        "runtime/default" => "RuntimeDefault",
        _ if localhost.is_some_and(|name| !name.is_empty()) => "Localhost",
        _ => return false,
    };
    let given = profile.get("localhostProfile");
    profile.get("type").text() == kind && given.node().and_then(|node| node.as_str()) == localhost
}

fn has_in_security_context(owner: &Field, field: &str) -> bool {
    let context = owner.get("securityContext");
    context.get(field).is_set()
}

fn volumes(volumes: &Field, warnings: &mut Warnings) {
    for volume in volumes.items() {
        storage::sources(&volume, warnings);
        let ephemeral = volume.get("ephemeral");
        let template = ephemeral.get("volumeClaimTemplate");
        storage::claim_spec(&template.get("spec"), warnings);
        for source in ["configMap", "secret", "downwardAPI"] {
            let mut taken = Taken::default();
            taken.items(&volume.get(source).get("items"), warnings);
        }
        let projected = volume.get("projected");
        let mut taken = Taken::default();
        for part in projected.get("sources").items() {
            if !part.entries().any(|(_, source)| source.is_set()) {
                let text = "has no sources provided";
                warnings.incorrect("empty-projection", &part, text);
            }
            for source in ["configMap", "secret", "downwardAPI"] {
                taken.items(&part.get(source).get("items"), warnings);
            }
            for source in ["serviceAccountToken", "clusterTrustBundle"] {
                taken.path(&part.get(source).get("path"), warnings);
            }
        }
    }
}

/// The paths in a volume that files were put at: none may be another, or lie in it.
#[derive(Default)]
struct Taken {
    files: HashSet<String>,
    directories: HashSet<String>,
}

impl Taken {
    fn items(&mut self, items: &Field, warnings: &mut Warnings) {
        for item in items.items() {
            self.path(&item.get("path"), warnings);
        }
    }

    fn path(&mut self, field: &Field, warnings: &mut Warnings) {
        let path = field.text().trim_end_matches('/');
        if path.is_empty() {
            return;
        }
        let parents = path.match_indices('/').filter_map(|(at, _)| path.get(..at));
        let parents: Vec<&str> = parents.collect();
        let clashes = self.files.contains(path)
            || self.directories.contains(path)
            || parents.iter().any(|&parent| self.files.contains(parent));
        if clashes {
            let text = format!("overlapping paths: {path:?} is taken by another item");
            warnings.incorrect("overlapping-volume-paths", field, text);
        }
        self.directories.extend(parents.into_iter().map(str::to_owned));
        self.files.insert(path.to_owned());
    }
}

/// Items of a list that have the same value in a field that tells them apart.
fn duplicates(list: &Field, field: &str, rule: &'static str, warnings: &mut Warnings) {
    let mut seen = HashSet::new();
    for item in list.items() {
        let value = item.get(field);
        if !seen.insert(value.text()) {
            warnings.incorrect(rule, &value, format!("duplicate {field} {:?}", value.text()));
        }
    }
}

fn empty_pull_secrets(list: &Field, warnings: &mut Warnings) {
    for item in list.items() {
        let name = item.get("name");
        if name.text().is_empty() {
            warnings.incorrect("empty-pull-secret", &name, "invalid empty name \"\"");
        }
    }
}

fn byte_amounts(amounts: &Field, warnings: &mut Warnings) {
    for resource in ["memory", "ephemeral-storage"] {
        storage::fractional_bytes(&amounts.key(resource), warnings);
    }
}

/// A variable that is set twice is worth a warning unless the second value extends the first.
fn env(env: &Field, warnings: &mut Warnings) {
    let mut seen = HashSet::new();
    for variable in env.items() {
        let name = variable.get("name").text();
        if seen.insert(name) {
            continue;
        }
        let (value, reference) = (variable.get("value").text(), format!("$({name})"));
        let extends =
            !variable.get("valueFrom").is_set() && value != reference && value.contains(&reference);
        if !extends {
            let text = format!(
                "hides previous definition of {name:?}, which may be dropped when using apply; \
                 server-side apply refuses it"
            );
            warnings.incorrect("duplicate-env-var", &variable, text);
        }
    }
}

/// A port as other ports can clash with it.
struct Port {
    path: String,
    host_ip: String,
    host_port: i64,
}

/// With how many ports of the same number one is compared.
const MAX_COMPARED: usize = 32;

/// Ports of the same number and protocol, in whatever containers.
fn ports(spec: &Field, warnings: &mut Warnings) {
    let mut seen: HashMap<(i64, &str), Vec<Port>> = HashMap::new();
    for list in CONTAINERS {
        for container in spec.get(list).items() {
            for field in container.get("ports").items() {
                let port = Port {
                    path: field.path().to_string(),
                    host_ip: field.get("hostIP").text().to_owned(),
                    host_port: field.get("hostPort").int_or(0),
                };
                if !port.host_ip.is_empty() && port.host_port == 0 {
                    let text = "hostIP set without hostPort";
                    warnings.incorrect("host-ip-without-port", &field, text);
                }
                let number = field.get("containerPort").int_or(0);
                let key = (number, field.get("protocol").text_default("TCP"));
                let others = seen.entry(key).or_default();
                if let Some((how, other)) = others.iter().find_map(|other| clash(&port, other)) {
                    let text = format!("{how} port definition with {other}");
                    warnings.incorrect("duplicate-port", &field, text);
                }
                if others.len() < MAX_COMPARED {
                    others.push(port);
                }
            }
        }
    }
}

fn clash<'o>(port: &Port, other: &'o Port) -> Option<(&'static str, &'o str)> {
    let how = if port.host_ip == other.host_ip && port.host_port == other.host_port {
        "duplicate"
    } else if port.host_port == 0 || other.host_port == 0 {
        "overlapping"
    } else if port.host_port == other.host_port
        && port.host_ip.is_empty() != other.host_ip.is_empty()
    {
        "dangerously ambiguous"
    } else {
        return None;
    };
    Some((how, &other.path))
}

fn port_names(spec: &Field, warnings: &mut Warnings) {
    let mut seen: HashMap<&str, String> = HashMap::new();
    for list in CONTAINERS {
        for container in spec.get(list).items() {
            for port in container.get("ports").items() {
                let name = port.get("name").text();
                if name.is_empty() {
                    continue;
                }
                if let Some(other) = seen.get(name) {
                    let text = format!(
                        "duplicate port name {name:?} with {other}, services and probes that \
                         select ports by name will use {other}"
                    );
                    warnings.incorrect("duplicate-port-name", &port, text);
                } else {
                    seen.insert(name, port.path().to_string());
                }
            }
        }
    }
}

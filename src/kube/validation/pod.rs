//! Pods and pod templates: `ValidatePodSpec` and what it calls for the pod as a whole, of
//! `pkg/apis/core/validation`.

use rustc_hash::{FxHashMap, FxHashSet};

use super::features::Features;
use super::meta::{self, Scope, validate_annotations, validate_object_meta};
use super::unique::Names;
use super::values::{
    check_name, one_of, validate_dns1123_label, validate_dns1123_subdomain, validate_ip,
    validate_qualified_name,
};
use super::volume::{VolumeKind, Volumes, dropped_volumes, validate_volumes};
use super::{affinity, container, resources, security};
use crate::kube::field::{Errors, Field, Path};
use crate::kube::names;
use crate::kube::selector;
use crate::kube::selector::validate_labels;

/// How a pod spec is validated: `PodValidationOptions`, and what its owner adds to it.
#[derive(Copy, Clone)]
pub(crate) struct PodOptions<'o, 'a> {
    pub(crate) features: Features,
    /// A Pod itself, not a template (`ResourceIsPod`).
    pub(crate) is_pod: bool,
    /// The claims of a StatefulSet: they stand in front of the template's volumes.
    pub(crate) claim_templates: Option<Field<'o, 'a>>,
    /// The pod's metadata.
    pub(crate) meta: Field<'o, 'a>,
}

/// A pod spec with all that its containers must agree with.
pub(crate) struct Pod<'p, 'a> {
    pub(crate) spec: &'p Field<'p, 'a>,
    pub(crate) options: &'p PodOptions<'p, 'a>,
    pub(crate) volumes: Volumes<'a>,
    /// The volumes that vanish, and their mounts with them.
    pub(crate) dropped: FxHashSet<&'a str>,
    /// The names of `resourceClaims`.
    pub(crate) claims: Names<'a, ()>,
}

impl<'a> Pod<'_, 'a> {
    pub(crate) fn features(&self) -> Features {
        self.options.features
    }

    pub(crate) fn grace_period(&self) -> i64 {
        self.spec.get("terminationGracePeriodSeconds").int_or(30)
    }

    pub(crate) fn restart_policy(&self) -> &'a str {
        self.spec.get("restartPolicy").text_default("Always")
    }

    /// The pod shares the user namespace of its node, as is the default.
    pub(crate) fn host_users(&self) -> bool {
        let field = self.spec.get("hostUsers");
        !self.features().user_namespaces_support() || field.bool() != Some(false)
    }

    pub(crate) fn host_network(&self) -> bool {
        self.spec.get("hostNetwork").is_true()
    }

    /// The host port of a container's port; on the host's network the server fills it in.
    pub(crate) fn host_port(&self, port: &Field) -> i64 {
        let defaulted =
            self.options.is_pod || self.features().default_host_ports_in_pod_templates();
        match port.get("hostPort").int_or(0) {
            0 if defaulted && self.host_network() => port.get("containerPort").int_or(0),
            host_port => host_port,
        }
    }
}

/// The lists of containers, in the order of `VisitContainersWithPath`.
pub(crate) const CONTAINER_LISTS: [&str; 3] =
    ["initContainers", "containers", "ephemeralContainers"];

/// `ValidatePodCreate`.
pub(crate) fn validate_pod(pod: &Field, features: Features, errors: &mut Errors) {
    let (meta, spec) = (pod.get("metadata"), pod.get("spec"));
    let before = errors.count();
    let options = PodOptions { features, is_pod: true, claim_templates: None, meta };
    validate_object_meta(&meta, Scope::Namespaced, names::name_is_dns_subdomain, errors);
    validate_pod_specific_annotations(&meta, &spec, errors);
    validate_pod_spec(&spec, &meta::name_of(&meta), &options, errors);
    for list in ["containers", "initContainers"] {
        spec.get(list).items().for_each(|item| validate_image_is_trimmed(&item, errors));
    }
    let ephemeral = spec.get("ephemeralContainers");
    if !ephemeral.is_empty() {
        errors.forbidden(&ephemeral, "cannot be set on create");
    }
    let node_name = spec.get("nodeName");
    if !node_name.text().is_empty() && !spec.get("schedulingGates").is_empty() {
        errors.forbidden(&node_name, "cannot be set until all schedulingGates have been cleared");
    }
    security::validate_seccomp_annotations(&meta, &spec, errors);
    security::validate_app_armor_annotations_match(&meta, &spec, errors);
    if errors.count() == before {
        validate_admitted_overhead(&spec, errors);
    }
}

/// The admission plugin `RuntimeClass` asks where an overhead comes from, once validation has
/// passed.
fn validate_admitted_overhead(spec: &Field, errors: &mut Errors) {
    let overhead = spec.get("overhead");
    if !overhead.is_empty() && !spec.get("runtimeClassName").is_set() {
        let detail =
            "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead";
        errors.forbidden(&overhead, detail);
    }
}

/// `validateContainerOnlyForPod`.
pub(crate) fn validate_image_is_trimmed(container: &Field, errors: &mut Errors) {
    let image = container.get("image");
    if image.text().trim() != image.text() {
        errors.invalid(&image, "must not have leading or trailing whitespace");
    }
}

/// `ValidatePodTemplateSpec`: the metadata of a template is reported as if it lay in the template.
pub(crate) fn validate_pod_template_spec<'a>(
    template: &Field<'_, 'a>,
    claim_templates: Option<Field<'_, 'a>>,
    features: Features,
    errors: &mut Errors,
) {
    let (meta, spec) = (template.get("metadata"), template.get("spec"));
    let options = PodOptions { features, is_pod: false, claim_templates, meta };
    validate_template_meta(template, errors);
    validate_pod_spec(&spec, "", &options, errors);
    security::validate_seccomp_annotations(&meta, &spec, errors);
    security::validate_app_armor_annotations_match(&meta, &spec, errors);
    let ephemeral = spec.get("ephemeralContainers");
    if !ephemeral.is_empty() {
        errors.forbidden(&ephemeral, "ephemeral containers not allowed in pod template");
    }
}

/// The labels and annotations of a template, at the paths where the server reports them.
pub(crate) fn validate_template_meta(template: &Field, errors: &mut Errors) {
    let meta = template.get("metadata").moved(*template.path());
    validate_labels(&meta.get("labels"), errors);
    validate_annotations(&meta.get("annotations"), errors);
    validate_pod_specific_annotations(&meta, &template.get("spec"), errors);
}

/// The checks of a template that runs for ever: the restart policy must be `Always`, and it may
/// have no deadline.
pub(crate) fn validate_long_running(template: &Field, owner: &'static str, errors: &mut Errors) {
    let spec = template.get("spec");
    let (restart_policy, deadline) = (spec.get("restartPolicy"), spec.get("activeDeadlineSeconds"));
    if restart_policy.text_default("Always") != "Always" {
        errors.not_supported(&restart_policy, &["Always"]);
    }
    if deadline.is_set() {
        errors.forbidden(&deadline, format!("activeDeadlineSeconds in {owner} is not Supported"));
    }
}

/// The selector of a workload must match the labels of its own template.
pub(crate) fn validate_selector_matches(selector: &Field, template: &Field, errors: &mut Errors) {
    let meta = template.get("metadata");
    let labels = meta.get("labels");
    if selector.is_set() && !selector::matches(selector.node(), labels.node()) {
        errors.invalid_at(&labels, "null", "`selector` does not match template `labels`");
        let missing = selector::missing_label(selector.get("matchLabels").node(), labels.node());
        errors.advise(
            missing.map(|(key, value)| format!("the template lacks the label `{key}: {value}`")),
        );
    }
}

const MIRROR_POD: &str = "kubernetes.io/config.mirror";

/// `ValidatePodSpecificAnnotations`.
fn validate_pod_specific_annotations(meta: &Field, spec: &Field, errors: &mut Errors) {
    let annotations = meta.get("annotations");
    if annotations.is_empty() {
        return;
    }
    let mirror = annotations.key(MIRROR_POD);
    if mirror.is_set() && spec.get("nodeName").text().is_empty() {
        errors.invalid(&mirror, "must set spec.nodeName if mirror pod annotation is set");
    }
    let cost = annotations.key("controller.kubernetes.io/pod-deletion-cost");
    if cost.is_set() && !is_deletion_cost(cost.text()) {
        errors.invalid(&cost, "must be a 32bit integer");
    }
    security::validate_seccomp_pod_annotations(&annotations, errors);
    security::validate_app_armor_pod_annotations(&annotations, spec, errors);
}

/// `GetDeletionCostFromPodAnnotations`: no sign but minus, no leading zeros.
fn is_deletion_cost(text: &str) -> bool {
    let digits = text.starts_with(|c: char| c == '-' || c.is_ascii_digit());
    digits && (text == "0" || !text.starts_with('0')) && text.parse::<i32>().is_ok()
}

/// `ValidatePodSpec`. The name is empty for a template.
pub(crate) fn validate_pod_spec<'a>(
    spec: &Field<'_, 'a>,
    pod_name: &str,
    options: &PodOptions<'_, 'a>,
    errors: &mut Errors,
) {
    let volumes = validate_volumes(spec, pod_name, options, errors);
    let dropped = dropped_volumes(spec, options.features);
    let claims = claim_names(spec, options.features);
    let pod = Pod { spec, options, volumes, dropped, claims };
    validate_pod_resource_claims(&pod, errors);
    container::validate_containers(&pod, errors);
    container::validate_init_containers(&pod, errors);
    container::validate_ephemeral_containers(&pod, errors);
    if options.features.pod_level_resources() {
        resources::validate_pod_resources(&pod, errors);
    }
    validate_pod_host_network(&pod, errors);
    validate_policies(&pod, errors);
    validate_labels(&spec.get("nodeSelector"), errors);
    security::validate_pod_security_context(&pod, errors);
    affinity::validate_affinity(&pod, errors);
    validate_pod_dns_config(&pod, errors);
    validate_gates(spec, errors);
    affinity::validate_topology_spread_constraints(&pod, errors);
    security::validate_windows_host_process(spec, errors);
    security::validate_host_users(&pod, errors);
    validate_hostname_override(&pod, errors);
    validate_names(spec, options.claim_templates.is_some(), errors);
    affinity::validate_tolerations(&spec.get("tolerations"), errors);
    validate_host_aliases(spec, options.features, errors);
    validate_classes(spec, errors);
    resources::validate_overhead(&pod, errors);
    security::validate_os(spec, errors);
    if options.features.env_files() {
        validate_file_key_ref_volumes(spec, errors);
    }
}

/// `gatherPodResourceClaimNames`.
fn claim_names<'a>(spec: &Field<'_, 'a>, features: Features) -> Names<'a, ()> {
    let mut claims = Names::default();
    if features.dynamic_resource_allocation() {
        for claim in spec.get("resourceClaims").items() {
            let name = claim.get("name").text();
            if !name.is_empty() {
                claims.add(name);
            }
        }
    }
    claims
}

/// `validatePodResourceClaims`.
fn validate_pod_resource_claims(pod: &Pod, errors: &mut Errors) {
    if !pod.features().dynamic_resource_allocation() {
        return;
    }
    let annotations = pod.options.meta.get("annotations");
    let is_static = pod.options.is_pod && annotations.key(MIRROR_POD).is_set();
    let mut seen = Names::default();
    for claim in pod.spec.get("resourceClaims").items() {
        if is_static {
            // Go's empty path.
            let at = claim.moved(Path::ROOT.key(""));
            errors.forbidden(&at, "static pods do not support resource claims");
            continue;
        }
        let name = claim.get("name");
        if name.text().is_empty() {
            errors.required(&name, "");
        } else if !seen.add(name.text()) {
            errors.duplicate(&name);
        } else {
            validate_dns1123_label(&name, errors);
        }
        validate_claim_source(&claim, errors);
    }
}

fn validate_claim_source(claim: &Field, errors: &mut Errors) {
    let (name, template) = (claim.get("resourceClaimName"), claim.get("resourceClaimTemplateName"));
    if name.is_set() && template.is_set() {
        let problem = "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be \
                       specified";
        errors.invalid(claim, problem);
    }
    if !name.is_set() && !template.is_set() {
        let problem = "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`";
        errors.invalid(claim, problem);
    }
    for field in [name, template] {
        if field.is_set() {
            validate_dns1123_subdomain(&field, errors);
        }
    }
}

/// `validatePodHostNetworkDeps`.
fn validate_pod_host_network(pod: &Pod, errors: &mut Errors) {
    if !pod.host_network() {
        return;
    }
    for container in pod.spec.get("containers").items() {
        for port in container.get("ports").items() {
            let host_port = pod.host_port(&port);
            let is_asked_for = pod.options.is_pod || host_port != 0;
            if is_asked_for && host_port != port.get("containerPort").int_or(0) {
                let problem = "must match `containerPort` when `hostNetwork` is true";
                errors.invalid(&port.get("hostPort"), problem);
            }
        }
    }
}

fn validate_policies(pod: &Pod, errors: &mut Errors) {
    let default = |name, default| Some(pod.spec.get(name)).filter(|field| field.text() != default);
    if let Some(restart_policy) = default("restartPolicy", "") {
        one_of(&restart_policy, &["Always", "OnFailure", "Never"], errors);
    }
    if let Some(dns_policy) = default("dnsPolicy", "") {
        let policies = ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"];
        one_of(&dns_policy, &policies, errors);
    }
}

const MAX_DNS_NAMESERVERS: usize = 3;
const MAX_DNS_SEARCH_PATHS: usize = 32;
const MAX_DNS_SEARCH_LIST_CHARS: usize = 2048;

/// `validatePodDNSConfig`.
fn validate_pod_dns_config(pod: &Pod, errors: &mut Errors) {
    let config = pod.spec.get("dnsConfig");
    let (nameservers, searches) = (config.get("nameservers"), config.get("searches"));
    if pod.spec.get("dnsPolicy").text() == "None" {
        if !config.is_set() {
            return errors.required(&config, "must provide `dnsConfig` when `dnsPolicy` is None");
        }
        if nameservers.is_empty() {
            let detail = "must provide at least one DNS nameserver when `dnsPolicy` is None";
            return errors.required(&nameservers, detail);
        }
    }
    if nameservers.len() > MAX_DNS_NAMESERVERS {
        let detail = format!("must not have more than {MAX_DNS_NAMESERVERS} nameservers");
        errors.invalid(&nameservers, detail);
    }
    for nameserver in nameservers.items() {
        validate_ip(&nameserver, pod.features(), errors);
    }
    validate_dns_searches(&searches, pod.features(), errors);
    for option in config.get("options").items() {
        if option.get("name").text().is_empty() {
            errors.required(&option, "must not be empty");
        }
    }
}

fn validate_dns_searches(searches: &Field, features: Features, errors: &mut Errors) {
    if searches.len() > MAX_DNS_SEARCH_PATHS {
        let detail = format!("must not have more than {MAX_DNS_SEARCH_PATHS} search paths");
        errors.invalid(searches, detail);
    }
    let joined: usize = searches.texts().map(|search| search.len() + 1).sum();
    if joined > MAX_DNS_SEARCH_LIST_CHARS + 1 {
        let detail = format!(
            "must not have more than {MAX_DNS_SEARCH_LIST_CHARS} characters (including spaces) in \
             the search list"
        );
        errors.invalid(searches, detail);
    }
    for search in searches.items() {
        let text = search.text().strip_suffix('.').unwrap_or(search.text());
        let problems = match features.relaxed_dns_search_validation() {
            true if search.text() == "." => Vec::new(),
            true => names::is_dns1123_subdomain_with_underscore(text),
            false => names::is_dns1123_subdomain(text),
        };
        for problem in problems {
            errors.invalid_text(&search, text, problem);
        }
    }
}

/// `validateReadinessGates` and `validateSchedulingGates`.
fn validate_gates(spec: &Field, errors: &mut Errors) {
    for gate in spec.get("readinessGates").items() {
        validate_qualified_name(&gate.get("conditionType"), errors);
    }
    let gates = spec.get("schedulingGates");
    let mut seen = Names::default();
    for gate in gates.items() {
        let name = gate.get("name");
        let at = name.moved(*gate.path());
        validate_qualified_name(&at, errors);
        if !seen.add(name.text()) {
            errors.duplicate(&at);
        }
    }
}

/// `validatePodHostName`.
fn validate_hostname_override(pod: &Pod, errors: &mut Errors) {
    let field = pod.spec.get("hostnameOverride");
    if !field.is_set() || !pod.features().hostname_override() {
        return;
    }
    if pod.spec.get("setHostnameAsFQDN").is_true() {
        errors.forbidden(&field, "may not be specified when setHostnameAsFQDN is true");
    }
    if pod.host_network() {
        errors.forbidden(&field, "may not be specified when hostNetwork is true");
    }
    if field.text().len() > 64 {
        errors.too_long(&field, 64);
    }
    validate_dns1123_subdomain(&field, errors);
}

/// The names in the middle of `ValidatePodSpec`. A StatefulSet overwrites the host name.
fn validate_names(spec: &Field, of_stateful_set: bool, errors: &mut Errors) {
    let service_account = spec.get("serviceAccountName");
    let service_account = match service_account.text() {
        // The deprecated field stands in for the other and is reported as that.
        "" => spec.get("serviceAccount").moved(*service_account.path()),
        _ => service_account,
    };
    check_name(&service_account, names::name_is_dns_subdomain, errors);
    check_name(&spec.get("nodeName"), names::name_is_dns_subdomain, errors);
    let deadline = spec.get("activeDeadlineSeconds");
    if deadline.int().is_some_and(|seconds| !(1..=i64::from(i32::MAX)).contains(&seconds)) {
        errors.invalid(&deadline, "must be between 1 and 2147483647, inclusive");
    }
    if !of_stateful_set {
        check_name(&spec.get("hostname"), names::name_is_dns_label, errors);
        check_name(&spec.get("subdomain"), names::name_is_dns_label, errors);
    }
}

/// `ValidateHostAliases`.
fn validate_host_aliases(spec: &Field, features: Features, errors: &mut Errors) {
    for alias in spec.get("hostAliases").items() {
        validate_ip(&alias.get("ip"), features, errors);
        for hostname in alias.get("hostnames").items() {
            validate_dns1123_subdomain(&hostname, errors);
        }
    }
}

fn validate_classes(spec: &Field, errors: &mut Errors) {
    check_name(&spec.get("priorityClassName"), names::name_is_dns_subdomain, errors);
    let runtime_class = spec.get("runtimeClassName");
    if runtime_class.is_set() {
        validate_dns1123_subdomain(&runtime_class, errors);
    }
    validate_preemption_policy(&spec.get("preemptionPolicy"), errors);
}

/// `ValidatePreemptionPolicy`.
pub(crate) fn validate_preemption_policy(policy: &Field, errors: &mut Errors) {
    if policy.is_set() && policy.text().is_empty() {
        errors.required(policy, "");
    } else {
        one_of(policy, &["PreemptLowerPriority", "Never"], errors);
    }
}

/// `validateFileKeyRefVolumes`.
fn validate_file_key_ref_volumes(spec: &Field, errors: &mut Errors) {
    let volumes = spec.get("volumes");
    let kinds: FxHashMap<&str, bool> =
        volumes.items().map(|volume| (volume.get("name").text(), is_empty_dir(&volume))).collect();
    for list in CONTAINER_LISTS {
        for container in spec.get(list).items() {
            for env in container.get("env").items() {
                let value_from = env.get("valueFrom");
                let file = value_from.get("fileKeyRef");
                if file.is_set() {
                    validate_file_volume(&file.get("volumeName"), &volumes, &kinds, errors);
                }
            }
        }
    }
}

/// Says so of a volume without any source, too.
fn is_empty_dir(volume: &Field) -> bool {
    let mut sources = volume.entries().filter(|(key, source)| *key != "name" && source.is_set());
    volume.get("emptyDir").is_set() || sources.next().is_none()
}

fn validate_file_volume(
    name: &Field,
    volumes: &Field,
    kinds: &FxHashMap<&str, bool>,
    errors: &mut Errors,
) {
    match kinds.get(name.text()) {
        None => errors.not_among(name, volumes.items().map(|volume| volume.get("name").text())),
        Some(false) => errors.invalid(name, "referenced volume must be of type emptyDir"),
        Some(true) => {}
    }
}

/// A host port is taken once only, for an address and protocol (`checkHostPortConflicts`).
pub(crate) fn validate_host_ports<'a>(
    container: &Field<'_, 'a>,
    pod: &Pod<'_, 'a>,
    taken: &mut FxHashSet<(&'a str, &'a str, i64)>,
    errors: &mut Errors,
) {
    for port in container.get("ports").items() {
        let number = pod.host_port(&port);
        let protocol = port.get("protocol").text_default("TCP");
        let address = port.get("hostIP").text();
        if number != 0 && !taken.insert((protocol, address, number)) {
            errors.duplicate_text(&port.get("hostPort"), &format!("{protocol}/{address}/{number}"));
        }
    }
}

/// Whether a volume of the pod can be a block device: None if there is no such volume.
pub(crate) fn is_device(pod: &Pod, name: &str) -> Option<bool> {
    pod.volumes.get(name).map(|kind| *kind == VolumeKind::Claim)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{
        WEB, check, check_at, check_help, check_pod, check_with, deployment, pod,
    };
    use crate::kube::Version;

    #[test]
    fn overhead_is_that_of_a_runtime_class() {
        check_with(
            "overhead: {cpu: 1}",
            "spec.overhead: Forbidden: pod rejected: Pod Overhead set without corresponding",
        );
        check_with("overhead: {cpu: 1}\nruntimeClassName: kata", "");
        check(&deployment(&format!("{WEB}overhead: {{cpu: 1}}")), "");
    }

    #[test]
    fn static_pods_claim_nothing() {
        let pod = pod(&format!("{WEB}nodeName: one\nresourceClaims: [{{name: a}}]"));
        check(
            &pod.replace(
                "{name: web}",
                "{name: web, annotations: {kubernetes.io/config.mirror: x}}",
            ),
            "[]: Forbidden: static pods do not support resource claims",
        );
    }

    #[test]
    fn errors_say_what_would_mend_them() {
        let help = |more: &str, expected| check_help(&pod(&format!("{WEB}{more}")), expected);
        help("restartPolicy: always", "did you mean `Always`?");
        help("restartPolicy: Sometimes", "");
        help("hostname: My_Host", "`my-host` would be valid");
        help("hostname: 'a:b'", "");
        let mount = |name| {
            format!(
                "containers: [{{name: web, image: nginx, volumeMounts: [{{name: {name}, mountPath: /a}}]}}]\n\
                 volumes: [{{name: data, emptyDir: {{}}}}, {{name: config, emptyDir: {{}}}}]"
            )
        };
        check_help(&pod(&mount("conf")), "did you mean `config`?");
        check_help(&pod(&mount("secrets")), "");
        let unlabelled = deployment(WEB)
            .replace("matchLabels: {app: web}", "matchLabels: {app: web, tier: front}");
        check_help(&unlabelled, "the template lacks the label `tier: front`");
    }

    #[test]
    fn a_good_pod_passes() {
        check_with("", "");
    }

    #[test]
    fn a_pod_needs_containers() {
        check_pod("{}", "spec.containers: Required value");
    }

    #[test]
    fn policies() {
        check_with("restartPolicy: always", "spec.restartPolicy: Unsupported value: \"always\"");
        check_with("dnsPolicy: None", "spec.dnsConfig: Required value: must provide `dnsConfig`");
        check_with(
            "dnsPolicy: Cluster",
            "spec.dnsPolicy: Unsupported value: \"Cluster\": supported values: \
             \"ClusterFirstWithHostNet\", \"ClusterFirst\", \"Default\", \"None\"",
        );
    }

    #[test]
    fn host_ports_follow_the_container_ports_on_the_network_of_the_host() {
        let ports = "hostNetwork: true\ncontainers:\n- name: a\n  image: i\n  \
                     ports: [{containerPort: 80}]\n- name: b\n  image: i\n  \
                     ports: [{containerPort: 80}]\n";
        check_pod(ports, "spec.containers[1].ports[0].hostPort: Duplicate value: \"TCP//80\"");
        check(&deployment(ports), "");
        check_at(
            Version::new(27),
            &deployment(ports),
            "spec.template.spec.containers[1].ports[0].hostPort: Duplicate value: \"TCP//80\"",
        );
    }

    #[test]
    fn templates_report_their_metadata_without_the_metadata() {
        let manifest = deployment(WEB).replace(
            "{labels: {app: web}}\n    spec",
            "{labels: {app: web, b: c d}, annotations: {a b: c}}\n    spec",
        );
        check(
            &manifest,
            "spec.template.labels: Invalid value: \"c d\"
             spec.template.annotations: Invalid value: \"a b\"",
        );
    }

    #[test]
    fn names_and_addresses() {
        check_with("serviceAccount: A", "spec.serviceAccountName: Invalid value: \"A\"");
        check_with("hostname: a.b", "spec.hostname: Invalid value: \"a.b\": must not contain dots");
        check_with("hostAliases: [{ip: x}]", "spec.hostAliases[0].ip: Invalid value: \"x\"");
        check_with(
            "schedulingGates: [{name: ''}]",
            "spec.schedulingGates[0]: Invalid value: \"\"
            spec.schedulingGates[0]: Invalid value: \"\"",
        );
    }

    #[test]
    fn pods_of_their_own_are_held_to_more() {
        let image = "containers: [{name: web, image: ' nginx'}]";
        check_pod(image, "spec.containers[0].image: Invalid value: \" nginx\"");
        check(&deployment(image), "");
        check_with(
            "ephemeralContainers: [{name: e, image: i}]",
            "spec.ephemeralContainers: Forbidden: cannot be set on create",
        );
    }
}

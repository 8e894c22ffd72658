//! What the server fills in where a manifest is silent.
//!
//! Of Kubernetes' `defaults.go` (and the `+default` marks of its types), all that validation of
//! an update can see. What is set by a controller or an allocator is not here.

use super::super::Version;
use super::super::types::{Shape, Struct, Type};
use super::tree::{Data, Tree};

/// A field that is set if it is not there.
struct Default {
    field: &'static str,
    value: Value,
    /// The field is no pointer in Go: an empty text or a zero counts as not there.
    replaces_zero: bool,
}

#[derive(Copy, Clone)]
enum Value {
    Text(&'static str),
    Int(i64),
    Bool(bool),
    Map,
}

const fn absent(field: &'static str, value: Value) -> Default {
    Default { field, value, replaces_zero: false }
}

const fn zero(field: &'static str, value: Value) -> Default {
    Default { field, value, replaces_zero: true }
}

// What several structs have alike.
const WEBHOOK: &[Default] = &[
    absent("failurePolicy", Value::Text("Fail")),
    absent("matchPolicy", Value::Text("Equivalent")),
    absent("namespaceSelector", Value::Map),
    absent("objectSelector", Value::Map),
    absent("timeoutSeconds", Value::Int(10)),
];
const FILES: &[Default] = &[absent("defaultMode", Value::Int(420))];
const RBD: &[Default] = &[
    zero("keyring", Value::Text("/etc/ceph/keyring")),
    zero("pool", Value::Text("rbd")),
    zero("user", Value::Text("admin")),
];
const ISCSI: &[Default] = &[zero("iscsiInterface", Value::Text("default"))];
const SCALE_IO: &[Default] =
    &[zero("fsType", Value::Text("xfs")), zero("storageMode", Value::Text("ThinProvisioned"))];
const REPLICAS: &[Default] = &[absent("replicas", Value::Int(1))];
const PORT: &[Default] = &[zero("protocol", Value::Text("TCP"))];

/// Sorted by struct, so that one can be searched.
const DEFAULTS: &[(&str, &[Default])] = &[
    (
        "AzureDiskVolumeSource",
        &[
            absent("cachingMode", Value::Text("ReadWrite")),
            absent("fsType", Value::Text("ext4")),
            absent("kind", Value::Text("Shared")),
            absent("readOnly", Value::Bool(false)),
        ],
    ),
    (
        "CSIDriverSpec",
        &[
            absent("attachRequired", Value::Bool(true)),
            absent("fsGroupPolicy", Value::Text("ReadWriteOnceWithFSType")),
            absent("podInfoOnMount", Value::Bool(false)),
            absent("requiresRepublish", Value::Bool(false)),
            absent("storageCapacity", Value::Bool(false)),
        ],
    ),
    ("ConfigMapVolumeSource", FILES),
    (
        "Container",
        &[
            zero("terminationMessagePath", Value::Text("/dev/termination-log")),
            zero("terminationMessagePolicy", Value::Text("File")),
        ],
    ),
    ("ContainerPort", PORT),
    (
        "CronJobSpec",
        &[
            zero("concurrencyPolicy", Value::Text("Allow")),
            absent("failedJobsHistoryLimit", Value::Int(1)),
            absent("successfulJobsHistoryLimit", Value::Int(3)),
            absent("suspend", Value::Bool(false)),
        ],
    ),
    ("DaemonSetSpec", &[absent("revisionHistoryLimit", Value::Int(10))]),
    (
        "DeploymentSpec",
        &[
            absent("progressDeadlineSeconds", Value::Int(600)),
            absent("replicas", Value::Int(1)),
            absent("revisionHistoryLimit", Value::Int(10)),
        ],
    ),
    ("DownwardAPIVolumeSource", FILES),
    ("EndpointPort", &[absent("protocol", Value::Text("TCP"))]),
    ("HTTPGetAction", &[zero("path", Value::Text("/")), zero("scheme", Value::Text("HTTP"))]),
    ("HorizontalPodAutoscalerSpec", &[absent("minReplicas", Value::Int(1))]),
    ("HostPathVolumeSource", &[absent("type", Value::Text(""))]),
    ("ISCSIPersistentVolumeSource", ISCSI),
    ("ISCSIVolumeSource", ISCSI),
    ("IngressClassParametersReference", &[absent("scope", Value::Text("Cluster"))]),
    (
        "JobSpec",
        &[
            absent("completionMode", Value::Text("NonIndexed")),
            absent("manualSelector", Value::Bool(false)),
            absent("suspend", Value::Bool(false)),
        ],
    ),
    ("MutatingWebhook", WEBHOOK),
    ("NetworkPolicyPort", &[absent("protocol", Value::Text("TCP"))]),
    ("ObjectFieldSelector", &[zero("apiVersion", Value::Text("v1"))]),
    ("PersistentVolumeClaimSpec", &[absent("volumeMode", Value::Text("Filesystem"))]),
    (
        "PersistentVolumeSpec",
        &[
            zero("persistentVolumeReclaimPolicy", Value::Text("Retain")),
            absent("volumeMode", Value::Text("Filesystem")),
        ],
    ),
    ("PodFailurePolicyOnPodConditionsPattern", &[zero("status", Value::Text("True"))]),
    (
        "PodSpec",
        &[
            zero("dnsPolicy", Value::Text("ClusterFirst")),
            zero("restartPolicy", Value::Text("Always")),
            zero("schedulerName", Value::Text("default-scheduler")),
            absent("securityContext", Value::Map),
            absent("terminationGracePeriodSeconds", Value::Int(30)),
        ],
    ),
    ("PriorityClass", &[absent("preemptionPolicy", Value::Text("PreemptLowerPriority"))]),
    (
        "Probe",
        &[
            zero("failureThreshold", Value::Int(3)),
            zero("periodSeconds", Value::Int(10)),
            zero("successThreshold", Value::Int(1)),
            zero("timeoutSeconds", Value::Int(1)),
        ],
    ),
    ("ProjectedVolumeSource", FILES),
    ("RBDPersistentVolumeSource", RBD),
    ("RBDVolumeSource", RBD),
    ("ReplicaSetSpec", REPLICAS),
    ("ReplicationControllerSpec", REPLICAS),
    ("RoleRef", &[zero("apiGroup", Value::Text("rbac.authorization.k8s.io"))]),
    ("RuleWithOperations", &[absent("scope", Value::Text("*"))]),
    ("ScaleIOPersistentVolumeSource", SCALE_IO),
    ("ScaleIOVolumeSource", SCALE_IO),
    ("Secret", &[zero("type", Value::Text("Opaque"))]),
    ("SecretVolumeSource", FILES),
    ("ServiceAccountTokenProjection", &[absent("expirationSeconds", Value::Int(3600))]),
    ("ServicePort", PORT),
    ("ServiceReference", &[absent("port", Value::Int(443))]),
    (
        "ServiceSpec",
        &[zero("sessionAffinity", Value::Text("None")), zero("type", Value::Text("ClusterIP"))],
    ),
    (
        "StatefulSetSpec",
        &[
            zero("podManagementPolicy", Value::Text("OrderedReady")),
            absent("replicas", Value::Int(1)),
            absent("revisionHistoryLimit", Value::Int(10)),
        ],
    ),
    (
        "StorageClass",
        &[
            absent("reclaimPolicy", Value::Text("Delete")),
            absent("volumeBindingMode", Value::Text("Immediate")),
        ],
    ),
    ("ValidatingWebhook", WEBHOOK),
];

/// Sets the defaults of an object, the outer structs first as Kubernetes does.
pub(super) fn set(object: &mut Tree<'_>, of: Struct, version: Version) {
    set_own(object, of.name());
    for (key, value) in object.entries_mut() {
        if let Some(field) = of.field(&key.text, version) {
            set_within(value, field.shape, version);
        }
    }
}

fn set_within(value: &mut Tree<'_>, shape: Shape, version: Version) {
    match shape {
        Shape::One(Type::Struct(of)) => {
            if matches!(value.data, Data::Map(_)) {
                set(value, of, version);
            }
        }
        Shape::List(item) => {
            for item_value in value.items_mut() {
                set_within(item_value, Shape::One(item), version);
            }
        }
        Shape::Map(item) => {
            for (_, entry) in value.entries_mut() {
                set_within(entry, Shape::One(item), version);
            }
        }
        Shape::One(Type::Scalar(_)) | Shape::MapOfLists(_) => {}
    }
}

fn set_own(value: &mut Tree<'_>, of: &str) {
    match of {
        "CSIDriverSpec" => {
            default_list(value, "volumeLifecycleModes", &["Persistent"]);
        }
        "Container" => pull_policy(value, "image", "imagePullPolicy"),
        "DaemonSetUpdateStrategy" => {
            rolling_update(value, &[("maxSurge", "0"), ("maxUnavailable", "1")]);
        }
        "DeploymentStrategy" => {
            rolling_update(value, &[("maxSurge", "25%"), ("maxUnavailable", "25%")]);
        }
        "DaemonSetSpec" => require_map(value, "updateStrategy"),
        "DeploymentSpec" => require_map(value, "strategy"),
        "DeviceSubRequest" | "ExactDeviceRequest" => device_request(value),
        "ImageVolumeSource" => pull_policy(value, "reference", "pullPolicy"),
        "JobSpec" => job(value),
        "MutatingWebhook" => {
            set_default(value, &absent("reinvocationPolicy", Value::Text("Never")));
        }
        "NetworkPolicySpec" => network_policy(value),
        "PodSpec" => service_account(value),
        "ServiceSpec" => service(value),
        "StatefulSetSpec" => stateful_set(value),
        "Subject" => subject(value),
        "Volume" => volume(value),
        _ => {}
    }
    if let Ok(found) = DEFAULTS.binary_search_by_key(&of, |(of, _)| of) {
        DEFAULTS[found].1.iter().for_each(|default| set_default(value, default));
    }
}

fn set_default(value: &mut Tree<'_>, default: &Default) {
    let there = value.get(default.field);
    if there.is_none_or(|there| default.replaces_zero && there.is_zero()) {
        let data = match default.value {
            Value::Text(text) => Data::Text(text.into()),
            Value::Int(number) => Data::Int(number),
            Value::Bool(yes) => Data::Bool(yes),
            Value::Map => Data::Map(Vec::new()),
        };
        let span = value.span;
        value.set(default.field, Tree { span, data });
    }
}

fn set_text(value: &mut Tree<'_>, field: &'static str, text: &'static str) {
    set_default(value, &zero(field, Value::Text(text)));
}

fn set_int(value: &mut Tree<'_>, field: &'static str, number: i64) {
    set_default(value, &absent(field, Value::Int(number)));
}

fn require_map(value: &mut Tree<'_>, field: &'static str) {
    set_default(value, &absent(field, Value::Map));
}

fn text<'t>(value: &'t Tree<'_>, field: &str) -> &'t str {
    value.get(field).and_then(Tree::as_str).unwrap_or_default()
}

/// `SetDefaults_Container`, and of image volumes `SetDefaults_Volume`: an image without a tag, or
/// with `latest`, is always pulled.
fn pull_policy(value: &mut Tree<'_>, image: &str, field: &'static str) {
    let policy = if pulls_latest(text(value, image)) { "Always" } else { "IfNotPresent" };
    set_text(value, field, policy);
}

fn pulls_latest(image: &str) -> bool {
    let name = image.rsplit('/').next().unwrap_or_default();
    match name.split_once(':') {
        Some((_, tag)) => tag == "latest",
        None => !image.is_empty() && !name.contains('@'),
    }
}

fn rolling_update(value: &mut Tree<'_>, fields: &[(&'static str, &'static str)]) {
    set_text(value, "type", "RollingUpdate");
    if text(value, "type") != "RollingUpdate" {
        return;
    }
    require_map(value, "rollingUpdate");
    let Some(update) = value.get_mut("rollingUpdate") else { return };
    for (field, default) in fields {
        let default = match default.parse() {
            Ok(number) => Value::Int(number),
            Err(_) => Value::Text(default),
        };
        set_default(update, &absent(field, default));
    }
}

/// The account has two fields with one meaning (`Convert_v1_PodSpec_To_core_PodSpec`).
fn service_account(value: &mut Tree<'_>) {
    const ACCOUNT: &str = "serviceAccountName";
    const DEPRECATED: &str = "serviceAccount";
    let named = |field| value.get(field).filter(|name| !name.is_zero());
    if let Some(account) = named(ACCOUNT).or_else(|| named(DEPRECATED)).cloned() {
        value.set(DEPRECATED, account.clone());
        value.set(ACCOUNT, account);
    }
}

/// `SetDefaults_ExactDeviceRequest`, `SetDefaults_DeviceSubRequest`.
fn device_request(value: &mut Tree<'_>) {
    set_text(value, "allocationMode", "ExactCount");
    if text(value, "allocationMode") == "ExactCount" {
        set_default(value, &zero("count", Value::Int(1)));
    }
}

/// `SetDefaults_StatefulSet`. Its `rollingUpdate` appears only where the whole strategy was left
/// out.
fn stateful_set(value: &mut Tree<'_>) {
    require_map(value, "updateStrategy");
    if let Some(strategy) = value.get_mut("updateStrategy") {
        if text(strategy, "type").is_empty() {
            set_text(strategy, "type", "RollingUpdate");
            require_map(strategy, "rollingUpdate");
        }
        if text(strategy, "type") == "RollingUpdate"
            && let Some(update) = strategy.get_mut("rollingUpdate")
        {
            set_int(update, "partition", 0);
        }
    }
    require_map(value, "persistentVolumeClaimRetentionPolicy");
    if let Some(policy) = value.get_mut("persistentVolumeClaimRetentionPolicy") {
        set_text(policy, "whenDeleted", "Retain");
        set_text(policy, "whenScaled", "Retain");
    }
    // What claim templates say of their kind is dropped (`Convert_v1_StatefulSetSpec_To_…`).
    for template in value.get_mut("volumeClaimTemplates").map(Tree::items_mut).unwrap_or_default() {
        template.remove("apiVersion");
        template.remove("kind");
    }
}

fn job(value: &mut Tree<'_>) {
    if value.get("completions").is_none() && value.get("parallelism").is_none() {
        set_int(value, "completions", 1);
    }
    set_int(value, "parallelism", 1);
    let per_index = value.get("backoffLimitPerIndex").is_some();
    set_int(value, "backoffLimit", if per_index { i64::from(i32::MAX) } else { 6 });
    let has_policy = value.get("podFailurePolicy").is_some();
    let replacement = if has_policy { "Failed" } else { "TerminatingOrFailed" };
    set_text(value, "podReplacementPolicy", replacement);
}

fn network_policy(value: &mut Tree<'_>) {
    let has_egress = value.get("egress").is_some_and(|egress| !egress.is_zero());
    let types: &[&'static str] = if has_egress { &["Ingress", "Egress"] } else { &["Ingress"] };
    default_list(value, "policyTypes", types);
}

/// Sets a list that is not there, or empty.
fn default_list(value: &mut Tree<'_>, field: &'static str, items: &[&'static str]) {
    if value.get(field).is_none_or(Tree::is_zero) {
        let span = value.span;
        let items = items.iter().map(|item| Tree::text(span, *item)).collect();
        value.set(field, Tree { span, data: Data::List(items) });
    }
}

/// `SetDefaults_Service`. The type decides about the rest, so it is set first.
fn service(value: &mut Tree<'_>) {
    set_text(value, "type", "ClusterIP");
    let kind = text(value, "type").to_owned();
    if kind == "NodePort" || kind == "LoadBalancer" {
        set_text(value, "externalTrafficPolicy", "Cluster");
    }
    if kind != "ExternalName" {
        set_text(value, "internalTrafficPolicy", "Cluster");
    }
    if kind == "LoadBalancer" {
        set_default(value, &absent("allocateLoadBalancerNodePorts", Value::Bool(true)));
    }
    for port in value.get_mut("ports").map(Tree::items_mut).unwrap_or_default() {
        if let Some(number) = port.get("port").and_then(Tree::as_i64) {
            set_default(port, &zero("targetPort", Value::Int(number)));
        }
    }
}

fn subject(value: &mut Tree<'_>) {
    if matches!(text(value, "kind"), "User" | "Group") {
        set_text(value, "apiGroup", "rbac.authorization.k8s.io");
    }
}

/// `SetDefaults_Volume`: a volume of no kind is an empty directory.
fn volume(value: &mut Tree<'_>) {
    let has_source =
        value.entries().iter().any(|(key, source)| key.text != "name" && !source.is_null());
    if !has_source {
        require_map(value, "emptyDir");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_sorted() {
        assert!(DEFAULTS.is_sorted_by_key(|(of, _)| of));
    }

    #[test]
    fn rows_name_fields_that_exist() {
        for (of, fields) in DEFAULTS {
            let known = Struct::named(of).unwrap();
            for Default { field, .. } in *fields {
                assert!(known.field(field, Version::new(36)).is_some(), "{of}.{field}");
            }
        }
    }
}

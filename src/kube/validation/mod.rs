//! What the API server validates when an object is created, after defaulting.
//!
//! The functions bear the names of Kubernetes' own (`pkg/apis/*/validation`, version 1.36, in
//! snake case), call each other in the same order and report at the same paths, quirks included,
//! so that the two can be read side by side. Defaults are not set but read: a check asks for a
//! field and takes the default where there is none. What depends on the cluster is left out.

mod admissionregistration;
mod affinity;
mod apiregistration;
mod apps;
mod autoscaling;
mod batch;
mod certificates;
mod container;
mod coordination;
mod core;
mod discovery;
mod endpoints;
mod env;
mod features;
mod flowcontrol;
mod meta;
mod networking;
mod node;
mod persistent_volume;
mod pod;
mod policy;
mod probe;
mod rbac;
mod resource;
mod resources;
mod scheduling;
mod security;
mod service;
mod storage;
#[cfg(test)]
mod testing;
mod unique;
mod values;
mod volume;

pub(super) use self::admissionregistration::validate_client_config;
use self::features::Features;
pub(super) use self::meta::{Scope, validate_generic_object_meta};
use super::Version;
use super::field::{Errors, Field};
use super::names::{name_is_dns_subdomain, path_segment_name};
use crate::manifest::Object;
use crate::yaml::Node;

type Validator = fn(&Field, Features, &mut Errors);

/// Finds what the server would refuse of an object that it has decoded.
pub fn create(object: Object<'_>, version: Version, errors: &mut Errors) {
    create_node(object.root(), (object.api_version(), object.kind()), version, errors);
}

/// The same for an object that no manifest holds as it is.
pub(super) fn create_node(
    root: Node<'_>,
    (api_version, kind): (&str, &str),
    version: Version,
    errors: &mut Errors,
) {
    let (group, api) = api_version.rsplit_once('/').unwrap_or(("", api_version));
    let root = Field::root(root);
    match validator(group, api, kind) {
        Some(validate) => validate(&root, Features::of(version), errors),
        None => validate_other(&root, group, errors),
    }
}

/// Objects of other kinds have their metadata validated. The names of custom resources are domain
/// names; built-in kinds that ask for nothing take what fits into a path.
fn validate_other(root: &Field, group: &str, errors: &mut Errors) {
    let is_custom = group.contains('.') && !group.ends_with(".k8s.io");
    let name_check = if is_custom { name_is_dns_subdomain } else { path_segment_name };
    validate_generic_object_meta(&root.get("metadata"), Scope::Cluster, name_check, errors);
}

#[rustfmt::skip]
fn validator(group: &str, version: &str, kind: &str) -> Option<Validator> {
    Some(match (group, kind) {
        ("", "ConfigMap") => core::validate_config_map,
        ("", "Endpoints") => endpoints::validate_endpoints,
        ("", "LimitRange") => core::validate_limit_range,
        ("", "Namespace") => core::validate_namespace,
        ("", "Node") => core::validate_node,
        ("", "PersistentVolume") => persistent_volume::validate_persistent_volume,
        ("", "PersistentVolumeClaim") => persistent_volume::validate_persistent_volume_claim,
        ("", "Pod") => pod::validate_pod,
        ("", "PodTemplate") => core::validate_pod_template,
        ("", "ReplicationController") => core::validate_replication_controller,
        ("", "ResourceQuota") => core::validate_resource_quota,
        ("", "Secret") => core::validate_secret,
        ("", "Service") => service::validate_service,
        ("", "ServiceAccount") => core::validate_service_account,
        ("admissionregistration.k8s.io", "MutatingAdmissionPolicy") => {
            admissionregistration::validate_mutating_policy
        }
        ("admissionregistration.k8s.io", "MutatingAdmissionPolicyBinding") => {
            admissionregistration::validate_mutating_binding
        }
        ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"
            | "ValidatingWebhookConfiguration") => admissionregistration::validate_webhooks,
        ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy") => {
            admissionregistration::validate_validating_policy
        }
        ("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding") => {
            admissionregistration::validate_validating_binding
        }
        ("apiregistration.k8s.io", "APIService") => apiregistration::validate_api_service,
        ("apps", "ControllerRevision") => apps::validate_controller_revision,
        ("apps", "DaemonSet") => apps::validate_daemon_set,
        ("apps", "Deployment") => apps::validate_deployment,
        ("apps", "ReplicaSet") => apps::validate_replica_set,
        ("apps", "StatefulSet") => apps::validate_stateful_set,
        ("autoscaling", "HorizontalPodAutoscaler") if version == "v1" => {
            autoscaling::validate_autoscaler_v1
        }
        ("autoscaling", "HorizontalPodAutoscaler") => autoscaling::validate_autoscaler,
        ("batch", "CronJob") => batch::validate_cron_job,
        ("batch", "Job") => batch::validate_job,
        ("certificates.k8s.io", "CertificateSigningRequest") => {
            certificates::validate_signing_request
        }
        ("coordination.k8s.io", "Lease") => coordination::validate_lease,
        ("discovery.k8s.io", "EndpointSlice") => discovery::validate_endpoint_slice,
        ("flowcontrol.apiserver.k8s.io", "FlowSchema") => flowcontrol::validate_flow_schema,
        ("flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration") => {
            flowcontrol::validate_priority_level
        }
        ("networking.k8s.io", "IPAddress") => networking::validate_ip_address,
        ("networking.k8s.io", "Ingress") => networking::validate_ingress,
        ("networking.k8s.io", "IngressClass") => networking::validate_ingress_class,
        ("networking.k8s.io", "NetworkPolicy") => networking::validate_network_policy,
        ("networking.k8s.io", "ServiceCIDR") => networking::validate_service_cidr,
        ("node.k8s.io", "RuntimeClass") => node::validate_runtime_class,
        ("policy", "PodDisruptionBudget") => policy::validate_pod_disruption_budget,
        ("rbac.authorization.k8s.io", "ClusterRole") => rbac::validate_cluster_role,
        ("rbac.authorization.k8s.io", "ClusterRoleBinding") => rbac::validate_cluster_role_binding,
        ("rbac.authorization.k8s.io", "Role") => rbac::validate_role,
        ("rbac.authorization.k8s.io", "RoleBinding") => rbac::validate_role_binding,
        ("resource.k8s.io", "DeviceClass") => resource::validate_device_class,
        ("resource.k8s.io", "ResourceClaim") => resource::validate_claim,
        ("resource.k8s.io", "ResourceClaimTemplate") => resource::validate_claim_template,
        ("scheduling.k8s.io", "PriorityClass") => scheduling::validate_priority_class,
        ("storage.k8s.io", "CSIDriver") => storage::validate_csi_driver,
        ("storage.k8s.io", "CSINode") => storage::validate_csi_node,
        ("storage.k8s.io", "CSIStorageCapacity") => storage::validate_csi_storage_capacity,
        ("storage.k8s.io", "StorageClass") => storage::validate_storage_class,
        ("storage.k8s.io", "VolumeAttachment") => storage::validate_volume_attachment,
        ("storage.k8s.io", "VolumeAttributesClass") => storage::validate_volume_attributes_class,
        _ => return None,
    })
}

//! What differs between versions of Kubernetes: the default of each feature gate that changes a
//! verdict, and rules that came without one.

use crate::kube::Version;

/// The behaviour of one version. A method is named after the gate (`pkg/features/kube_features.go`)
/// or after what it decides; the numbers are the minor versions in which the default changed.
#[derive(Copy, Clone)]
pub(crate) struct Features {
    minor: u8,
}

impl Features {
    pub(crate) fn of(version: Version) -> Features {
        Features { minor: version.minor }
    }

    // Pods.

    pub(crate) fn relaxed_environment_variable_validation(self) -> bool {
        self.minor >= 32
    }

    pub(crate) fn env_files(self) -> bool {
        self.minor >= 35
    }

    pub(crate) fn pod_host_ips(self) -> bool {
        self.minor >= 29
    }

    pub(crate) fn relaxed_dns_search_validation(self) -> bool {
        self.minor >= 33
    }

    pub(crate) fn sidecar_containers(self) -> bool {
        self.minor >= 29
    }

    pub(crate) fn container_restart_rules(self) -> bool {
        self.minor >= 35
    }

    pub(crate) fn restart_all_containers_on_container_exits(self) -> bool {
        self.minor >= 36
    }

    /// The restart rules of containers are known, though their gate may be off: what it does not
    /// allow is dropped, and not refused.
    pub(crate) fn knows_container_restart_rules(self) -> bool {
        self.minor >= 34
    }

    pub(crate) fn in_place_pod_vertical_scaling(self) -> bool {
        self.minor >= 33
    }

    /// Init containers that end before the others start may not ask for a restart when they are
    /// resized.
    pub(crate) fn in_place_pod_vertical_scaling_init_containers(self) -> bool {
        self.minor >= 36
    }

    pub(crate) fn pod_level_resources(self) -> bool {
        self.minor >= 34
    }

    pub(crate) fn pod_lifecycle_sleep_action(self) -> bool {
        self.minor >= 30
    }

    pub(crate) fn pod_lifecycle_sleep_action_allow_zero(self) -> bool {
        self.minor >= 33
    }

    pub(crate) fn image_volume(self) -> bool {
        self.minor >= 35
    }

    pub(crate) fn cluster_trust_bundle_projection(self) -> bool {
        self.minor >= 37
    }

    pub(crate) fn pod_certificate_request(self) -> bool {
        self.minor >= 37
    }

    pub(crate) fn hostname_override(self) -> bool {
        self.minor >= 35
    }

    pub(crate) fn user_namespaces_support(self) -> bool {
        self.minor >= 33
    }

    /// A pod with users of its own may not have volumes as devices.
    pub(crate) fn no_devices_in_user_namespaces(self) -> bool {
        self.minor >= 35
    }

    pub(crate) fn proc_mount_type(self) -> bool {
        self.minor >= 33
    }

    pub(crate) fn supplemental_groups_policy(self) -> bool {
        self.minor >= 33
    }

    pub(crate) fn se_linux_change_policy(self) -> bool {
        self.minor >= 33
    }

    pub(crate) fn se_linux_mount(self) -> bool {
        self.minor >= 37
    }

    pub(crate) fn recursive_read_only_mounts(self) -> bool {
        self.minor >= 31
    }

    pub(crate) fn match_label_keys_in_pod_affinity(self) -> bool {
        self.minor >= 31
    }

    pub(crate) fn match_label_keys_in_pod_topology_spread_selector_merge(self) -> bool {
        self.minor >= 34
    }

    /// The values of a required node affinity must be such as labels can have.
    pub(crate) fn node_selector_values(self) -> bool {
        self.minor >= 32
    }

    pub(crate) fn dynamic_resource_allocation(self) -> bool {
        self.minor >= 34
    }

    /// Ports of templates are defaulted with `hostNetwork`, as those of Pods are
    /// (`DefaultHostNetworkHostPortsInPodTemplates`).
    pub(crate) fn default_host_ports_in_pod_templates(self) -> bool {
        self.minor < 28
    }

    // Names and addresses.

    pub(crate) fn strict_ip_cidr_validation(self) -> bool {
        self.minor >= 36
    }

    pub(crate) fn relaxed_service_name_validation(self) -> bool {
        self.minor >= 36
    }

    // Services.

    /// What `trafficDistribution` may be, if the field is not dropped.
    pub(crate) fn traffic_distributions(self) -> Option<&'static [&'static str]> {
        match self.minor {
            ..31 => None,
            31..34 => Some(&["PreferClose"]),
            34.. => Some(&["PreferClose", "PreferSameZone", "PreferSameNode"]),
        }
    }

    // Workloads.

    /// The pod template and the claim templates of a StatefulSet are validated.
    pub(crate) fn stateful_set_templates(self) -> bool {
        self.minor >= 34
    }

    pub(crate) fn job_backoff_limit_per_index(self) -> bool {
        self.minor >= 29
    }

    pub(crate) fn job_pod_replacement_policy(self) -> bool {
        self.minor >= 29
    }

    pub(crate) fn job_success_policy(self) -> bool {
        self.minor >= 31
    }

    pub(crate) fn job_managed_by(self) -> bool {
        self.minor >= 32
    }

    /// A CronJob may not name a time zone in its schedule.
    pub(crate) fn no_time_zone_in_schedule(self) -> bool {
        self.minor >= 29
    }

    /// The version of what an autoscaler scales is looked at, and must have a group.
    pub(crate) fn hpa_api_version(self) -> bool {
        self.minor >= 34
    }

    /// No maximum at all is reported as missing, and not as too low.
    pub(crate) fn hpa_max_replicas_required(self) -> bool {
        self.minor >= 36
    }

    pub(crate) fn hpa_configurable_tolerance(self) -> bool {
        self.minor >= 35
    }

    // Storage.

    pub(crate) fn volume_attributes_class(self) -> bool {
        self.minor >= 34
    }

    pub(crate) fn mutable_csi_node_allocatable_count(self) -> bool {
        self.minor >= 35
    }
}

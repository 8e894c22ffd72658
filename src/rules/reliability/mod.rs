//! Rules about outages that Kubernetes could spare the users.

use crate::rules::Rule;

mod bare_pod;
mod cronjob_concurrency;
mod cronjob_no_deadline;
mod dangling_horizontalpodautoscaler;
mod dangling_pdb;
mod dnsconfig_options;
mod duplicate_hpa_target;
mod grace_period_zero;
mod hpa_metric_without_request;
mod hpa_min_replicas;
mod hpa_range;
mod hpa_static_replicas;
mod identical_probes;
mod job_ttl_seconds_after_finished;
mod max_unavailable_100;
mod no_liveness_probe;
mod no_node_affinity;
mod no_pdb;
mod no_prestop_hook;
mod no_readiness_probe;
mod no_replica_spread;
mod no_rolling_update_strategy;
mod no_startup_probe;
mod no_topology_spread;
mod overlapping_pdb;
mod pdb_blocks_eviction;
mod pdb_no_policy;
mod pdb_unhealthy_pod_eviction_policy;
mod prestop_exceeds_grace;
mod priority_class_name;
mod probe_port_missing;
mod probe_timing;
mod rwo_volume_multi_replica;
mod single_replica;
mod spread_selector_mismatch;
mod statefulset_service_name;

pub(super) const RULES: &[&Rule] = &[
    &no_readiness_probe::RULE,
    &no_liveness_probe::RULE,
    &no_startup_probe::RULE,
    &identical_probes::RULE,
    &probe_port_missing::RULE,
    &probe_timing::RULE,
    &no_prestop_hook::RULE,
    &prestop_exceeds_grace::RULE,
    &grace_period_zero::RULE,
    &single_replica::RULE,
    &no_replica_spread::RULE,
    &no_topology_spread::RULE,
    &spread_selector_mismatch::RULE,
    &no_node_affinity::RULE,
    &no_pdb::RULE,
    &pdb_blocks_eviction::RULE,
    &pdb_no_policy::RULE,
    &pdb_unhealthy_pod_eviction_policy::RULE,
    &dangling_pdb::RULE,
    &overlapping_pdb::RULE,
    &dangling_horizontalpodautoscaler::RULE,
    &hpa_static_replicas::RULE,
    &hpa_min_replicas::RULE,
    &hpa_range::RULE,
    &hpa_metric_without_request::RULE,
    &duplicate_hpa_target::RULE,
    &rwo_volume_multi_replica::RULE,
    &no_rolling_update_strategy::RULE,
    &max_unavailable_100::RULE,
    &statefulset_service_name::RULE,
    &cronjob_no_deadline::RULE,
    &cronjob_concurrency::RULE,
    &job_ttl_seconds_after_finished::RULE,
    &bare_pod::RULE,
    &priority_class_name::RULE,
    &dnsconfig_options::RULE,
];

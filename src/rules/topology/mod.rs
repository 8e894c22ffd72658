//! Rules about what a workload is: a member of a cluster, a gateway, a holder of an identity.

use crate::rules::Rule;

mod backup;
mod backup_without_retention;
mod backup_without_target;
mod claim;
mod eager_liveness_probe;
mod erlang;
mod erlang_cluster_on_deployment;
mod erlang_cookie_literal;
mod erlang_distribution_exposed;
mod erlang_headless_service;
mod erlang_name_from_host;
mod erlang_node_name;
mod erlang_port_limit;
mod gateway_backend_nodes;
mod grace_period_against_claim;
mod id_limit_too_low;
mod identity_from_pod_name;
mod mnesia_without_volume;
mod no_backup;
mod no_cluster_anti_affinity;
mod overlapping_id_ranges;
mod pdb_below_quorum;
mod probe_protocol;
mod sealos_label_mismatch;
mod sealos_resize_mismatch;
mod self_assigned_id_with_storage;
mod session_backend_without_host;
mod short_grace_period;
mod unknown_topology_key;

pub(super) const RULES: &[&Rule] = &[
    &no_cluster_anti_affinity::RULE,
    &unknown_topology_key::RULE,
    &short_grace_period::RULE,
    &eager_liveness_probe::RULE,
    &probe_protocol::RULE,
    &pdb_below_quorum::RULE,
    &erlang_headless_service::RULE,
    &erlang_cookie_literal::RULE,
    &erlang_node_name::RULE,
    &erlang_name_from_host::RULE,
    &erlang_cluster_on_deployment::RULE,
    &erlang_distribution_exposed::RULE,
    &erlang_port_limit::RULE,
    &mnesia_without_volume::RULE,
    &session_backend_without_host::RULE,
    &gateway_backend_nodes::RULE,
    &id_limit_too_low::RULE,
    &overlapping_id_ranges::RULE,
    &identity_from_pod_name::RULE,
    &self_assigned_id_with_storage::RULE,
    &grace_period_against_claim::RULE,
    &sealos_resize_mismatch::RULE,
    &sealos_label_mismatch::RULE,
    &no_backup::RULE,
    &backup_without_target::RULE,
    &backup_without_retention::RULE,
];

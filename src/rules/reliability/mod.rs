//! Rules about outages that Kubernetes could spare the users.

use crate::rules::Rule;

mod no_liveness_probe;
mod no_readiness_probe;
mod no_replica_spread;
mod prestop_exceeds_grace;
mod probe_port_missing;
mod spread_selector_mismatch;
mod statefulset_service_name;

pub(super) const RULES: &[&Rule] = &[
    &no_readiness_probe::RULE,
    &no_liveness_probe::RULE,
    &probe_port_missing::RULE,
    &prestop_exceeds_grace::RULE,
    &no_replica_spread::RULE,
    &spread_selector_mismatch::RULE,
    &statefulset_service_name::RULE,
];

//! Rules about who can reach whom.

use crate::rules::Rule;

mod dangling_ingress;
mod dangling_networkpolicy;
mod dangling_networkpolicy_peer;
mod dangling_service;
mod dangling_servicemonitor;
mod duplicate_service_selector;
mod exposed_services;
mod gateway_backend;
mod ingress_duplicate_path;
mod ingress_no_host;
mod ingress_no_tls;
mod ingress_tls_host_mismatch;
mod ingress_tls_secret;
mod no_networkpolicy;
mod service_external_ips;
mod service_no_selector;
mod service_target_port;

pub(super) const RULES: &[&Rule] = &[
    &dangling_service::RULE,
    &service_no_selector::RULE,
    &service_target_port::RULE,
    &service_external_ips::RULE,
    &duplicate_service_selector::RULE,
    &exposed_services::RULE,
    &dangling_ingress::RULE,
    &ingress_duplicate_path::RULE,
    &ingress_no_tls::RULE,
    &ingress_tls_secret::RULE,
    &ingress_tls_host_mismatch::RULE,
    &ingress_no_host::RULE,
    &gateway_backend::RULE,
    &dangling_networkpolicy::RULE,
    &dangling_networkpolicy_peer::RULE,
    &no_networkpolicy::RULE,
    &dangling_servicemonitor::RULE,
];

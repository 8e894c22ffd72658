//! Rules about what a workload is: a member of a cluster, a gateway, a holder of an identity.

use crate::rules::Rule;

mod erlang;
mod erlang_cookie_literal;
mod erlang_headless_service;
mod no_cluster_anti_affinity;
mod short_grace_period;

pub(super) const RULES: &[&Rule] = &[
    &no_cluster_anti_affinity::RULE,
    &short_grace_period::RULE,
    &erlang_headless_service::RULE,
    &erlang_cookie_literal::RULE,
];

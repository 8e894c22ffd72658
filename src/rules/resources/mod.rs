//! Rules about what pods take of their nodes.

use crate::rules::Rule;

pub(super) mod amount;
mod emptydir_size_limit;
mod no_cpu_limit;
mod no_cpu_request;
mod no_ephemeral_storage;
mod no_memory_limit;
mod no_memory_request;
mod requests_equal_limits;
mod suspicious_quantity;

pub(super) const RULES: &[&Rule] = &[
    &no_memory_limit::RULE,
    &no_memory_request::RULE,
    &no_cpu_request::RULE,
    &no_cpu_limit::RULE,
    &no_ephemeral_storage::RULE,
    &requests_equal_limits::RULE,
    &suspicious_quantity::RULE,
    &emptydir_size_limit::RULE,
];

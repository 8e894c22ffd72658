//! Rules about references that lead nowhere, and other slips.

use crate::rules::Rule;

mod dangling_configmap_ref;
mod dangling_pvc_ref;
mod dangling_rbac_subject;
mod dangling_role_ref;
mod dangling_secret_ref;
mod deprecated_service_account_field;
mod duplicate_key;
mod missing_key_ref;
mod non_existent_service_account;
mod required_annotation;
mod required_label;
mod sorted_keys;
mod unused_object;
mod unused_volume;

pub(super) const RULES: &[&Rule] = &[
    &duplicate_key::RULE,
    &dangling_configmap_ref::RULE,
    &dangling_secret_ref::RULE,
    &missing_key_ref::RULE,
    &dangling_pvc_ref::RULE,
    &non_existent_service_account::RULE,
    &dangling_role_ref::RULE,
    &dangling_rbac_subject::RULE,
    &unused_volume::RULE,
    &unused_object::RULE,
    &deprecated_service_account_field::RULE,
    &required_label::RULE,
    &required_annotation::RULE,
    &sorted_keys::RULE,
];

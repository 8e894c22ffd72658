//! Rules about what an intruder would gain.

use crate::rules::Rule;

mod added_capability;
mod apparmor_unconfined;
mod automount_service_account_token;
mod configmap_secret;
mod dangerous_capability;
mod default_namespace;
mod default_service_account;
mod drop_all_capabilities;
mod drop_net_raw_capability;
mod env_var_secret;
mod host_aliases;
mod host_ipc;
mod host_network;
mod host_path;
mod host_pid;
mod host_port;
mod host_process;
mod host_users;
mod image_digest;
mod image_pull_policy;
mod image_registry;
mod image_tag;
mod ingress_snippet;
mod low_uid;
mod no_apparmor;
mod no_read_only_root_fs;
mod no_seccomp_profile;
mod no_security_context;
mod privilege_escalation_container;
mod privileged_container;
mod privileged_ports;
mod rbac_anonymous;
mod rbac_cluster_admin;
mod rbac_create_pods;
mod rbac_escalation;
mod rbac_pod_exec;
mod rbac_secrets;
mod rbac_wildcard;
mod read_secret_from_env_var;
mod root_group;
mod run_as_non_root;
mod run_as_non_root_uid_0;
mod run_as_non_root_unset;
mod runtime_socket;
mod scc_deny_privileged_container;
mod seccomp_unconfined;
mod selinux_options;
mod sensitive_host_mounts;
mod ssh_port;
mod tiller;
mod unsafe_proc_mount;
mod unsafe_sysctls;
mod volume_types;
mod writable_host_mount;

pub(super) const RULES: &[&Rule] = &[
    &privileged_container::RULE,
    &privilege_escalation_container::RULE,
    &dangerous_capability::RULE,
    &added_capability::RULE,
    &drop_all_capabilities::RULE,
    &drop_net_raw_capability::RULE,
    &run_as_non_root::RULE,
    &run_as_non_root_uid_0::RULE,
    &run_as_non_root_unset::RULE,
    &root_group::RULE,
    &low_uid::RULE,
    &no_read_only_root_fs::RULE,
    &no_seccomp_profile::RULE,
    &seccomp_unconfined::RULE,
    &no_apparmor::RULE,
    &apparmor_unconfined::RULE,
    &selinux_options::RULE,
    &no_security_context::RULE,
    &host_network::RULE,
    &host_pid::RULE,
    &host_ipc::RULE,
    &host_port::RULE,
    &host_path::RULE,
    &sensitive_host_mounts::RULE,
    &runtime_socket::RULE,
    &writable_host_mount::RULE,
    &host_process::RULE,
    &unsafe_proc_mount::RULE,
    &unsafe_sysctls::RULE,
    &volume_types::RULE,
    &env_var_secret::RULE,
    &configmap_secret::RULE,
    &read_secret_from_env_var::RULE,
    &automount_service_account_token::RULE,
    &default_service_account::RULE,
    &rbac_wildcard::RULE,
    &rbac_cluster_admin::RULE,
    &rbac_anonymous::RULE,
    &rbac_pod_exec::RULE,
    &rbac_escalation::RULE,
    &rbac_secrets::RULE,
    &rbac_create_pods::RULE,
    &image_tag::RULE,
    &image_digest::RULE,
    &image_registry::RULE,
    &image_pull_policy::RULE,
    &ssh_port::RULE,
    &privileged_ports::RULE,
    &ingress_snippet::RULE,
    &default_namespace::RULE,
    &host_users::RULE,
    &host_aliases::RULE,
    &scc_deny_privileged_container::RULE,
    &tiller::RULE,
];

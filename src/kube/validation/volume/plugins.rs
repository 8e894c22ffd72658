//! Disks and network file systems that Kubernetes names by their own field, most of them gone.

use super::super::values::{one_of, require, require_valid, validate_dns1123_label};
use super::paths::{validate_local_descending_path, validate_path_no_backsteps};
use crate::kube::field::{Errors, Field};
use crate::kube::names;

/// A reference to a secret, if there is one, must have these fields.
pub(super) fn require_in_secret_ref(parent: &Field, names: &[&str], errors: &mut Errors) {
    let secret = parent.get("secretRef");
    if secret.is_set() {
        require(&secret, names, errors);
    }
}

pub(super) fn validate_host_path(host_path: &Field, errors: &mut Errors) {
    let path = host_path.get("path");
    if path.text().is_empty() {
        return errors.required(&path, "");
    }
    validate_path_no_backsteps(&path, errors);
    validate_host_path_type(&host_path.get("type"), errors);
}

fn validate_host_path_type(host_path_type: &Field, errors: &mut Errors) {
    const TYPES: &[&str] = &[
        "",
        "BlockDevice",
        "CharDevice",
        "Directory",
        "DirectoryOrCreate",
        "File",
        "FileOrCreate",
        "Socket",
    ];
    if !TYPES.contains(&host_path_type.text()) {
        errors.not_supported(host_path_type, TYPES);
    }
}

pub(super) fn validate_local(local: &Field, errors: &mut Errors) {
    let path = local.get("path");
    if path.text().is_empty() {
        return errors.required(&path, "");
    }
    validate_path_no_backsteps(&path, errors);
}

pub(super) fn validate_git_repo(git_repo: &Field, errors: &mut Errors) {
    require(git_repo, &["repository"], errors);
    validate_local_descending_path(&git_repo.get("directory"), errors);
}

pub(super) fn validate_gce_persistent_disk(disk: &Field, errors: &mut Errors) {
    require(disk, &["pdName"], errors);
    validate_partition(&disk.get("partition"), errors);
}

pub(super) fn validate_aws_elastic_block_store(disk: &Field, errors: &mut Errors) {
    require(disk, &["volumeID"], errors);
    validate_partition(&disk.get("partition"), errors);
}

fn validate_partition(partition: &Field, errors: &mut Errors) {
    if !(0..=255).contains(&partition.int_or(0)) {
        errors.invalid(partition, "must be between 1 and 255, inclusive");
    }
}

pub(super) fn validate_nfs(nfs: &Field, errors: &mut Errors) {
    require(nfs, &["server", "path"], errors);
    let path = nfs.get("path");
    if !path.text().starts_with('/') {
        errors.invalid(&path, "must be an absolute path");
    }
}

pub(super) fn validate_glusterfs(glusterfs: &Field, errors: &mut Errors) {
    require(glusterfs, &["endpoints", "path"], errors);
}

pub(super) fn validate_glusterfs_persistent(glusterfs: &Field, errors: &mut Errors) {
    validate_glusterfs(glusterfs, errors);
    let namespace = glusterfs.get("endpointsNamespace");
    if namespace.is_set() && namespace.text().is_empty() {
        let problem = "if the endpointnamespace is set, it must be a valid namespace name";
        errors.invalid(&namespace, problem);
    } else if namespace.is_set() {
        validate_dns1123_label(&namespace, errors);
    }
}

pub(super) fn validate_flocker(flocker: &Field, errors: &mut Errors) {
    let (name, uuid) = (flocker.get("datasetName"), flocker.get("datasetUUID"));
    if name.text().is_empty() && uuid.text().is_empty() {
        errors.required(flocker, "one of datasetName and datasetUUID is required");
    }
    if !name.text().is_empty() && !uuid.text().is_empty() {
        let problem = "datasetName and datasetUUID can not be specified simultaneously";
        errors.invalid_text(flocker, "resource", problem);
    }
    if name.text().contains('/') {
        errors.invalid(&name, "must not contain '/'");
    }
}

pub(super) fn validate_rbd(rbd: &Field, errors: &mut Errors) {
    require(rbd, &["monitors", "image"], errors);
}

pub(super) fn validate_cinder(cinder: &Field, errors: &mut Errors) {
    require(cinder, &["volumeID"], errors);
    require_in_secret_ref(cinder, &["name"], errors);
}

pub(super) fn validate_cinder_persistent(cinder: &Field, errors: &mut Errors) {
    require(cinder, &["volumeID"], errors);
    require_in_secret_ref(cinder, &["name", "namespace"], errors);
}

pub(super) fn validate_ceph_fs(ceph_fs: &Field, errors: &mut Errors) {
    require(ceph_fs, &["monitors"], errors);
}

pub(super) fn validate_quobyte(quobyte: &Field, errors: &mut Errors) {
    const HOST_PORT: &str = "must be a host:port pair or multiple pairs separated by commas";
    let (registry, tenant) = (quobyte.get("registry"), quobyte.get("tenant"));
    if registry.text().is_empty() {
        errors.required(&registry, HOST_PORT);
    } else if tenant.text().len() >= 65 {
        errors.required(&tenant, "must be a UUID and may not exceed a length of 64 characters");
    } else {
        for _ in registry.text().split(',').filter(|pair| !is_host_port(pair)) {
            errors.invalid(&registry, HOST_PORT);
        }
    }
    require(quobyte, &["volume"], errors);
}

/// `net.SplitHostPort`.
fn is_host_port(text: &str) -> bool {
    let Some((host, port)) = text.rsplit_once(':') else { return false };
    let bracketed = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let host = bracketed.unwrap_or(host);
    let clean = |text: &str| !text.contains(['[', ']']);
    clean(host) && clean(port) && (bracketed.is_some() || !host.contains(':'))
}

pub(super) fn validate_fc(fc: &Field, errors: &mut Errors) {
    let (targets, wwids, lun) = (fc.get("targetWWNs"), fc.get("wwids"), fc.get("lun"));
    if targets.is_empty() && wwids.is_empty() {
        errors.required(&targets, "must specify either targetWWNs or wwids, but not both");
    }
    if !targets.is_empty() && !wwids.is_empty() {
        errors.invalid(&targets, "targetWWNs and wwids can not be specified simultaneously");
    }
    match lun.int() {
        _ if targets.is_empty() => {}
        None => errors.required(&lun, "lun is required if targetWWNs is specified"),
        Some(0..=255) => {}
        Some(_) => errors.invalid(&lun, "must be between 0 and 255, inclusive"),
    }
}

pub(super) fn validate_flex_volume(flex: &Field, errors: &mut Errors) {
    require(flex, &["driver"], errors);
    for (key, option) in flex.get("options").entries() {
        let namespace = key.split_once('/').map_or(key, |(namespace, _)| namespace).to_lowercase();
        let reserved = ["kubernetes.io", "k8s.io"].iter().any(|domain| {
            namespace
                .strip_suffix(domain)
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        });
        if reserved {
            let problem = "kubernetes.io and k8s.io namespaces are reserved";
            errors.invalid_text(&option, key, problem);
        }
    }
}

pub(super) fn validate_azure_file(azure: &Field, errors: &mut Errors) {
    require(azure, &["secretName", "shareName"], errors);
}

pub(super) fn validate_azure_file_persistent(azure: &Field, errors: &mut Errors) {
    validate_azure_file(azure, errors);
    if azure.get("secretNamespace").is_set() {
        require(azure, &["secretNamespace"], errors);
    }
}

pub(super) fn validate_azure_disk(azure: &Field, errors: &mut Errors) {
    const MANAGED: &str = "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/\
         microsoft.compute/disks/{disk-id}";
    const BLOB: &str =
        "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd";
    require(azure, &["diskName", "diskURI"], errors);
    let (uri, kind) = (azure.get("diskURI"), azure.get("kind"));
    one_of(&azure.get("cachingMode"), &["None", "ReadOnly", "ReadWrite"], errors);
    one_of(&kind, &["Dedicated", "Managed", "Shared"], errors);
    // The kind is `Shared` by default.
    let managed = kind.text() == "Managed";
    if managed && !uri.text().starts_with("/subscriptions/") {
        errors.not_supported(&uri, &[MANAGED]);
    }
    if !managed && !uri.text().starts_with("https://") {
        errors.not_supported(&uri, &[BLOB]);
    }
}

pub(super) fn validate_storage_os(storage_os: &Field, errors: &mut Errors) {
    validate_storage_os_names(storage_os, errors);
    require_in_secret_ref(storage_os, &["name"], errors);
}

pub(super) fn validate_storage_os_persistent(storage_os: &Field, errors: &mut Errors) {
    validate_storage_os_names(storage_os, errors);
    require_in_secret_ref(storage_os, &["name", "namespace"], errors);
}

fn validate_storage_os_names(storage_os: &Field, errors: &mut Errors) {
    let (name, namespace) = (storage_os.get("volumeName"), storage_os.get("volumeNamespace"));
    require_valid(&name, names::is_dns1123_label, errors);
    if !namespace.text().is_empty() {
        validate_dns1123_label(&namespace, errors);
    }
}

pub(super) fn validate_scale_io(scale_io: &Field, errors: &mut Errors) {
    require(scale_io, &["gateway", "system", "volumeName"], errors);
}

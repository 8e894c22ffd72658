//! The volumes of a pod and of a persistent volume: `ValidateVolumes` and the volume sources of
//! `pkg/apis/core/validation`.

use super::core::{validate_dns1123_label, validate_dns1123_subdomain};
use super::features::Features;
use super::meta::{self, validate_annotations};
use super::persistent_volume::validate_persistent_volume_claim_spec;
use super::pod::PodOptions;
use super::unique::Names;
use crate::kube::field::{Errors, Field};
use crate::kube::names;
use crate::kube::quantity::Quantity;
use crate::kube::selector::{validate_label_selector, validate_labels};

/// What mounts and devices need to know of a volume that passed.
#[derive(Copy, Clone, PartialEq, Eq)]
pub(crate) enum VolumeKind {
    /// A claim, or an ephemeral volume, which becomes one: it may be a block device.
    Claim,
    EmptyDir,
    Other,
}

/// The volumes of a pod that passed validation: only those are known to mounts.
pub(crate) type Volumes<'a> = Names<'a, VolumeKind>;

const MORE_THAN_ONE: &str = "may not specify more than 1 volume type";
const MODE: &str = "must be a number between 0 and 0777 (octal), both inclusive";

/// `ValidateVolumes`. The claims of a StatefulSet stand in front of the pod's own volumes.
pub(crate) fn validate_volumes<'a>(
    spec: &Field<'_, 'a>,
    pod_name: &str,
    options: &PodOptions<'_, 'a>,
    errors: &mut Errors,
) -> Volumes<'a> {
    let volumes = spec.get("volumes");
    let mut known = Volumes::default();
    let claims = validate_claim_volumes(&volumes, options, &mut known, errors);
    let kept = volumes.items().filter(|volume| !is_dropped(volume, options));
    let own = kept.filter(|volume| !claims.contains(volume.get("name").text()));
    for (index, volume) in own.enumerate() {
        let path = volumes.path().index(claims.len() + index);
        let volume = volume.moved(path);
        validate_volume(&volume, pod_name, options, &mut known, errors);
        validate_created_claim(&volume, &volumes, pod_name, errors);
    }
    known
}

/// The volumes that stand for the claims of a StatefulSet. Each replaces the volume of its name.
fn validate_claim_volumes<'a>(
    volumes: &Field<'_, 'a>,
    options: &PodOptions<'_, 'a>,
    known: &mut Volumes<'a>,
    errors: &mut Errors,
) -> Names<'a, ()> {
    let mut claims = Names::default();
    let Some(templates) = options.claim_templates else { return claims };
    for template in templates.items() {
        let meta = template.get("metadata");
        let name = meta.get("name");
        let at = volumes.path().index(claims.len());
        if !claims.add(name.text()) {
            continue;
        }
        let before = errors.count();
        if name.text().is_empty() {
            let claim = at.child("persistentVolumeClaim");
            errors.required(&name.moved(claim.child("claimName")), "");
            errors.required(&name.moved(at.child("name")), "");
        } else {
            validate_dns1123_label(&name.moved(at.child("name")), errors);
        }
        if errors.count() == before {
            known.insert(name.text(), VolumeKind::Claim);
        }
    }
    claims
}

/// Image volumes vanish, with their mounts, where their gate is off.
pub(crate) fn is_dropped(volume: &Field, options: &PodOptions) -> bool {
    volume.get("image").is_set() && !options.features.image_volume()
}

fn validate_volume<'a>(
    volume: &Field<'_, 'a>,
    pod_name: &str,
    options: &PodOptions,
    known: &mut Volumes<'a>,
    errors: &mut Errors,
) {
    let before = errors.count();
    let kind = validate_volume_source(volume, pod_name, options, errors);
    let name = volume.get("name");
    if name.text().is_empty() {
        errors.required(&name, "");
    } else {
        validate_dns1123_label(&name, errors);
    }
    if known.contains(name.text()) {
        errors.duplicate(&name);
    }
    if errors.count() == before {
        known.insert(name.text(), kind);
    }
}

/// A volume may not use the claim that the pod makes for an ephemeral one.
fn validate_created_claim(volume: &Field, volumes: &Field, pod_name: &str, errors: &mut Errors) {
    let claim = volume.get("persistentVolumeClaim");
    let claim_name = claim.get("claimName");
    let Some(suffix) = claim_name.text().strip_prefix(pod_name).filter(|_| !pod_name.is_empty())
    else {
        return;
    };
    let Some(volume_name) = suffix.strip_prefix('-') else { return };
    let is_created =
        |other: Field| other.get("ephemeral").is_set() && other.get("name").text() == volume_name;
    if volumes.items().any(is_created) {
        errors.invalid(
            &claim_name,
            "must not reference a PVC that gets created for an ephemeral volume",
        );
    }
}

/// A kind of volume source: its field, the names that paths give it when it is one too many and
/// when it is wrong inside, and its check.
struct Source {
    field: &'static str,
    conflict: &'static str,
    content: &'static str,
    check: fn(&Field, &mut Errors),
}

const fn source(field: &'static str, check: fn(&Field, &mut Errors)) -> Source {
    Source { field, conflict: field, content: field, check }
}

const GCE_PERSISTENT_DISK: Source = Source {
    content: "persistentDisk",
    ..source("gcePersistentDisk", validate_gce_persistent_disk)
};
const CEPH_FS: Source = Source { conflict: "cephFS", ..source("cephfs", validate_ceph_fs) };

/// In the order of `validateVolumeSource`, without those that need more than themselves.
const SOURCES: &[Source] = &[
    source("hostPath", validate_host_path),
    source("gitRepo", validate_git_repo),
    GCE_PERSISTENT_DISK,
    source("awsElasticBlockStore", validate_aws_elastic_block_store),
    source("secret", validate_secret),
    source("nfs", validate_nfs),
    source("iscsi", validate_iscsi),
    source("glusterfs", validate_glusterfs),
    source("flocker", validate_flocker),
    source("persistentVolumeClaim", |claim, errors| require(claim, &["claimName"], errors)),
    source("rbd", validate_rbd),
    source("cinder", validate_cinder),
    CEPH_FS,
    source("quobyte", validate_quobyte),
    Source { conflict: "downwarAPI", ..source("downwardAPI", validate_downward_api) },
    source("fc", validate_fc),
    source("flexVolume", validate_flex_volume),
    source("configMap", validate_config_map),
    source("azureFile", validate_azure_file),
    source("vsphereVolume", |volume, errors| require(volume, &["volumePath"], errors)),
    source("photonPersistentDisk", |disk, errors| require(disk, &["pdID"], errors)),
    source("portworxVolume", |volume, errors| require(volume, &["volumeID"], errors)),
    source("azureDisk", validate_azure_disk),
    source("storageos", validate_storage_os),
    source("projected", validate_projected),
    source("scaleIO", validate_scale_io),
    source("csi", validate_csi),
    source("ephemeral", |_, _| {}),
    source("image", |_, _| {}),
];

/// In the order of `ValidatePersistentVolumeSpec`.
const PERSISTENT_SOURCES: &[Source] = &[
    source("hostPath", validate_host_path),
    GCE_PERSISTENT_DISK,
    source("awsElasticBlockStore", validate_aws_elastic_block_store),
    source("glusterfs", validate_glusterfs_persistent),
    source("flocker", validate_flocker),
    source("nfs", validate_nfs),
    source("rbd", validate_rbd),
    source("quobyte", validate_quobyte),
    CEPH_FS,
    source("iscsi", validate_iscsi_persistent),
    source("cinder", validate_cinder_persistent),
    source("fc", validate_fc),
    source("flexVolume", validate_flex_volume),
    source("azureFile", validate_azure_file_persistent),
    source("vsphereVolume", |volume, errors| require(volume, &["volumePath"], errors)),
    source("photonPersistentDisk", |disk, errors| require(disk, &["pdID"], errors)),
    source("portworxVolume", |volume, errors| require(volume, &["volumeID"], errors)),
    source("azureDisk", validate_azure_disk),
    source("scaleIO", validate_scale_io),
    source("local", validate_local),
    source("storageos", validate_storage_os_persistent),
    source("csi", validate_csi_persistent),
];

/// `validateVolumeSource`. A volume without a source is an `emptyDir` by default.
fn validate_volume_source(
    volume: &Field,
    pod_name: &str,
    options: &PodOptions,
    errors: &mut Errors,
) -> VolumeKind {
    let empty_dir = volume.get("emptyDir");
    let size_limit = empty_dir.get("sizeLimit");
    if Quantity::read(size_limit.node()).is_ok_and(Quantity::is_negative) {
        errors.forbidden(&size_limit, "SizeLimit field must be a valid resource quantity");
    }
    let mut found = empty_dir.is_set().then_some("emptyDir");
    for source in SOURCES {
        if !validate_one(volume, source, found.is_some(), errors) {
            continue;
        }
        if found.is_none() {
            validate_with_names(volume, source.field, pod_name, options, errors);
        }
        found = found.or(Some(source.field));
    }
    match found {
        Some("persistentVolumeClaim" | "ephemeral") => VolumeKind::Claim,
        Some("emptyDir") | None => VolumeKind::EmptyDir,
        Some(_) => VolumeKind::Other,
    }
}

/// The source of a persistent volume; returns how many there are. FlexVolume is the one that does
/// not mind others before it.
pub(crate) fn validate_persistent_volume_source(
    spec: &Field,
    has_node_affinity: bool,
    errors: &mut Errors,
) {
    let mut any = false;
    for source in PERSISTENT_SOURCES {
        let conflicts = any && source.field != "flexVolume";
        let present = validate_one(spec, source, conflicts, errors);
        if present && !conflicts && source.field == "local" && !has_node_affinity {
            errors.required(&spec.get("nodeAffinity"), "Local volume requires node affinity");
        }
        any |= present;
    }
    if !any {
        errors.required(spec, "must specify a volume type");
    }
}

/// Checks a source if it is there, and says whether it is.
fn validate_one(parent: &Field, source: &Source, conflicts: bool, errors: &mut Errors) -> bool {
    let field = parent.get(source.field);
    if field.is_set() && conflicts {
        errors.forbidden(&field.moved(parent.path().child(source.conflict)), MORE_THAN_ONE);
    } else if field.is_set() {
        (source.check)(&field.moved(parent.path().child(source.content)), errors);
    }
    field.is_set()
}

/// The checks of a source that need what is around it.
fn validate_with_names(
    volume: &Field,
    source: &str,
    pod_name: &str,
    options: &PodOptions,
    errors: &mut Errors,
) {
    let (name, field) = (volume.get("name"), volume.get(source));
    match source {
        "iscsi" => {
            let portal = field.get("targetPortal").text();
            if field.get("initiatorName").is_set() && name.text().len() + 1 + portal.len() > 64 {
                errors.invalid(&name, ISCSI_TOO_LONG);
            }
        }
        "ephemeral" => {
            validate_ephemeral(&field, options.features, errors);
            let claim = format!("{pod_name}-{}", name.text());
            let is_named = !pod_name.is_empty() && !name.text().is_empty();
            for problem in names::is_dns1123_subdomain(&claim).into_iter().filter(|_| is_named) {
                errors.invalid(&name, format!("PVC name \"{claim}\": {problem}"));
            }
        }
        "image" => {
            if options.is_pod && field.get("reference").text().is_empty() {
                errors.required(&field.get("reference"), "");
            }
            super::container::validate_pull_policy(&field.get("pullPolicy"), errors);
        }
        _ => {}
    }
}

const ISCSI_TOO_LONG: &str = "Total length of <volume name>:<iscsi.targetPortal> must be under 64 \
     characters if iscsi.initiatorName is specified.";

/// Each of the fields must hold a text, or a list with something in it.
fn require(parent: &Field, names: &[&str], errors: &mut Errors) {
    for name in names {
        let field = parent.get(name);
        if field.text().is_empty() && field.is_empty() {
            errors.required(&field, "");
        }
    }
}

/// A reference to a secret, if there is one, must have these fields.
fn require_in_secret_ref(parent: &Field, names: &[&str], errors: &mut Errors) {
    let secret = parent.get("secretRef");
    if secret.is_set() {
        require(&secret, names, errors);
    }
}

fn validate_host_path(host_path: &Field, errors: &mut Errors) {
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

fn validate_git_repo(git_repo: &Field, errors: &mut Errors) {
    require(git_repo, &["repository"], errors);
    validate_local_descending_path(&git_repo.get("directory"), errors);
}

fn validate_gce_persistent_disk(disk: &Field, errors: &mut Errors) {
    require(disk, &["pdName"], errors);
    validate_partition(&disk.get("partition"), errors);
}

fn validate_aws_elastic_block_store(disk: &Field, errors: &mut Errors) {
    require(disk, &["volumeID"], errors);
    validate_partition(&disk.get("partition"), errors);
}

fn validate_partition(partition: &Field, errors: &mut Errors) {
    if !(0..=255).contains(&partition.int_or(0)) {
        errors.invalid(partition, "must be between 1 and 255, inclusive");
    }
}

fn validate_secret(secret: &Field, errors: &mut Errors) {
    require(secret, &["secretName"], errors);
    validate_files(secret, errors);
}

fn validate_config_map(config_map: &Field, errors: &mut Errors) {
    require(config_map, &["name"], errors);
    validate_files(config_map, errors);
}

fn validate_files(source: &Field, errors: &mut Errors) {
    validate_mode(&source.get("defaultMode"), errors);
    for item in source.get("items").items() {
        validate_key_to_path(&item, errors);
    }
}

fn validate_mode(mode: &Field, errors: &mut Errors) {
    if mode.int().is_some_and(|mode| !(0..=0o777).contains(&mode)) {
        errors.invalid(mode, MODE);
    }
}

fn validate_key_to_path(item: &Field, errors: &mut Errors) {
    require(item, &["key", "path"], errors);
    validate_local_non_reserved_path(&item.get("path"), errors);
    validate_mode(&item.get("mode"), errors);
}

fn validate_nfs(nfs: &Field, errors: &mut Errors) {
    require(nfs, &["server", "path"], errors);
    let path = nfs.get("path");
    if !path.text().starts_with('/') {
        errors.invalid(&path, "must be an absolute path");
    }
}

fn validate_iscsi(iscsi: &Field, errors: &mut Errors) {
    validate_iscsi_target(iscsi, "must be valid format starting with iqn, eui, or naa", errors);
    validate_iscsi_initiator(iscsi, "must be valid format starting with iqn, eui, or naa", errors);
}

fn validate_iscsi_persistent(iscsi: &Field, errors: &mut Errors) {
    validate_iscsi_target(iscsi, "must be valid format", errors);
    require_in_secret_ref(iscsi, &["name"], errors);
    validate_iscsi_initiator(iscsi, "must be valid format", errors);
}

fn validate_iscsi_target(iscsi: &Field, problem: &'static str, errors: &mut Errors) {
    require(iscsi, &["targetPortal", "iqn"], errors);
    let (iqn, lun) = (iscsi.get("iqn"), iscsi.get("lun"));
    if !iqn.text().is_empty() {
        validate_iscsi_name(&iqn, problem, errors);
    }
    if !(0..=255).contains(&lun.int_or(0)) {
        errors.invalid(&lun, "must be between 0 and 255, inclusive");
    }
    let secret = iscsi.get("secretRef");
    let chap =
        ["chapAuthDiscovery", "chapAuthSession"].iter().any(|name| iscsi.get(name).is_true());
    if chap && !secret.is_set() {
        errors.required(&secret, "");
    }
}

fn validate_iscsi_initiator(iscsi: &Field, problem: &'static str, errors: &mut Errors) {
    let initiator = iscsi.get("initiatorName");
    if initiator.is_set() {
        validate_iscsi_name(&initiator.moved(iscsi.path().child("initiatorname")), problem, errors);
    }
}

fn validate_iscsi_name(name: &Field, unknown: &'static str, errors: &mut Errors) {
    let text = name.text();
    let is_good = match text.get(..3) {
        Some("iqn") => is_iqn(text),
        Some("eui") => is_fixed_name(text, 16),
        Some("naa") => is_fixed_name(text, 32),
        _ => return errors.invalid(name, unknown),
    };
    if !is_good {
        errors.invalid(name, "must be valid format");
    }
}

/// `iqn\.\d{4}-\d{2}\.([[:alnum:]-.]+)(:[^,;*&$|\s]+)$`
fn is_iqn(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("iqn.") else { return false };
    let Some((date, rest)) = rest.split_once('.') else { return false };
    let Some((authority, name)) = rest.split_once(':') else { return false };
    let digits =
        |text: &str, count| text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    let dated =
        date.split_once('-').is_some_and(|(year, month)| digits(year, 4) && digits(month, 2));
    let named = !authority.is_empty()
        && authority.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'));
    let plain =
        |c: char| !matches!(c, ',' | ';' | '*' | '&' | '$' | '|') && !c.is_ascii_whitespace();
    dated && named && !name.is_empty() && name.chars().all(plain)
}

/// `eui.[[:alnum:]]{16}`, where the point stands for any character.
fn is_fixed_name(text: &str, len: usize) -> bool {
    let mut rest = text.chars().skip(3);
    rest.next().is_some() && rest.clone().count() == len && rest.all(|c| c.is_ascii_alphanumeric())
}

fn validate_glusterfs(glusterfs: &Field, errors: &mut Errors) {
    require(glusterfs, &["endpoints", "path"], errors);
}

fn validate_glusterfs_persistent(glusterfs: &Field, errors: &mut Errors) {
    validate_glusterfs(glusterfs, errors);
    let namespace = glusterfs.get("endpointsNamespace");
    if namespace.is_set() && namespace.text().is_empty() {
        let problem = "if the endpointnamespace is set, it must be a valid namespace name";
        errors.invalid(&namespace, problem);
    } else if namespace.is_set() {
        validate_dns1123_label(&namespace, errors);
    }
}

fn validate_flocker(flocker: &Field, errors: &mut Errors) {
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

fn validate_rbd(rbd: &Field, errors: &mut Errors) {
    require(rbd, &["monitors", "image"], errors);
}

fn validate_cinder(cinder: &Field, errors: &mut Errors) {
    require(cinder, &["volumeID"], errors);
    require_in_secret_ref(cinder, &["name"], errors);
}

fn validate_cinder_persistent(cinder: &Field, errors: &mut Errors) {
    require(cinder, &["volumeID"], errors);
    require_in_secret_ref(cinder, &["name", "namespace"], errors);
}

fn validate_ceph_fs(ceph_fs: &Field, errors: &mut Errors) {
    require(ceph_fs, &["monitors"], errors);
}

fn validate_quobyte(quobyte: &Field, errors: &mut Errors) {
    const HOST_PORT: &str = "must be a host:port pair or multiple pairs separated by commas";
    let (registry, tenant) = (quobyte.get("registry"), quobyte.get("tenant"));
    if registry.text().is_empty() {
        errors.required(&registry, HOST_PORT);
    } else if tenant.text().len() >= 65 {
        errors.required(&tenant, "must be a UUID and may not exceed a length of 64 characters");
    } else {
        for pair in registry.text().split(',').filter(|pair| !is_host_port(pair)) {
            errors.invalid_text(&registry, pair, HOST_PORT);
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

fn validate_downward_api(downward_api: &Field, errors: &mut Errors) {
    validate_mode(&downward_api.get("defaultMode"), errors);
    for file in downward_api.get("items").items() {
        // The server reports the file at the path of the volume.
        validate_downward_api_file(&file.value_in(downward_api), errors);
    }
}

fn validate_downward_api_file(file: &Field, errors: &mut Errors) {
    let (path, field_ref) = (file.get("path"), file.get("fieldRef"));
    let resource_ref = file.get("resourceFieldRef");
    require(file, &["path"], errors);
    validate_local_non_reserved_path(&path, errors);
    if field_ref.is_set() {
        super::env::validate_volume_field_ref(&field_ref, errors);
        if resource_ref.is_set() {
            let problem = "fieldRef and resourceFieldRef can not be specified simultaneously";
            errors.invalid_text(file, "resource", problem);
        }
    } else if resource_ref.is_set() {
        super::env::validate_resource_field_ref(&resource_ref, true, errors);
    } else {
        errors.required(file, "one of fieldRef and resourceFieldRef is required");
    }
    validate_mode(&file.get("mode"), errors);
}

fn validate_fc(fc: &Field, errors: &mut Errors) {
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

fn validate_flex_volume(flex: &Field, errors: &mut Errors) {
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

fn validate_azure_file(azure: &Field, errors: &mut Errors) {
    require(azure, &["secretName", "shareName"], errors);
}

fn validate_azure_file_persistent(azure: &Field, errors: &mut Errors) {
    validate_azure_file(azure, errors);
    if azure.get("secretNamespace").is_set() {
        require(azure, &["secretNamespace"], errors);
    }
}

fn validate_azure_disk(azure: &Field, errors: &mut Errors) {
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

/// A field that may be absent, and otherwise holds one of the values.
pub(crate) fn one_of(field: &Field, supported: &[&str], errors: &mut Errors) {
    if field.is_set() && !supported.contains(&field.text()) {
        errors.not_supported(field, supported);
    }
}

fn validate_storage_os(storage_os: &Field, errors: &mut Errors) {
    validate_storage_os_names(storage_os, errors);
    require_in_secret_ref(storage_os, &["name"], errors);
}

fn validate_storage_os_persistent(storage_os: &Field, errors: &mut Errors) {
    validate_storage_os_names(storage_os, errors);
    require_in_secret_ref(storage_os, &["name", "namespace"], errors);
}

fn validate_storage_os_names(storage_os: &Field, errors: &mut Errors) {
    let (name, namespace) = (storage_os.get("volumeName"), storage_os.get("volumeNamespace"));
    if name.text().is_empty() {
        errors.required(&name, "");
    } else {
        validate_dns1123_label(&name, errors);
    }
    if !namespace.text().is_empty() {
        validate_dns1123_label(&namespace, errors);
    }
}

fn validate_scale_io(scale_io: &Field, errors: &mut Errors) {
    require(scale_io, &["gateway", "system", "volumeName"], errors);
}

fn validate_local(local: &Field, errors: &mut Errors) {
    let path = local.get("path");
    if path.text().is_empty() {
        return errors.required(&path, "");
    }
    validate_path_no_backsteps(&path, errors);
}

/// `ValidateCSIDriverName`.
pub(crate) fn validate_csi_driver_name(driver: &Field, errors: &mut Errors) {
    let name = driver.text();
    if name.is_empty() {
        return errors.required(driver, "");
    }
    if name.len() > 63 {
        errors.too_long(driver, 63);
    }
    errors.invalid_each(driver, names::is_dns1123_subdomain(&meta::lower(name)));
}

fn validate_csi(csi: &Field, errors: &mut Errors) {
    validate_csi_driver_name(&csi.get("driver"), errors);
    let secret = csi.get("nodePublishSecretRef");
    let name = secret.get("name");
    if secret.is_set() && name.text().is_empty() {
        errors.required(&name, "");
    } else if secret.is_set() {
        let name = name.moved(csi.path().child("name"));
        errors.invalid_each(&name, names::is_dns1123_subdomain(name.text()));
    }
}

fn validate_csi_persistent(csi: &Field, errors: &mut Errors) {
    validate_csi_driver_name(&csi.get("driver"), errors);
    require(csi, &["volumeHandle"], errors);
    let secrets = [
        "controllerPublishSecretRef",
        "controllerExpandSecretRef",
        "nodePublishSecretRef",
        "nodeExpandSecretRef",
    ];
    for name in secrets {
        let secret = csi.get(name);
        if secret.is_set() {
            validate_pv_secret_reference(&secret, errors);
        }
    }
}

fn validate_pv_secret_reference(secret: &Field, errors: &mut Errors) {
    let (name, namespace) = (secret.get("name"), secret.get("namespace"));
    if name.text().is_empty() {
        errors.required(&name, "");
    } else {
        validate_dns1123_subdomain(&name, errors);
    }
    if namespace.text().is_empty() {
        errors.required(&namespace, "");
    } else {
        validate_dns1123_label(&namespace, errors);
    }
}

fn validate_ephemeral(ephemeral: &Field, features: Features, errors: &mut Errors) {
    let template = ephemeral.get("volumeClaimTemplate");
    if !template.is_set() {
        return errors.required(&template, "");
    }
    let meta = template.get("metadata");
    validate_annotations(&meta.get("annotations"), errors);
    validate_labels(&meta.get("labels"), errors);
    for (name, field) in meta.entries() {
        if !matches!(name, "annotations" | "labels") && !is_zero(&field) {
            errors.forbidden(&field.moved(meta.path().child(name)), "cannot be set");
        }
    }
    validate_persistent_volume_claim_spec(&template.get("spec"), features, errors);
}

/// Go's zero value, which is as good as none.
fn is_zero(field: &Field) -> bool {
    let scalar = field.text().is_empty() && field.int_or(0) == 0 && !field.is_true();
    scalar && field.is_empty()
}

fn validate_projected(projected: &Field, errors: &mut Errors) {
    validate_mode(&projected.get("defaultMode"), errors);
    let mut paths = Names::default();
    for source in projected.get("sources").items() {
        let before = KINDS_OF_PROJECTION.iter().filter(|kind| source.get(kind).is_set()).count();
        validate_projection_source(&source, projected, &mut paths, errors);
        if before > 1 {
            errors.forbidden(&source, "may not specify more than 1 volume type per source");
        }
    }
}

const KINDS_OF_PROJECTION: &[&str] = &[
    "secret",
    "configMap",
    "downwardAPI",
    "serviceAccountToken",
    "clusterTrustBundle",
    "podCertificate",
];

/// `validateProjectionSources`, one of them. Paths are shared by all sources of the volume.
fn validate_projection_source<'a>(
    source: &Field<'_, 'a>,
    projected: &Field<'_, 'a>,
    paths: &mut Names<'a, ()>,
    errors: &mut Errors,
) {
    for kind in ["secret", "configMap"] {
        let projection = source.get(kind);
        if projection.is_set() {
            require(&projection, &["name"], errors);
        }
        for item in projection.get("items").items() {
            validate_key_to_path(&item, errors);
            claim_path(&item.get("path"), projected, paths, errors);
        }
    }
    let downward_api = source.get("downwardAPI");
    for file in downward_api.get("items").items() {
        let file = file.value_in(&downward_api);
        validate_downward_api_file(&file, errors);
        claim_path(&file.get("path"), projected, paths, errors);
    }
    validate_service_account_token(&source.get("serviceAccountToken"), projected, errors);
    let bundle = source.get("clusterTrustBundle");
    if bundle.is_set() {
        validate_cluster_trust_bundle(&bundle, errors);
        claim_path(&bundle.get("path"), projected, paths, errors);
    }
    validate_pod_certificate(&source.get("podCertificate"), projected, paths, errors);
}

fn claim_path<'a>(
    path: &Field<'_, 'a>,
    projected: &Field<'_, 'a>,
    paths: &mut Names<'a, ()>,
    errors: &mut Errors,
) {
    if !path.text().is_empty() && !paths.add(path.text()) {
        errors.invalid(&path.value_in(projected), "conflicting duplicate paths");
    }
}

fn validate_service_account_token(token: &Field, projected: &Field, errors: &mut Errors) {
    if !token.is_set() {
        return;
    }
    let (seconds, path) = (token.get("expirationSeconds"), token.get("path"));
    if seconds.int_or(3600) < 600 {
        errors.invalid(&seconds, "may not specify a duration less than 10 minutes");
    }
    if seconds.int_or(3600) > 1 << 32 {
        errors.invalid(&seconds, "may not specify a duration larger than 2^32 seconds");
    }
    // The server reports the path at the path of the volume.
    let at = projected.path().child("path");
    let path = path.moved(at);
    if path.text().is_empty() {
        errors.required(&path, "");
    } else {
        validate_local_non_reserved_path(&path, errors);
    }
}

fn validate_cluster_trust_bundle(bundle: &Field, errors: &mut Errors) {
    let (name, signer) = (bundle.get("name"), bundle.get("signerName"));
    let selector = bundle.get("labelSelector");
    match (name.is_set(), signer.is_set()) {
        (true, true) => errors.invalid(bundle, "only one of name and signerName may be used"),
        (true, false) => {
            if name.text().is_empty() {
                errors.required(&name, "must be a valid object name");
            }
            for problem in super::certificates::cluster_trust_bundle_name(name.text()) {
                errors.invalid(&name, format!("not a valid clustertrustbundlename: {problem}"));
            }
            if selector.is_set() {
                errors.invalid(&selector, "labelSelector must be unset if name is specified");
            }
        }
        (false, true) => {
            if signer.text().is_empty() {
                errors.required(&signer, "must be a valid signer name");
            }
            super::certificates::validate_signer_name(&signer, errors);
            validate_label_selector(&selector, errors);
        }
        (false, false) => errors.required(bundle, "either name or signerName must be specified"),
    }
    require(bundle, &["path"], errors);
    validate_local_non_reserved_path(&bundle.get("path"), errors);
}

fn validate_pod_certificate<'a>(
    certificate: &Field<'_, 'a>,
    projected: &Field<'_, 'a>,
    paths: &mut Names<'a, ()>,
    errors: &mut Errors,
) {
    const KEY_TYPES: &[&str] =
        &["RSA3072", "RSA4096", "ECDSAP256", "ECDSAP384", "ECDSAP521", "ED25519"];
    if !certificate.is_set() {
        return;
    }
    let signer = certificate.get("signerName");
    super::certificates::validate_signer_name(&signer, errors);
    let key_type = certificate.get("keyType");
    if !KEY_TYPES.contains(&key_type.text()) {
        errors.not_supported(&key_type, KEY_TYPES);
    }
    validate_certificate_lifetime(certificate, errors);
    let mut any = false;
    for name in ["credentialBundlePath", "keyPath", "certificateChainPath"] {
        let path = certificate.get(name);
        if !path.text().is_empty() {
            any = true;
            validate_local_non_reserved_path(&path, errors);
            claim_path(&path, projected, paths, errors);
        }
    }
    if !any {
        let detail =
            "specify at least one of credentialBundlePath, keyPath, and certificateChainPath";
        errors.required(certificate, detail);
    }
}

/// Signers of Kubernetes itself give certificates for a day, others for 91 days.
fn validate_certificate_lifetime(certificate: &Field, errors: &mut Errors) {
    let seconds = certificate.get("maxExpirationSeconds");
    let signer = certificate.get("signerName").text();
    let domain = signer.split_once('/').map_or(signer, |(domain, _)| domain);
    let of_kubernetes = domain == "kubernetes.io" || domain.ends_with(".kubernetes.io");
    let max = if of_kubernetes { 24 * 3600 } else { 91 * 24 * 3600 };
    match seconds.int() {
        Some(value) if value < 3600 => {
            errors.invalid(&seconds, "if provided, maxExpirationSeconds must be >= 3600");
        }
        Some(value) if value > max => {
            let detail = format!("if provided, maxExpirationSeconds must be <= {max}");
            errors.invalid(&seconds, detail);
        }
        Some(_) | None => {}
    }
}

/// `validateLocalDescendingPath`.
pub(crate) fn validate_local_descending_path(path: &Field, errors: &mut Errors) {
    if path.text().starts_with('/') {
        errors.invalid(path, "must be a relative path");
    }
    validate_path_no_backsteps(path, errors);
}

/// `validatePathNoBacksteps`.
pub(crate) fn validate_path_no_backsteps(path: &Field, errors: &mut Errors) {
    if has_backsteps(path.text()) {
        errors.invalid(path, "must not contain '..'");
    }
}

pub(crate) fn has_backsteps(path: &str) -> bool {
    path.split('/').any(|part| part == "..")
}

/// `ValidateLocalNonReservedPath`.
fn validate_local_non_reserved_path(path: &Field, errors: &mut Errors) {
    validate_local_descending_path(path, errors);
    if path.text().starts_with("..") && !path.text().starts_with("../") {
        errors.invalid(path, "must not start with '..'");
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{check_at, check_pod, pod};
    use crate::kube::Version;

    fn volumes(volumes: &str) -> String {
        format!("containers: [{{name: a, image: i}}]\nvolumes: {volumes}")
    }

    #[test]
    fn a_volume_has_one_source() {
        check_pod(
            &volumes(
                "[{name: a, emptyDir: {}, configMap: {name: c}}, {name: a, secret: {secretName: s}}]",
            ),
            "spec.volumes[0].configMap: Forbidden: may not specify more than 1 volume type",
        );
        check_pod(
            &volumes("[{name: a}, {name: a, emptyDir: null}, {}]"),
            "spec.volumes[1].name: Duplicate value: \"a\"
             spec.volumes[2].name: Required value",
        );
    }

    #[test]
    fn sources_with_names_of_their_own_in_paths() {
        check_pod(
            &volumes(
                "[{name: a, gcePersistentDisk: {}}, {name: b, emptyDir: {}, downwardAPI: {}}]",
            ),
            "spec.volumes[0].persistentDisk.pdName: Required value
             spec.volumes[1].downwarAPI: Forbidden: may not specify more than 1 volume type",
        );
    }

    #[test]
    fn files() {
        check_pod(
            &volumes(
                "[{name: a, configMap: {name: c, defaultMode: 1000, items: [{key: k, path: ../p}]}}]",
            ),
            "spec.volumes[0].configMap.defaultMode: Invalid value: 1000: must be a number between 0 and 0777
             spec.volumes[0].configMap.items[0].path: Invalid value: \"../p\": must not contain '..'",
        );
    }

    #[test]
    fn projections_share_their_paths() {
        check_pod(
            &volumes(
                "[{name: a, projected: {sources: [{secret: {name: s, items: [{key: k, path: p}]}}, \
                 {configMap: {items: [{key: k, path: p}]}}, {serviceAccountToken: {expirationSeconds: 60}}]}}]",
            ),
            "spec.volumes[0].projected.sources[1].configMap.name: Required value
             spec.volumes[0].projected: Invalid value: \"p\": conflicting duplicate paths
             spec.volumes[0].projected.sources[2].serviceAccountToken.expirationSeconds: Invalid value: 60
             spec.volumes[0].projected.path: Required value",
        );
    }

    #[test]
    fn ephemeral_volumes_become_claims() {
        check_pod(
            &volumes(
                "[{name: a, ephemeral: {volumeClaimTemplate: {metadata: {name: x}, spec: {}}}}, \
                 {name: b, persistentVolumeClaim: {claimName: web-a}}]",
            ),
            "spec.volumes[0].ephemeral.volumeClaimTemplate.metadata.name: Forbidden: cannot be set
             spec.volumes[0].ephemeral.volumeClaimTemplate.spec.accessModes: Required value
             spec.volumes[0].ephemeral.volumeClaimTemplate.spec.resources[storage]: Required value
             spec.volumes[1].persistentVolumeClaim.claimName: Invalid value: \"web-a\": must not reference",
        );
    }

    #[test]
    fn image_volumes_are_dropped_where_they_are_off() {
        let spec = "volumes: [{name: a, image: {}}]\ncontainers:\n- name: a\n  image: i\n  \
                    volumeMounts: [{name: a, mountPath: /a}]";
        check_at(Version::new(33), &pod(spec), "");
        check_pod(
            spec,
            "spec.volumes[0].image.reference: Required value
            spec.containers[0].volumeMounts[0].name: Not found: \"a\"",
        );
    }
}

//! The kinds of volume sources, each with its check: `validateVolumeSource` and the sources of
//! `ValidatePersistentVolumeSpec`.

use super::super::container::validate_pull_policy;
use super::super::pod::PodOptions;
use super::super::values::require;
use super::{VolumeKind, csi, ephemeral, files, iscsi, plugins, projected};
use crate::kube::field::{Errors, Field};
use crate::kube::quantity::Quantity;

const MORE_THAN_ONE: &str = "may not specify more than 1 volume type";

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
    ..source("gcePersistentDisk", plugins::validate_gce_persistent_disk)
};

const CEPH_FS: Source =
    Source { conflict: "cephFS", ..source("cephfs", plugins::validate_ceph_fs) };

/// In the order of `validateVolumeSource`. Where the check is empty, [`validate_in_pod`] has it.
const SOURCES: &[Source] = &[
    source("hostPath", plugins::validate_host_path),
    source("gitRepo", plugins::validate_git_repo),
    GCE_PERSISTENT_DISK,
    source("awsElasticBlockStore", plugins::validate_aws_elastic_block_store),
    source("secret", files::validate_secret),
    source("nfs", plugins::validate_nfs),
    source("iscsi", iscsi::validate_iscsi),
    source("glusterfs", plugins::validate_glusterfs),
    source("flocker", plugins::validate_flocker),
    source("persistentVolumeClaim", |claim, errors| require(claim, &["claimName"], errors)),
    source("rbd", plugins::validate_rbd),
    source("cinder", plugins::validate_cinder),
    CEPH_FS,
    source("quobyte", plugins::validate_quobyte),
    Source { conflict: "downwarAPI", ..source("downwardAPI", files::validate_downward_api) },
    source("fc", plugins::validate_fc),
    source("flexVolume", plugins::validate_flex_volume),
    source("configMap", files::validate_config_map),
    source("azureFile", plugins::validate_azure_file),
    source("vsphereVolume", |volume, errors| require(volume, &["volumePath"], errors)),
    source("photonPersistentDisk", |disk, errors| require(disk, &["pdID"], errors)),
    source("portworxVolume", |volume, errors| require(volume, &["volumeID"], errors)),
    source("azureDisk", plugins::validate_azure_disk),
    source("storageos", plugins::validate_storage_os),
    source("projected", |_, _| {}),
    source("scaleIO", plugins::validate_scale_io),
    source("csi", csi::validate_csi),
    source("ephemeral", |_, _| {}),
    source("image", |_, _| {}),
];

/// In the order of `ValidatePersistentVolumeSpec`.
const PERSISTENT_SOURCES: &[Source] = &[
    source("hostPath", plugins::validate_host_path),
    GCE_PERSISTENT_DISK,
    source("awsElasticBlockStore", plugins::validate_aws_elastic_block_store),
    source("glusterfs", plugins::validate_glusterfs_persistent),
    source("flocker", plugins::validate_flocker),
    source("nfs", plugins::validate_nfs),
    source("rbd", plugins::validate_rbd),
    source("quobyte", plugins::validate_quobyte),
    CEPH_FS,
    source("iscsi", iscsi::validate_iscsi_persistent),
    source("cinder", plugins::validate_cinder_persistent),
    source("fc", plugins::validate_fc),
    source("flexVolume", plugins::validate_flex_volume),
    source("azureFile", plugins::validate_azure_file_persistent),
    source("vsphereVolume", |volume, errors| require(volume, &["volumePath"], errors)),
    source("photonPersistentDisk", |disk, errors| require(disk, &["pdID"], errors)),
    source("portworxVolume", |volume, errors| require(volume, &["volumeID"], errors)),
    source("azureDisk", plugins::validate_azure_disk),
    source("scaleIO", plugins::validate_scale_io),
    source("local", plugins::validate_local),
    source("storageos", plugins::validate_storage_os_persistent),
    source("csi", csi::validate_csi_persistent),
];

/// `validateVolumeSource`. A volume without a source is an `emptyDir` by default.
pub(super) fn validate_volume_source(
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
            validate_in_pod(volume, source.field, pod_name, options, errors);
        }
        if source.field == "iscsi" {
            iscsi::validate_name_length(volume, errors);
        }
        found = found.or(Some(source.field));
    }
    match found {
        Some("persistentVolumeClaim" | "ephemeral") => VolumeKind::Claim,
        Some("emptyDir") | None => VolumeKind::EmptyDir,
        Some(_) => VolumeKind::Other,
    }
}

/// The source of a persistent volume of that name. FlexVolume is the one that does not mind others
/// before it.
pub(crate) fn validate_persistent_volume_source(
    spec: &Field,
    name: &str,
    has_node_affinity: bool,
    errors: &mut Errors,
) {
    let mut any = false;
    for source in PERSISTENT_SOURCES {
        let conflicts = any && source.field != "flexVolume";
        let present = validate_one(spec, source, conflicts, errors);
        any |= present;
        match source.field {
            _ if !present || conflicts => {}
            "iscsi" => iscsi::validate_portal_length(&spec.get("iscsi"), name, errors),
            "local" if !has_node_affinity => {
                errors.required(&spec.get("nodeAffinity"), "Local volume requires node affinity");
            }
            _ => {}
        }
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
fn validate_in_pod(
    volume: &Field,
    source: &str,
    pod_name: &str,
    options: &PodOptions,
    errors: &mut Errors,
) {
    let field = volume.get(source);
    match source {
        "projected" => projected::validate_projected(&field, options.features, errors),
        "ephemeral" => {
            ephemeral::validate_ephemeral(&field, options.features, errors);
            ephemeral::validate_claim_name(&volume.get("name"), pod_name, errors);
        }
        "image" => {
            if options.is_pod {
                require(&field, &["reference"], errors);
            }
            validate_pull_policy(&field.get("pullPolicy"), errors);
        }
        _ => {}
    }
}

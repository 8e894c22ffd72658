//! Persistent volumes and claims on them: `pkg/apis/core/validation`.

use super::affinity::validate_node_selector;
use super::features::Features;
use super::meta::{Scope, name_of, validate_object_meta};
use super::resources::amount;
use super::values::{check_name, one_of, validate_dns1123_label};
use super::volume::validate_persistent_volume_source;
use crate::diagnostic::Cause;
use crate::kube::field::{Errors, Field, quoted};
use crate::kube::names::{self, name_is_dns_subdomain};
use crate::kube::quantity::Quantity;
use crate::kube::selector::validate_label_selector;

const ACCESS_MODES: [&str; 4] =
    ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];
const VOLUME_MODES: [&str; 2] = ["Block", "Filesystem"];

/// `ValidatePersistentVolume`.
pub(crate) fn validate_persistent_volume(object: &Field, features: Features, errors: &mut Errors) {
    let meta = object.get("metadata");
    validate_object_meta(&meta, Scope::Cluster, name_is_dns_subdomain, errors);
    let spec = object.get("spec");
    validate_access_modes(&spec.get("accessModes"), errors);
    validate_capacity(&spec.get("capacity"), errors);
    let policy = spec.get("persistentVolumeReclaimPolicy");
    if !policy.text().is_empty() {
        one_of(&policy, &["Delete", "Recycle", "Retain"], errors);
    }
    let affinity = spec.get("nodeAffinity");
    let required = affinity.get("required");
    if required.is_set() {
        validate_node_selector(&required, features, errors);
    } else if affinity.is_set() {
        errors.required(&required, "must specify required node constraints");
    }
    validate_persistent_volume_source(&spec, &name_of(&meta), affinity.is_set(), errors);
    validate_recycled_root(&spec, errors);
    check_name(&spec.get("storageClassName"), name_is_dns_subdomain, errors);
    one_of(&spec.get("volumeMode"), &VOLUME_MODES, errors);
    if features.volume_attributes_class() {
        validate_attributes_class(&spec, errors);
    }
    validate_mount_options(&meta, &spec, errors);
}

/// `ValidatePersistentVolumeSpec` of a volume that stands in a VolumeAttachment of that name.
pub(crate) fn validate_inline_volume(spec: &Field, name: &str, errors: &mut Errors) {
    const DETAIL: &str = "may not be specified in the context of inline volumes";
    for name in ["claimRef", "capacity"] {
        let field = spec.get(name);
        if field.is_set() && (name == "claimRef" || !field.is_empty()) {
            errors.forbidden(&field, DETAIL);
        }
    }
    let csi = spec.get("csi");
    if !csi.is_set() {
        errors.required(&csi, "has to be specified in the context of inline volumes");
    }
    validate_access_modes(&spec.get("accessModes"), errors);
    let policy = spec.get("persistentVolumeReclaimPolicy");
    if !matches!(policy.text(), "" | "Retain") {
        errors.forbidden(&policy, "may only be Retain in the context of inline volumes");
    }
    let affinity = spec.get("nodeAffinity");
    if affinity.is_set() {
        errors.forbidden(&affinity, DETAIL);
    }
    validate_persistent_volume_source(spec, name, false, errors);
    let class = spec.get("storageClassName");
    if !class.text().is_empty() {
        errors.forbidden(&class, DETAIL);
    }
    let mode = spec.get("volumeMode");
    if !matches!(mode.text(), "" | "Filesystem") {
        let detail =
            "may not specify volumeMode other than Filesystem in the context of inline volumes";
        errors.forbidden(&mode, detail);
    }
}

/// Unsupported modes are reported at the list, each with itself as the value.
fn validate_access_modes(modes: &Field, errors: &mut Errors) {
    if modes.is_empty() {
        errors.required(modes, "");
    }
    for mode in modes.items() {
        if !ACCESS_MODES.contains(&mode.text()) {
            errors.not_supported(&mode.value_in(modes), &ACCESS_MODES);
        }
    }
    let once = modes.texts().any(|mode| mode == "ReadWriteOncePod");
    let others =
        modes.texts().any(|mode| mode != "ReadWriteOncePod" && ACCESS_MODES.contains(&mode));
    if once && others {
        errors.forbidden(modes, "may not use ReadWriteOncePod with other access modes");
    }
}

fn validate_capacity(capacity: &Field, errors: &mut Errors) {
    if capacity.is_empty() {
        errors.required(capacity, "");
    }
    let has_storage = capacity.entries().any(|(name, _)| name == "storage");
    if !has_storage || capacity.len() > 1 {
        errors.not_supported(capacity, &["storage"]);
    }
    for (_, quantity) in capacity.entries() {
        if amount(&quantity).is_negative() {
            errors.invalid(&quantity, "must be a valid resource quantity");
        }
        validate_positive_quantity(&quantity, errors);
    }
}

/// `ValidatePositiveQuantityValue`.
pub(crate) fn validate_positive_quantity(quantity: &Field, errors: &mut Errors) {
    if amount(quantity) <= Quantity::ZERO {
        errors.invalid(quantity, "must be greater than zero");
    }
}

/// `checkMountOption` of `pkg/volume/validation`: the annotation, where the volume has no options.
fn validate_mount_options(meta: &Field, spec: &Field, errors: &mut Errors) {
    const MOUNTED: [&str; 13] = [
        "gcePersistentDisk",
        "awsElasticBlockStore",
        "glusterfs",
        "nfs",
        "rbd",
        "quobyte",
        "iscsi",
        "cinder",
        "cephfs",
        "azureFile",
        "vsphereVolume",
        "azureDisk",
        "photonPersistentDisk",
    ];
    const ANNOTATION: &str = "volume.beta.kubernetes.io/mount-options";
    let annotations = meta.get("annotations");
    let options = annotations.key(ANNOTATION);
    if options.is_set() && !MOUNTED.iter().any(|source| spec.get(source).is_set()) {
        let at = options.moved(annotations.path().child(ANNOTATION));
        errors.forbidden(&at, "may not specify mount options for this volume type");
    }
}

/// The whole file system of a machine is not to be recycled.
fn validate_recycled_root(spec: &Field, errors: &mut Errors) {
    let (host_path, policy) = (spec.get("hostPath"), spec.get("persistentVolumeReclaimPolicy"));
    let path = host_path.get("path").text();
    let depth = path.split('/').fold(0_usize, |depth, part| match part {
        "" | "." => depth,
        ".." => depth.saturating_sub(1),
        _ => depth + 1,
    });
    if path.starts_with('/') && depth == 0 && policy.text() == "Recycle" {
        errors.forbidden(&policy, "may not be 'recycle' for a hostPath mount of '/'");
    }
}

fn validate_attributes_class(spec: &Field, errors: &mut Errors) {
    let (class, csi) = (spec.get("volumeAttributesClassName"), spec.get("csi"));
    if !class.is_set() {
        return;
    }
    if class.text().is_empty() {
        errors.required(&class, "an empty string is disallowed");
    }
    check_name(&class, name_is_dns_subdomain, errors);
    if !csi.is_set() {
        errors.required(&csi, "has to be specified when using volumeAttributesClassName");
    }
}

/// `ValidatePersistentVolumeClaim`, after the strategy has made the two data sources the same.
pub(crate) fn validate_persistent_volume_claim(
    object: &Field,
    features: Features,
    errors: &mut Errors,
) {
    let (meta, spec) = (object.get("metadata"), object.get("spec"));
    validate_object_meta(&meta, Scope::Namespaced, name_is_dns_subdomain, errors);
    let (source, reference) = (spec.get("dataSource"), spec.get("dataSourceRef"));
    // `CrossNamespaceVolumeDataSource` is off: such a reference is dropped.
    let is_foreign = !reference.get("namespace").text().is_empty();
    let reference = if is_foreign { reference.absent() } else { reference };
    let sources = match (source.is_set(), reference.is_set()) {
        (true, false) if is_claim_or_snapshot(&source) => (source, source.moved(*reference.path())),
        (true, false) => (source.absent(), reference),
        (false, true) => (reference.moved(*source.path()), reference),
        (true, true) | (false, false) => (source, reference),
    };
    validate_claim_spec(&spec, sources, features, errors);
}

/// `EnforceDataSourceBackwardsCompatibility`: what the older field may hold where it stands alone.
fn is_claim_or_snapshot(source: &Field) -> bool {
    let group = source.get("apiGroup").text();
    match source.get("kind").text() {
        "PersistentVolumeClaim" => group.is_empty(),
        "VolumeSnapshot" => group == "snapshot.storage.k8s.io",
        _ => false,
    }
}

/// The claim of an ephemeral volume or a StatefulSet: the data sources are as they are given.
pub(crate) fn validate_claim_template_spec(spec: &Field, features: Features, errors: &mut Errors) {
    let sources = (spec.get("dataSource"), spec.get("dataSourceRef"));
    validate_claim_spec(spec, sources, features, errors);
}

/// `ValidatePersistentVolumeClaimSpec`.
fn validate_claim_spec(
    spec: &Field,
    (source, reference): (Field, Field),
    features: Features,
    errors: &mut Errors,
) {
    let modes = spec.get("accessModes");
    if modes.is_empty() {
        errors.required(&modes, "at least 1 access mode is required");
    }
    validate_label_selector(&spec.get("selector"), errors);
    if !modes.is_empty() {
        validate_access_modes(&modes, errors);
    }
    validate_storage_request(spec, errors);
    check_name(&spec.get("storageClassName"), name_is_dns_subdomain, errors);
    one_of(&spec.get("volumeMode"), &VOLUME_MODES, errors);
    validate_data_sources(spec, &source, &reference, errors);
    if features.volume_attributes_class() {
        check_name(&spec.get("volumeAttributesClassName"), name_is_dns_subdomain, errors);
    }
}

/// The request is reported as an entry of `resources`.
fn validate_storage_request(spec: &Field, errors: &mut Errors) {
    let resources = spec.get("resources");
    let requests = resources.get("requests");
    let request = requests.key("storage");
    let known = requests.node().is_some_and(|node| node.entry("storage").is_some());
    let at = request.moved(resources.path().key("storage"));
    if known {
        validate_positive_quantity(&at, errors);
    } else {
        errors.required(&at, "");
    }
}

/// `validateDataSource` and `validateDataSourceRef`, which are to say the same.
fn validate_data_sources(spec: &Field, source: &Field, reference: &Field, errors: &mut Errors) {
    for field in [source, reference].into_iter().filter(|field| field.is_set()) {
        validate_data_source(field, errors);
    }
    if !source.is_set() || !reference.is_set() {
        return;
    }
    let problem = match reference.get("namespace").text() {
        "" if is_same_source(source, reference) => return,
        "" => "must match dataSourceRef",
        _ => "may not be specified when dataSourceRef.namespace is specified",
    };
    errors.push(spec, Cause::Invalid, Some(quoted("dataSource")), problem);
}

/// `isDataSourceEqualDataSourceRef`: an empty group is not the same as none.
fn is_same_source(source: &Field, reference: &Field) -> bool {
    let same = |name| source.get(name).text() == reference.get(name).text();
    same("apiGroup")
        && source.get("apiGroup").is_set() == reference.get("apiGroup").is_set()
        && same("kind")
        && same("name")
}

fn validate_data_source(source: &Field, errors: &mut Errors) {
    let (name, kind, group) = (source.get("name"), source.get("kind"), source.get("apiGroup"));
    for field in [name, kind] {
        if field.text().is_empty() {
            errors.required(&field, "");
        }
    }
    if group.text().is_empty() && kind.text() != "PersistentVolumeClaim" {
        let problem = "must be 'PersistentVolumeClaim' when referencing the default apiGroup";
        errors.invalid_text(source, kind.text(), problem);
    }
    if !group.text().is_empty() {
        errors.invalid_each(&group, names::is_dns1123_subdomain(group.text()));
    }
    let namespace = source.get("namespace");
    if !namespace.text().is_empty() {
        validate_dns1123_label(&namespace, errors);
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{check, check_pod};

    fn object(kind: &str, spec: &str) -> String {
        format!("apiVersion: v1\nkind: {kind}\nmetadata: {{name: a}}\nspec: {spec}")
    }

    #[test]
    fn claims() {
        check(
            &object("PersistentVolumeClaim", "{}"),
            "spec.accessModes: Required value: at least 1 access mode is required
             spec.resources[storage]: Required value",
        );
        check(
            &object(
                "PersistentVolumeClaim",
                "{accessModes: [RWO, ReadWriteOncePod, ReadOnlyMany], volumeMode: x, resources: {requests: {storage: 0}}}",
            ),
            "spec.accessModes: Unsupported value: \"RWO\"
             spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes
             spec.resources[storage]: Invalid value: 0: must be greater than zero
             spec.volumeMode: Unsupported value: \"x\"",
        );
    }

    #[test]
    fn data_sources_are_copied() {
        let with = |source: &str| {
            object(
                "PersistentVolumeClaim",
                &format!(
                    "{{accessModes: [ReadWriteOnce], resources: {{requests: {{storage: 1}}}}, {source}}}"
                ),
            )
        };
        check(
            &with("dataSource: {kind: PersistentVolumeClaim}"),
            "spec.dataSource.name: Required value
             spec.dataSourceRef.name: Required value",
        );
        check(&with("dataSource: {kind: Other}"), "");
        check(
            &with(
                "dataSource: {kind: Other}, dataSourceRef: {kind: Other, apiGroup: a.b, name: x}",
            ),
            "spec.dataSource.name: Required value
             spec.dataSource: Invalid value: \"Other\": must be 'PersistentVolumeClaim' when
             spec: Invalid value: \"dataSource\": must match dataSourceRef",
        );
    }

    #[test]
    fn sources_in_other_namespaces_are_dropped() {
        let claim = |source: &str| {
            format!(
                "{{accessModes: [ReadWriteOnce], resources: {{requests: {{storage: 1}}}}, {source}}}"
            )
        };
        let foreign =
            "dataSource: {kind: Other}, dataSourceRef: {kind: Other, namespace: b, name: x}";
        check(&object("PersistentVolumeClaim", &claim(foreign)), "");
        check_pod(
            &format!(
                "containers: [{{name: a, image: i}}]\nvolumes: [{{name: v, ephemeral: \
                 {{volumeClaimTemplate: {{spec: {}}}}}}}]",
                claim("dataSource: {kind: Other, name: x}")
            ),
            "spec.volumes[0].ephemeral.volumeClaimTemplate.spec.dataSource: Invalid value: \"Other\"",
        );
    }

    #[test]
    fn mount_options_of_volumes_that_are_not_mounted() {
        let volume = |source: &str| {
            object(
                "PersistentVolume",
                &format!("{{accessModes: [ReadWriteOnce], capacity: {{storage: 1}}, {source}}}"),
            )
            .replace(
                "{name: a}",
                "{name: a, annotations: {volume.beta.kubernetes.io/mount-options: ro}}",
            )
        };
        check(&volume("nfs: {server: s, path: /p}"), "");
        check(
            &volume("hostPath: {path: /p}"),
            "metadata.annotations.volume.beta.kubernetes.io/mount-options: Forbidden: may not specify",
        );
    }

    #[test]
    fn portals_make_paths() {
        let portal = "p".repeat(60);
        let iscsi = format!(
            "{{targetPortal: {portal}, iqn: 'iqn.2001-04.com.example:disk', initiatorName: 'iqn.2001-04.com.example:host'}}"
        );
        check(
            &object(
                "PersistentVolume",
                &format!(
                    "{{accessModes: [ReadWriteOnce], capacity: {{storage: 1}}, iscsi: {iscsi}}}"
                ),
            )
            .replace("{name: a}", "{name: data}"),
            "spec.iscsi.targetportal: Invalid value",
        );
    }

    #[test]
    fn volumes() {
        check(
            &object("PersistentVolume", "{}"),
            "spec.accessModes: Required value
             spec.capacity: Required value
             spec.capacity: Unsupported value: \"\": supported values: \"storage\"
             spec: Required value: must specify a volume type",
        );
        check(
            &object(
                "PersistentVolume",
                "{accessModes: [ReadWriteOnce], capacity: {storage: 1Gi}, local: {path: /a}, nfs: {path: a}}",
            ),
            "spec.nfs.server: Required value
             spec.nfs.path: Invalid value: \"a\": must be an absolute path
             spec.local: Forbidden: may not specify more than 1 volume type",
        );
    }
}

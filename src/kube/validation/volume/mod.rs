//! The volumes of a pod and of a persistent volume: `ValidateVolumes` and the volume sources of
//! `pkg/apis/core/validation`.

mod csi;
mod ephemeral;
mod files;
mod iscsi;
mod paths;
mod plugins;
mod projected;
mod sources;

pub(super) use self::csi::validate_csi_driver_name;
pub(super) use self::paths::{
    has_backsteps, validate_local_descending_path, validate_path_no_backsteps,
};
pub(super) use self::sources::validate_persistent_volume_source;

use rustc_hash::FxHashSet;

use self::sources::validate_volume_source;
use super::features::Features;
use super::pod::PodOptions;
use super::unique::Names;
use super::values::{require_valid, validate_dns1123_label};
use crate::kube::field::{Errors, Field};
use crate::kube::names;

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
    let ephemeral = volumes.items().filter(|volume| volume.get("ephemeral").is_set());
    let ephemeral = ephemeral.map(|volume| volume.get("name").text()).collect();
    let kept = volumes.items().filter(|volume| !is_dropped(volume, options.features));
    let own = kept.filter(|volume| !claims.contains(volume.get("name").text()));
    for (index, volume) in own.enumerate() {
        let path = volumes.path().index(claims.len() + index);
        let volume = volume.moved(path);
        validate_volume(&volume, pod_name, options, &mut known, errors);
        validate_created_claim(&volume, &ephemeral, pod_name, errors);
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

/// `dropImageVolumes`: the names of image volumes where their gate is off.
pub(crate) fn dropped_volumes<'a>(spec: &Field<'_, 'a>, features: Features) -> FxHashSet<&'a str> {
    let volumes = spec.get("volumes");
    let dropped = volumes.items().filter(|volume| is_dropped(volume, features));
    dropped.map(|volume| volume.get("name").text()).collect()
}

fn is_dropped(volume: &Field, features: Features) -> bool {
    !features.image_volume() && volume.get("image").is_set()
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
    require_valid(&name, names::is_dns1123_label, errors);
    if known.contains(name.text()) {
        errors.duplicate(&name);
    }
    if errors.count() == before {
        known.insert(name.text(), kind);
    }
}

/// A volume may not use the claim that the pod makes for an ephemeral one.
fn validate_created_claim(
    volume: &Field,
    ephemeral: &FxHashSet<&str>,
    pod_name: &str,
    errors: &mut Errors,
) {
    let claim = volume.get("persistentVolumeClaim");
    let claim_name = claim.get("claimName");
    let suffix = claim_name.text().strip_prefix(pod_name).filter(|_| !pod_name.is_empty());
    let volume_name = suffix.and_then(|suffix| suffix.strip_prefix('-'));
    if volume_name.is_some_and(|name| ephemeral.contains(name)) {
        let problem = "must not reference a PVC that gets created for an ephemeral volume";
        errors.invalid(&claim_name, problem);
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
             spec.volumes[0].projected: Invalid value: \"\": conflicting duplicate paths
             spec.volumes[0].projected.sources[2].serviceAccountToken.expirationSeconds: Invalid value: 60
             spec.volumes[0].projected.path: Required value",
        );
    }

    #[test]
    fn projections_behind_gates_are_dropped() {
        let spec = volumes(
            "[{name: a, projected: {sources: [{clusterTrustBundle: {}}, {podCertificate: \
             {signerName: a.b/c, keyType: X, keyPath: k, userAnnotations: {plain: x}}}]}}]",
        );
        check_pod(&spec, "");
        check_at(
            Version::new(37),
            &pod(&spec),
            "spec.volumes[0].projected.sources[0].clusterTrustBundle: Required value: either name or signerName
             spec.volumes[0].projected.sources[0].clusterTrustBundle.path: Required value
             spec.volumes[0].projected.sources[1].podCertificate.userAnnotations: Invalid value: \"plain\": must be a domain-prefixed key
             spec.volumes[0].projected.sources[1].podCertificate.keyType: Unsupported value: \"X\"",
        );
    }

    #[test]
    fn names_of_iscsi_targets() {
        let iscsi = |name: &str| {
            volumes(&format!("[{{name: a, iscsi: {{targetPortal: p, iqn: '{name}', lun: 256}}}}]"))
        };
        let lun = "spec.volumes[0].iscsi.lun: Invalid value: 256: must be between 0 and 255";
        check_pod(&iscsi("iqn.2001-04.com.example:disk"), lun);
        check_pod(&iscsi("eui.0123456789abcdef"), lun);
        check_pod(
            &iscsi("iqn.2001.com.example:disk"),
            &format!(
                "spec.volumes[0].iscsi.iqn: Invalid value: \"iqn.2001.com.example:disk\": must be valid format\n{lun}"
            ),
        );
        check_pod(
            &iscsi("disk"),
            &format!(
                "spec.volumes[0].iscsi.iqn: Invalid value: \"disk\": must be valid format starting\n{lun}"
            ),
        );
    }

    #[test]
    fn the_length_of_iscsi_names_counts_in_any_volume() {
        let portal = "p".repeat(63);
        check_pod(
            &volumes(&format!(
                "[{{name: a, emptyDir: {{}}, iscsi: {{targetPortal: {portal}, initiatorName: x}}}}]"
            )),
            "spec.volumes[0].iscsi: Forbidden: may not specify more than 1 volume type
             spec.volumes[0].name: Invalid value: \"a\": Total length of <volume name>:<iscsi.targetPortal>",
        );
    }

    #[test]
    fn registries_of_quobyte() {
        check_pod(
            &volumes("[{name: a, quobyte: {volume: v, registry: 'a:1,b,[::1]:2'}}]"),
            "spec.volumes[0].quobyte.registry: Invalid value: \"a:1,b,[::1]:2\": must be a host:port pair",
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

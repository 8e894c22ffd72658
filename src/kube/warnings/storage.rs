//! Warnings about volumes, claims and storage classes.

use super::super::field::Field;
use super::super::quantity::Quantity;
use super::{Warnings, node_labels};

const BETA_CLASS: &str = "volume.beta.kubernetes.io/storage-class";

/// `GetWarningsForPersistentVolumeClaim`.
pub(super) fn claim(metadata: &Field, spec: &Field, warnings: &mut Warnings) {
    let annotations = metadata.get("annotations");
    let class = annotations.key(BETA_CLASS);
    if class.is_set() {
        let text = "deprecated since v1.8; use \"storageClassName\" attribute instead";
        warnings.deprecated("deprecated-annotation", &class, text);
    }
    claim_spec(spec, warnings);
}

/// `GetWarningsForPersistentVolumeClaimSpec`.
pub(super) fn claim_spec(spec: &Field, warnings: &mut Warnings) {
    let resources = spec.get("resources");
    for part in ["requests", "limits"] {
        fractional_bytes(&resources.get(part).key("storage"), warnings);
    }
}

/// An amount of bytes that is no whole number: `100m` was meant to be `100M`.
pub(super) fn fractional_bytes(amount: &Field, warnings: &mut Warnings) {
    let Ok(quantity) = Quantity::read(amount.node()) else { return };
    if Quantity::units(quantity.value()) != quantity {
        let shown = Quantity::canonical(amount.node());
        let text = format!("fractional byte value {shown:?} is invalid, must be an integer");
        warnings.incorrect("fractional-bytes", amount, text);
    }
}

/// `GetWarningsForPersistentVolume`.
pub(super) fn volume(metadata: &Field, spec: &Field, warnings: &mut Warnings) {
    let annotations = metadata.get("annotations");
    let deprecated = [
        (0, BETA_CLASS, "deprecated since v1.8; use \"storageClassName\" attribute instead"),
        (
            31,
            "volume.beta.kubernetes.io/mount-options",
            "deprecated since v1.31; use \"mountOptions\" attribute instead",
        ),
    ];
    for (since, key, text) in deprecated {
        let annotation = annotations.key(key);
        if annotation.is_set() && warnings.since(since) {
            warnings.deprecated("deprecated-annotation", &annotation, text);
        }
    }
    let policy = spec.get("persistentVolumeReclaimPolicy");
    if policy.text() == "Recycle" {
        let text = "the Recycle reclaim policy is deprecated; use dynamic provisioning";
        warnings.deprecated("deprecated-field", &policy, text);
    }
    let affinity = spec.get("nodeAffinity");
    let required = affinity.get("required");
    for term in required.get("nodeSelectorTerms").items() {
        node_labels::expressions(&term.get("matchExpressions"), warnings);
    }
    sources(spec, warnings);
}

/// Volume plugins that are gone or on their way out, and the version that began to say so.
const PLUGINS: &[(&str, u8, &str)] = &[
    ("photonPersistentDisk", 0, "deprecated in v1.11, non-functional in v1.16+"),
    ("gitRepo", 33, "deprecated in v1.11, and disabled by default in v1.33+"),
    ("scaleIO", 0, "deprecated in v1.16, non-functional in v1.22+"),
    ("flocker", 0, "deprecated in v1.22, non-functional in v1.25+"),
    ("storageos", 0, "deprecated in v1.22, non-functional in v1.25+"),
    ("quobyte", 0, "deprecated in v1.22, non-functional in v1.25+"),
    ("glusterfs", 0, "deprecated in v1.25, non-functional in v1.26+"),
    ("cephfs", 28, "deprecated in v1.28, non-functional in v1.31+"),
    ("rbd", 28, "deprecated in v1.28, non-functional in v1.31+"),
];

/// What a volume of a pod, or a persistent one, is made of.
pub(super) fn sources(volume: &Field, warnings: &mut Warnings) {
    for (plugin, since, text) in PLUGINS {
        let source = volume.get(plugin);
        if !source.is_set() {
            continue;
        }
        if warnings.since(*since) {
            warnings.deprecated("deprecated-field", &source, *text);
        } else if *plugin == "gitRepo" {
            warnings.deprecated("deprecated-field", &source, "deprecated in v1.11");
        }
    }
}

/// `GetWarningsForStorageClass`.
pub(super) fn class(root: &Field, warnings: &mut Warnings) {
    for topology in root.get("allowedTopologies").items() {
        node_labels::expressions(&topology.get("matchLabelExpressions"), warnings);
    }
}

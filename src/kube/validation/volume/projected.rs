//! Projected volumes: files of several sources in one directory.

use super::super::certificates::{cluster_trust_bundle_name, validate_signer_name};
use super::super::features::Features;
use super::super::meta::{lower, validate_annotations_size};
use super::super::unique::Names;
use super::super::values::require;
use super::files::{validate_downward_api_file, validate_key_to_path, validate_mode};
use super::paths::validate_local_non_reserved_path;
use crate::kube::field::{Errors, Field};
use crate::kube::names::is_qualified_name;
use crate::kube::selector::validate_label_selector;

/// `validateProjectedVolumeSource`. Paths are shared by all sources of the volume.
pub(super) fn validate_projected(projected: &Field, features: Features, errors: &mut Errors) {
    validate_mode(&projected.get("defaultMode"), errors);
    let mut paths = Names::default();
    for source in projected.get("sources").items() {
        let kept = KINDS.iter().filter(|kind| !is_dropped(kind, features));
        let kinds: Vec<&str> = kept.copied().filter(|kind| source.get(kind).is_set()).collect();
        for kind in &kinds {
            validate_projection(&source.get(kind), kind, projected, &mut paths, errors);
        }
        if kinds.len() > 1 {
            errors.forbidden(&source, "may not specify more than 1 volume type per source");
        }
    }
}

const KINDS: [&str; 6] = [
    "secret",
    "configMap",
    "downwardAPI",
    "serviceAccountToken",
    "clusterTrustBundle",
    "podCertificate",
];

/// The registry drops sources whose gates are off.
fn is_dropped(kind: &str, features: Features) -> bool {
    match kind {
        "clusterTrustBundle" => !features.cluster_trust_bundle_projection(),
        "podCertificate" => !features.pod_certificate_request(),
        _ => false,
    }
}

/// `validateProjectionSources`, of one.
fn validate_projection<'a>(
    projection: &Field<'_, 'a>,
    kind: &str,
    projected: &Field<'_, 'a>,
    paths: &mut Names<'a, ()>,
    errors: &mut Errors,
) {
    match kind {
        "secret" | "configMap" => {
            require(projection, &["name"], errors);
            let name = projection.get("name").text();
            for item in projection.get("items").items() {
                validate_key_to_path(&item, errors);
                claim_path(&item.get("path"), name, projected, paths, errors);
            }
        }
        "downwardAPI" => {
            for file in projection.get("items").items() {
                let file = file.value_in(projection);
                let path = file.get("path");
                validate_downward_api_file(&file, errors);
                claim_path(&path, path.text(), projected, paths, errors);
            }
        }
        "serviceAccountToken" => validate_service_account_token(projection, projected, errors),
        "clusterTrustBundle" => {
            let path = projection.get("path");
            validate_cluster_trust_bundle(projection, errors);
            claim_path(&path, path.text(), projected, paths, errors);
        }
        _ => validate_pod_certificate(projection, projected, paths, errors),
    }
}

/// A path that is taken is reported at the volume, with the name of its source where it has one.
fn claim_path<'a>(
    path: &Field<'_, 'a>,
    shown: &str,
    projected: &Field<'_, 'a>,
    paths: &mut Names<'a, ()>,
    errors: &mut Errors,
) {
    if !path.text().is_empty() && !paths.add(path.text()) {
        errors.invalid_text(&path.value_in(projected), shown, "conflicting duplicate paths");
    }
}

fn validate_service_account_token(token: &Field, projected: &Field, errors: &mut Errors) {
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
            for problem in cluster_trust_bundle_name(name.text()) {
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
            validate_signer_name(&signer, errors);
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
    let signer = certificate.get("signerName");
    validate_signer_name(&signer, errors);
    validate_user_annotations(&certificate.get("userAnnotations"), errors);
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
            claim_path(&path, path.text(), projected, paths, errors);
        }
    }
    if !any {
        let detail =
            "specify at least one of credentialBundlePath, keyPath, and certificateChainPath";
        errors.required(certificate, detail);
    }
}

/// `ValidateUserAnnotations`: keys have a domain in front.
fn validate_user_annotations(annotations: &Field, errors: &mut Errors) {
    for (key, value) in annotations.entries() {
        let (at, lower) = (value.key_in(annotations), lower(key));
        let problems = is_qualified_name(&lower);
        if problems.is_empty() && !key.contains('/') {
            let problem = "must be a domain-prefixed key (such as \"acme.io/foo\")";
            errors.invalid_text(&at, &lower, problem);
        }
        problems.into_iter().for_each(|problem| errors.invalid_text(&at, &lower, problem));
    }
    validate_annotations_size(annotations, errors);
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

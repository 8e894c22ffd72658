//! Names of signers and of what they sign: `pkg/apis/certificates/validation` and
//! `pkg/apis/core/validation/names.go`.

use super::features::Features;
use super::meta::{Scope, validate_object_meta};
use super::unique::Names;
use crate::kube::field::{Errors, Field};
use crate::kube::names::{is_dns1123_label, is_dns1123_subdomain};

const MAX_DOMAIN: usize = 253;
const MAX_SIGNER: usize = 253 + 1 + 253 + 1 + 63;

/// `ValidateSignerName`: `example.com/signer`.
pub(crate) fn validate_signer_name(field: &Field, errors: &mut Errors) {
    let name = field.text();
    if name.is_empty() {
        return errors.required(field, "");
    }
    let Some((domain, path)) = name.split_once('/').filter(|(_, path)| !path.contains('/')) else {
        let problem =
            "must be a fully qualified domain and path of the form 'example.com/signer-name'";
        return errors.invalid(field, problem);
    };
    if domain.len() > MAX_DOMAIN {
        errors.too_long(field, MAX_DOMAIN);
    }
    let labels = domain.split('.').map(|label| (label, is_dns1123_label(label)));
    report_first(field, domain, labels, errors);
    if !domain.contains('.') {
        let problem = "should be a domain with at least two segments separated by dots";
        errors.invalid_text(field, domain, problem);
    }
    let labels = path.split('.').map(|label| (label, is_dns1123_subdomain(label)));
    report_first(field, path, labels, errors);
    if name.len() > MAX_SIGNER {
        errors.too_long(field, MAX_SIGNER);
    }
}

fn report_first<'a>(
    field: &Field,
    part: &str,
    mut labels: impl Iterator<Item = (&'a str, Vec<&'static str>)>,
    errors: &mut Errors,
) {
    if let Some((label, problems)) = labels.find(|(_, problems)| !problems.is_empty()) {
        for problem in problems {
            let detail = format!("validating label \"{label}\": {problem}");
            errors.invalid_text(field, part, detail);
        }
    }
}

/// `ValidateClusterTrustBundleName`, of a name that says itself which signer it belongs to.
pub(crate) fn cluster_trust_bundle_name(name: &str) -> Vec<&'static str> {
    is_dns1123_subdomain(name.rsplit_once(':').map_or(name, |(_, rest)| rest))
}

const USAGES: [&str; 23] = [
    "any",
    "cert sign",
    "client auth",
    "code signing",
    "content commitment",
    "crl sign",
    "data encipherment",
    "decipher only",
    "digital signature",
    "email protection",
    "encipher only",
    "ipsec end system",
    "ipsec tunnel",
    "ipsec user",
    "key agreement",
    "key encipherment",
    "microsoft sgc",
    "netscape sgc",
    "ocsp signing",
    "s/mime",
    "server auth",
    "signing",
    "timestamping",
];

/// `ValidateCertificateSigningRequestCreate`, without a look into the request.
pub(crate) fn validate_signing_request(object: &Field, _: Features, errors: &mut Errors) {
    validate_object_meta(&object.get("metadata"), Scope::Cluster, |_, _| Vec::new(), errors);
    let spec = object.get("spec");
    let (request, usages) = (spec.get("request"), spec.get("usages"));
    let pem = data_encoding::BASE64.decode(request.text().as_bytes()).unwrap_or_default();
    let begins = b"-----BEGIN CERTIFICATE REQUEST-----";
    if !pem.windows(begins.len()).any(|part| part == begins) {
        errors.invalid(&request, "PEM block type must be CERTIFICATE REQUEST");
    }
    if usages.is_empty() {
        errors.required(&usages, "");
    }
    let mut seen = Names::default();
    for usage in usages.items() {
        if !USAGES.contains(&usage.text()) {
            errors.not_supported(&usage, &USAGES);
        }
        if !seen.add(usage.text()) {
            errors.duplicate(&usage);
        }
    }
    let signer = spec.get("signerName");
    if signer.text() == "kubernetes.io/legacy-unknown" {
        errors.invalid(&signer, "the legacy signerName is not allowed via this API version");
    } else {
        validate_signer_name(&signer, errors);
    }
    let seconds = spec.get("expirationSeconds");
    if seconds.int().is_some_and(|seconds| seconds < 600) {
        let problem = "may not specify a duration less than 600 seconds (10 minutes)";
        errors.invalid(&seconds, problem);
    }
}

//! Claims on devices: `pkg/apis/resource/validation`, without the compilation of CEL.

use rustc_hash::{FxHashMap, FxHashSet};

use super::features::Features;
use super::meta::{Scope, validate_annotations, validate_object_meta};
use super::unique::Names;
use super::values::{validate_dns1123_label, validate_dns1123_subdomain};
use super::volume::validate_csi_driver_name;
use crate::kube::field::{Errors, Field};
use crate::kube::names::name_is_dns_subdomain;
use crate::kube::selector::validate_labels;

const MAX_REQUESTS: usize = 32;
const MAX_ALTERNATIVES: usize = 8;
const MAX_EXPRESSION: usize = 10 * 1024;

/// `ValidateResourceClaim`.
pub(crate) fn validate_claim(object: &Field, _: Features, errors: &mut Errors) {
    validate_object_meta(&object.get("metadata"), Scope::Namespaced, name_is_dns_subdomain, errors);
    let spec = object.get("spec");
    validate_devices(&spec.get("devices"), errors);
}

/// `ValidateResourceClaimTemplate`.
pub(crate) fn validate_claim_template(object: &Field, _: Features, errors: &mut Errors) {
    validate_object_meta(&object.get("metadata"), Scope::Namespaced, name_is_dns_subdomain, errors);
    let template = object.get("spec");
    let meta = template.get("metadata");
    validate_annotations(&meta.get("annotations"), errors);
    validate_labels(&meta.get("labels"), errors);
    let spec = template.get("spec");
    validate_devices(&spec.get("devices"), errors);
}

/// `ValidateDeviceClass`.
pub(crate) fn validate_device_class(object: &Field, _: Features, errors: &mut Errors) {
    validate_object_meta(&object.get("metadata"), Scope::Cluster, name_is_dns_subdomain, errors);
    let spec = object.get("spec");
    validate_selectors(&spec.get("selectors"), errors);
    let config = spec.get("config");
    limit(&config, MAX_REQUESTS, errors);
    for item in config.items() {
        validate_opaque(&item, errors);
    }
}

fn limit(list: &Field, max: usize, errors: &mut Errors) {
    if list.len() > max {
        errors.too_many(list, list.len(), max);
    }
}

/// The names of requests, each with those of its alternatives.
type Requests<'a> = FxHashMap<&'a str, FxHashSet<&'a str>>;

/// `validateDeviceClaim`.
fn validate_devices(devices: &Field, errors: &mut Errors) {
    let requests = devices.get("requests");
    let known: Requests = requests
        .items()
        .map(|request| {
            let alternatives = request.get("firstAvailable");
            let names = alternatives.items().map(|one| one.get("name").text()).collect();
            (request.get("name").text(), names)
        })
        .collect();
    limit(&requests, MAX_REQUESTS, errors);
    let mut seen = Names::default();
    for request in requests.items() {
        validate_request(&request, errors);
        if !seen.add(request.get("name").text()) {
            errors.duplicate_text(&request, request.get("name").text());
        }
    }
    let (constraints, config) = (devices.get("constraints"), devices.get("config"));
    limit(&constraints, MAX_REQUESTS, errors);
    for constraint in constraints.items() {
        validate_references(&constraint.get("requests"), &known, errors);
    }
    limit(&config, MAX_REQUESTS, errors);
    for item in config.items() {
        validate_references(&item.get("requests"), &known, errors);
        validate_opaque(&item, errors);
    }
}

/// `validateDeviceRequest`. Before the `v1` of the API, a request itself was what `exactly` is.
fn validate_request(request: &Field, errors: &mut Errors) {
    validate_dns1123_label(&request.get("name"), errors);
    let (exactly, first) = (request.get("exactly"), request.get("firstAvailable"));
    let old = request.get("deviceClassName").is_set();
    match (exactly.is_set() || old, first.is_empty()) {
        (false, true) => {
            errors.required(request, "exactly one of `exactly` or `firstAvailable` is required");
        }
        (true, false) => {
            let problem = "exactly one of `exactly` or `firstAvailable` is required, but multiple \
                           fields are set";
            errors.invalid_text(request, "", problem);
        }
        (true, true) if old => validate_exact(&request.moved(*exactly.path()), errors),
        (true, true) => validate_exact(&exactly, errors),
        (false, false) => validate_alternatives(&first, errors),
    }
}

fn validate_alternatives(alternatives: &Field, errors: &mut Errors) {
    limit(alternatives, MAX_ALTERNATIVES, errors);
    let mut seen = Names::default();
    for alternative in alternatives.items() {
        let name = alternative.get("name");
        validate_dns1123_label(&name, errors);
        validate_exact(&alternative, errors);
        if !seen.add(name.text()) {
            errors.duplicate_text(&alternative, name.text());
        }
    }
}

/// `validateExactDeviceRequest`; one device is the default.
fn validate_exact(request: &Field, errors: &mut Errors) {
    let class = request.get("deviceClassName");
    if class.text().is_empty() {
        errors.required(&class, "");
    } else {
        validate_dns1123_subdomain(&class, errors);
    }
    validate_selectors(&request.get("selectors"), errors);
    let (mode, count) = (request.get("allocationMode"), request.get("count"));
    match mode.text_default("ExactCount") {
        "All" if count.int_or(0) != 0 => {
            errors.invalid(&count, "must not be specified when allocationMode is 'All'");
        }
        "All" => {}
        "ExactCount" if count.int_or(0) < 0 => errors.invalid(&count, "must be greater than zero"),
        "ExactCount" => {}
        _ => errors.not_supported(&mode, &["All", "ExactCount"]),
    }
}

fn validate_selectors(selectors: &Field, errors: &mut Errors) {
    limit(selectors, MAX_REQUESTS, errors);
    for selector in selectors.items() {
        let cel = selector.get("cel");
        let expression = cel.get("expression");
        if !cel.is_set() {
            errors.required(&cel, "");
        } else if expression.text().len() > MAX_EXPRESSION {
            errors.too_long(&expression, MAX_EXPRESSION);
        }
    }
}

/// `validateRequestNameRef`, of each.
fn validate_references(references: &Field, known: &Requests, errors: &mut Errors) {
    let mut seen = Names::default();
    for reference in references.items() {
        let (name, alternative) = match reference.text().split_once('/') {
            Some((name, alternative)) => (name, Some(alternative)),
            None => (reference.text(), None),
        };
        let is_known = known.get(name).is_some_and(|alternatives| {
            alternative.is_none_or(|alternative| alternatives.contains(alternative))
        });
        if !is_known {
            let problem = "must be the name of a request in the claim or the name of a request \
                           and a subrequest separated by '/'";
            errors.invalid(&reference, problem);
        }
        if !seen.add(reference.text()) {
            errors.duplicate(&reference);
        }
    }
}

fn validate_opaque(config: &Field, errors: &mut Errors) {
    let opaque = config.get("opaque");
    if !opaque.is_set() {
        return errors.required(&opaque, "");
    }
    validate_csi_driver_name(&opaque.get("driver"), errors);
    let parameters = opaque.get("parameters");
    if !parameters.is_set() {
        errors.required(&parameters, "");
    }
}

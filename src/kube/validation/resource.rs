//! Claims on devices: `pkg/apis/resource/validation`, with the syntax of CEL, but without its types.

use rustc_hash::{FxHashMap, FxHashSet};

use super::features::Features;
use super::meta::{Scope, lower, validate_annotations, validate_object_meta};
use super::unique::Names;
use super::values::{validate_dns1123_label, validate_dns1123_subdomain};
use super::volume::validate_csi_driver_name;
use crate::diagnostic::Cause;
use crate::kube::cel::syntax_error;
use crate::kube::field::{Errors, Field};
use crate::kube::names::{is_dns1123_label, is_dns1123_subdomain, name_is_dns_subdomain};
use crate::kube::selector::validate_labels;
use crate::yaml::{Kind, Node};

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
    for item in limited(&config, MAX_REQUESTS, errors) {
        validate_opaque(&item, errors);
    }
}

/// The items of a list, unless it is too long: it is not looked at then (`validateSlice`).
fn limited<'p, 'a: 'p>(
    list: &'p Field<'p, 'a>,
    max: usize,
    errors: &mut Errors,
) -> impl Iterator<Item = Field<'p, 'a>> + use<'p, 'a> {
    let too_long = list.len() > max;
    if too_long {
        errors.too_many(list, list.len(), max);
    }
    list.items().take(if too_long { 0 } else { max })
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
    let mut seen = Names::default();
    for request in limited(&requests, MAX_REQUESTS, errors) {
        validate_request(&request, errors);
        if !seen.add(request.get("name").text()) {
            errors.duplicate_text(&request, request.get("name").text());
        }
    }
    let (constraints, config) = (devices.get("constraints"), devices.get("config"));
    for constraint in limited(&constraints, MAX_REQUESTS, errors) {
        validate_references(&constraint.get("requests"), &known, errors);
        validate_constraint(&constraint, errors);
    }
    for item in limited(&config, MAX_REQUESTS, errors) {
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
    let mut seen = Names::default();
    for alternative in limited(alternatives, MAX_ALTERNATIVES, errors) {
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
    for selector in limited(selectors, MAX_REQUESTS, errors) {
        let cel = selector.get("cel");
        let expression = cel.get("expression");
        if !cel.is_set() {
            errors.required(&cel, "");
        } else if expression.text().len() > MAX_EXPRESSION {
            errors.too_long(&expression, MAX_EXPRESSION);
        } else if let Some(problem) = syntax_error(expression.text()) {
            errors.invalid(&expression, problem);
        }
    }
}

/// `validateDeviceConstraint`, but for its requests.
fn validate_constraint(constraint: &Field, errors: &mut Errors) {
    let (matching, distinct) =
        (constraint.get("matchAttribute"), constraint.get("distinctAttribute"));
    if matching.is_set() {
        validate_fully_qualified_name(&matching, errors);
    } else if distinct.is_set() {
        validate_fully_qualified_name(&distinct, errors);
    } else {
        errors.required(&matching, "");
    }
}

const MAX_ID: usize = 32;
const IDENTIFIER: &str = "a valid C identifier must start with alphabetic character or '_', followed \
     by a string of alphanumeric characters or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName', \
     regex used for validation is '[A-Za-z_][A-Za-z0-9_]*')";

/// `validateFullyQualifiedName`: a domain, a slash, and an identifier of C.
fn validate_fully_qualified_name(field: &Field, errors: &mut Errors) {
    let name = field.text();
    match name.split('/').collect::<Vec<_>>()[..] {
        [id] => validate_identifier(field, id, errors),
        [domain, id] => {
            if domain.is_empty() {
                errors.invalid_text(field, "", "the domain must not be empty");
            } else {
                for problem in is_dns1123_subdomain(&lower(domain)) {
                    errors.invalid_text(field, domain, problem);
                }
            }
            if id.is_empty() {
                errors.invalid_text(field, "", "the name must not be empty");
            } else {
                validate_identifier(field, id, errors);
            }
        }
        _ => {}
    }
    if !name.contains('/') {
        let problem = "a fully qualified name must be a domain and a name separated by a slash";
        errors.invalid(field, problem);
    }
}

fn validate_identifier(field: &Field, id: &str, errors: &mut Errors) {
    if id.len() > MAX_ID {
        errors.too_long(field, MAX_ID);
    }
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !id.starts_with(|c: char| is_part(c) && !c.is_ascii_digit()) || !id.chars().all(is_part) {
        errors.invalid_text(field, id, IDENTIFIER);
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
        let parts = reference.text().split('/').count();
        let problems = [Some(name), alternative].into_iter().flatten().map(is_dns1123_label);
        for problem in problems.flatten().take(if parts > 2 { 0 } else { usize::MAX }) {
            errors.invalid(&reference, problem);
        }
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
    match parameters.node().map(Node::kind) {
        None => errors.required(&parameters, ""),
        Some(Kind::Map) => {}
        Some(_) => {
            let shown = Some("\"<value omitted>\"".to_owned());
            errors.push(&parameters, Cause::Invalid, shown, "must be a valid JSON object");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::check;

    fn claim(devices: &str) -> String {
        format!(
            "apiVersion: resource.k8s.io/v1\nkind: ResourceClaim\nmetadata: {{name: a}}\n\
             spec: {{devices: {{{devices}}}}}"
        )
    }

    const GPU: &str = "{name: gpu, exactly: {deviceClassName: a.b}}";

    #[test]
    fn requests() {
        check(&claim(&format!("requests: [{GPU}]")), "");
        check(
            &claim(&format!(
                "requests: [{GPU}, {GPU}, {{name: a}}, {{name: b, firstAvailable: [{{name: c}}]}}]"
            )),
            "spec.devices.requests[1]: Duplicate value: \"gpu\"
             spec.devices.requests[2]: Required value: exactly one of `exactly` or `firstAvailable`
             spec.devices.requests[3].firstAvailable[0].deviceClassName: Required value",
        );
        check(
            &claim(
                "requests: [{name: a, exactly: {deviceClassName: a.b, allocationMode: Some, \
                 selectors: [{cel: {expression: 'device.driver =='}}, {}]}}]",
            ),
            "spec.devices.requests[0].exactly.selectors[0].cel.expression: Invalid value: \"device.driver ==\"
             spec.devices.requests[0].exactly.selectors[1].cel: Required value
             spec.devices.requests[0].exactly.allocationMode: Unsupported value: \"Some\"",
        );
        let many = vec![GPU; 33].join(", ");
        check(
            &claim(&format!("requests: [{many}]")),
            "spec.devices.requests: Too many: 33: must have at most 32 items",
        );
    }

    #[test]
    fn constraints_and_parameters() {
        check(
            &claim(&format!(
                "requests: [{GPU}], constraints: [{{requests: [gpu], matchAttribute: a.b/model}}, \
                 {{matchAttribute: 'no model'}}, {{requests: [cpu]}}]"
            )),
            "spec.devices.constraints[1].matchAttribute: Invalid value: \"no model\": a valid C identifier
             spec.devices.constraints[1].matchAttribute: Invalid value: \"no model\": a fully qualified name
             spec.devices.constraints[2].requests[0]: Invalid value: \"cpu\": must be the name of a request
             spec.devices.constraints[2].matchAttribute: Required value",
        );
        check(
            &claim(&format!(
                "requests: [{GPU}], config: [{{}}, {{opaque: {{driver: a.b, parameters: [x]}}}}, \
                 {{opaque: {{driver: a.b}}}}]"
            )),
            "spec.devices.config[0].opaque: Required value
             spec.devices.config[1].opaque.parameters: Invalid value: \"<value omitted>\": must be a valid
             spec.devices.config[2].opaque.parameters: Required value",
        );
    }
}

//! API services: `kube-aggregator/pkg/apis/apiregistration/validation`.

use super::features::Features;
use super::meta::{Scope, name_of, validate_generic_object_meta};
use super::values::check_name;
use crate::kube::field::{Errors, Field};
use crate::kube::names::{
    is_dns1035_label, is_valid_port_num, name_is_dns_subdomain, path_segment_name,
};

const MAX_GROUP_PRIORITY: i64 = 20000;
const MAX_VERSION_PRIORITY: i64 = 1000;

/// `ValidateAPIService`.
pub(crate) fn validate_api_service(object: &Field, _: Features, errors: &mut Errors) {
    let (meta, spec) = (object.get("metadata"), object.get("spec"));
    let (group, version) = (spec.get("group"), spec.get("version"));
    validate_generic_object_meta(&meta, Scope::Cluster, path_segment_name, errors);
    let required = format!("{}.{}", version.text(), group.text());
    if name_of(&meta) != required {
        let detail = format!("must be `spec.version+\".\"+spec.group`: \"{required}\"");
        errors.invalid(&meta.get("name"), detail);
    }
    if group.text().is_empty() && version.text() != "v1" {
        let detail = "only v1 may have an empty group and it better be legacy kube";
        errors.required(&group, detail);
    }
    check_name(&group, name_is_dns_subdomain, errors);
    errors.invalid_each(&version, is_dns1035_label(version.text()));
    validate_priority(&spec.get("groupPriorityMinimum"), MAX_GROUP_PRIORITY, errors);
    validate_priority(&spec.get("versionPriority"), MAX_VERSION_PRIORITY, errors);
    validate_backend(&spec, errors);
}

fn validate_priority(priority: &Field, max: i64, errors: &mut Errors) {
    if !(1..=max).contains(&priority.int_or(0)) {
        errors.invalid_at(priority, "0", format!("must be positive and less than {max}"));
    }
}

fn validate_backend(spec: &Field, errors: &mut Errors) {
    let (service, bundle) = (spec.get("service"), spec.get("caBundle"));
    let insecure = spec.get("insecureSkipTLSVerify");
    if !service.is_set() {
        if !bundle.text().is_empty() {
            errors.invalid(&bundle, "local APIServices may not have a caBundle");
        }
        if insecure.is_true() {
            errors.invalid(&insecure, "local APIServices may not have insecureSkipTLSVerify");
        }
        return;
    }
    for name in ["namespace", "name"] {
        let field = service.get(name);
        if field.text().is_empty() {
            errors.required(&field, "");
        }
    }
    let port = service.get("port");
    let problems = is_valid_port_num(port.int_or(443));
    if !problems.is_empty() {
        errors.invalid(&port, format!("port is not valid: {}", problems.join(", ")));
    }
    if insecure.is_true() && !bundle.text().is_empty() {
        errors.invalid(&insecure, "may not be true if caBundle is present");
    }
}

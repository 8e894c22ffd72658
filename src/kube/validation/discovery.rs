//! Endpoint slices: `pkg/apis/discovery/validation`.

use super::container::validate_protocol;
use super::endpoints::validate_endpoint_ip;
use super::features::Features;
use super::meta::{Scope, validate_object_meta};
use super::unique::Names;
use super::values::{
    validate_dns1123_label, validate_dns1123_subdomain, validate_ip, validate_qualified_name,
};
use crate::kube::field::{Errors, Field};
use crate::kube::ip::{ip_problem, parse_ip_sloppy, unmapped};
use crate::kube::names::{
    Problems, is_dns1123_label, is_dns1123_subdomain, is_valid_label_value, name_is_dns_subdomain,
};
use crate::kube::selector::validate_labels;

const MAX_TOPOLOGY_LABELS: usize = 16;
const MAX_ADDRESSES: usize = 100;
const MAX_PORTS: usize = 20000;
const MAX_ENDPOINTS: usize = 1000;
const MAX_HINTS: usize = 8;

/// `ValidateEndpointSlice`.
pub(crate) fn validate_endpoint_slice(slice: &Field, features: Features, errors: &mut Errors) {
    validate_object_meta(&slice.get("metadata"), Scope::Namespaced, name_is_dns_subdomain, errors);
    let kind = slice.get("addressType");
    match kind.text() {
        "" => errors.required(&kind, ""),
        "IPv4" | "IPv6" | "FQDN" => {}
        _ => errors.not_supported(&kind, &["FQDN", "IPv4", "IPv6"]),
    }
    validate_ports(&slice.get("ports"), errors);
    let endpoints = slice.get("endpoints");
    if endpoints.len() > MAX_ENDPOINTS {
        return errors.too_many(&endpoints, endpoints.len(), MAX_ENDPOINTS);
    }
    for endpoint in endpoints.items() {
        validate_addresses(&endpoint, kind.text(), features, errors);
        validate_endpoint(&endpoint, errors);
    }
}

fn validate_ports(ports: &Field, errors: &mut Errors) {
    if ports.len() > MAX_PORTS {
        return errors.too_many(ports, ports.len(), MAX_PORTS);
    }
    let mut seen = Names::default();
    for port in ports.items() {
        let (name, app_protocol) = (port.get("name"), port.get("appProtocol"));
        if !name.text().is_empty() {
            validate_dns1123_label(&name, errors);
        }
        if !seen.add(name.text()) {
            errors.duplicate(&name);
        }
        validate_protocol(&port.get("protocol"), errors);
        if app_protocol.is_set() {
            validate_qualified_name(&app_protocol, errors);
        }
    }
}

fn validate_addresses(endpoint: &Field, kind: &str, features: Features, errors: &mut Errors) {
    let addresses = endpoint.get("addresses");
    if addresses.is_empty() {
        errors.required(&addresses, "must contain at least 1 address");
    } else if addresses.len() > MAX_ADDRESSES {
        errors.too_many(&addresses, addresses.len(), MAX_ADDRESSES);
    }
    for address in addresses.items() {
        match kind {
            "IPv4" | "IPv6" => validate_address(&address, &addresses, kind, features, errors),
            "FQDN" => validate_domain_name(&address, errors),
            _ => {}
        }
    }
}

/// An address of the wrong family is reported at the list.
fn validate_address(
    address: &Field,
    addresses: &Field,
    kind: &str,
    features: Features,
    errors: &mut Errors,
) {
    let before = errors.count();
    let parsed = parse_ip_sloppy(address.text());
    match kind {
        "IPv4" => validate_ip(address, features, errors),
        _ => {
            let canonical = parsed.is_some_and(|ip| ip.to_string() == address.text());
            let problem = ip_problem(address.text(), true);
            let problem = problem.or((!canonical).then_some("must be in canonical form"));
            problem.into_iter().for_each(|problem| errors.invalid(address, problem));
        }
    }
    if errors.count() > before {
        return;
    }
    let is_v4 = parsed.is_some_and(|ip| unmapped(ip).is_ipv4());
    if is_v4 != (kind == "IPv4") {
        errors.invalid(&address.value_in(addresses), format!("must be an {kind} address"));
    }
    validate_endpoint_ip(address, errors);
}

/// `IsFullyQualifiedDomainName`.
fn validate_domain_name(field: &Field, errors: &mut Errors) {
    if field.text().is_empty() {
        return errors.required(field, "");
    }
    let name = field.text().strip_suffix('.').unwrap_or(field.text());
    let problems = is_dns1123_subdomain(name);
    if !problems.is_empty() {
        return errors.invalid(field, problems.join(","));
    }
    if !name.contains('.') {
        let problem = "should be a domain with at least two segments separated by dots";
        return errors.invalid(field, problem);
    }
    for label in name.split('.') {
        let problems = is_dns1123_label(label);
        if !problems.is_empty() {
            errors.invalid_text(field, label, problems.join(","));
        }
    }
}

fn validate_endpoint(endpoint: &Field, errors: &mut Errors) {
    let (node, topology) = (endpoint.get("nodeName"), endpoint.get("deprecatedTopology"));
    if node.is_set() {
        validate_dns1123_subdomain(&node, errors);
    }
    if topology.len() > MAX_TOPOLOGY_LABELS {
        errors.too_many(&topology, topology.len(), MAX_TOPOLOGY_LABELS);
    }
    validate_labels(&topology, errors);
    let hostname = endpoint.get("hostname");
    if hostname.is_set() {
        validate_dns1123_label(&hostname, errors);
    }
    let hints = endpoint.get("hints");
    let checks: [(&str, NameOf); 2] =
        [("forZones", is_valid_label_value), ("forNodes", is_dns1123_subdomain)];
    for (list, check) in checks {
        let list = hints.get(list);
        if list.len() > MAX_HINTS {
            return errors.too_many(&list, list.len(), MAX_HINTS);
        }
        validate_hints(&list, check, errors);
    }
}

/// What a name must be.
type NameOf = fn(&str) -> Problems;

fn validate_hints(hints: &Field, check: NameOf, errors: &mut Errors) {
    let mut seen = Names::default();
    for hint in hints.items() {
        let name = hint.get("name");
        if !seen.add(name.text()) {
            errors.duplicate(&name);
        }
        errors.invalid_each(&name, check(name.text()));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::check;

    #[test]
    fn hints() {
        check(
            "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: a}\naddressType: IPv4\n\
             endpoints: [{addresses: [10.0.0.1], hints: {forZones: [{name: A}, {name: A}], forNodes: \
             [{name: A}]}}]",
            "endpoints[0].hints.forZones[1].name: Duplicate value: \"A\"
             endpoints[0].hints.forNodes[0].name: Invalid value: \"A\": a lowercase RFC 1123 subdomain",
        );
    }
}

//! Endpoints: `ValidateEndpoints` of `pkg/apis/core/validation`.

use std::net::IpAddr;

use super::container::validate_protocol;
use super::features::Features;
use super::meta::{Scope, validate_object_meta};
use super::values::{
    validate_dns1123_label, validate_dns1123_subdomain, validate_ip, validate_qualified_name,
};
use crate::kube::field::{Errors, Field};
use crate::kube::ip::{parse_ip_sloppy, unmapped};
use crate::kube::names::{is_valid_port_num, name_is_dns_subdomain};

pub(crate) fn validate_endpoints(endpoints: &Field, features: Features, errors: &mut Errors) {
    let meta = endpoints.get("metadata");
    validate_object_meta(&meta, Scope::Namespaced, name_is_dns_subdomain, errors);
    for subset in endpoints.get("subsets").items() {
        let (ready, not_ready) = (subset.get("addresses"), subset.get("notReadyAddresses"));
        if ready.is_empty() && not_ready.is_empty() {
            errors.required(&subset, "must specify `addresses` or `notReadyAddresses`");
        }
        for addresses in [ready, not_ready] {
            for address in addresses.items() {
                validate_address(&address, features, errors);
            }
        }
        let ports = subset.get("ports");
        for port in ports.items() {
            validate_port(&port, ports.len() > 1, errors);
        }
    }
}

fn validate_address(address: &Field, features: Features, errors: &mut Errors) {
    let (ip, hostname) = (address.get("ip"), address.get("hostname"));
    validate_ip(&ip, features, errors);
    if !hostname.text().is_empty() {
        validate_dns1123_label(&hostname, errors);
    }
    let node_name = address.get("nodeName");
    if node_name.is_set() {
        validate_dns1123_subdomain(&node_name, errors);
    }
    validate_endpoint_ip(&ip, errors);
}

fn validate_port(port: &Field, require_name: bool, errors: &mut Errors) {
    let (name, number) = (port.get("name"), port.get("port"));
    if !name.text().is_empty() {
        validate_dns1123_label(&name, errors);
    } else if require_name {
        errors.required(&name, "");
    }
    errors.invalid_number(&number, is_valid_port_num(number.int_or(0)));
    validate_protocol(&port.get("protocol"), errors);
    let app_protocol = port.get("appProtocol");
    if app_protocol.is_set() {
        validate_qualified_name(&app_protocol, errors);
    }
}

/// `ValidateEndpointIP`: no address that means something else on each machine.
pub(crate) fn validate_endpoint_ip(field: &Field, errors: &mut Errors) {
    let Some(ip) = parse_ip_sloppy(field.text()).map(unmapped) else {
        return errors.invalid(field, "must be a valid IP address");
    };
    let (link_local, link_local_multicast) = match ip {
        IpAddr::V4(v4) => (v4.is_link_local(), v4.octets()[..3] == [224, 0, 0]),
        IpAddr::V6(v6) => (v6.is_unicast_link_local(), v6.segments()[0] & 0xff0f == 0xff02),
    };
    if ip.is_unspecified() {
        errors.invalid(field, format!("may not be unspecified ({})", field.text()));
    }
    if ip.is_loopback() {
        errors.invalid(field, "may not be in the loopback range (127.0.0.0/8, ::1/128)");
    }
    if link_local {
        errors.invalid(field, "may not be in the link-local range (169.254.0.0/16, fe80::/10)");
    }
    if link_local_multicast {
        let problem = "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)";
        errors.invalid(field, problem);
    }
}

//! Addresses that are taken, but not as they should be written
//! (`apimachinery/pkg/util/validation/ip.go`).

use std::net::IpAddr;

use super::super::field::Field;
use super::super::ip::{Cidr, parse_cidr_sloppy, parse_ip_sloppy, unmapped};
use super::Warnings;

const RULE: &str = "non-canonical-address";

/// `GetWarningsForIP`.
pub(super) fn address(field: &Field, warnings: &mut Warnings) {
    let text = field.text();
    let Some(address) = parse_ip_sloppy(text) else { return };
    let plain = unmapped(address);
    let warning = if text.parse::<IpAddr>().is_err() || plain != address {
        format!("non-standard IP address {text:?} is invalid: use \"{plain}\"")
    } else if address.is_ipv6() && address.to_string() != text {
        format!("IPv6 address {text:?} should be in RFC 5952 canonical format (\"{address}\")")
    } else {
        return;
    };
    warnings.incorrect(RULE, field, warning);
}

/// `GetWarningsForCIDR`.
pub(super) fn cidr(field: &Field, warnings: &mut Warnings) {
    let text = field.text();
    let Some(cidr) = parse_cidr_sloppy(text.trim()) else { return };
    let Cidr { address, bits } = cidr;
    let network = cidr.network();
    let warning = if network != address {
        let width = if address.is_ipv4() { 32 } else { 128 };
        format!(
            "CIDR value {text:?} is ambiguous in this context (should be \"{network}/{bits}\" or \
             \"{address}/{width}\"?)"
        )
    } else if address.is_ipv6() && format!("{address}/{bits}") != text {
        format!(
            "IPv6 CIDR value {text:?} should be in RFC 5952 canonical format (\"{address}/{bits}\")"
        )
    } else if format!("{address}/{bits}") != text {
        format!("non-standard CIDR value {text:?} is invalid: use \"{address}/{bits}\"")
    } else {
        return;
    };
    warnings.incorrect(RULE, field, warning);
}

/// The blocks of a NetworkPolicy.
pub(super) fn policy(spec: &Field, warnings: &mut Warnings) {
    for (rules, peers) in [("ingress", "from"), ("egress", "to")] {
        for rule in spec.get(rules).items() {
            for peer in rule.get(peers).items() {
                let block = peer.get("ipBlock");
                cidr(&block.get("cidr"), warnings);
                block.get("except").items().for_each(|except| cidr(&except, warnings));
            }
        }
    }
}

//! Updates of Services, of which the server allocates some fields and takes others back.

use std::collections::BTreeSet;

use super::tree::{Data, Tree};
use super::{Change, Refusal};
use crate::diagnostic::Cause;

/// Stands for an address that the server has allocated.
const ALLOCATED_V4: &str = "10.96.0.10";
const ALLOCATED_V6: &str = "fd00:10:96::a";

const TYPE: &[&str] = &["spec", "type"];
const CLUSTER_IP: &[&str] = &["spec", "clusterIP"];
const CLUSTER_IPS: &[&str] = &["spec", "clusterIPs"];
const FAMILIES: &[&str] = &["spec", "ipFamilies"];
const CLASS: &[&str] = &["spec", "loadBalancerClass"];

fn text<'t>(service: &'t Tree<'_>, way: &[&str]) -> &'t str {
    service.at(way).and_then(Tree::as_str).unwrap_or_default()
}

fn is_external_name(service: &Tree<'_>) -> bool {
    text(service, TYPE) == "ExternalName"
}

fn needs_node_port(service: &Tree<'_>) -> bool {
    matches!(text(service, TYPE), "NodePort" | "LoadBalancer")
}

fn is_headless(service: &Tree<'_>) -> bool {
    text(service, CLUSTER_IP) == "None"
}

/// Gives a stored Service what an allocator gives it: an address and its family.
///
/// Which address is not known; where the new manifest names one, it is taken for the allocated.
pub(super) fn allocate(stored: &mut Tree<'_>, new: &Tree<'_>) {
    if is_external_name(stored) {
        return;
    }
    let wants_v6 =
        stored.at(FAMILIES).and_then(|all| all.items().first()?.as_str()) == Some("IPv6");
    let named = text(new, CLUSTER_IP);
    let allocated = match (text(stored, CLUSTER_IP), wants_v6) {
        ("", _) if !matches!(named, "" | "None") => named.to_owned(),
        ("", false) => ALLOCATED_V4.to_owned(),
        ("", true) => ALLOCATED_V6.to_owned(),
        (given, _) => given.to_owned(),
    };
    let Some(spec) = stored.get_mut("spec") else { return };
    let span = spec.span;
    let family = if allocated.contains(':') { "IPv6" } else { "IPv4" };
    let list = |text: String| Tree { span, data: Data::List(vec![Tree::text(span, text)]) };
    if spec.get("clusterIPs").is_none_or(Tree::is_zero) {
        spec.set("clusterIPs", list(allocated.clone()));
    }
    if spec.get("ipFamilies").is_none_or(Tree::is_zero) {
        spec.set("ipFamilies", list(family.to_owned()));
    }
    if spec.get("ipFamilyPolicy").is_none() {
        spec.set("ipFamilyPolicy", Tree::text(span, "SingleStack"));
    }
    spec.set("clusterIP", Tree::text(span, allocated));
}

/// `patchAllocatedValues`, `normalizeClusterIPs`, `dropTypeDependentFields`: the server keeps what
/// it has allocated, and drops what another type does not need, unless the user changes it too.
pub(super) fn prepare_for_update<'a>(new: &mut Tree<'a>, old: &Tree<'a>) {
    keep_cluster_ip(new, old);
    drop_for_external_name(new, old);
    let node_ports_are_old = node_ports(new).is_subset(&node_ports(old));
    let drops_node_ports = needs_node_port(old) && !needs_node_port(new) && node_ports_are_old;
    let old_type = text(old, TYPE).to_owned();
    let new_type = text(new, TYPE).to_owned();
    let (Some(spec), Some(old_spec)) = (new.get_mut("spec"), old.get("spec")) else { return };
    if drops_node_ports {
        for port in spec.get_mut("ports").map(Tree::items_mut).unwrap_or_default() {
            port.remove("nodePort");
        }
    }
    let mut drop_same = |field: &str| {
        if value(spec, field) == value(old_spec, field) {
            spec.remove(field);
        }
    };
    if old_type == "LoadBalancer" && new_type != "LoadBalancer" {
        drop_same("allocateLoadBalancerNodePorts");
        drop_same("loadBalancerClass");
        drop_same("healthCheckNodePort");
    }
    let external = |kind: &str| matches!(kind, "NodePort" | "LoadBalancer");
    if external(&old_type) && !external(&new_type) {
        drop_same("externalTrafficPolicy");
    }
}

type Value = (Option<String>, Option<i64>, Option<bool>);

fn value(spec: &Tree<'_>, field: &str) -> Value {
    spec.get(field).map_or((None, None, None), |value| {
        (value.as_str().map(str::to_owned), value.as_i64(), value.as_bool())
    })
}

fn keep_cluster_ip<'a>(new: &mut Tree<'a>, old: &Tree<'a>) {
    if is_external_name(old) || is_external_name(new) {
        return;
    }
    let (Some(spec), Some(old_spec)) = (new.get_mut("spec"), old.get("spec")) else { return };
    if spec.get("clusterIP").is_none_or(Tree::is_zero) {
        spec.copy("clusterIP", old_spec);
    }
    if spec.get("clusterIPs").is_none_or(Tree::is_zero) {
        spec.copy("clusterIPs", old_spec);
    }
    let changed = value(spec, "clusterIP") != value(old_spec, "clusterIP");
    if changed && addresses(spec) == addresses(old_spec) {
        let Some(ip) = spec.get("clusterIP").cloned() else { return };
        let span = ip.span;
        spec.set("clusterIPs", Tree { span, data: Data::List(vec![ip]) });
    }
}

fn drop_for_external_name(new: &mut Tree<'_>, old: &Tree<'_>) {
    if is_external_name(old) || !is_external_name(new) {
        return;
    }
    let (Some(spec), Some(old_spec)) = (new.get_mut("spec"), old.get("spec")) else { return };
    let same_ips = value(spec, "clusterIP") == value(old_spec, "clusterIP")
        && addresses(spec) == addresses(old_spec);
    if same_ips {
        spec.remove("clusterIP");
        spec.remove("clusterIPs");
    }
    if texts(spec, "ipFamilies") == texts(old_spec, "ipFamilies") {
        spec.remove("ipFamilies");
    }
    if value(spec, "ipFamilyPolicy") == value(old_spec, "ipFamilyPolicy") {
        spec.remove("ipFamilyPolicy");
    }
}

fn addresses(spec: &Tree<'_>) -> Vec<String> {
    texts(spec, "clusterIPs")
}

fn texts(spec: &Tree<'_>, field: &str) -> Vec<String> {
    let items = spec.get(field).map(Tree::items).unwrap_or_default();
    items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
}

fn node_ports(service: &Tree<'_>) -> BTreeSet<i64> {
    let ports = service.at(&["spec", "ports"]).map(Tree::items).unwrap_or_default();
    let numbers = ports.iter().filter_map(|port| port.get("nodePort")?.as_i64());
    numbers.filter(|&number| number != 0).collect()
}

/// `ValidateServiceUpdate`, and before it the check of addresses against their families.
pub(super) fn check(change: &mut Change<'_, '_>) {
    if is_external_name(change.old) || is_external_name(change.new) {
        return;
    }
    if refuse_families(change) {
        return;
    }
    cluster_ips(change);
    ip_families(change);
    let both_balance =
        text(change.old, TYPE) == "LoadBalancer" && text(change.new, TYPE) == "LoadBalancer";
    if both_balance && text(change.old, CLASS) != text(change.new, CLASS) {
        change.refuse(CLASS, "spec.loadBalancerClass", Cause::Invalid, "may not change once set");
    }
    health_check_port(change);
}

/// `validateServiceExternalTrafficFieldsUpdate`. Which port the server has allocated is not known.
fn health_check_port(change: &mut Change<'_, '_>) {
    const WAY: &[&str] = &["spec", "healthCheckNodePort"];
    let needs_check = |service: &Tree<'_>| {
        text(service, TYPE) == "LoadBalancer"
            && text(service, &["spec", "externalTrafficPolicy"]) == "Local"
    };
    let port =
        |service: &Tree<'_>| service.at(WAY).and_then(Tree::as_i64).filter(|port| *port != 0);
    let both_known = port(change.old).is_some() && port(change.new).is_some();
    let both_check = needs_check(change.old) && needs_check(change.new);
    if both_check && both_known && port(change.old) != port(change.new) {
        let path = "spec.healthCheckNodePort";
        change.refuse(WAY, path, Cause::Forbidden, "field is immutable");
    }
}

/// The part of `ValidateServiceClusterIPsRelatedFields` that the allocator runs before validation:
/// an address must be of the family at its place.
fn refuse_families(change: &mut Change<'_, '_>) -> bool {
    let Some(spec) = change.new.get("spec") else { return false };
    if is_headless(change.new) {
        return false;
    }
    let wrong: Vec<(usize, &str)> = addresses(spec)
        .iter()
        .zip(texts(spec, "ipFamilies"))
        .enumerate()
        .filter_map(|(nth, (address, family))| match (family.as_str(), address.contains(':')) {
            ("IPv4", true) => Some((nth, "IPv4")),
            ("IPv6", false) => Some((nth, "IPv6")),
            _ => None,
        })
        .collect();
    for (nth, family) in &wrong {
        let detail = format!("expected an {family} value as indicated by `ipFamilies[{nth}]`");
        change.refuse(FAMILIES, &format!("spec.clusterIPs[{nth}]"), Cause::Invalid, detail);
    }
    !wrong.is_empty()
}

/// An address that does not fit its family is found while addresses are allocated, before the
/// Service is validated.
pub(super) fn hides_the_rest(refusals: &[Refusal]) -> bool {
    refusals.iter().any(|refusal| refusal.error.detail.starts_with("expected an IPv"))
}

/// `validateUpgradeDowngradeClusterIPs`.
fn cluster_ips(change: &mut Change<'_, '_>) {
    if is_headless(change.old) && is_headless(change.new) {
        return;
    }
    let list = |service: &Tree<'_>| service.get("spec").map(addresses).unwrap_or_default();
    let (old, new) = (list(change.old), list(change.new));
    const DETAIL: &str = "may not change once set";
    if old.len() == new.len() {
        for nth in (0..old.len()).filter(|&nth| old[nth] != new[nth]) {
            change.refuse(CLUSTER_IP, &format!("spec.clusterIPs[{nth}]"), Cause::Invalid, DETAIL);
        }
    } else if !old.is_empty() && old.first() != new.first() {
        let detail = if new.is_empty() { "primary clusterIP can not be unset" } else { DETAIL };
        change.refuse(CLUSTER_IPS, "spec.clusterIPs[0]", Cause::Invalid, detail);
    }
}

/// `validateUpgradeDowngradeIPFamilies`: the first family stays.
fn ip_families(change: &mut Change<'_, '_>) {
    if is_headless(change.old) || is_headless(change.new) {
        return;
    }
    let list = |service: &Tree<'_>| {
        service.get("spec").map(|spec| texts(spec, "ipFamilies")).unwrap_or_default()
    };
    let (old, new) = (list(change.old), list(change.new));
    let changed = old.iter().zip(&new).any(|(old, new)| old != new);
    if changed {
        let detail = "may not change once set";
        change.refuse(FAMILIES, "spec.ipFamilies[0]", Cause::Invalid, detail);
    }
}

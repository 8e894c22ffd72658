//! Warnings about Services (`pkg/api/service/warnings.go`).

use super::super::field::Field;
use super::{Warnings, ip};

pub(super) fn service(metadata: &Field, spec: &Field, warnings: &mut Warnings) {
    topology_hints(metadata, warnings);
    let kind = spec.get("type");
    let is_external_name = kind.text() == "ExternalName";
    let is_headless =
        kind.text_default("ClusterIP") == "ClusterIP" && spec.get("clusterIP").text() == "None";
    let external_ips = spec.get("externalIPs");
    if is_headless {
        ignored_by_headless(spec, warnings);
    } else if is_external_name {
        ignored(&external_ips, "when `type` is ExternalName", warnings);
    } else if !external_ips.is_empty() && warnings.since(36) {
        let text = "deprecated; some clusters no longer implement it";
        warnings.deprecated("deprecated-field", &external_ips, text);
    }
    for list in ["clusterIPs", "externalIPs"] {
        spec.get(list).items().for_each(|item| ip::address(&item, warnings));
    }
    ip::address(&spec.get("loadBalancerIP"), warnings);
    for range in spec.get("loadBalancerSourceRanges").items() {
        ip::cidr(&range, warnings);
    }
    let external_name = spec.get("externalName");
    if !is_external_name && !external_name.text().is_empty() {
        let text = "is ignored when `type` is not ExternalName";
        warnings.incorrect("ignored-field", &external_name, text);
    }
    let distribution = spec.get("trafficDistribution");
    if distribution.text() == "PreferClose" && warnings.since(34) {
        let text = "\"PreferClose\" is deprecated; use \"PreferSameZone\"";
        warnings.deprecated("deprecated-field", &distribution, text);
    }
}

fn topology_hints(metadata: &Field, warnings: &mut Warnings) {
    let annotations = metadata.get("annotations");
    let hints = annotations.key("service.kubernetes.io/topology-aware-hints");
    if hints.is_set() {
        let text = "deprecated, use `service.kubernetes.io/topology-mode` instead";
        warnings.deprecated("deprecated-annotation", &hints, text);
    }
}

fn ignored_by_headless(spec: &Field, warnings: &mut Warnings) {
    const WHEN: &str = "for headless services";
    let balancer_ip = spec.get("loadBalancerIP");
    if !balancer_ip.text().is_empty() {
        warnings.incorrect("ignored-field", &balancer_ip, format!("is ignored {WHEN}"));
    }
    ignored(&spec.get("externalIPs"), WHEN, warnings);
    let affinity = spec.get("sessionAffinity");
    if affinity.text_default("None") != "None" {
        warnings.incorrect("ignored-field", &affinity, format!("is ignored {WHEN}"));
    }
}

fn ignored(list: &Field, when: &str, warnings: &mut Warnings) {
    if !list.is_empty() {
        warnings.incorrect("ignored-field", list, format!("is ignored {when}"));
    }
}

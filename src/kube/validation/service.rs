//! Services: `ValidateServiceCreate` of `pkg/apis/core/validation`, and what the registry allocates
//! before it (`pkg/registry/core/service/storage/alloc.go`).

use rustc_hash::{FxHashMap, FxHashSet};

use super::container::validate_protocol;
use super::endpoints::validate_endpoint_ip;
use super::features::Features;
use super::meta::{Scope, validate_object_meta};
use super::probe::validate_port_num_or_name;
use super::unique::Names;
use super::values::{
    one_of, validate_dns1123_label, validate_dns1123_subdomain, validate_ip,
    validate_qualified_name,
};
use crate::kube::field::{Errors, Field, Path};
use crate::kube::ip::{self, cidr_problem};
use crate::kube::names::{self, is_valid_port_num};
use crate::kube::selector::validate_labels;

/// A day, in seconds.
const MAX_CLIENT_IP_AFFINITY: i64 = 86400;

/// The registry allocates addresses and ports first; what fails there hides the rest.
pub(crate) fn validate_service(service: &Field, features: Features, errors: &mut Errors) {
    let spec = service.get("spec");
    let before = errors.count();
    validate_ip_families(&spec, features, errors);
    if errors.count() > before {
        return;
    }
    let Some(node_ports) = allocate_node_ports(&spec, errors) else { return };
    let name_check = match features.relaxed_service_name_validation() {
        true => names::name_is_dns_label,
        false => names::name_is_dns1035_label,
    };
    validate_object_meta(&service.get("metadata"), Scope::Namespaced, name_check, errors);
    validate_topology_annotations(service, errors);
    validate_type(&spec, errors);
    validate_ports(&spec, errors);
    validate_labels(&spec.get("selector"), errors);
    validate_session_affinity(&spec, errors);
    validate_external_ips(&spec, features, errors);
    let service_type = spec.get("type");
    if !service_type.text().is_empty() {
        one_of(&service_type, &["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"], errors);
    }
    validate_port_conflicts(&spec, &node_ports, errors);
    validate_source_ranges(service, features, errors);
    validate_load_balancer_fields(&spec, errors);
    validate_traffic_policies(&spec, features, errors);
}

fn service_type<'a>(spec: &Field<'_, 'a>) -> &'a str {
    spec.get("type").text_default("ClusterIP")
}

/// The cluster IPs: those that are listed, or the single one.
fn cluster_ips<'a>(spec: &Field<'_, 'a>) -> Vec<&'a str> {
    let (one, list) = (spec.get("clusterIP").text(), spec.get("clusterIPs"));
    match list.is_empty() && !one.is_empty() {
        true => vec![one],
        false => list.texts().collect(),
    }
}

fn is_headless(spec: &Field) -> bool {
    cluster_ips(spec) == ["None"]
}

/// The field of a cluster IP, at the path of the list whether it was listed or not.
fn cluster_ip_field<'q, 'a>(
    spec: &Field<'_, 'a>,
    list: &'q Path<'q>,
    index: usize,
) -> Field<'q, 'a> {
    let listed = spec.get("clusterIPs");
    let item = listed.items().nth(index).map(|item| item.moved(list.index(index)));
    item.unwrap_or_else(|| spec.get("clusterIP").moved(list.index(index)))
}

/// `ValidateServiceClusterIPsRelatedFields`, and what `initIPFamilyFields` adds to it that holds
/// for any cluster.
fn validate_ip_families(spec: &Field, features: Features, errors: &mut Errors) {
    if service_type(spec) == "ExternalName" {
        return;
    }
    let list = spec.path().child("clusterIPs");
    let (one, listed) = (spec.get("clusterIP"), spec.get("clusterIPs"));
    let ips = cluster_ips(spec);
    if one.text().is_empty() && !listed.is_empty() {
        errors.invalid(&listed, "must be empty when `clusterIP` is not specified");
    } else if ips.first().is_some_and(|first| *first != one.text()) {
        errors.invalid(&listed, "first value must match `clusterIP`");
    }
    validate_family_names(spec, errors);
    let before = errors.count();
    for (index, text) in ips.iter().enumerate() {
        let is_none = index == 0 && *text == "None";
        if is_none && ips.len() > 1 {
            errors.invalid(&listed, "'None' must be the first and only value");
        } else if !is_none {
            validate_ip(&cluster_ip_field(spec, &list, index), features, errors);
        }
    }
    let has_bad_ip = errors.count() > before;
    if ips.len() > 2 {
        errors.invalid(&listed, "may only hold up to 2 values");
    }
    if !has_bad_ip {
        validate_families_of_ips(spec, &ips, errors);
    }
    if errors.count() == before {
        validate_single_stack(spec, &ips, errors);
    }
}

fn validate_family_names(spec: &Field, errors: &mut Errors) {
    let mut seen = Names::default();
    for family in spec.get("ipFamilies").items() {
        if !["IPv4", "IPv6"].contains(&family.text()) {
            errors.not_supported(&family, &["IPv4", "IPv6"]);
        }
        if !seen.add(family.text()) {
            errors.duplicate(&family);
        }
    }
    let policies = ["PreferDualStack", "RequireDualStack", "SingleStack"];
    one_of(&spec.get("ipFamilyPolicy"), &policies, errors);
}

fn validate_families_of_ips(spec: &Field, ips: &[&str], errors: &mut Errors) {
    let list = spec.path().child("clusterIPs");
    let is_v6 = |text: &str| ip::parse_ip_sloppy(text).is_some_and(|ip| ip::unmapped(ip).is_ipv6());
    let v6 = ips.iter().filter(|text| is_v6(text)).count();
    if ips.len() > 1 && (v6 == 0 || v6 == ips.len()) {
        let problem = "may specify no more than one IP for each IP family";
        errors.invalid(&spec.get("clusterIPs"), problem);
    }
    if is_headless(spec) {
        return;
    }
    let families = spec.get("ipFamilies");
    for (index, (text, family)) in ips.iter().zip(families.texts()).enumerate() {
        if (family == "IPv4" && is_v6(text)) || (family == "IPv6" && !is_v6(text)) {
            let detail =
                format!("expected an {family} value as indicated by `ipFamilies[{index}]`");
            errors.invalid(&cluster_ip_field(spec, &list, index), detail);
        }
    }
}

/// Two addresses or families need a policy that says so; without one it is `SingleStack`.
fn validate_single_stack(spec: &Field, ips: &[&str], errors: &mut Errors) {
    let policy = spec.get("ipFamilyPolicy");
    let headless = spec.get("clusterIP").text() == "None" && spec.get("selector").is_empty();
    let default = if headless { "RequireDualStack" } else { "SingleStack" };
    if policy.text_or(default) != "SingleStack" {
        return;
    }
    for (count, what) in [(ips.len(), "cluster IPs"), (spec.get("ipFamilies").len(), "IP families")]
    {
        if count == 2 {
            let detail = format!(
                "must be 'RequireDualStack' or 'PreferDualStack' when multiple {what} are specified"
            );
            errors.invalid(&policy, detail);
        }
    }
}

/// `initNodePorts`: the node port of each port, in order. Ports of one number share one. A port
/// that the registry chooses itself is a negative number here. None if the allocation fails.
fn allocate_node_ports(spec: &Field, errors: &mut Errors) -> Option<Vec<i64>> {
    let ports = spec.get("ports");
    let requested = |port: &Field| port.get("nodePort").int_or(0);
    let balanced = service_type(spec) == "LoadBalancer";
    if !balanced && service_type(spec) != "NodePort" {
        return Some(ports.items().map(|port| requested(&port)).collect());
    }
    let chooses = !balanced || spec.get("allocateLoadBalancerNodePorts").bool() != Some(false);
    let mut requests: FxHashMap<i64, i64> = FxHashMap::default();
    for port in ports.items().filter(|port| requested(port) != 0) {
        requests.entry(port.get("port").int_or(0)).or_insert(requested(&port));
    }
    let mut by_port: FxHashMap<i64, i64> = FxHashMap::default();
    let mut taken = FxHashSet::default();
    let mut allocated = Vec::new();
    for port in ports.items() {
        let (number, wanted) = (port.get("port").int_or(0), requested(&port));
        if wanted == 0 && !chooses {
            allocated.push(0);
            continue;
        }
        let shared = by_port.get(&number).copied();
        let own = match (shared, requests.get(&number)) {
            (Some(shared), _) if wanted == 0 || wanted == shared => {
                allocated.push(shared);
                continue;
            }
            (Some(_), _) => wanted,
            (None, Some(&requested)) => requested,
            (None, None) => -1 - allocated.len() as i64,
        };
        if let Some(problem) = allocation_problem(own, wanted, &mut taken) {
            errors.invalid(&port.get("nodePort"), problem);
            return None;
        }
        by_port.entry(number).or_insert(own);
        allocated.push(own);
    }
    Some(allocated)
}

/// Which ports may be node ports is for the cluster to say, but all of them are ports.
fn allocation_problem(own: i64, wanted: i64, taken: &mut FxHashSet<i64>) -> Option<&'static str> {
    if wanted != 0 && !is_valid_port_num(own).is_empty() {
        return Some("provided port is not in the valid range");
    }
    (!taken.insert(own)).then_some("provided port is already allocated")
}

fn validate_topology_annotations(service: &Field, errors: &mut Errors) {
    let meta = service.get("metadata");
    let annotations = meta.get("annotations");
    let hints = annotations.key("service.kubernetes.io/topology-aware-hints");
    let mode = annotations.key("service.kubernetes.io/topology-mode");
    if hints.is_set() && mode.is_set() && hints.text() != mode.text() {
        let problem = "must match annotations[service.kubernetes.io/topology-aware-hints] when \
                       both are specified";
        errors.invalid(&mode, problem);
    }
}

/// What the type asks for.
fn validate_type(spec: &Field, errors: &mut Errors) {
    let (kind, ports) = (service_type(spec), spec.get("ports"));
    let list = spec.path().child("clusterIPs");
    if ports.is_empty() && !is_headless(spec) && kind != "ExternalName" {
        errors.required(&ports, "");
    }
    match kind {
        "LoadBalancer" | "NodePort" if is_headless(spec) => {
            let detail = format!("may not be set to 'None' for {kind} services");
            errors.invalid(&cluster_ip_field(spec, &list, 0), detail);
        }
        "ExternalName" => validate_external_name(spec, errors),
        _ => {}
    }
}

fn validate_external_name(spec: &Field, errors: &mut Errors) {
    const DETAIL: &str = "may not be set for ExternalName services";
    if !cluster_ips(spec).is_empty() {
        let (one, listed) = (spec.get("clusterIP"), spec.get("clusterIPs"));
        let shown = if listed.is_set() { listed } else { one.moved(*listed.path()) };
        errors.forbidden(&shown, DETAIL);
    }
    let (families, policy) = (spec.get("ipFamilies"), spec.get("ipFamilyPolicy"));
    if !families.is_empty() {
        errors.forbidden(&families, DETAIL);
    }
    if policy.is_set() {
        errors.forbidden(&policy, DETAIL);
    }
    let name = spec.get("externalName");
    let cname = name.text().strip_suffix('.').unwrap_or(name.text());
    if cname.is_empty() {
        errors.required(&name, "");
    } else if cname == name.text() {
        validate_dns1123_subdomain(&name, errors);
    } else {
        for problem in names::is_dns1123_subdomain(cname) {
            errors.invalid_text(&name, cname, problem);
        }
    }
}

/// `validateServicePort`, of each.
fn validate_ports(spec: &Field, errors: &mut Errors) {
    let ports = spec.get("ports");
    let mut seen = Names::default();
    for port in ports.items() {
        let (name, number) = (port.get("name"), port.get("port"));
        if name.text().is_empty() {
            if ports.len() > 1 {
                errors.required(&name, "");
            }
        } else {
            validate_dns1123_label(&name, errors);
            if !seen.add(name.text()) {
                errors.duplicate(&name);
            }
        }
        errors.invalid_number(&number, is_valid_port_num(number.int_or(0)));
        validate_protocol(&port.get("protocol"), errors);
        let target = port.get("targetPort");
        // An absent target, 0 and "" are the port itself.
        let is_default = target.text().is_empty() && target.int_or(0) == 0;
        let target = if is_default { number.moved(*target.path()) } else { target };
        validate_port_num_or_name(&target, errors);
        let app_protocol = port.get("appProtocol");
        if app_protocol.is_set() {
            validate_qualified_name(&app_protocol, errors);
        }
    }
}

fn validate_session_affinity(spec: &Field, errors: &mut Errors) {
    let affinity = spec.get("sessionAffinity");
    if !affinity.text().is_empty() {
        one_of(&affinity, &["ClientIP", "None"], errors);
    }
    if affinity.text() != "ClientIP" {
        return;
    }
    let config = spec.get("sessionAffinityConfig");
    let client_ip = config.get("clientIP");
    let timeout = client_ip.get("timeoutSeconds");
    if timeout.int().is_some_and(|seconds| !(1..=MAX_CLIENT_IP_AFFINITY).contains(&seconds)) {
        let detail = format!("must be greater than 0 and less than {MAX_CLIENT_IP_AFFINITY}");
        errors.invalid(&timeout, detail);
    }
}

fn validate_external_ips(spec: &Field, features: Features, errors: &mut Errors) {
    for address in spec.get("externalIPs").items() {
        let before = errors.count();
        validate_ip(&address, features, errors);
        if errors.count() == before {
            validate_endpoint_ip(&address, errors);
        }
    }
}

/// Node ports where there are none, and ports that come twice.
fn validate_port_conflicts(spec: &Field, node_ports: &[i64], errors: &mut Errors) {
    let ports = spec.get("ports");
    if service_type(spec) == "ClusterIP" {
        for port in ports.items().filter(|port| port.get("nodePort").int_or(0) != 0) {
            errors.forbidden(&port.get("nodePort"), "may not be used when `type` is 'ClusterIP'");
        }
    }
    let mut seen = FxHashSet::default();
    for (port, number) in ports.items().zip(node_ports).filter(|(_, number)| **number != 0) {
        if !seen.insert((port.get("protocol").text_default("TCP"), *number)) {
            errors.duplicate(&port.get("nodePort"));
        }
    }
    let mut seen = FxHashSet::default();
    for port in ports.items() {
        let key = (port.get("protocol").text_default("TCP"), port.get("port").int_or(0));
        if !seen.insert(key) {
            errors.duplicate(&port);
        }
    }
}

const ONLY_LOAD_BALANCER: &str = "may only be used when `type` is 'LoadBalancer'";
const SOURCE_RANGES: &str = "service.beta.kubernetes.io/load-balancer-source-ranges";

/// The field is reported in the spelling of its Go name.
fn validate_source_ranges(service: &Field, features: Features, errors: &mut Errors) {
    let (spec, meta) = (service.get("spec"), service.get("metadata"));
    let strict = features.strict_ip_cidr_validation();
    let balanced = service_type(&spec) == "LoadBalancer";
    let annotations = meta.get("annotations");
    let annotation = annotations.key(SOURCE_RANGES);
    let path = spec.path().child("LoadBalancerSourceRanges");
    let ranges = spec.get("loadBalancerSourceRanges").moved(path);
    if !ranges.is_empty() {
        if !balanced {
            errors.forbidden(&ranges, ONLY_LOAD_BALANCER);
        }
        for range in ranges.items() {
            validate_range(&range, range.text(), strict, errors);
        }
    } else if annotation.is_set() {
        if !balanced {
            errors.forbidden(&annotation, ONLY_LOAD_BALANCER);
        }
        let text = annotation.text().trim();
        for range in text.split(',').filter(|_| !text.is_empty()) {
            validate_range(&annotation, range, strict, errors);
        }
    }
}

fn validate_range(field: &Field, text: &str, strict: bool, errors: &mut Errors) {
    let text = text.trim();
    if let Some(problem) = cidr_problem(text, strict) {
        errors.invalid_text(field, text, problem);
    }
}

fn validate_load_balancer_fields(spec: &Field, errors: &mut Errors) {
    let balanced = service_type(spec) == "LoadBalancer";
    let allocate = spec.get("allocateLoadBalancerNodePorts");
    if allocate.is_set() && !balanced {
        errors.forbidden(&allocate, ONLY_LOAD_BALANCER);
    }
    let class = spec.get("loadBalancerClass");
    if class.is_set() && balanced {
        validate_qualified_name(&class, errors);
    } else if class.is_set() {
        errors.forbidden(&class, ONLY_LOAD_BALANCER);
    }
}

/// `validateServiceExternalTrafficPolicy` and the two after it.
fn validate_traffic_policies(spec: &Field, features: Features, errors: &mut Errors) {
    let kind = service_type(spec);
    let external = spec.get("externalTrafficPolicy");
    let accessible = matches!(kind, "LoadBalancer" | "NodePort")
        || kind == "ClusterIP" && !spec.get("externalIPs").is_empty();
    if !external.text().is_empty() && !accessible {
        errors.invalid(&external, "may only be set for externally-accessible services");
    } else if !external.text().is_empty() {
        one_of(&external, &["Cluster", "Local"], errors);
    }
    validate_health_check_port(spec, errors);
    one_of(&spec.get("internalTrafficPolicy"), &["Cluster", "Local"], errors);
    if let Some(supported) = features.traffic_distributions() {
        one_of(&spec.get("trafficDistribution"), supported, errors);
    }
}

fn validate_health_check_port(spec: &Field, errors: &mut Errors) {
    let port = spec.get("healthCheckNodePort");
    let needs_one =
        service_type(spec) == "LoadBalancer" && spec.get("externalTrafficPolicy").text() == "Local";
    match port.int_or(0) {
        0 => {}
        number if needs_one => errors.invalid_each(&port, is_valid_port_num(number)),
        _ => errors.invalid(
            &port,
            "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{check, check_at};
    use crate::kube::Version;

    fn service(spec: &str) -> String {
        format!("apiVersion: v1\nkind: Service\nmetadata: {{name: web}}\nspec: {spec}")
    }

    #[track_caller]
    fn check_service(spec: &str, expected: &str) {
        check(&service(spec), expected);
    }

    #[test]
    fn ports() {
        check_service("{}", "spec.ports: Required value");
        check_service("{clusterIP: None}", "");
        check_service(
            "{ports: [{port: 0}, {name: a, port: 1, targetPort: A_}, {name: a, port: 2}]}",
            "spec.ports[0].name: Required value
             spec.ports[0].port: Invalid value: 0
             spec.ports[0].targetPort: Invalid value: 0
             spec.ports[1].targetPort: Invalid value: \"A_\": must contain only alpha-numeric
             spec.ports[1].targetPort: Invalid value: \"A_\": must contain at least one letter
             spec.ports[2].name: Duplicate value: \"a\"",
        );
        check_service(
            "{ports: [{name: a, port: 1}, {name: b, port: 1}, {name: c, port: 1, protocol: UDP}]}",
            "spec.ports[1]: Duplicate value",
        );
    }

    #[test]
    fn node_ports_are_allocated_first() {
        check_service(
            "{ports: [{port: 1, nodePort: 30000}]}",
            "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
        );
        check_service(
            "{type: NodePort, sessionAffinity: x, ports: [{name: a, port: 1, nodePort: 30000}, \
             {name: b, port: 2, nodePort: 30000}]}",
            "spec.ports[1].nodePort: Invalid value: 30000: provided port is already allocated",
        );
        check_service(
            "{type: NodePort, ports: [{name: a, port: 1, nodePort: 30000}, {name: b, port: 1, protocol: UDP}]}",
            "",
        );
    }

    #[test]
    fn types() {
        check_service(
            "{type: Headless, ports: [{port: 1}]}",
            "spec.type: Unsupported value: \"Headless\"",
        );
        check_service(
            "{type: ExternalName, clusterIP: None}",
            "spec.clusterIPs: Forbidden: may not be set for ExternalName services
             spec.externalName: Required value",
        );
        check_service(
            "{type: LoadBalancer, clusterIP: None, ports: [{port: 1}]}",
            "spec.clusterIPs[0]: Invalid value: \"None\": may not be set to 'None' for LoadBalancer",
        );
    }

    #[test]
    fn addresses() {
        check_service(
            "{clusterIP: none, sessionAffinity: x, ports: [{port: 1}]}",
            "spec.clusterIPs[0]: Invalid value: \"none\": must be a valid IP address",
        );
        check_service(
            "{ipFamilies: [IPv4, IPv6], ports: [{port: 1}]}",
            "spec.ipFamilyPolicy: Invalid value: \"\": must be 'RequireDualStack' or 'PreferDualStack'",
        );
        check_service(
            "{externalIPs: [127.0.0.1], ports: [{port: 1}]}",
            "spec.externalIPs[0]: Invalid value: \"127.0.0.1\": may not be in the loopback range",
        );
    }

    #[test]
    fn what_only_load_balancers_have() {
        check_service(
            "{loadBalancerSourceRanges: [10.0.0.0/8, x], loadBalancerClass: a/b, \
             allocateLoadBalancerNodePorts: true, ports: [{port: 1}]}",
            "spec.LoadBalancerSourceRanges: Forbidden: may only be used when `type` is 'LoadBalancer'
             spec.LoadBalancerSourceRanges[1]: Invalid value: \"x\": must be a valid CIDR
             spec.allocateLoadBalancerNodePorts: Forbidden
             spec.loadBalancerClass: Forbidden",
        );
        check_service(
            "{externalTrafficPolicy: Local, healthCheckNodePort: 5, ports: [{port: 1}]}",
            "spec.externalTrafficPolicy: Invalid value: \"Local\": may only be set for externally-accessible
             spec.healthCheckNodePort: Invalid value: 5: may only be set when `type` is 'LoadBalancer'",
        );
    }

    #[test]
    fn names_may_begin_with_a_digit_lately() {
        let manifest = service("{ports: [{port: 1}]}").replace("web", "1web");
        check(&manifest, "");
        check_at(
            Version::new(35),
            &manifest,
            "metadata.name: Invalid value: \"1web\": a DNS-1035 label",
        );
    }
}

//! Ingresses and network policies: `pkg/apis/networking/validation`.

use super::features::Features;
use super::meta::{Scope, validate_object_meta};
use super::probe::validate_port_num_or_name;
use super::values::{check_name, one_of, validate_dns1123_label};
use crate::diagnostic::Cause;
use crate::kube::field::{Errors, Field, Path};
use crate::kube::ip::{self, cidr_problem, parse_cidr_sloppy, parse_ip_sloppy};
use crate::kube::names::{
    self, is_dns1123_subdomain, is_valid_port_name, is_valid_port_num, name_is_dns_subdomain,
    path_segment_name,
};
use crate::kube::selector::validate_label_selector;
use crate::yaml::{Kind, Node};

/// `ValidateNetworkPolicy`.
pub(crate) fn validate_network_policy(object: &Field, features: Features, errors: &mut Errors) {
    validate_object_meta(&object.get("metadata"), Scope::Namespaced, name_is_dns_subdomain, errors);
    let spec = object.get("spec");
    validate_label_selector(&spec.get("podSelector"), errors);
    for (rules, peers) in [("ingress", "from"), ("egress", "to")] {
        for rule in spec.get(rules).items() {
            for port in rule.get("ports").items() {
                validate_policy_port(&port, errors);
            }
            for peer in rule.get(peers).items() {
                validate_policy_peer(&peer, features, errors);
            }
        }
    }
    let types = spec.get("policyTypes");
    if types.len() > 2 {
        return errors.invalid(&types, "may not specify more than two policyTypes");
    }
    for policy_type in types.items() {
        one_of(&policy_type, &["Ingress", "Egress"], errors);
    }
}

/// `ValidateNetworkPolicyPort`.
fn validate_policy_port(policy_port: &Field, errors: &mut Errors) {
    let (port, end) = (policy_port.get("port"), policy_port.get("endPort"));
    one_of(&policy_port.get("protocol"), &["TCP", "UDP", "SCTP"], errors);
    match port.node().map(Node::kind) {
        None if end.is_set() => {
            errors.invalid(&end, "may not be specified when `port` is not specified");
        }
        None => {}
        Some(Kind::String) => {
            if end.is_set() {
                errors.invalid(&end, "may not be specified when `port` is non-numeric");
            }
            errors.invalid_each(&port, is_valid_port_name(port.text()));
        }
        Some(_) => {
            validate_port_num_or_name(&port, errors);
            validate_end_port(&end, port.int_or(0), errors);
        }
    }
}

fn validate_end_port(end: &Field, port: i64, errors: &mut Errors) {
    if let Some(number) = end.int() {
        if number < port {
            // The server shows the port.
            let shown = Some(port.to_string());
            errors.push(end, Cause::Invalid, shown, "must be greater than or equal to `port`");
        }
        errors.invalid_each(end, is_valid_port_num(number));
    }
}

/// `ValidateNetworkPolicyPeer`.
fn validate_policy_peer(peer: &Field, features: Features, errors: &mut Errors) {
    let (pods, namespaces) = (peer.get("podSelector"), peer.get("namespaceSelector"));
    let block = peer.get("ipBlock");
    validate_label_selector(&pods, errors);
    validate_label_selector(&namespaces, errors);
    if block.is_set() {
        validate_ip_block(&block, features, errors);
    }
    let selects = pods.is_set() || namespaces.is_set();
    if !selects && !block.is_set() {
        errors.required(peer, "must specify a peer");
    } else if selects && block.is_set() {
        errors.forbidden(peer, "may not specify both ipBlock and another peer");
    }
}

/// `ValidateIPBlock`.
fn validate_ip_block(block: &Field, features: Features, errors: &mut Errors) {
    let cidr = block.get("cidr");
    let strict = features.strict_ip_cidr_validation();
    if cidr.text().is_empty() {
        return errors.required(&cidr, "");
    }
    if let Some(problem) = cidr_problem(cidr.text(), strict) {
        errors.invalid(&cidr, problem);
    }
    let Some(outer) = parse_cidr_sloppy(cidr.text()) else { return };
    for except in block.get("except").items() {
        if let Some(problem) = cidr_problem(except.text(), strict) {
            errors.invalid(&except, problem);
        }
        let Some(inner) = parse_cidr_sloppy(except.text()) else { continue };
        if !outer.contains(inner) || outer.bits >= inner.bits {
            errors.invalid(&except, "must be a strict subset of `cidr`");
        }
    }
}

/// `ValidateIngressCreate`.
pub(crate) fn validate_ingress(ingress: &Field, features: Features, errors: &mut Errors) {
    let (meta, spec) = (ingress.get("metadata"), ingress.get("spec"));
    validate_object_meta(&meta, Scope::Namespaced, name_is_dns_subdomain, errors);
    let (rules, backend) = (spec.get("rules"), spec.get("defaultBackend"));
    if rules.is_empty() && !backend.is_set() {
        let problem = "either `defaultBackend` or `rules` must be specified";
        errors.push(&spec, Cause::Invalid, Some("null".to_owned()), problem);
    }
    if backend.is_set() {
        validate_ingress_backend(&backend, features, errors);
    }
    for rule in rules.items() {
        validate_ingress_rule(&rule, features, errors);
    }
    for tls in spec.get("tls").items() {
        validate_ingress_tls(&tls, errors);
    }
    let class = spec.get("ingressClassName");
    if class.is_set() {
        errors.invalid_each(&class, is_dns1123_subdomain(class.text()));
    }
    validate_class_annotation(&meta, &class, errors);
}

const CLASS_ANNOTATION: &str = "kubernetes.io/ingress.class";

/// The annotation is reported without its `metadata`.
fn validate_class_annotation(meta: &Field, class: &Field, errors: &mut Errors) {
    let annotations = meta.get("annotations");
    let annotation = annotations.key(CLASS_ANNOTATION);
    if annotation.is_set() && class.is_set() && annotation.text() != class.text() {
        let path = Path::ROOT.child("annotations");
        let at = annotation.moved(path.child(CLASS_ANNOTATION));
        errors.invalid(&at, "must match `ingressClassName` when both are specified");
    }
}

fn validate_ingress_rule(rule: &Field, features: Features, errors: &mut Errors) {
    let host = rule.get("host");
    if !host.text().is_empty() {
        if parse_ip_sloppy(host.text()).is_some() {
            errors.invalid(&host, "must be a DNS name, not an IP address");
        }
        validate_host(&host, errors);
    }
    let http = rule.get("http");
    if !http.is_set() {
        return;
    }
    let paths = http.get("paths");
    if paths.is_empty() {
        errors.required(&paths, "");
    }
    for path in paths.items() {
        validate_ingress_path(&path, features, errors);
    }
}

fn validate_host(host: &Field, errors: &mut Errors) {
    let problems = match host.text().contains('*') {
        true => names::is_wildcard_dns1123_subdomain(host.text()),
        false => is_dns1123_subdomain(host.text()),
    };
    errors.invalid_each(host, problems);
}

fn validate_ingress_tls(tls: &Field, errors: &mut Errors) {
    for host in tls.get("hosts").items() {
        validate_host(&host, errors);
    }
    check_name(&tls.get("secretName"), name_is_dns_subdomain, errors);
}

/// `validateHTTPIngressPath`.
fn validate_ingress_path(ingress_path: &Field, features: Features, errors: &mut Errors) {
    let (path, kind) = (ingress_path.get("path"), ingress_path.get("pathType"));
    if !kind.is_set() {
        return errors.required(&kind, "pathType must be specified");
    }
    let absolute = path.text().starts_with('/');
    match kind.text() {
        "Exact" | "Prefix" => {
            if !absolute {
                errors.invalid(&path, "must be an absolute path");
            }
            validate_path_sequences(&path, errors);
        }
        "ImplementationSpecific" => {
            if !path.text().is_empty() && !absolute {
                errors.invalid(&path, "must be an absolute path");
            }
        }
        _ => errors.not_supported(&kind, &["Exact", "ImplementationSpecific", "Prefix"]),
    }
    validate_ingress_backend(&ingress_path.get("backend"), features, errors);
}

fn validate_path_sequences(path: &Field, errors: &mut Errors) {
    for sequence in ["//", "/./", "/../", "%2f", "%2F"] {
        if path.text().contains(sequence) {
            errors.invalid(path, format!("must not contain '{sequence}'"));
        }
    }
    for suffix in ["/..", "/."] {
        if path.text().ends_with(suffix) {
            errors.invalid(path, format!("cannot end with '{suffix}'"));
        }
    }
}

/// `validateIngressBackend`.
fn validate_ingress_backend(backend: &Field, features: Features, errors: &mut Errors) {
    let (resource, service) = (backend.get("resource"), backend.get("service"));
    match (resource.is_set(), service.is_set()) {
        (true, true) => {
            errors.invalid_text(backend, "", "cannot set both resource and service backends");
        }
        (true, false) => validate_object_reference(&resource, errors),
        (false, true) => validate_service_backend(backend, &service, features, errors),
        (false, false) => {
            errors.invalid_text(backend, "", "resource or service backend is required");
        }
    }
}

fn validate_service_backend(
    backend: &Field,
    service: &Field,
    features: Features,
    errors: &mut Errors,
) {
    let (name, port) = (service.get("name"), service.get("port"));
    if name.text().is_empty() {
        errors.required(&name, "");
    } else if features.relaxed_service_name_validation() {
        validate_dns1123_label(&name, errors);
    } else {
        errors.invalid_each(&name, names::is_dns1035_label(name.text()));
    }
    let (port_name, number) = (port.get("name"), port.get("number"));
    match (port_name.text(), number.int_or(0)) {
        ("", 0) => errors.required(backend, "port name or number is required"),
        ("", value) => errors.invalid_each(&number, is_valid_port_num(value)),
        (text, 0) => errors.invalid_each(&port_name, is_valid_port_name(text)),
        _ => errors.invalid_text(backend, "", "cannot set both port name & port number"),
    }
}

/// `validateIngressTypedLocalObjectReference`.
fn validate_object_reference(reference: &Field, errors: &mut Errors) {
    let group = reference.get("apiGroup");
    if group.is_set() {
        errors.invalid_each(&group, is_dns1123_subdomain(group.text()));
    }
    for name in ["kind", "name"] {
        require_path_segment(&reference.get(name), errors);
    }
}

/// A name that must be there, and be fit for a path.
pub(crate) fn require_path_segment(field: &Field, errors: &mut Errors) {
    if field.text().is_empty() {
        errors.required(field, "");
    } else {
        errors.invalid_each(field, path_segment_name(field.text(), false));
    }
}

const MAX_CONTROLLER: usize = 250;

/// `ValidateIngressClass`.
pub(crate) fn validate_ingress_class(object: &Field, _: Features, errors: &mut Errors) {
    validate_object_meta(&object.get("metadata"), Scope::Cluster, name_is_dns_subdomain, errors);
    let spec = object.get("spec");
    let (controller, parameters) = (spec.get("controller"), spec.get("parameters"));
    if controller.text().len() > MAX_CONTROLLER {
        errors.too_long(&controller, MAX_CONTROLLER);
    }
    validate_domain_prefixed_path(&controller, errors);
    if !parameters.is_set() {
        return;
    }
    validate_object_reference(&parameters, errors);
    let (scope, namespace) = (parameters.get("scope"), parameters.get("namespace"));
    match scope.text_or("Cluster") {
        "Cluster" if namespace.is_set() => {
            errors.forbidden(&namespace, "`parameters.scope` is set to 'Cluster'");
        }
        "Cluster" => {}
        "Namespace" if namespace.is_set() => validate_dns1123_label(&namespace, errors),
        "Namespace" => {
            errors.required(&namespace, "`parameters.scope` is set to 'Namespace'");
        }
        _ => errors.not_supported(&scope, &["Cluster", "Namespace"]),
    }
}

const HTTP_PATH: &str =
    "Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')";

/// `IsDomainPrefixedPath`.
pub(crate) fn validate_domain_prefixed_path(field: &Field, errors: &mut Errors) {
    if field.text().is_empty() {
        return errors.required(field, "");
    }
    let parts = field.text().split_once('/');
    let Some((host, path)) = parts.filter(|(host, path)| !host.is_empty() && !path.is_empty())
    else {
        let problem = "must be a domain-prefixed path (such as \"acme.io/foo\")";
        return errors.invalid(field, problem);
    };
    for problem in is_dns1123_subdomain(host) {
        errors.invalid_text(field, host, problem);
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || "/-._~%!$&'()*+,;=:".contains(c);
    if !path.chars().all(plain) {
        errors.invalid_text(field, path, HTTP_PATH);
    }
}

/// `ValidateIPAddress`.
pub(crate) fn validate_ip_address(object: &Field, _: Features, errors: &mut Errors) {
    validate_object_meta(&object.get("metadata"), Scope::Cluster, address_name, errors);
    let spec = object.get("spec");
    let parent = spec.get("parentRef");
    if !parent.is_set() {
        return errors.required(&parent, "");
    }
    check_name(&parent.get("group"), name_is_dns_subdomain, errors);
    require_path_segment(&parent.get("resource"), errors);
    require_path_segment(&parent.get("name"), errors);
    check_name(&parent.get("namespace"), path_segment_name, errors);
}

fn address_name(name: &str, _: bool) -> names::Problems {
    let canonical = parse_ip_sloppy(name).is_some_and(|ip| ip.to_string() == name);
    let problem = ip::ip_problem(name, true);
    problem.or((!canonical).then_some("must be in canonical form")).into_iter().collect()
}

/// `ValidateServiceCIDR`.
pub(crate) fn validate_service_cidr(object: &Field, _: Features, errors: &mut Errors) {
    validate_object_meta(&object.get("metadata"), Scope::Cluster, name_is_dns_subdomain, errors);
    let spec = object.get("spec");
    let cidrs = spec.get("cidrs");
    if cidrs.is_empty() {
        return errors.required(&cidrs, "at least one CIDR required");
    }
    if cidrs.len() > 2 {
        return errors.invalid(&cidrs, "may only hold up to 2 values");
    }
    for cidr in cidrs.items() {
        let canonical = |cidr: ip::Cidr| format!("{}/{}", cidr.network(), cidr.bits);
        if let Some(problem) = cidr_problem(cidr.text(), true) {
            errors.invalid(&cidr, problem);
        } else if parse_cidr_sloppy(cidr.text()).map(canonical).as_deref() != Some(cidr.text()) {
            errors.invalid(&cidr, "must be in canonical form");
        }
    }
    let families: Vec<bool> =
        cidrs.texts().filter_map(parse_cidr_sloppy).map(|cidr| cidr.address.is_ipv4()).collect();
    if let [first, second] = families[..]
        && first == second
    {
        let problem = "may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and \
                       2001:db8::/64";
        errors.invalid(&cidrs, problem);
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{check, check_at};
    use crate::kube::Version;

    fn policy(spec: &str) -> String {
        format!(
            "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: a}}\nspec: {spec}"
        )
    }

    #[test]
    fn policies() {
        check(
            &policy("{podSelector: {}, policyTypes: [ingress], ingress: [{from: [{}, {podSelector: {}, \
                     ipBlock: {cidr: 10.0.0.0/8, except: [11.0.0.0/16, 10.1.0.0/16]}}], \
                     ports: [{port: 80, endPort: 70}, {port: a, endPort: 1}, {protocol: tcp}]}]}"),
            "spec.ingress[0].ports[0].endPort: Invalid value: 80: must be greater than or equal to `port`
             spec.ingress[0].ports[1].endPort: Invalid value: 1: may not be specified when `port` is non-numeric
             spec.ingress[0].ports[2].protocol: Unsupported value: \"tcp\": supported values: \"TCP\", \"UDP\", \"SCTP\"
             spec.ingress[0].from[0]: Required value: must specify a peer
             spec.ingress[0].from[1].ipBlock.except[0]: Invalid value: \"11.0.0.0/16\": must be a strict subset
             spec.ingress[0].from[1]: Forbidden: may not specify both ipBlock and another peer
             spec.policyTypes[0]: Unsupported value: \"ingress\"",
        );
    }

    #[test]
    fn host_bits_in_a_cidr_were_taken_before() {
        let manifest = policy("{podSelector: {}, egress: [{to: [{ipBlock: {cidr: 10.0.0.1/8}}]}]}");
        check(
            &manifest,
            "spec.egress[0].to[0].ipBlock.cidr: Invalid value: \"10.0.0.1/8\": must not have bits",
        );
        check_at(Version::new(35), &manifest, "");
    }

    fn ingress(spec: &str) -> String {
        format!(
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: a}}\nspec: {spec}"
        )
    }

    #[test]
    fn an_ingress_leads_somewhere() {
        check(
            &ingress("{}"),
            "spec: Invalid value: null: either `defaultBackend` or `rules` must be specified",
        );
        check(
            &ingress("{rules: [{host: 10.0.0.1}, {host: '*'}, {http: {}}]}"),
            "spec.rules[0].host: Invalid value: \"10.0.0.1\": must be a DNS name, not an IP address
             spec.rules[1].host: Invalid value: \"*\": a wildcard DNS-1123 subdomain
             spec.rules[2].http.paths: Required value",
        );
    }

    #[test]
    fn paths_and_backends() {
        check(
            &ingress("{rules: [{http: {paths: [{path: /}, {path: a//b, pathType: Prefix, backend: {}}, \
                      {pathType: ImplementationSpecific, backend: {service: {name: A_}}}, \
                      {path: /, pathType: exact, backend: {service: {name: a, port: {number: 1, name: b}}}}]}}]}"),
            "spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified
             spec.rules[0].http.paths[1].path: Invalid value: \"a//b\": must be an absolute path
             spec.rules[0].http.paths[1].path: Invalid value: \"a//b\": must not contain '//'
             spec.rules[0].http.paths[1].backend: Invalid value: \"\": resource or service backend is required
             spec.rules[0].http.paths[2].backend.service.name: Invalid value: \"A_\"
             spec.rules[0].http.paths[2].backend: Required value: port name or number is required
             spec.rules[0].http.paths[3].pathType: Unsupported value: \"exact\"
             spec.rules[0].http.paths[3].backend: Invalid value: \"\": cannot set both port name & port number",
        );
    }

    #[test]
    fn the_class_may_be_said_twice_but_not_differently() {
        let manifest = |class: &str| {
            ingress(&format!("{{ingressClassName: {class}, defaultBackend: {{service: {{name: a, port: {{number: 1}}}}}}}}"))
                .replace("{name: a}\n", "{name: a, annotations: {kubernetes.io/ingress.class: nginx}}\n")
        };
        check(&manifest("nginx"), "");
        check(
            &manifest("other"),
            "annotations.kubernetes.io/ingress.class: Invalid value: \"nginx\"",
        );
    }
}

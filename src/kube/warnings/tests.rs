//! The server's warnings. The expectations follow Kubernetes' sources and what real servers said.

use super::warnings;
use crate::diagnostic::Sink;
use crate::kube::Version;
use crate::manifest;
use crate::source::{Kind, Sources};

#[track_caller]
fn check(manifest: &str, expected: &str) {
    check_at(Version::DEFAULT, manifest, expected);
}

/// Each warning of an object, in a line: `path: text`.
#[track_caller]
fn check_at(version: Version, manifest: &str, expected: &str) {
    let mut sources = Sources::default();
    let file = sources.add(Kind::File, "a.yaml", manifest.as_bytes());
    let objects = manifest::read_stream(file, &sources, &mut Sink::default());
    let found = objects.iter().flat_map(|object| warnings(object, version));
    let lines: Vec<String> = found.map(|one| format!("{}: {}", one.path, one.text)).collect();
    assert_eq!(lines.join("\n"), expected);
}

#[track_caller]
fn check_pod(spec: &str, expected: &str) {
    check(&format!("{{apiVersion: v1, kind: Pod, metadata: {{name: a}}, spec: {spec}}}"), expected);
}

#[test]
fn variables_that_hide_others() {
    check_pod(
        "{containers: [{name: a, env: [{name: A, value: x}, {name: A, value: $(A)z}, {name: A}]}]}",
        "spec.containers[0].env[2]: hides previous definition of \"A\", which may be dropped when \
         using apply; server-side apply refuses it",
    );
}

#[test]
fn ports_that_clash() {
    check_pod(
        "{containers: [{name: a, ports: [{name: p, containerPort: 80}, {name: q, containerPort: 80, \
         protocol: UDP}]}, {name: b, ports: [{name: p, containerPort: 80}]}]}",
        "spec.containers[1].ports[0]: duplicate port definition with spec.containers[0].ports[0]\n\
         spec.containers[1].ports[0]: duplicate port name \"p\" with spec.containers[0].ports[0], \
         services and probes that select ports by name will use spec.containers[0].ports[0]",
    );
}

#[test]
fn amounts_and_times() {
    check_pod(
        "{terminationGracePeriodSeconds: -1, containers: [{name: a, resources: {limits: {memory: \
         100m, cpu: 100m}}}]}",
        "spec.containers[0].resources.limits[memory]: fractional byte value \"100m\" is invalid, \
         must be an integer\n\
         spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be \
         treated as 1",
    );
}

#[test]
fn paths_that_overlap() {
    check_pod(
        "{volumes: [{name: v, configMap: {name: c, items: [{key: a, path: x}, {key: b, path: x/z}]}}]}",
        "spec.volumes[0].configMap.items[1].path: overlapping paths: \"x/z\" is taken by another item",
    );
}

#[test]
fn old_annotations_and_labels() {
    check(
        "{apiVersion: v1, kind: Pod, metadata: {annotations: \
         {seccomp.security.alpha.kubernetes.io/pod: x}}, spec: {nodeSelector: \
         {beta.kubernetes.io/os: linux}}}",
        "spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use \
         \"kubernetes.io/os\" instead\n\
         metadata.annotations[seccomp.security.alpha.kubernetes.io/pod]: non-functional in v1.27+; \
         use the \"seccompProfile\" field instead",
    );
}

#[test]
fn addresses_that_are_not_canonical() {
    check(
        "{apiVersion: v1, kind: Service, spec: {clusterIPs: [10.0.0.1, '2001:db8:0::1'], \
         loadBalancerSourceRanges: [10.0.0.1/8, 10.0.0.0/8]}}",
        "spec.clusterIPs[1]: IPv6 address \"2001:db8:0::1\" should be in RFC 5952 canonical format \
         (\"2001:db8::1\")\n\
         spec.loadBalancerSourceRanges[0]: CIDR value \"10.0.0.1/8\" is ambiguous in this context \
         (should be \"10.0.0.0/8\" or \"10.0.0.1/32\"?)",
    );
    check_pod(
        "{hostAliases: [{ip: 010.0.0.1}]}",
        "spec.hostAliases[0].ip: non-standard IP address \"010.0.0.1\" is invalid: use \"10.0.0.1\"",
    );
}

#[test]
fn certificates_and_keys() {
    let secret = |crt: &str, key: &str| {
        format!(
            "{{apiVersion: v1, kind: Secret, type: kubernetes.io/tls, stringData: {{tls.crt: \"{crt}\", \
             tls.key: \"{key}\"}}}}"
        )
    };
    let (crt, key) = ("-----BEGIN CERTIFICATE-----\\n", "-----BEGIN RSA PRIVATE KEY-----\\n");
    check(&secret(crt, key), "");
    check(
        &secret(key, crt),
        "stringData[tls.crt]: failed to find certificate PEM data in certificate input, but did \
         find a private key; PEM inputs may have been switched",
    );
    check(
        &secret(crt, crt),
        "stringData[tls.key]: found a certificate rather than a key in the PEM for the private key",
    );
    check(
        "{apiVersion: v1, kind: Secret, type: kubernetes.io/tls, data: {tls.crt: eA==}}",
        "data[tls.crt]: failed to find any PEM data in certificate input",
    );
}

#[test]
fn names_of_pods_are_host_names() {
    check(
        "{apiVersion: v1, kind: Pod, metadata: {name: a.b}}",
        "metadata.name: this is used in the Pod's hostname, which can result in surprising \
         behavior; a DNS label is recommended: must not contain dots",
    );
}

#[test]
fn histories_without_an_end() {
    check(
        "{apiVersion: apps/v1, kind: StatefulSet, spec: {revisionHistoryLimit: -1}}",
        "spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 \
         is recommended",
    );
}

#[test]
fn quotas_of_requests_above_limits() {
    let quota =
        |hard: &str| format!("{{apiVersion: v1, kind: ResourceQuota, spec: {{hard: {hard}}}}}");
    check(&quota("{cpu: 2, limits.cpu: 2, requests.memory: 2Gi}"), "");
    check(
        &quota("{cpu: 2, limits.cpu: 1, requests.memory: 2Gi, limits.memory: 1Gi}"),
        "spec.hard[cpu]: 2 should be less than spec.hard[limits.cpu] (1)\n\
         spec.hard[requests.memory]: 2Gi should be less than spec.hard[limits.memory] (1Gi)",
    );
}

#[test]
fn preferences_that_no_node_meets() {
    check_pod(
        "{affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{preference: \
         {matchExpressions: [{key: a, operator: In, values: [good, bad value]}]}}]}}}",
        "spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference\
         .matchExpressions[0].values[1]: bad value is invalid, a valid label must be an empty string \
         or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an \
         alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for \
         validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
    );
}

#[test]
fn projections_of_nothing() {
    check_pod(
        "{volumes: [{name: v, projected: {sources: [{}]}}]}",
        "spec.volumes[0].projected.sources[0]: has no sources provided",
    );
}

#[test]
fn app_armor_annotations_that_no_field_repeats() {
    let pod = |annotation: &str, profile: &str| {
        format!(
            "{{apiVersion: v1, kind: Pod, metadata: {{annotations: \
             {{container.apparmor.security.beta.kubernetes.io/a: {annotation}}}}}, spec: \
             {{securityContext: {{appArmorProfile: {profile}}}, containers: [{{name: a}}]}}}}"
        )
    };
    let warning = "metadata.annotations[container.apparmor.security.beta.kubernetes.io/a]: deprecated \
                   since v1.30; use the \"appArmorProfile\" field instead";
    check(&pod("runtime/default", "{type: RuntimeDefault}"), "");
    check(&pod("localhost/x", "{type: Localhost, localhostProfile: x}"), "");
    check(&pod("localhost/x", "{type: Localhost, localhostProfile: y}"), warning);
    check(&pod("unconfined", "null"), warning);
}

#[test]
fn older_servers_warn_of_less() {
    let service = "{apiVersion: v1, kind: Service, spec: {externalIPs: [10.0.0.1]}}";
    check(service, "spec.externalIPs: deprecated; some clusters no longer implement it");
    check_at(Version::new(35), service, "");
    let pod = "{apiVersion: v1, kind: Pod, spec: {volumes: [{name: v, gitRepo: {}}, {name: w, rbd: {}}]}}";
    check_at(Version::new(27), pod, "spec.volumes[0].gitRepo: deprecated in v1.11");
}

#[test]
fn amounts_are_shown_as_the_server_writes_them() {
    let overhead = |memory: &str| format!("{{overhead: {{memory: {memory}}}}}");
    let warning = |shown: &str| {
        format!(
            "spec.overhead[memory]: fractional byte value \"{shown}\" is invalid, must be an integer"
        )
    };
    check_pod(&overhead("0.5"), &warning("500m"));
    check_pod(&overhead("'1e-3'"), &warning("1e-3"));
}

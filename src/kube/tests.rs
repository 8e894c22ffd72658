//! Whole objects, by one version or several.

use super::{Crds, Options, Version, check};
use crate::diagnostic::{Diagnostic, Sink};
use crate::manifest;
use crate::source::{Kind, Sources};

/// One line for each finding: `severity rule [versions]: message (help)`.
fn say(stream: &str, versions: &[Version]) -> String {
    let mut sources = Sources::default();
    let file = sources.add(Kind::File, "all.yaml", stream.as_bytes());
    let mut sink = Sink::default();
    let objects = manifest::read_stream(file, &sources, &mut sink);
    check(&objects, &Options { versions, crds: &Crds::default(), namespace: "default" }, &mut sink);
    sink.into_vec().iter().map(line).collect::<Vec<_>>().join("\n")
}

fn line(found: &Diagnostic) -> String {
    let versions = match found.kube_versions.as_slice() {
        [] => String::new(),
        versions => format!(" [{}]", versions.join(" ")),
    };
    let help = found.help.as_ref().map_or(String::new(), |help| format!(" ({help})"));
    format!("{} {}{versions}: {}{help}", found.severity.name(), found.rule, found.message)
}

#[track_caller]
fn check_range(range: &str, stream: &str, expected: &str) {
    assert_eq!(say(stream, &Version::parse_range(range).unwrap()), expected);
}

#[test]
fn removed_kinds() {
    let schema = "{apiVersion: flowcontrol.apiserver.k8s.io/v1beta3, kind: FlowSchema, \
         metadata: {name: a}, spec: {priorityLevelConfiguration: {name: b}}}";
    check_range(
        "1.30..1.33",
        schema,
        "warning deprecated-api [1.30 1.31]: `FlowSchema` of `flowcontrol.apiserver.k8s.io/v1beta3` \
         is deprecated since Kubernetes 1.29 and gone in 1.32 (use `apiVersion: \
         flowcontrol.apiserver.k8s.io/v1`)\n\
         error removed-api [1.32 1.33]: `FlowSchema` of `flowcontrol.apiserver.k8s.io/v1beta3` was \
         removed in Kubernetes 1.32 (use `apiVersion: flowcontrol.apiserver.k8s.io/v1`)",
    );
    check_range(
        "1.36",
        "{apiVersion: policy/v1beta1, kind: PodSecurityPolicy, metadata: {name: a}}",
        "error removed-api: `PodSecurityPolicy` of `policy/v1beta1` was removed in Kubernetes 1.25",
    );
}

#[test]
fn kinds_that_many_charts_use_are_known_without_their_crds() {
    let certificate = "{apiVersion: cert-manager.io/v1, kind: Certificate, metadata: {name: a}, spec: \
         {secretName: a, issuerRef: {name: ca}, dnsNames: a.example.com, dnsName: b, privateKey: \
         {algorithm: DSA}, secretTemplate: {labels: {a.b/c: 1}}}}";
    let unsure = "(name the CRD of your cluster with `--crds` to be sure)";
    check_range(
        "1.36",
        certificate,
        &format!(
            "warning unknown-field: unknown field `spec.dnsName`: its CRD has no `dnsName` (did you \
             mean `dnsNames`?)\n\
             warning wrong-type: `spec.dnsNames`: Invalid value: \"a.example.com\": must be of type \
             array: \"string\" {unsure}\n\
             warning unsupported-value: `spec.privateKey.algorithm`: Unsupported value: \"DSA\": \
             supported values: \"RSA\", \"ECDSA\", \"Ed25519\" {unsure}\n\
             warning wrong-type: `spec.secretTemplate.labels.a.b/c`: Invalid value: 1: must be of \
             type string: \"integer\" {unsure}"
        ),
    );
    check_range(
        "1.36",
        "{apiVersion: cert-manager.io/v9, kind: Certificate, metadata: {name: a}}",
        "info crd-missing: no CRD at hand defines `Certificate` of `cert-manager.io/v9`: it is not \
         checked (name its CRD with `--crds`)",
    );
}

#[test]
fn kinds_that_do_not_exist() {
    let object = |api: &str, kind: &str| {
        format!("{{apiVersion: {api}, kind: {kind}, metadata: {{name: a}}}}")
    };
    check_range(
        "1.36",
        &object("apps/v1", "Deploymint"),
        "error unknown-kind: Kubernetes has no `Deploymint` in `apps/v1` (did you mean `kind: \
         Deployment`?)",
    );
    check_range(
        "1.36",
        &object("v1", "Deployment"),
        "error unknown-kind: Kubernetes has no `Deployment` in `v1` (use `apiVersion: apps/v1`)",
    );
    check_range(
        "1.36",
        &object("app/v1", "Deployment"),
        "error unknown-kind: Kubernetes has no `Deployment` in `app/v1` (use `apiVersion: apps/v1`)",
    );
    check_range(
        "1.32..1.34",
        &object("admissionregistration.k8s.io/v1beta1", "MutatingAdmissionPolicyBinding"),
        "error unknown-kind [1.32 1.33]: `MutatingAdmissionPolicyBinding` of \
         `admissionregistration.k8s.io/v1beta1` exists only since Kubernetes 1.34 (use \
         `apiVersion: admissionregistration.k8s.io/v1alpha1`)\n\
         warning api-off-by-default [1.34]: `MutatingAdmissionPolicyBinding` of \
         `admissionregistration.k8s.io/v1beta1` is served only by clusters that have enabled it\n\
         error required-field [1.34]: `spec.policyName`: Required value",
    );
}

#[test]
fn what_a_layer_hides_is_listed_with_it() {
    check_range(
        "1.36",
        "{apiVersion: v1, kind: Service, metadata: {name: a, label: {}}, \
         spec: {ports: [{port: '80'}], clusterIPs: x, externalIPs: ['1.2.3.04']}}",
        "error wrong-type: `spec.clusterIPs` must be a list of strings, not the string \"x\" (start \
         the item with `- `)\n\
         warning unknown-field: unknown field `metadata.label`: ObjectMeta has no `label` (did you \
         mean `labels`?)\n\
         warning wrong-type: `spec.ports[0].port` must be an integer of 32 bits, not the string \
         \"80\" (write it without quotes)\n\
         warning invalid-value: `spec.externalIPs[0]`: Invalid value: \"1.2.3.04\": must not have \
         leading 0s\n\
         warning deprecated-field: `spec.externalIPs`: deprecated; some clusters no longer \
         implement it",
    );
}

#[test]
fn objects_that_come_twice() {
    let map = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}";
    check_range(
        "1.36",
        &format!("{map}\n---\n{map}"),
        "error duplicate-object: `ConfigMap` `a` is rendered twice (give one of them another name, \
         or render only one)",
    );
    let named = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: default}}";
    check_range(
        "1.36",
        &format!("{map}\n---\n{named}"),
        "error duplicate-object: `ConfigMap` `a` is rendered twice (give one of them another name, \
         or render only one)",
    );
    let elsewhere = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: b}}";
    check_range("1.36", &format!("{map}\n---\n{elsewhere}"), "");
    let role = "apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole";
    check_range(
        "1.36",
        &format!(
            "{{{role}, metadata: {{name: a}}}}\n---\n{{{role}, metadata: {{name: a, namespace: b}}}}"
        ),
        "error duplicate-object: `ClusterRole` `a` is rendered twice (give one of them another name, \
         or render only one)",
    );
}

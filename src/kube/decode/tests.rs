//! What the decoder says of manifests. The expected paths are those of real API servers.

use super::super::{Version, types};
use super::decode;
use crate::source::{Kind, Sources};
use crate::yaml;

/// `field | message`, what is hidden with a `~` before it.
fn say(manifest: &str, minor: u8) -> String {
    let mut sources = Sources::default();
    let file = sources.add(Kind::File, "a.yaml", manifest.as_bytes());
    let text = sources.text(file);
    let document = yaml::read_first(file, text, 0..text.len()).unwrap().unwrap();
    let root = document.root();
    let word = |key| root.get(key).unwrap().as_str().unwrap();
    let kind = types::kind(word("apiVersion"), word("kind")).unwrap();
    let faults = decode(root, kind, Version::new(minor));
    let told = faults.told.iter().map(|fault| format!("{} | {}", fault.field, fault.message));
    let hidden = faults.hidden.iter().map(|fault| format!("~{} | {}", fault.field, fault.message));
    told.chain(hidden).collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn check(manifest: &str, expected: &str) {
    assert_eq!(say(manifest, 36), expected);
}

#[track_caller]
fn deployment(spec: &str, expected: &str) {
    check(&format!("{{apiVersion: apps/v1, kind: Deployment, spec: {spec}}}"), expected);
}

#[track_caller]
fn container(container: &str, expected: &str) {
    deployment(&format!("{{template: {{spec: {{containers: [{container}]}}}}}}"), expected);
}

#[test]
fn good_objects_pass() {
    deployment("{replicas: 2, paused: true, strategy: {rollingUpdate: {maxSurge: 1}}}", "");
    deployment("{replicas: 2.0, strategy: {rollingUpdate: {maxSurge: 25%}}}", "");
    deployment("{replicas: null, template: null, strategy: {}}", "");
    container("{args: [a, null], env: null, resources: {limits: {cpu: 1, memory: 1Gi}}}", "");
    container("null", "");
}

#[test]
fn types_are_told_by_the_path_without_indices() {
    deployment(
        "{replicas: \"2\"}",
        "spec.replicas | `spec.replicas` must be an integer of 32 bits, not the string \"2\"",
    );
    container(
        "{args: [a, true]}",
        "spec.template.spec.containers.args | \
         `spec.template.spec.containers[0].args[1]` must be a string, not the boolean true",
    );
    container(
        "{env: {A: b}}",
        "spec.template.spec.containers.env | \
         `spec.template.spec.containers[0].env` must be a list of EnvVar, not a map",
    );
    container(
        "{resources: []}",
        "spec.template.spec.containers.resources | `spec.template.spec.containers[0].resources` \
         must be a map (ResourceRequirements), not a list",
    );
}

#[test]
fn keys_of_maps_are_not_in_the_path_and_their_values_are_not_shown() {
    check(
        "{apiVersion: v1, kind: ConfigMap, data: {a: x, b: 1}}",
        "data | `data.b` must be a string, not a number",
    );
    check(
        "{apiVersion: v1, kind: Secret, data: {a: 12}}",
        "data | `data.a` must be a string in base64, not a number",
    );
}

#[test]
fn embedded_structs_are_in_the_path_since_1_35() {
    let manifest = "{apiVersion: v1, kind: Pod, spec: {containers: \
         [{livenessProbe: {httpGet: {port: 80.5}}}]}}";
    let text = "`spec.containers[0].livenessProbe.httpGet.port` must be an integer or a string, \
         not the number 80.5";
    let new = "spec.containers.livenessProbe.ProbeHandler.httpGet.port";
    assert_eq!(say(manifest, 36), format!("{new} | {text}"));
    let old = "spec.containers.livenessProbe.httpGet.port";
    assert_eq!(say(manifest, 32), format!("{old} | {text}"));
}

#[test]
fn integers_overflow() {
    deployment(
        "{replicas: 3000000000}",
        "spec.replicas | `spec.replicas` must be an integer of 32 bits, not the number 3000000000",
    );
    deployment("{template: {spec: {terminationGracePeriodSeconds: 3000000000}}}", "");
}

#[test]
fn texts_that_do_not_parse_have_no_path() {
    container(
        "{resources: {limits: {memory: 1gi}}}",
        " | `spec.template.spec.containers[0].resources.limits.memory` has the string \"1gi\": \
         quantities must match the regular expression \
         '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    );
    check(
        "{apiVersion: v1, kind: Secret, data: {a: aGVsbG8}}",
        " | `data.a`: illegal base64 data at input byte 4",
    );
    check(
        "{apiVersion: v1, kind: Secret, metadata: {creationTimestamp: yesterday}}",
        " | `metadata.creationTimestamp` has the string \"yesterday\": \
         not a time such as `2006-01-02T15:04:05Z`",
    );
}

#[test]
fn the_first_wrong_type_by_sorted_keys_is_told() {
    deployment(
        "{replicas: a, paused: 1}",
        "spec.paused | `spec.paused` must be true or false, not the number 1\n\
         ~spec.replicas | `spec.replicas` must be an integer of 32 bits, not the string \"a\"",
    );
}

#[test]
fn a_value_that_decodes_itself_hides_what_came_before() {
    deployment(
        "{paused: 1, strategy: {rollingUpdate: {maxSurge: []}}}",
        "spec.strategy.rollingUpdate.maxSurge | `spec.strategy.rollingUpdate.maxSurge` must be an \
         integer or a string, not a list\n\
         ~spec.paused | `spec.paused` must be true or false, not the number 1",
    );
}

#[test]
fn unknown_fields_are_told_all_with_indices() {
    deployment(
        "{replica: 1, template: {spec: {containers: [{foo: 1}, {Image: x}]}}}",
        "spec.replica | unknown field `spec.replica`: DeploymentSpec has no `replica`\n\
         spec.template.spec.containers[0].foo | unknown field \
         `spec.template.spec.containers[0].foo`: Container has no `foo`\n\
         spec.template.spec.containers[1].Image | unknown field \
         `spec.template.spec.containers[1].Image`: Container has no `Image`",
    );
}

#[test]
fn a_wrong_type_hides_unknown_fields() {
    deployment(
        "{replica: 1, replicas: a}",
        "spec.replicas | `spec.replicas` must be an integer of 32 bits, not the string \"a\"\n\
         ~spec.replica | unknown field `spec.replica`: DeploymentSpec has no `replica`",
    );
}

#[test]
fn schemas_decode_what_they_contain_by_themselves() {
    let crd = |schema: &str| {
        format!(
            "{{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, spec: \
             {{versions: [{{schema: {{openAPIV3Schema: {schema}}}}}]}}}}"
        )
    };
    check(&crd("{additionalProperties: true, default: [1]}"), "");
    check(&crd("{items: {unknown: 1}}"), "");
    check(
        &crd("{properties: {a: {unknown: 1}}}"),
        "spec.versions[0].schema.openAPIV3Schema.properties.a.unknown | unknown field \
         `spec.versions[0].schema.openAPIV3Schema.properties.a.unknown`: JSONSchemaProps has no \
         `unknown`",
    );
    check(
        &crd("{items: {type: 1}}"),
        "spec.versions.schema.openAPIV3Schema.items | \
         `spec.versions[0].schema.openAPIV3Schema.items.type` must be a string, not the number 1",
    );
}

#[test]
fn lists_of_objects_are_decoded_item_by_item() {
    check(
        "{apiVersion: v1, kind: ConfigMapList, items: [{data: {}}, {dat: {}}]}",
        "items[1].dat | unknown field `items[1].dat`: ConfigMap has no `dat`",
    );
}

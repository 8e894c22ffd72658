//! What k8s-openapi does not know of Kubernetes' Go types.

use super::source::{Definitions, Field, Merge, Scalar, Shape};

/// Go structs that embed another one: type, embedded struct, the type's own fields. The decoder of
/// the API server names the embedded struct in the paths of type errors (`k8s.io/api`, fields
/// with an empty JSON name).
const EMBEDDED: &[(&str, &str, Fields)] = &[
    ("api::core::v1::Volume", "VolumeSource", Fields::AllBut(&["name"])),
    (
        "api::core::v1::PersistentVolumeSpec",
        "PersistentVolumeSource",
        Fields::AllBut(&[
            "accessModes",
            "capacity",
            "claimRef",
            "mountOptions",
            "nodeAffinity",
            "persistentVolumeReclaimPolicy",
            "storageClassName",
            "volumeAttributesClassName",
            "volumeMode",
        ]),
    ),
    ("api::core::v1::ConfigMapEnvSource", "LocalObjectReference", Fields::Only(&["name"])),
    ("api::core::v1::ConfigMapKeySelector", "LocalObjectReference", Fields::Only(&["name"])),
    ("api::core::v1::ConfigMapProjection", "LocalObjectReference", Fields::Only(&["name"])),
    ("api::core::v1::ConfigMapVolumeSource", "LocalObjectReference", Fields::Only(&["name"])),
    ("api::core::v1::SecretEnvSource", "LocalObjectReference", Fields::Only(&["name"])),
    ("api::core::v1::SecretKeySelector", "LocalObjectReference", Fields::Only(&["name"])),
    ("api::core::v1::SecretProjection", "LocalObjectReference", Fields::Only(&["name"])),
    (
        "api::core::v1::Probe",
        "ProbeHandler",
        Fields::Only(&["exec", "grpc", "httpGet", "tcpSocket"]),
    ),
    (
        "api::core::v1::EphemeralContainer",
        "EphemeralContainerCommon",
        Fields::AllBut(&["targetContainerName"]),
    ),
    ("api::networking::v1::IngressRule", "IngressRuleValue", Fields::AllBut(&["host"])),
    ("api::admissionregistration::v1::RuleWithOperations", "Rule", Fields::AllBut(&["operations"])),
    (
        "api::admissionregistration::v1::NamedRuleWithOperations",
        "RuleWithOperations",
        Fields::Only(&["operations"]),
    ),
    (
        "api::admissionregistration::v1::NamedRuleWithOperations",
        "RuleWithOperations.Rule",
        Fields::AllBut(&["operations", "resourceNames"]),
    ),
];

enum Fields {
    Only(&'static [&'static str]),
    AllBut(&'static [&'static str]),
}

impl Fields {
    fn contain(&self, name: &str) -> bool {
        match self {
            Fields::Only(names) => names.contains(&name),
            Fields::AllBut(names) => !names.contains(&name),
        }
    }
}

/// Fields whose `patchStrategy` tag in Go holds `retainKeys`.
const RETAIN_KEYS: &[(&str, &str)] = &[
    ("api::apps::v1::DeploymentSpec", "strategy"),
    ("api::core::v1::PodSpec", "volumes"),
    ("api::core::v1::PodSpec", "resourceClaims"),
];

/// Lists that have a `listType` (for server-side apply) but no `patchStrategy`, so a strategic
/// merge patch replaces them. k8s-openapi merges them. Of the sets, only finalizers have one.
const REPLACED: &[(&str, &str)] = &[("api::core::v1::ResourceRequirements", "claims")];

/// Completes the definitions of one version.
pub(super) fn apply(definitions: &mut Definitions) -> Result<(), String> {
    add_type_meta(definitions);
    embed(definitions);
    translate_merge_keys(definitions)?;
    correct_merges(definitions);
    Ok(())
}

/// Kinds embed `TypeMeta`; k8s-openapi has constants in its place.
fn add_type_meta(definitions: &mut Definitions) {
    for definition in definitions.values_mut().filter(|definition| definition.kind.is_some()) {
        definition.fields.extend(["apiVersion", "kind"].map(|name| Field {
            name: name.to_owned(),
            shape: Shape::Scalar(Scalar::String),
            merge: Merge::Plain,
            embedded: "TypeMeta",
        }));
    }
}

fn embed(definitions: &mut Definitions) {
    for (path, embedded, fields) in EMBEDDED {
        let Some(definition) = definitions.get_mut(*path) else { continue };
        for field in definition.fields.iter_mut().filter(|field| fields.contain(&field.name)) {
            field.embedded = embedded;
        }
    }
}

/// Merge keys are read as Rust identifiers; Kubernetes spells them as in JSON.
fn translate_merge_keys(definitions: &mut Definitions) -> Result<(), String> {
    for (path, definition) in definitions {
        for field in &mut definition.fields {
            if let Merge::Map(key) = &mut field.merge {
                *key = camel_case(key);
                if key.is_empty() {
                    return Err(format!("{path}.{}: no merge key", field.name));
                }
            }
        }
    }
    Ok(())
}

/// `container_port` to `containerPort`, `type_` to `type`. Holds for every merge key; keys with
/// capitals (`shareID`) are those of lists that no patch merges.
fn camel_case(ident: &str) -> String {
    let mut words = ident.trim_end_matches('_').split('_');
    let mut name = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        name.push_str(letters.as_str());
    }
    name
}

fn correct_merges(definitions: &mut Definitions) {
    for (path, definition) in definitions {
        for field in &mut definition.fields {
            let is = |list: &[(&str, &str)]| list.contains(&(path.as_str(), field.name.as_str()));
            if is(REPLACED) || field.merge == Merge::Set && field.name != "finalizers" {
                field.merge = Merge::Plain;
            } else if is(RETAIN_KEYS) {
                field.merge = match std::mem::take(&mut field.merge) {
                    Merge::Map(key) | Merge::MapRetainKeys(key) => Merge::MapRetainKeys(key),
                    Merge::Plain | Merge::Set | Merge::RetainKeys => Merge::RetainKeys,
                };
            }
        }
    }
}

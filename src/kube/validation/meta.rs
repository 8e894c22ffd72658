//! The metadata of every kind: `apimachinery/pkg/api/validation/objectmeta.go`, with the additions
//! of `pkg/apis/core/validation`.

use std::borrow::Cow;

use crate::kube::field::{Errors, Field};
use crate::kube::names::{self, NameCheck, is_qualified_name};
use crate::kube::selector::validate_labels;

/// All keys and values of the annotations together (`TotalAnnotationSizeLimitB`).
const TOTAL_ANNOTATION_SIZE: usize = 256 * 1024;

/// How much of `generateName` becomes the start of the name; five characters follow.
const MAX_GENERATED_PREFIX: usize = 58;

/// Whether objects of a kind lie in a namespace. A namespace on others is dropped by the client.
#[derive(Copy, Clone, PartialEq, Eq)]
pub(crate) enum Scope {
    Namespaced,
    Cluster,
}

/// `ValidateObjectMeta` of the core group, which other groups use too.
pub(crate) fn validate_object_meta(
    meta: &Field,
    scope: Scope,
    name_check: NameCheck,
    errors: &mut Errors,
) {
    validate_generic_object_meta(meta, scope, name_check, errors);
    validate_kube_finalizers(meta, errors);
}

/// The metadata of a Job or ReplicationController: unless it has labels, it gets those of its
/// template (`SetDefaults_Job`, `SetDefaults_ReplicationController`).
pub(crate) fn validate_templated_meta(meta: &Field, template: &Field, errors: &mut Errors) {
    let (own, template_meta) = (meta.get("labels"), template.get("metadata"));
    let labels = if own.is_empty() { template_meta.get("labels").value_in(&own) } else { own };
    validate_identity(meta, Scope::Namespaced, names::name_is_dns_subdomain, errors);
    validate_contents(meta, &labels, errors);
    validate_kube_finalizers(meta, errors);
}

fn validate_kube_finalizers(meta: &Field, errors: &mut Errors) {
    for finalizer in meta.get("finalizers").items() {
        validate_kube_finalizer_name(&finalizer, errors);
    }
}

/// `ValidateObjectMetaAccessor` of apimachinery.
pub(crate) fn validate_generic_object_meta(
    meta: &Field,
    scope: Scope,
    name_check: NameCheck,
    errors: &mut Errors,
) {
    validate_identity(meta, scope, name_check, errors);
    validate_contents(meta, &meta.get("labels"), errors);
}

fn validate_identity(meta: &Field, scope: Scope, name_check: NameCheck, errors: &mut Errors) {
    let generate_name = meta.get("generateName");
    if !generate_name.text().is_empty() {
        errors.invalid_each(&generate_name, name_check(generate_name.text(), true));
    }
    validate_name(meta, name_check, errors);
    if scope == Scope::Namespaced {
        validate_namespace(&meta.get("namespace"), errors);
    }
    validate_resource_version(&meta.get("resourceVersion"), errors);
}

fn validate_contents(meta: &Field, labels: &Field, errors: &mut Errors) {
    validate_labels(labels, errors);
    validate_annotations(&meta.get("annotations"), errors);
    validate_owner_references(&meta.get("ownerReferences"), errors);
    validate_finalizers(&meta.get("finalizers"), errors);
}

fn validate_name(meta: &Field, name_check: NameCheck, errors: &mut Errors) {
    let field = meta.get("name");
    let name = name_of(meta);
    if name.is_empty() {
        errors.required(&field, "name or generateName is required");
    }
    for problem in if name.is_empty() { Vec::new() } else { name_check(&name, false) } {
        errors.invalid_text(&field, &name, problem);
    }
}

/// The name, or one as the server would generate it: the random part is always five characters
/// that any name may have.
pub(crate) fn name_of<'a>(meta: &Field<'_, 'a>) -> Cow<'a, str> {
    let (name, prefix) = (meta.get("name").text(), meta.get("generateName").text());
    if !name.is_empty() || prefix.is_empty() {
        return Cow::Borrowed(name);
    }
    let end =
        (0..=prefix.len().min(MAX_GENERATED_PREFIX)).rev().find(|&at| prefix.is_char_boundary(at));
    Cow::Owned(format!("{}x7x7x", &prefix[..end.unwrap_or(0)]))
}

fn validate_namespace(namespace: &Field, errors: &mut Errors) {
    if !namespace.text().is_empty() {
        errors.invalid_each(namespace, names::name_is_dns_label(namespace.text(), false));
    }
}

/// The store refuses what pretends to have been stored before (`Create` of the etcd3 store).
fn validate_resource_version(version: &Field, errors: &mut Errors) {
    if !matches!(version.text(), "" | "0") {
        errors.invalid(version, "resourceVersion should not be set on objects to be created");
    }
}

/// `ValidateAnnotations`: errors name the map as a whole.
pub(crate) fn validate_annotations(annotations: &Field, errors: &mut Errors) {
    for (key, value) in annotations.entries() {
        for problem in is_qualified_name(&lower(key)) {
            errors.invalid_text(&value.key_in(annotations), key, problem);
        }
    }
    validate_annotations_size(annotations, errors);
}

/// `ValidateAnnotationsSize`.
pub(crate) fn validate_annotations_size(annotations: &Field, errors: &mut Errors) {
    let sizes = annotations.entries().map(|(key, value)| key.len() + value.text().len());
    if sizes.sum::<usize>() > TOTAL_ANNOTATION_SIZE {
        errors.too_long(annotations, TOTAL_ANNOTATION_SIZE);
    }
}

/// `strings.ToLower`, without a copy of what is lower case already.
pub(crate) fn lower(text: &str) -> Cow<'_, str> {
    match text.bytes().any(|b| b.is_ascii_uppercase() || !b.is_ascii()) {
        true => Cow::Owned(text.to_lowercase()),
        false => Cow::Borrowed(text),
    }
}

fn validate_owner_references(references: &Field, errors: &mut Errors) {
    let mut controller = None;
    for reference in references.items() {
        // The server reports the fields without an index.
        let at = |name| reference.get(name).node();
        validate_owner_reference(references, &reference, errors);
        if at("controller").and_then(|node| node.as_bool()) != Some(true) {
            continue;
        }
        let this = format!("{}/{}", reference.get("kind").text(), reference.get("name").text());
        match &controller {
            None => controller = Some(this),
            Some(first) => errors.invalid(
                references,
                format!(
                    "Only one reference can have Controller set to true. \
                     Found \"true\" in references for {first} and {this}"
                ),
            ),
        }
    }
}

fn validate_owner_reference(references: &Field, reference: &Field, errors: &mut Errors) {
    let api_version = reference.get("apiVersion");
    let version = match api_version.text().split('/').collect::<Vec<_>>()[..] {
        [version] | [_, version] => version,
        _ => "",
    };
    let required = [
        ("apiVersion", version, "version must not be empty"),
        ("kind", reference.get("kind").text(), "must not be empty"),
        ("name", reference.get("name").text(), "must not be empty"),
        ("uid", reference.get("uid").text(), "must not be empty"),
    ];
    for (name, value, problem) in required {
        if value.is_empty() {
            errors.invalid(&reference.get(name).moved(references.path().child(name)), problem);
        }
    }
    if (api_version.text(), reference.get("kind").text()) == ("v1", "Event") {
        let problem = "/v1, Kind=Event is disallowed from being an owner";
        errors.invalid(&reference.value_in(references), problem);
    }
}

/// `ValidateFinalizers`.
fn validate_finalizers(finalizers: &Field, errors: &mut Errors) {
    for finalizer in finalizers.items() {
        errors.invalid_each(&finalizer.value_in(finalizers), is_qualified_name(finalizer.text()));
    }
    let has = |name| finalizers.texts().any(|finalizer| finalizer == name);
    if has("orphan") && has("foregroundDeletion") {
        errors.invalid(finalizers, "finalizer orphan and foregroundDeletion cannot be both set");
    }
}

/// `validateKubeFinalizerName`.
pub(crate) fn validate_kube_finalizer_name(finalizer: &Field, errors: &mut Errors) {
    let name = finalizer.text();
    let standard = matches!(name, "kubernetes" | "orphan" | "foregroundDeletion");
    if !name.contains('/') && !standard {
        errors.invalid(
            finalizer,
            "name is neither a standard finalizer name nor is it fully qualified",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::check;

    #[track_caller]
    fn check_meta(meta: &str, expected: &str) {
        check(&format!("apiVersion: v1\nkind: ServiceAccount\nmetadata: {meta}"), expected);
    }

    #[test]
    fn names() {
        check_meta("{}", "metadata.name: Required value: name or generateName is required");
        check_meta("{name: a_b}", "metadata.name: Invalid value: \"a_b\"");
        check_meta("{generateName: a-}", "");
        check_meta(
            "{generateName: A_}",
            "metadata.generateName: Invalid value: \"A_\"
             metadata.name: Invalid value: \"A_",
        );
        check_meta("{name: a, namespace: A}", "metadata.namespace: Invalid value: \"A\"");
    }

    #[test]
    fn labels_and_annotations_are_named_as_a_whole() {
        check_meta(
            "{name: a, labels: {a/b/c: '', d: e f}, annotations: {Up/Per: x, /y: z}}",
            "metadata.labels: Invalid value: \"a/b/c\": a valid label key
             metadata.labels: Invalid value: \"e f\": a valid label must be
             metadata.annotations: Invalid value: \"/y\": prefix part must be non-empty",
        );
    }

    #[test]
    fn annotations_have_a_total_size() {
        let large = "x".repeat(262_140);
        check_meta(&format!("{{name: a, annotations: {{abcd: {large}}}}}"), "");
        check_meta(
            &format!("{{name: a, annotations: {{abcde: {large}}}}}"),
            "metadata.annotations: Too long: may not be more than 262144 bytes",
        );
    }

    #[test]
    fn owners_and_finalizers() {
        check_meta(
            "{name: a, finalizers: [x, a b], ownerReferences: [{apiVersion: v1, kind: Pod}]}",
            "metadata.ownerReferences.name: Invalid value: \"\": must not be empty
             metadata.ownerReferences.uid: Invalid value: \"\": must not be empty
             metadata.finalizers: Invalid value: \"a b\"
             metadata.finalizers[0]: Invalid value: \"x\": name is neither a standard finalizer name
             metadata.finalizers[1]: Invalid value: \"a b\": name is neither",
        );
    }
}

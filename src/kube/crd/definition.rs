//! CustomResourceDefinitions themselves (`apiextensions-apiserver/pkg/apis/apiextensions/validation`).
//!
//! The server converts a CRD before it validates it: what all versions have alike stands at the
//! top of the spec then, and errors are told there.

use super::cel::Rules;
use super::schema::{Schema, equal};
use super::{At, field_path, structural};
use crate::diagnostic::Cause;
use crate::kube::field::{Errors, Field, FieldError, Path};
use crate::kube::names::{is_dns1035_label, is_dns1123_subdomain, name_is_dns_subdomain};
use crate::kube::validation::validate_client_config;
use crate::yaml::{Kind, Node};

/// What the server says of a new CRD, its metadata aside.
pub(in crate::kube) fn validate(root: Node<'_>) -> Vec<FieldError> {
    let field = Field::root(root);
    let spec = field.get("spec");
    let mut errors = Errors::default();
    name(&field, &spec, &mut errors);
    let mut errors = errors.into_vec();
    errors.extend(validate_spec(root));
    errors
}

/// What the server says of a CRD that was `old`: what was wrong may stay (`requireStructuralSchema`
/// and its like).
pub(in crate::kube) fn validate_update(old: Node<'_>, new: Node<'_>) -> Vec<FieldError> {
    let known = validate_spec(old);
    let stays = |error: &FieldError| {
        known.iter().any(|old| old.path == error.path && old.detail == error.detail)
    };
    validate_spec(new).into_iter().filter(|error| !stays(error)).collect()
}

fn validate_spec(root: Node<'_>) -> Vec<FieldError> {
    let root = Field::root(root);
    let spec = root.get("spec");
    let mut errors = Errors::default();
    group(&spec.get("group"), &mut errors);
    scope(&spec.get("scope"), &mut errors);
    names(&spec.get("names"), &mut errors);
    versions(&spec, &mut errors);
    subresources(&spec, &mut errors);
    columns(&spec, &mut errors);
    selectable_fields(&spec, &mut errors);
    conversion(&spec.get("conversion"), &mut errors);
    stored_versions(&root, &spec, &mut errors);
    approval(&root, &spec, &mut errors);
    preserve_unknown_fields(&spec.get("preserveUnknownFields"), &mut errors);
    let mut errors = errors.into_vec();
    errors.extend(schemas(&spec));
    errors
}

const MUST_BE_NAME: &str = "must be spec.names.plural+\".\"+spec.group";

fn name(root: &Field, spec: &Field, errors: &mut Errors) {
    let metadata = root.get("metadata");
    let name = metadata.get("name");
    let names = spec.get("names");
    let required = format!("{}.{}", names.get("plural").text(), spec.get("group").text());
    let prefix = metadata.get("generateName");
    if !prefix.text().is_empty() {
        errors.invalid_each(&prefix, name_is_dns_subdomain(prefix.text(), true));
        errors.invalid(&prefix, MUST_BE_NAME);
    }
    errors.invalid_each(&name, is_dns1123_subdomain(name.text()));
    if name.text() != required {
        errors.invalid(&name, MUST_BE_NAME);
    }
}

fn group(group: &Field, errors: &mut Errors) {
    let problems = is_dns1123_subdomain(group.text());
    if group.text().is_empty() {
        errors.required(group, "");
    } else if !problems.is_empty() {
        errors.invalid(group, problems.join(","));
    } else if !group.text().contains('.') {
        errors.invalid(group, "should be a domain with at least one dot");
    }
}

fn scope(scope: &Field, errors: &mut Errors) {
    const SCOPES: [&str; 2] = ["Cluster", "Namespaced"];
    if scope.text().is_empty() {
        errors.required(scope, "");
    } else if !SCOPES.contains(&scope.text()) {
        errors.not_supported(scope, &SCOPES);
    }
}

fn names(names: &Field, errors: &mut Errors) {
    for required in ["plural", "kind"] {
        let field = names.get(required);
        if field.text().is_empty() {
            errors.required(&field, "");
        }
    }
    // Without a kind, the names that are made from it are missing too.
    if names.get("kind").text().is_empty() {
        for made in ["singular", "listKind"] {
            let field = names.get(made);
            if field.text().is_empty() {
                errors.required(&field, "");
            }
        }
    }
    for lower in ["plural", "singular"] {
        label(&names.get(lower), "", errors);
    }
    for mixed in ["kind", "listKind"] {
        label(&names.get(mixed), "may have mixed case, but should otherwise match: ", errors);
    }
    for list in ["shortNames", "categories"] {
        for name in names.get(list).items() {
            let problems = is_dns1035_label(name.text());
            if !problems.is_empty() {
                errors.invalid(&name, problems.join(","));
            }
        }
    }
    let list_kind = names.get("listKind");
    if !list_kind.text().is_empty() && list_kind.text() == names.get("kind").text() {
        errors.invalid(&list_kind, "kind and listKind may not be the same");
    }
}

/// A name that must be a DNS label; in any case, if words say so.
fn label(name: &Field, words: &str, errors: &mut Errors) {
    let lowered = name.text().to_lowercase();
    let checked = if words.is_empty() { name.text() } else { &lowered };
    let problems = is_dns1035_label(checked);
    if !name.text().is_empty() && !problems.is_empty() {
        errors.invalid(name, format!("{words}{}", problems.join(",")));
    }
}

fn versions(spec: &Field, errors: &mut Errors) {
    let versions = spec.get("versions");
    let mut seen = std::collections::HashSet::new();
    let mut stored = 0;
    let mut unique = true;
    for version in versions.items() {
        stored += usize::from(version.get("storage").is_true());
        let name = version.get("name");
        unique &= seen.insert(name.text());
        let problems = is_dns1035_label(name.text());
        if !problems.is_empty() {
            errors.invalid(&name, problems.join(","));
        }
        deprecation(&version, errors);
    }
    if !unique {
        errors.invalid(&versions, "must contain unique version names");
    }
    if stored != 1 {
        errors.invalid(&versions, "must have exactly one version marked as storage version");
    }
    // The server copies the name of the first version to a field of its own.
    if let Some(first) = versions.items().next() {
        let name = first.get("name").moved(spec.path().child("version"));
        let problems = is_dns1035_label(name.text());
        if !name.text().is_empty() && !problems.is_empty() {
            errors.invalid(&name, problems.join(","));
        }
    }
}

/// `ValidateCustomResourceDefinitionStoredVersions` of a new CRD, which has stored nothing but what
/// the first of its storage versions will be.
fn stored_versions(root: &Field, spec: &Field, errors: &mut Errors) {
    let versions = spec.get("versions");
    let stored: Vec<Field> =
        versions.items().filter(|version| version.get("storage").is_true()).collect();
    let status = root.get("status");
    let place = root.path().child("status");
    let field = status.get("storedVersions");
    let field = field.moved(place.child("storedVersions")).absent();
    let Some((first, others)) = stored.split_first() else {
        return errors.invalid_at(&field, "null", "must have at least one stored version");
    };
    for other in others {
        let (first, name) = (first.get("name"), other.get("name"));
        let detail = format!("must have the storage version {}", name.text());
        errors.invalid_at(&field, &format!("[{:?}]", first.text()), detail);
    }
}

fn deprecation(version: &Field, errors: &mut Errors) {
    let warning = version.get("deprecationWarning");
    if !warning.is_set() {
        return;
    }
    let text = warning.text();
    let problem = match () {
        () if !version.get("deprecated").is_true() => "can only be set for deprecated versions",
        () if text.len() > 256 => "must be <= 256 characters long",
        () if text.is_empty() => "must not be an empty string",
        () => {
            let unprintable = text.char_indices().find(|(_, c)| c.is_control());
            let Some((index, _)) = unprintable else { return };
            let detail = format!(
                "must only contain printable UTF-8 characters; non-printable character found at \
                 index {index}"
            );
            return errors.invalid(&warning, detail);
        }
    };
    errors.invalid(&warning, problem);
}

/// Whether all versions have the same in a field: it is told at the top of the spec then.
fn is_common(versions: &Field, field: &str) -> bool {
    let mut values = versions.items().map(|version| version.get(field).node());
    let Some(first) = values.next() else { return false };
    values.all(|value| match (first, value) {
        (Some(first), Some(value)) => equal(first, value),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    })
}

/// Calls `check` with each version's field, or once with what is common to all, at its place.
fn each(spec: &Field, field: &str, top: &str, check: &mut dyn FnMut(&Field)) {
    let versions = spec.get("versions");
    if is_common(&versions, field) {
        let place = spec.path().child(top);
        if let Some(version) = versions.items().next() {
            check(&version.get(field).moved(place));
        }
        return;
    }
    for version in versions.items() {
        check(&version.get(field));
    }
}

fn subresources(spec: &Field, errors: &mut Errors) {
    each(spec, "subresources", "subresources", &mut |subresources| {
        let scale = subresources.get("scale");
        if scale.is_set() {
            replicas_path(&scale, "specReplicasPath", ".spec.", errors);
            replicas_path(&scale, "statusReplicasPath", ".status.", errors);
            selector_path(&scale.get("labelSelectorPath"), errors);
        }
    });
}

fn selector_path(path: &Field, errors: &mut Errors) {
    let text = path.text();
    if !text.is_empty() && !text.starts_with('.') {
        errors.invalid(path, "must be a simple json path starting with .");
    } else if !text.is_empty() && !text.starts_with(".spec.") && !text.starts_with(".status.") {
        errors.invalid(path, "should be a json path under either .spec or .status");
    }
}

fn replicas_path(scale: &Field, name: &str, start: &str, errors: &mut Errors) {
    // The server's path has both names in one step, which reads the same.
    let path = scale.get(name);
    if path.text().is_empty() {
        errors.required(&path, "");
    } else if !path.text().starts_with('.') {
        errors.invalid(&path, "must be a simple json path starting with .");
    } else if !path.text().starts_with(start) {
        let under = start.trim_end_matches('.');
        errors.invalid(&path, format!("should be a json path under {under}"));
    }
}

fn columns(spec: &Field, errors: &mut Errors) {
    each(spec, "additionalPrinterColumns", "additionalPrinterColumns", &mut |columns| {
        columns.items().for_each(|column| self::column(&column, errors));
    });
}

fn column(column: &Field, errors: &mut Errors) {
    const TYPES: [&str; 5] = ["boolean", "date", "integer", "number", "string"];
    const FORMATS: [&str; 8] =
        ["byte", "date", "date-time", "double", "float", "int32", "int64", "password"];
    let must_be = |allowed: &[&str]| format!("must be one of {}", allowed.join(","));
    let (name, kind, format) = (column.get("name"), column.get("type"), column.get("format"));
    if name.text().is_empty() {
        errors.required(&name, "");
    }
    if kind.text().is_empty() {
        errors.required(&kind, must_be(&TYPES));
    } else if !TYPES.contains(&kind.text()) {
        errors.invalid(&kind, must_be(&TYPES));
    }
    if !format.text().is_empty() && !FORMATS.contains(&format.text()) {
        errors.invalid(&format, must_be(&FORMATS));
    }
    let json_path = column.get("jsonPath");
    let place = json_path.moved(column.path().child("JSONPath"));
    if json_path.text().is_empty() {
        errors.required(&place, "");
    } else if !json_path.text().starts_with('.') {
        errors.invalid(&place, "must be a simple json path starting with .");
    }
}

/// `ValidateCustomResourceSelectableFields`. What all versions have alike is looked for in the schema
/// that all of them have alike.
fn selectable_fields(spec: &Field, errors: &mut Errors) {
    const FIELDS: &str = "selectableFields";
    let versions = spec.get("versions");
    let common_fields = is_common(&versions, FIELDS);
    let common_schema = is_common(&versions, "schema");
    let count = if common_fields { 1 } else { usize::MAX };
    for version in versions.items().take(count) {
        let place = spec.path().child(FIELDS);
        let fields = version.get(FIELDS);
        let fields = if common_fields { fields.moved(place) } else { fields };
        if fields.is_empty() {
            continue;
        }
        let node = version.node().and_then(|version| version.at(&["schema", "openAPIV3Schema"]));
        match node {
            Some(schema) if common_fields == common_schema => {
                selected(&fields, Schema::new(schema), errors);
            }
            _ if common_fields => {
                errors.invalid_text(
                    &fields,
                    "",
                    "may only be set when validations.schema is included",
                );
            }
            _ => {
                let detail =
                    "may only be set when `version.schema.openAPIV3Schema` is not included";
                errors.invalid_text(&fields, "", detail);
            }
        }
    }
}

const MAX_SELECTABLE_FIELDS: usize = 8;

fn selected(fields: &Field, schema: Schema<'_>, errors: &mut Errors) {
    const TYPES: &str = "must point to a field of type string, boolean or integer. Enum string \
         fields and strings with formats are allowed.";
    let mut seen = std::collections::HashSet::new();
    for field in fields.items() {
        let path = field.get("jsonPath");
        if path.text().is_empty() {
            errors.required(&path, "");
            continue;
        }
        let found = match field_path::find(path.text(), schema, false) {
            Ok(found) => found,
            Err(problem) => {
                errors.invalid(&path, format!("is an invalid path: {problem}"));
                continue;
            }
        };
        if found.root == "metadata" {
            errors.invalid(&path, "must not point to fields in metadata");
        }
        let kind = found.schema.and_then(|schema| schema.text("type"));
        if !matches!(kind, Some("string" | "boolean" | "integer")) {
            errors.invalid(&path, TYPES);
        }
        if !seen.insert(found.path) {
            errors.duplicate(&path);
        }
    }
    if seen.len() > MAX_SELECTABLE_FIELDS {
        errors.too_many(fields, seen.len(), MAX_SELECTABLE_FIELDS);
    }
}

/// In the server's own types, the webhook and its versions stand beside the strategy.
fn conversion(conversion: &Field, errors: &mut Errors) {
    let strategy = conversion.get("strategy");
    let webhook = conversion.get("webhook");
    let client = webhook.get("clientConfig");
    let client = client.moved(conversion.path().child("webhookClientConfig"));
    let versions = webhook.get("conversionReviewVersions");
    let versions = versions.moved(conversion.path().child("conversionReviewVersions"));
    match strategy.text() {
        "" if conversion.is_set() => errors.required(&strategy, ""),
        "" | "None" | "Webhook" => {}
        _ => errors.not_supported(&strategy, &["None", "Webhook"]),
    }
    if strategy.text() == "Webhook" {
        if client.is_set() {
            validate_client_config(&client, errors);
        } else {
            errors.required(&client, "required when strategy is set to Webhook");
        }
        return review_versions(&versions, errors);
    }
    let detail = "should not be set when strategy is not set to Webhook";
    if client.is_set() {
        errors.forbidden(&client, detail);
    }
    if !versions.is_empty() {
        errors.forbidden(&versions, detail);
    }
}

fn review_versions(versions: &Field, errors: &mut Errors) {
    const ACCEPTED: [&str; 2] = ["v1", "v1beta1"];
    if versions.is_empty() {
        errors.required(versions, "");
        return;
    }
    let mut seen = std::collections::HashSet::new();
    for version in versions.items() {
        let text = version.node().and_then(Node::as_str).unwrap_or_default();
        if !seen.insert(text) {
            errors.invalid(&version, "duplicate version");
        } else {
            errors.invalid_each(&version, is_dns1035_label(text));
        }
    }
    if !ACCEPTED.iter().any(|accepted| seen.contains(accepted)) {
        errors.invalid(versions, "must include at least one of v1, v1beta1");
    }
}

/// Groups of the Kubernetes community need an approval (`validateAPIApproval`).
fn approval(root: &Field, spec: &Field, errors: &mut Errors) {
    const KEY: &str = "api-approved.kubernetes.io";
    let group = spec.get("group").text();
    let protected = ["k8s.io", "kubernetes.io"].iter().any(|domain| {
        group.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    });
    if !protected {
        return;
    }
    let metadata = root.get("metadata");
    let annotations = metadata.get("annotations");
    let approved = annotations.key(KEY);
    const SEE: &str = "see https://github.com/kubernetes/enhancements/pull/1111";
    let asked = format!("protected groups must have approval annotation {KEY:?}");
    let text = approved.text();
    if text.is_empty() {
        errors.required(&approved, format!("{asked}, {SEE}"));
    } else if !text.starts_with("unapproved")
        && url::Url::parse(text).map_or(true, |url| !url.has_host())
    {
        let either = "with either a URL or a reason starting with \"unapproved\"";
        errors.invalid(&approved, format!("{asked} {either}, {SEE}"));
    }
}

fn preserve_unknown_fields(field: &Field, errors: &mut Errors) {
    if field.is_true() {
        let detail = "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in \
             spec.versions[*].schema instead";
        errors.invalid(field, detail);
    }
}

fn schemas(spec: &Field) -> Vec<FieldError> {
    const NAME: &str = "openAPIV3Schema";
    let versions = spec.get("versions");
    let mut errors = Vec::new();
    let rules = Rules::default();
    for (index, version) in versions.items().enumerate() {
        let schema = version.get("schema");
        if !schema.get(NAME).is_set() {
            let place = versions.path().index(index);
            let place = place.child("schema");
            errors.push(missing(&place.child(NAME), version.span()));
        }
    }
    let has_status = |version: &Field| {
        let subresources = version.get("subresources");
        subresources.get("status").is_set()
    };
    if is_common(&versions, "schema") {
        let place = spec.path().child("validation");
        let with_status = versions.items().any(|version| has_status(&version));
        if let Some(version) = versions.items().next() {
            errors.extend(schema(&version.get("schema"), &place, with_status, &rules));
        }
    } else {
        for version in versions.items() {
            let field = version.get("schema");
            errors.extend(schema(&field, field.path(), has_status(&version), &rules));
        }
    }
    errors
}

fn schema(field: &Field, place: &Path, has_status: bool, rules: &Rules) -> Vec<FieldError> {
    let node = field.get("openAPIV3Schema").node();
    let Some(node) = node.filter(|node| node.kind() == Kind::Map) else { return Vec::new() };
    let at = At { path: place.child("openAPIV3Schema"), node };
    let mut errors = Vec::new();
    root(at, has_status, &mut errors);
    errors.extend(structural::validate(at, Schema::new(node), rules));
    errors
}

/// What only the root of a schema may not have.
fn root(at: At<'_, '_>, has_status: bool, errors: &mut Vec<FieldError>) {
    const ALLOWED: &[&str] = &[
        "description",
        "type",
        "format",
        "title",
        "maximum",
        "exclusiveMaximum",
        "minimum",
        "exclusiveMinimum",
        "maxLength",
        "minLength",
        "pattern",
        "maxItems",
        "minItems",
        "uniqueItems",
        "multipleOf",
        "required",
        "items",
        "properties",
        "externalDocs",
        "example",
        "x-kubernetes-preserve-unknown-fields",
        "x-kubernetes-validations",
    ];
    let schema = Schema::new(at.node);
    let mut refuse = |path: Path<'_>, cause, detail: &'static str| {
        let (path, span) = (path.to_string(), at.node.span());
        errors.push(FieldError {
            path,
            cause,
            value: None,
            detail: detail.into(),
            span,
            help: None,
        });
    };
    if schema.is_nullable() {
        // The server writes both names in one step.
        refuse(at.path.child("nullable"), Cause::Forbidden, "nullable cannot be true at the root");
    }
    if !has_status {
        return;
    }
    if schema.text("type").is_some_and(|kind| kind != "object") {
        let detail = "only \"object\" is allowed as the type at the root of the schema if the \
             status subresource is enabled";
        refuse(at.path.child("type"), Cause::Invalid, detail);
    }
    let is_set = |value: Node<'_>| match value.kind() {
        Kind::Null => false,
        Kind::Seq => value.items().len() > 0,
        Kind::Map => true,
        Kind::Bool => value.as_bool() == Some(true),
        Kind::Number | Kind::String => true,
    };
    let keys = at.node.entries().filter(|entry| is_set(entry.value));
    if keys.filter_map(|entry| entry.key.as_str()).any(|key| !ALLOWED.contains(&key)) {
        let detail = "only some fields are allowed at the root of the schema if the status \
             subresource is enabled";
        refuse(at.path, Cause::Invalid, detail);
    }
}

fn missing(place: &Path, span: crate::source::Span) -> FieldError {
    FieldError {
        path: place.to_string(),
        cause: Cause::Required,
        value: None,
        detail: "".into(),
        span,
        help: None,
    }
}

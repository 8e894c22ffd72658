//! Custom resources against their CRDs, and CRDs themselves. The expectations follow the tests and
//! the texts of `apiextensions-apiserver`.

use super::Crds;
use crate::diagnostic::{Severity, Sink};
use crate::kube::{self, Version};
use crate::manifest;
use crate::source::{Kind, Sources};

/// One line for each finding of a stream of manifests: `severity rule: message`, and the help.
fn say(stream: &str) -> String {
    let mut sources = Sources::default();
    let file = sources.add(Kind::File, "all.yaml", stream.as_bytes());
    let mut sink = Sink::default();
    let objects = manifest::read_stream(file, &sources, &mut sink);
    let crds = Crds::read(&[&objects]);
    let options =
        kube::Options { versions: &[Version::DEFAULT], crds: &crds, namespace: "default" };
    kube::check(&objects, &options, &mut sink);
    let line = |found: crate::diagnostic::Diagnostic| {
        let severity = match found.severity {
            Severity::Error => String::new(),
            Severity::Info | Severity::Warning => format!("{} ", found.severity.name()),
        };
        let help = found.help.map_or(String::new(), |help| format!(" ({help})"));
        format!("{severity}{}: {}{help}\n", found.rule, found.message)
    };
    sink.into_vec().into_iter().map(line).collect()
}

/// The same for the update of a Widget from one spec to another.
fn say_update(schema: &str, old: &str, new: &str) -> String {
    let mut sources = Sources::default();
    let mut sink = Sink::default();
    let mut read = |name: &str, stream: &str| {
        let file = sources.add(Kind::File, name, stream.as_bytes());
        manifest::read_stream(file, &sources, &mut sink)
    };
    let definitions = read("crd.yaml", &crd(schema));
    let (old, new) = (read("old.yaml", &widget(old)), read("new.yaml", &widget(new)));
    let crds = Crds::read(&[&definitions]);
    let options =
        kube::Options { versions: &[Version::DEFAULT], crds: &crds, namespace: "default" };
    let mut sink = Sink::default();
    for (old, new) in old.iter().zip(new.iter()) {
        kube::check_update(old, new, &options, &mut sink);
    }
    sink.into_vec().iter().map(|found| format!("{}: {}\n", found.rule, found.message)).collect()
}

/// A CRD for `Widget` in `example.com`, with the schema of its spec.
fn crd(spec: &str) -> String {
    format!(
        "apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: widgets.example.com}}
spec:
  group: example.com
  scope: Namespaced
  names: {{plural: widgets, kind: Widget}}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec: {spec}
"
    )
}

/// Checks a Widget with that spec against a CRD with that schema.
#[track_caller]
fn check(schema: &str, spec: &str, expected: &str) {
    assert_eq!(say(&format!("{}---\n{}", crd(schema), widget(spec))), expected);
}

fn widget(spec: &str) -> String {
    format!("apiVersion: example.com/v1\nkind: Widget\nmetadata: {{name: w}}\nspec: {spec}\n")
}

/// Checks a CRD with that schema.
#[track_caller]
fn check_schema(schema: &str, expected: &str) {
    assert_eq!(say(&crd(schema)), expected);
}

#[test]
fn types() {
    let schema = "{type: object, properties: {a: {type: integer}, s: {type: string}, \
         f: {type: number}, l: {type: array, items: {type: boolean}}, \
         p: {x-kubernetes-int-or-string: true}}}";
    check(schema, "{a: 1, s: x, f: 1.5, l: [true], p: 80}", "");
    check(schema, "{a: 2.0, f: 1, p: '80%'}", "");
    check(
        schema,
        "{a: '1', s: 1, l: [1], p: true}",
        "wrong-type: `spec.a`: Invalid value: \"1\": must be of type integer: \"string\"
wrong-type: `spec.s`: Invalid value: 1: must be of type string: \"integer\"
wrong-type: `spec.l[0]`: Invalid value: 1: must be of type boolean: \"integer\"
wrong-type: `spec.p`: Invalid value: true: must be of type integer,string: \"boolean\"
",
    );
}

#[test]
fn required_and_defaults() {
    let schema = "{type: object, required: [a, b, c], properties: {a: {type: string}, \
         b: {type: string, default: x}, c: {type: string, nullable: true}}}";
    check(schema, "{a: x, c: null}", "");
    check(schema, "{a: null, b: null, c: x}", "required-field: `spec.a`: Required value\n");
}

#[test]
fn limits() {
    let schema = "{type: object, properties: {a: {type: integer, minimum: 1, maximum: 5}, \
         s: {type: string, minLength: 2, maxLength: 3, pattern: '^[a-z]+$'}, \
         e: {type: string, enum: [one, two]}, l: {type: array, maxItems: 1, items: {type: string}}}}";
    check(schema, "{a: 5, s: ab, e: two, l: [x]}", "");
    check(
        schema,
        "{a: 6, s: ABCD, e: three, l: [x, z]}",
        "invalid-value: `spec.a`: Invalid value: 6: should be less than or equal to 5
value-too-long: `spec.s`: Too long: may not be more than 3 bytes
invalid-value: `spec.s`: Invalid value: \"ABCD\": should match '^[a-z]+$'
unsupported-value: `spec.e`: Unsupported value: \"three\": supported values: \"one\", \"two\"
too-many-items: `spec.l`: Too many: 2: must have at most 1 item
",
    );
}

#[test]
fn unknown_fields() {
    let schema = "{type: object, properties: {replicas: {type: integer}, any: {type: object, \
         x-kubernetes-preserve-unknown-fields: true}, map: {type: object, \
         additionalProperties: {type: string}}, pod: {type: object, \
         x-kubernetes-embedded-resource: true, properties: {spec: {type: object}}}}}";
    check(
        schema,
        "{any: {x: z}, map: {x: z}, pod: {apiVersion: v1, kind: Pod, metadata: {name: x}}}",
        "",
    );
    check(
        schema,
        "{replica: 1, pod: {apiVersion: v1, kind: Pod, spec: {x: z}}}",
        "unknown-field: unknown field `spec.replica`: its CRD has no `replica` (did you mean `replicas`?)
unknown-field: unknown field `spec.pod.spec.x`: its CRD has no `x`
",
    );
}

#[test]
fn unknown_fields_hide_the_rest() {
    check(
        "{type: object, properties: {size: {type: integer}}}",
        "{sise: 1, size: x}",
        "unknown-field: unknown field `spec.sise`: its CRD has no `sise` (did you mean `size`?)
warning wrong-type: `spec.size`: Invalid value: \"x\": must be of type integer: \"string\"
",
    );
}

#[test]
fn lists_with_keys() {
    let schema = "{type: object, properties: {\
         m: {type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [name, proto], \
         items: {type: object, required: [name], properties: {name: {type: string}, \
         proto: {type: string, default: TCP}}}}, \
         s: {type: array, x-kubernetes-list-type: set, items: {type: string}}}}";
    check(schema, "{m: [{name: a}, {name: a, proto: UDP}], s: [x, z]}", "");
    check(
        schema,
        "{m: [{name: a}, {name: a, proto: TCP}], s: [x, x]}",
        "duplicate-value: `spec.m[1]`: Duplicate value: {\"name\":\"a\",\"proto\":\"TCP\"}
duplicate-value: `spec.s[1]`: Duplicate value: \"x\"
",
    );
}

#[test]
fn combinations() {
    let schema = "{type: object, properties: {a: {type: string}, b: {type: string}}, \
         oneOf: [{required: [a]}, {required: [b]}]}";
    check(schema, "{a: x}", "");
    check(
        schema,
        "{a: x, b: x}",
        "invalid-value: `<nil>`: Invalid value: \"spec\" must validate one and only one schema (oneOf). \
         Found 2 valid alternatives\n",
    );
}

#[test]
fn rules_in_cel() {
    let schema = "{type: object, properties: {min: {type: integer}, max: {type: integer}}, \
         x-kubernetes-validations: [{rule: self.min <= self.max, message: min is above max}, \
         {rule: self.min == oldSelf.min}, {rule: 'url(self.min).getHost() == 1'}]}";
    check(schema, "{min: 1, max: 2}", "");
    check(schema, "{min: 3, max: 2}", "invalid-value: `spec`: Invalid value: min is above max\n");
}

#[test]
fn rules_that_cost_too_much_are_not_run() {
    let nested =
        |open: &str, close: &str| format!("{}true{} == false", open.repeat(500), close.repeat(500));
    let rules =
        [nested("(", ")"), nested("[", "]"), "self.l.all(x, self.l.all(y, x + y < 0))".to_owned()];
    let numbers = vec!["1"; 900].join(", ");
    for rule in rules {
        let schema = format!(
            "{{type: object, properties: {{l: {{type: array, items: {{type: integer}}}}}}, \
             x-kubernetes-validations: [{{rule: '{rule}'}}]}}"
        );
        check(&schema, &format!("{{l: [{numbers}]}}"), "");
    }
}

#[test]
fn metadata_is_typed() {
    let widget = "---\napiVersion: example.com/v1\nkind: Widget\n\
         metadata: {name: W, labels: {a: 1}, label: {}}\n";
    assert_eq!(
        say(&format!("{}{widget}", crd("{type: object}"))),
        "wrong-type: `metadata.labels.a` must be a string, not a number (write it in quotes, or \
         pass it through `quote` in the template)
warning unknown-field: unknown field `metadata.label`: ObjectMeta has no `label` (did you mean \
         `labels`?)
warning invalid-value: `metadata.name`: Invalid value: \"W\": a lowercase RFC 1123 subdomain must \
         consist of lower case alphanumeric characters, '-' or '.', and must start and end with an \
         alphanumeric character (e.g. 'example.com', regex used for validation is \
         '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*') (`w` would be valid)
"
    );
}

#[test]
fn kinds_and_versions_that_no_crd_has() {
    let object = |head: &str| format!("---\n{{{head}, metadata: {{name: w}}}}\n");
    let crd = crd("{type: object}");
    assert_eq!(
        say(&format!("{crd}{}", object("apiVersion: example.com/v2, kind: Widget"))),
        "unknown-kind: the CRD of `Widget` does not serve `example.com/v2` (use `apiVersion: \
         example.com/v1`)\n"
    );
    assert_eq!(
        say(&format!("{crd}{}", object("apiVersion: example.com/v1, kind: Gadget"))),
        "info crd-missing: no CRD at hand defines `Gadget` of `example.com/v1`: it is not checked \
         (name its CRD with `--crds`)\n"
    );
}

#[test]
fn schemas_must_be_structural() {
    check_schema("{type: object, properties: {a: {type: array, items: {type: string}}}}", "");
    let at = "spec.validation.openAPIV3Schema.properties[spec]";
    check_schema(
        "{properties: {a: {type: array}}}",
        &format!(
            "required-field: `{at}.properties[a].items`: Required value: must be specified
required-field: `{at}.type`: Required value: must not be empty for specified object fields
"
        ),
    );
    check_schema(
        "{type: object, additionalProperties: {type: string}, properties: {a: {type: strin}}}",
        &format!(
            "forbidden-field: `{at}.additionalProperties`: Forbidden: additionalProperties and \
             properties are mutual exclusive
unsupported-value: `{at}.properties[a].type`: Unsupported value: \"strin\": supported values: \
             \"array\", \"boolean\", \"integer\", \"number\", \"object\", \"string\"
"
        ),
    );
}

#[test]
fn crds_have_names_and_versions() {
    let crd = "apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widget.example.com}
spec:
  group: example.com
  scope: Namespace
  names: {plural: widgets, kind: Widget, listKind: Widget}
  versions:
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}
  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}
";
    assert_eq!(
        say(crd),
        "invalid-value: `metadata.name`: Invalid value: \"widget.example.com\": must be \
         spec.names.plural+\".\"+spec.group
unsupported-value: `spec.scope`: Unsupported value: \"Namespace\": supported values: \"Cluster\", \
         \"Namespaced\" (did you mean `Namespaced`?)
invalid-value: `spec.names.listKind`: Invalid value: \"Widget\": kind and listKind may not be the same
invalid-value: `spec.versions`: Invalid value: [{\"name\":\"v1\",\"schema\":{\"openAPIV3Schema\":{\
         \"type\":\"object\"}},\"served\":true,\"storage\":true},{\"name\":\"v1\",\"schema\":{\
         \"openAPIV3Schema\":{\"type\":\"object\"}},\"served\":true,\"storage\":true}]: must contain \
         unique version names
invalid-value: `spec.versions`: Invalid value: [{\"name\":\"v1\",\"schema\":{\"openAPIV3Schema\":{\
         \"type\":\"object\"}},\"served\":true,\"storage\":true},{\"name\":\"v1\",\"schema\":{\
         \"openAPIV3Schema\":{\"type\":\"object\"}},\"served\":true,\"storage\":true}]: must have \
         exactly one version marked as storage version
invalid-value: `status.storedVersions`: Invalid value: [\"v1\"]: must have the storage version v1
"
    );
}

const SPEC: &str = "spec.validation.openAPIV3Schema.properties[spec]";

#[test]
fn rules_make_messages_and_point_to_fields() {
    let schema = "{type: object, properties: {size: {type: integer}, d: {type: string, format: duration}}, \
         x-kubernetes-validations: [{rule: 'self.size < 5', messageExpression: \"'size is ' + \
         string(self.size)\", message: unused, fieldPath: .size, reason: FieldValueForbidden}, \
         {rule: \"self.d > duration('1m')\", message: too short}]}";
    check(schema, "{size: 1, d: 90s}", "");
    check(
        schema,
        "{size: 7, d: 30s}",
        "forbidden-field: `spec.size`: Forbidden: size is 7
invalid-value: `spec`: Invalid value: too short
",
    );
}

#[test]
fn rules_about_changes() {
    let schema = "{type: object, properties: {size: {type: integer, x-kubernetes-validations: \
         [{rule: self == oldSelf, message: size is immutable}]}, parts: {type: array, \
         x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [name], items: {type: object, \
         required: [name], properties: {name: {type: string}, size: {type: integer}}, \
         x-kubernetes-validations: [{rule: self.size >= oldSelf.size, message: parts cannot shrink}]}}}}";
    assert_eq!(say_update(schema, "{size: 1}", "{size: 1}"), "");
    assert_eq!(
        say_update(schema, "{size: 1}", "{size: 2}"),
        "invalid-value: `spec.size`: Invalid value: 2: size is immutable\n"
    );
    assert_eq!(say_update(schema, "{}", "{size: 2}"), "");
    assert_eq!(
        say_update(
            schema,
            "{parts: [{name: a, size: 1}, {name: b, size: 5}]}",
            "{parts: [{name: b, size: 4}, {name: a, size: 2}, {name: c, size: 0}]}"
        ),
        "invalid-value: `spec.parts[0]`: Invalid value: parts cannot shrink\n"
    );
}

#[test]
fn entries_of_maps_are_told_by_their_key() {
    let schema = "{type: object, properties: {m: {type: object, additionalProperties: {type: array, \
         x-kubernetes-list-type: set, items: {type: string, x-kubernetes-validations: \
         [{rule: self != 'x'}]}}}}}";
    check(schema, "{m: {k: [z, z]}}", "duplicate-value: `spec.m[k][1]`: Duplicate value: \"z\"\n");
    check(
        schema,
        "{m: {k: [x]}}",
        "invalid-value: `spec.m[k][0]`: Invalid value: \"x\": failed rule: self != 'x'\n",
    );
}

#[test]
fn patterns_are_those_of_go() {
    let schema = r"{type: object, properties: {s: {type: string, pattern: '^\d+$'}}}";
    check(schema, "{s: '12'}", "");
    check(
        schema,
        "{s: '١٢'}",
        "invalid-value: `spec.s`: Invalid value: \"١٢\": should match '^\\d+$'\n",
    );
    check_schema(
        "{type: object, properties: {s: {type: string, pattern: '^(?!x)'}}}",
        &format!(
            "invalid-value: `{SPEC}.properties[s].pattern`: Invalid value: \"^(?!x)\": must be a \
             valid regular expression, but isn't: error parsing regexp: invalid or unsupported Perl \
             syntax: `(?!`\n"
        ),
    );
}

#[test]
fn objects_within_resources() {
    let schema = "{type: object, properties: {pod: {type: object, \
         x-kubernetes-embedded-resource: true, x-kubernetes-preserve-unknown-fields: true}}}";
    check(schema, "{pod: {apiVersion: v1, kind: Pod, metadata: {labels: {a: b}}}}", "");
    check(
        schema,
        "{pod: {kind: A B, metadata: {labels: {a: b c}}}}",
        "required-field: `spec.pod.apiVersion`: Required value
invalid-value: `spec.pod.kind`: Invalid value: \"A B\": may have mixed case, but should otherwise \
         match: a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with \
         an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or \
         'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')
invalid-value: `spec.pod.metadata.labels`: Invalid value: \"b c\": a valid label must be an empty \
         string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an \
         alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for \
         validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?') (`b_c` would be valid)
",
    );
}

#[test]
fn defaults_must_fit_their_schema() {
    check_schema("{type: object, properties: {a: {type: integer, default: 5, maximum: 9}}}", "");
    check_schema(
        "{type: object, properties: {a: {type: integer, default: x}, b: {type: object, default: \
         {c: 1}, properties: {d: {type: string}}}, e: {type: string, enum: [x], default: z}}}",
        &format!(
            "wrong-type: `{SPEC}.properties[a].default`: Invalid value: \"x\": must be of type \
             integer: \"string\"
invalid-value: `{SPEC}.properties[b].default`: Invalid value: {{\"c\":1}}: must not have unknown fields
unsupported-value: `{SPEC}.properties[e].default`: Unsupported value: \"z\": supported values: \"x\"
"
        ),
    );
}

#[test]
fn items_of_a_default_are_told_as_fields() {
    check_schema(
        "{type: object, properties: {a: {type: array, default: [x], items: {type: integer}}}}",
        &format!(
            "wrong-type: `{SPEC}.properties[a].default.[0]`: Invalid value: \"x\": must be of type \
             integer: \"string\"\n"
        ),
    );
}

#[test]
fn rules_are_compiled_where_the_schema_is_sound() {
    let rule = |rule: &str| {
        format!(
            "{{type: object, properties: {{size: {{type: integer}}}}, x-kubernetes-validations: [{rule}]}}"
        )
    };
    let at = format!("{SPEC}.x-kubernetes-validations[0]");
    check_schema(&rule("{rule: self.size > 0 && has(self.size)}"), "");
    check_schema(
        &rule("{rule: self.size > limit}"),
        &format!(
            "invalid-value: `{at}.rule`: Invalid value: \"self.size > limit\": compilation failed: \
             undeclared reference to 'limit'\n"
        ),
    );
    check_schema(
        &rule("{rule: self.size > 0, fieldPath: .m, messageExpression: ' '}"),
        &format!(
            "required-field: `{at}.messageExpression`: Required value: messageExpression must be \
             non-empty if specified
invalid-value: `{at}.fieldPath`: Invalid value: \".m\": must be a valid path
"
        ),
    );
    check_schema(
        &rule("{rule: self.size > 0, optionalOldSelf: true}"),
        &format!(
            "invalid-value: `{at}.optionalOldSelf`: Invalid value: true: may not be set if oldSelf is \
             not used in rule\n"
        ),
    );
    let list = "{type: object, properties: {l: {type: array, items: {type: integer, \
         x-kubernetes-validations: [{rule: self == oldSelf}]}}}}";
    let part = format!("{SPEC}.properties[l]");
    check_schema(
        list,
        &format!(
            "invalid-value: `{part}.items.x-kubernetes-validations[0].rule`: Invalid value: \
             \"self == oldSelf\": oldSelf cannot be used on the uncorrelatable portion of the schema \
             within {part}\n"
        ),
    );
}

#[test]
fn nested_schemas_only_restrict() {
    check_schema(
        "{type: object, properties: {a: {x-kubernetes-int-or-string: true, anyOf: [{type: integer}, \
         {type: string}]}}}",
        "",
    );
    check_schema(
        "{type: object, additionalProperties: false, properties: {a: {type: string, oneOf: \
         [{anyOf: [{type: integer}, {type: string}]}]}}}",
        &format!(
            "forbidden-field: `{SPEC}.properties[a].oneOf[0].anyOf[0].type`: Forbidden: must be empty \
             to be structural
forbidden-field: `{SPEC}.properties[a].oneOf[0].anyOf[1].type`: Forbidden: must be empty to be structural
forbidden-field: `{SPEC}.additionalProperties`: Forbidden: additionalProperties and properties are \
             mutual exclusive
"
        ),
    );
}

#[test]
fn versions_name_what_can_be_selected_and_scaled() {
    let crd = |name: &str, version: &str| {
        format!(
            "apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: widgets.example.com}}
spec:
  group: example.com
  scope: Cluster
  names: {{plural: widgets, kind: Widget}}
  conversion: {{strategy: Webhook, webhook: {{conversionReviewVersions: [v1], clientConfig: {{service: \
             {{name: w, namespace: ns, port: 0}}}}}}}}
  versions:
  - name: {name}
    served: true
    storage: true
    schema: {{openAPIV3Schema: {{type: object, properties: {{spec: {{type: object, properties: {{a: \
             {{type: string}}, f: {{type: number}}}}}}}}}}}}
    {version}
"
        )
    };
    let port = "invalid-value: `spec.conversion.webhookClientConfig.service.port`: Invalid value: 0: \
         port is not valid: must be between 1 and 65535, inclusive\n";
    assert_eq!(say(&crd("v1", "selectableFields: [{jsonPath: .spec.a}]")), port);
    assert_eq!(
        say(&crd(
            "v1",
            "selectableFields: [{jsonPath: .spec.f}, {jsonPath: .spec.b}, {jsonPath: \".spec['a']\"}]"
        )),
        format!(
            "invalid-value: `spec.selectableFields[0].jsonPath`: Invalid value: \".spec.f\": must point \
             to a field of type string, boolean or integer. Enum string fields and strings with formats \
             are allowed.
invalid-value: `spec.selectableFields[1].jsonPath`: Invalid value: \".spec.b\": is an invalid path: \
             does not refer to a valid field
invalid-value: `spec.selectableFields[2].jsonPath`: Invalid value: \".spec['a']\": is an invalid \
             path: array notation is not allowed
{port}"
        )
    );
    let scale = "subresources: {scale: {specReplicasPath: .spec.r, statusReplicasPath: .status.r, \
         labelSelectorPath: .selector}}";
    assert_eq!(
        say(&crd("v1", scale)),
        format!(
            "invalid-value: `spec.subresources.scale.labelSelectorPath`: Invalid value: \".selector\": \
             should be a json path under either .spec or .status\n{port}"
        )
    );
    let name = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with \
         an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or \
         'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?') (`v1` would be valid)";
    assert_eq!(
        say(&crd("V1", "")),
        format!(
            "invalid-value: `spec.versions[0].name`: Invalid value: \"V1\": {name}
invalid-value: `spec.version`: Invalid value: \"V1\": {name}
{port}"
        )
    );
}

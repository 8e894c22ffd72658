//! Reads the types of custom resources out of the Rust that kopium generated from their CRDs, and
//! makes schemas of them again. What Rust's types do not say is lost: patterns, limits, defaults,
//! rules in CEL.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use serde_json::{Map, Value, json};

/// The kinds that charts ship most: a package, and files below its `src`. Those that embed whole
/// pods (Prometheus, ScaledJob, …) or all of a configuration (ScrapeConfig) are left out: they are large and rare.
const FILES: &[(&str, &[&str])] = &[
    ("kcr_autoscaling_k8s_io", &["v1/verticalpodautoscalers"]),
    ("kcr_cert_manager_io", &["v1/certificates", "v1/clusterissuers", "v1/issuers"]),
    ("kcr_external_secrets_io", &["v1/externalsecrets", "v1beta1/externalsecrets"]),
    (
        "kcr_gateway_networking_k8s_io",
        &[
            "v1/gateways",
            "v1/grpcroutes",
            "v1/httproutes",
            "v1beta1/gateways",
            "v1beta1/httproutes",
            "v1beta1/referencegrants",
        ],
    ),
    ("kcr_keda_sh", &["v1alpha1/scaledobjects", "v1alpha1/triggerauthentications"]),
    (
        "kcr_monitoring_coreos_com",
        &["v1/podmonitors", "v1/probes", "v1/prometheusrules", "v1/servicemonitors"],
    ),
    (
        "kcr_traefik_io",
        &["v1alpha1/ingressroutes", "v1alpha1/ingressroutetcps", "v1alpha1/middlewares"],
    ),
];

/// The schemas, one a line.
pub(super) fn generate(packages: &BTreeMap<String, PathBuf>) -> Result<Vec<u8>, String> {
    let mut lines = Vec::new();
    for (package, files) in FILES {
        let directory = packages.get(*package).ok_or_else(|| format!("no package {package}"))?;
        for file in *files {
            let path = directory.join(format!("src/{file}.rs"));
            let text = fs::read_to_string(&path)
                .map_err(|error| format!("{}: {error}", path.display()))?;
            lines.push(definition(&text).map_err(|error| format!("{}: {error}", path.display()))?);
        }
    }
    lines.sort();
    Ok(lines.iter().flat_map(|line| [line.as_bytes(), b"\n"].concat()).collect())
}

/// The line of the kind that a file defines; its name comes first, so that it can be found by that.
fn definition(text: &str) -> Result<String, String> {
    let (_, rest) = text.split_once("#[kube(").ok_or("no custom resource")?;
    let (attribute, rest) = rest.split_once(")]").unwrap_or((rest, ""));
    let of = |name: &str| {
        let value = attribute.split_once(&format!("{name} = \""));
        value.and_then(|(_, value)| value.split('"').next()).ok_or_else(|| format!("no `{name}`"))
    };
    let name = rest.split_once("\npub struct ").and_then(|(_, rest)| rest.split(" {").next());
    let spec = Types::read(text).schema(name.unwrap_or_default())?;
    let schema = json!({
        "type": "object",
        "properties": {
            "apiVersion": { "type": "string" },
            "kind": { "type": "string" },
            "metadata": { "type": "object" },
            "spec": spec,
            "status": { "type": "object", "x-kubernetes-preserve-unknown-fields": true },
        },
    });
    let [group, version, kind] = [of("group")?, of("version")?, of("kind")?];
    Ok(format!(r#"{{"is":"{group}/{version} {kind}","schema":{schema}}}"#))
}

/// The types that a file defines, by name.
struct Types<'a>(BTreeMap<&'a str, Type<'a>>);

enum Type<'a> {
    Struct(Vec<Field<'a>>),
    /// The texts that are allowed.
    Enum(Vec<&'a str>),
}

struct Field<'a> {
    name: &'a str,
    rust: &'a str,
}

impl<'a> Types<'a> {
    fn read(text: &'a str) -> Types<'a> {
        let mut types = BTreeMap::new();
        for (keyword, is_enum) in [("\npub struct ", false), ("\npub enum ", true)] {
            for piece in text.split(keyword).skip(1) {
                let (name, rest) = piece.split_once(" {").unwrap_or((piece, ""));
                let body = rest.split("\n}").next().unwrap_or_default();
                let read =
                    if is_enum { Type::Enum(variants(body)) } else { Type::Struct(fields(body)) };
                types.insert(name, read);
            }
        }
        Types(types)
    }

    /// The schema of a Rust type.
    fn schema(&self, rust: &str) -> Result<Value, String> {
        let inner = |wrapper: &str| rust.strip_prefix(wrapper)?.strip_suffix('>');
        if let Some(inner) = inner("Option<") {
            return self.schema(inner);
        }
        if let Some(item) = inner("Vec<") {
            return Ok(json!({ "type": "array", "items": self.schema(item)? }));
        }
        if let Some(value) = inner("BTreeMap<String, ") {
            return Ok(json!({ "type": "object", "additionalProperties": self.schema(value)? }));
        }
        Ok(match rust {
            "String" => json!({ "type": "string" }),
            "bool" => json!({ "type": "boolean" }),
            "i32" => json!({ "type": "integer", "format": "int32" }),
            "i64" => json!({ "type": "integer", "format": "int64" }),
            "f64" => json!({ "type": "number" }),
            "IntOrString" => json!({ "x-kubernetes-int-or-string": true }),
            "serde_json::Value" => json!({ "x-kubernetes-preserve-unknown-fields": true }),
            name => match self.0.get(name) {
                Some(Type::Enum(texts)) => json!({ "type": "string", "enum": texts }),
                Some(Type::Struct(fields)) => self.object(fields)?,
                None => return Err(format!("unknown type `{name}`")),
            },
        })
    }

    fn object(&self, fields: &[Field<'_>]) -> Result<Value, String> {
        let mut properties = Map::new();
        for field in fields {
            properties.insert(field.name.to_owned(), self.schema(field.rust)?);
        }
        let required = fields.iter().filter(|field| !field.rust.starts_with("Option<"));
        let required: Vec<&str> = required.map(|field| field.name).collect();
        let mut schema = json!({ "type": "object", "properties": properties });
        if !required.is_empty() {
            schema["required"] = json!(required);
        }
        Ok(schema)
    }
}

/// `pub name: Type,`, with the JSON name in an attribute before it where it differs.
fn fields(body: &str) -> Vec<Field<'_>> {
    let mut renamed = None;
    let mut fields = Vec::new();
    for line in body.lines() {
        renamed = rename(line).or(renamed);
        if let Some((ident, rust)) =
            line.strip_prefix("    pub ").and_then(|line| line.split_once(": "))
        {
            let name = renamed.take().unwrap_or(ident.trim_start_matches("r#"));
            fields.push(Field { name, rust: rust.trim_end_matches(',') });
        }
    }
    fields
}

fn variants(body: &str) -> Vec<&str> {
    let mut renamed = None;
    let mut variants = Vec::new();
    for line in body.lines().map(str::trim) {
        renamed = rename(line).or(renamed);
        if let Some(ident) = line.strip_suffix(',').filter(|ident| !ident.contains(' ')) {
            variants.push(renamed.take().unwrap_or(ident));
        }
    }
    variants
}

fn rename(line: &str) -> Option<&str> {
    let attribute = line.trim().strip_prefix("#[serde(")?;
    attribute.split_once("rename = \"")?.1.split('"').next()
}

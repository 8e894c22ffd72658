//! Reads the definitions out of k8s-openapi's generated Rust.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The definitions of one Kubernetes version by Rust path, such as `api::core::v1::Container`.
pub(crate) type Definitions = BTreeMap<String, Definition>;

pub(crate) struct Definition {
    pub(crate) fields: Vec<Field>,
    pub(crate) kind: Option<Kind>,
}

pub(crate) struct Field {
    /// As JSON spells it.
    pub(crate) name: String,
    pub(crate) shape: Shape,
    pub(crate) merge: Merge,
    /// The Go struct that Kubernetes embeds to get this field, see [`super::patches`].
    pub(crate) embedded: &'static str,
}

#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Shape {
    Scalar(Scalar),
    /// Another definition, by its Rust path.
    Struct(String),
    List(Box<Shape>),
    Map(Box<Shape>),
}

/// The numbers are the format's.
#[derive(Copy, Clone, PartialEq, Eq)]
pub(crate) enum Scalar {
    String = 0,
    Bool = 1,
    Int32 = 2,
    Int64 = 3,
    Float = 4,
    /// Base64 text.
    Bytes = 5,
    Quantity = 6,
    IntOrString = 7,
    Time = 8,
    MicroTime = 9,
    /// Any JSON: `RawExtension`, `FieldsV1`, `JSON`.
    Any = 10,
    /// `JSONSchemaPropsOrBool`, `…OrArray`, `…OrStringArray`.
    SchemaOrBool = 11,
    SchemaOrArray = 12,
    SchemaOrStrings = 13,
}

/// How a strategic merge patch changes the field.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) enum Merge {
    /// Structs and maps merge, all else is replaced.
    #[default]
    Plain,
    /// A list of objects that are told apart by this key.
    Map(String),
    /// A list of scalars that are added to what is there.
    Set,
    /// A struct whose keys that the patch does not list are dropped.
    RetainKeys,
    /// Both: a list by key, whose items keep the listed keys only.
    MapRetainKeys(String),
}

/// An object that can be sent to the API server.
pub(crate) struct Kind {
    pub(crate) api_version: String,
    pub(crate) kind: String,
    pub(crate) scope: Scope,
    /// Its `…List`, if it can be listed.
    pub(crate) list: Option<String>,
}

/// The numbers are the format's.
#[derive(Copy, Clone, PartialEq, Eq)]
pub(crate) enum Scope {
    Namespace = 0,
    Cluster = 1,
    /// Can only be sent to a path below another object: `Eviction`, `Scale`.
    Subresource = 2,
}

/// Reads all definitions below `directory`, k8s-openapi's `src/v1_*`.
pub(super) fn read(directory: &Path) -> Result<Definitions, String> {
    let mut definitions = Definitions::new();
    for top in ["api", "apiextensions_apiserver", "apimachinery", "kube_aggregator"] {
        read_directory(&directory.join(top), top, &mut definitions)?;
    }
    Ok(definitions)
}

fn read_directory(directory: &Path, module: &str, into: &mut Definitions) -> Result<(), String> {
    let entries =
        fs::read_dir(directory).map_err(|error| format!("{}: {error}", directory.display()))?;
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() {
            read_directory(&path, &format!("{module}::{name}"), into)?;
        } else if name != "mod.rs" {
            let text = fs::read_to_string(&path)
                .map_err(|error| format!("{}: {error}", path.display()))?;
            if let Some((name, definition)) =
                read_definition(&text).map_err(|error| format!("{}: {error}", path.display()))?
            {
                into.insert(format!("{module}::{name}"), definition);
            }
        }
    }
    Ok(())
}

/// The struct that a file defines; None for the few enums and aliases, which [`parse_shape`]
/// knows by name.
fn read_definition(text: &str) -> Result<Option<(String, Definition)>, String> {
    let Some(start) = text.find("\npub struct ") else { return Ok(None) };
    let head = text[start + 1..].lines().next().unwrap_or_default();
    let name: String = head
        .trim_start_matches("pub struct ")
        .chars()
        .take_while(|c| c.is_alphanumeric())
        .collect();
    let mut fields = Vec::new();
    if head.ends_with('{') {
        let body = text[start..].split_once("{\n").map_or("", |(_, rest)| rest);
        let body = body.split("\n}\n").next().unwrap_or_default();
        for line in body.lines() {
            if let Some((ident, shape)) =
                line.strip_prefix("    pub ").and_then(|line| line.split_once(": "))
            {
                fields.push(Field {
                    name: json_name(text, ident)?,
                    shape: parse_shape(shape.trim_end_matches(','))?,
                    merge: parse_merge(text, ident),
                    embedded: "",
                });
            }
        }
    }
    Ok(Some((name.clone(), Definition { fields, kind: read_kind(text, &name) })))
}

/// The JSON spelling of a Rust field, from the deserializer's `"hostIP" => Field::Key_host_ip`.
fn json_name(text: &str, ident: &str) -> Result<String, String> {
    let marker = format!("\" => Field::Key_{ident},");
    let end = text.find(&marker).ok_or_else(|| format!("no JSON name of `{ident}`"))?;
    let start = text[..end].rfind('"').ok_or_else(|| format!("no JSON name of `{ident}`"))?;
    Ok(text[start + 1..end].to_owned())
}

fn parse_shape(rust: &str) -> Result<Shape, String> {
    for (wrapper, wrap) in WRAPPERS {
        if let Some(inner) = rust.strip_prefix(wrapper).and_then(|rest| rest.strip_suffix('>')) {
            return parse_shape(inner).map(wrap);
        }
    }
    if let Some(&(_, scalar)) = SCALARS.iter().find(|(name, _)| *name == rust) {
        return Ok(Shape::Scalar(scalar));
    }
    match rust.strip_prefix("crate::") {
        Some(path) => Ok(Shape::Struct(path.to_owned())),
        None => Err(format!("unknown type `{rust}`")),
    }
}

type Wrap = fn(Shape) -> Shape;

const WRAPPERS: &[(&str, Wrap)] = &[
    ("Option<", |shape| shape),
    ("Box<", |shape| shape),
    ("std::boxed::Box<", |shape| shape),
    ("Vec<", |shape| Shape::List(Box::new(shape))),
    ("std::vec::Vec<", |shape| Shape::List(Box::new(shape))),
    ("std::collections::BTreeMap<String, ", |shape| Shape::Map(Box::new(shape))),
    ("std::collections::BTreeMap<std::string::String, ", |shape| Shape::Map(Box::new(shape))),
];

const SCALARS: &[(&str, Scalar)] = &[
    ("String", Scalar::String),
    ("std::string::String", Scalar::String),
    ("bool", Scalar::Bool),
    ("i32", Scalar::Int32),
    ("i64", Scalar::Int64),
    ("f64", Scalar::Float),
    ("crate::ByteString", Scalar::Bytes),
    ("crate::apimachinery::pkg::api::resource::Quantity", Scalar::Quantity),
    ("crate::apimachinery::pkg::util::intstr::IntOrString", Scalar::IntOrString),
    ("crate::apimachinery::pkg::apis::meta::v1::Time", Scalar::Time),
    ("crate::apimachinery::pkg::apis::meta::v1::MicroTime", Scalar::MicroTime),
    ("crate::apimachinery::pkg::apis::meta::v1::FieldsV1", Scalar::Any),
    ("crate::apimachinery::pkg::runtime::RawExtension", Scalar::Any),
    ("crate::apiextensions_apiserver::pkg::apis::apiextensions::v1::JSON", Scalar::Any),
    (
        "crate::apiextensions_apiserver::pkg::apis::apiextensions::v1::JSONSchemaPropsOrBool",
        Scalar::SchemaOrBool,
    ),
    (
        "crate::apiextensions_apiserver::pkg::apis::apiextensions::v1::JSONSchemaPropsOrArray",
        Scalar::SchemaOrArray,
    ),
    (
        "crate::apiextensions_apiserver::pkg::apis::apiextensions::v1::JSONSchemaPropsOrStringArray",
        Scalar::SchemaOrStrings,
    ),
];

/// The merge strategy of a list, from the body of `DeepMerge`. The keys are fields of the items,
/// still spelled as in Rust; [`super::patches::apply`] translates them. Claim templates, which
/// k8s-openapi tells apart by `metadata.name`, have no key in Go: a patch replaces them.
fn parse_merge(text: &str, ident: &str) -> Merge {
    let list_map =
        format!("&mut self.{ident},\n            other.{ident},\n            &[|lhs, rhs| lhs.");
    if let Some(at) = text.find(&list_map) {
        let key = text[at + list_map.len()..].split(' ').next().unwrap_or_default();
        return if key.contains(['.', '(']) { Merge::Plain } else { Merge::Map(key.to_owned()) };
    }
    let set = format!("list::set(&mut self.{ident}, ");
    if text.contains(&set) { Merge::Set } else { Merge::Plain }
}

fn read_kind(text: &str, name: &str) -> Option<Kind> {
    let start = text.find(&format!("impl crate::Resource for {name} {{"))?;
    let body = text[start..].split("\n}\n").next()?;
    let scope = match body.split("type Scope = crate::").nth(1)?.split(';').next()? {
        "NamespaceResourceScope" => Scope::Namespace,
        "ClusterResourceScope" => Scope::Cluster,
        _ => Scope::Subresource,
    };
    let constant = |text: &str, name: &str| {
        let value = text.split(&format!("const {name}: &'static str = \"")).nth(1)?;
        value.split('"').next().map(str::to_owned)
    };
    Some(Kind {
        api_version: constant(body, "API_VERSION")?,
        kind: constant(body, "KIND")?,
        scope,
        list: constant(text, "LIST_KIND"),
    })
}

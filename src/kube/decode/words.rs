//! What the decoder's faults say, and what helps.

use super::super::Version;
use super::super::crd::Unknown;
use super::super::types::{Scalar, Shape, Struct, Type};
use super::Fault;
use crate::diagnostic::Cause;
use crate::nearest::nearest;
use crate::yaml::{Kind, Node};

/// A value of another JSON type than the field's. The values of maps are not shown: they may be
/// those of a Secret.
pub(super) fn wrong_type(
    field: String,
    (at, in_map): (&str, bool),
    node: Node<'_>,
    shape: Shape,
) -> Fault {
    let (expected, found) =
        (expected(shape), if in_map { kind_of(node).to_owned() } else { found(node) });
    Fault {
        rule: "wrong-type",
        cause: Cause::TypeInvalid,
        field,
        at: at.to_owned(),
        message: format!("`{at}` must be {expected}, not {found}"),
        help: wrong_type_help(node, shape).map(str::to_owned),
        span: node.span(),
    }
}

/// A text that does not say what it should, such as a quantity.
pub(super) fn bad_text(at: &str, node: Node<'_>, rule: &'static str, reason: &str) -> Fault {
    // Base64 is what Secrets hold.
    let found = if rule == "bad-base64" { String::new() } else { format!(" has {}", found(node)) };
    Fault {
        rule,
        cause: Cause::TypeInvalid,
        field: String::new(),
        at: at.to_owned(),
        message: format!("`{at}`{found}: {reason}"),
        help: None,
        span: node.span(),
    }
}

/// A field that the type does not have.
pub(super) fn unknown_field(
    field: String,
    key: Node<'_>,
    name: &str,
    of: Struct,
    version: Version,
) -> Fault {
    Fault {
        rule: "unknown-field",
        cause: Cause::UnknownField,
        message: format!("unknown field `{field}`: {} has no `{name}`", of.name()),
        at: field.clone(),
        field,
        help: unknown_field_help(of, name, version),
        span: key.span(),
    }
}

/// A field that the schema of a CRD does not have.
pub(crate) fn unknown_custom_field(unknown: Unknown) -> Fault {
    let Unknown { path: field, name, .. } = unknown;
    let known = nearest(&name, unknown.known.iter().map(String::as_str));
    Fault {
        rule: "unknown-field",
        cause: Cause::UnknownField,
        message: format!("unknown field `{field}`: its CRD has no `{name}`"),
        help: known.map(|known| format!("did you mean `{known}`?")),
        at: field.clone(),
        field,
        span: unknown.span,
    }
}

fn unknown_field_help(of: Struct, name: &str, version: Version) -> Option<String> {
    let has_it = |minor: &u8| of.field(name, Version::new(*minor)).is_some();
    let version = version.tabled();
    if let Some(since) = (version.minor..=Version::NEWEST.minor).find(has_it) {
        return Some(format!("`{name}` exists since Kubernetes 1.{since}"));
    }
    if let Some(last) = (Version::OLDEST.minor..version.minor).rev().find(has_it) {
        return Some(format!("`{name}` was last in Kubernetes 1.{last}"));
    }
    let known = nearest(name, of.fields(version).map(|field| field.name))?;
    Some(format!("did you mean `{known}`?"))
}

/// What to do about scalars that YAML takes for another type than their author meant.
fn wrong_type_help(node: Node<'_>, shape: Shape) -> Option<&'static str> {
    let Shape::One(Type::Scalar(scalar)) = shape else {
        let is_list = matches!(shape, Shape::List(_));
        return (is_list && node.kind() != Kind::Map).then_some("start the item with `- `");
    };
    let text = node.as_str();
    match (scalar, node.kind()) {
        (Scalar::String | Scalar::Bytes, Kind::Number | Kind::Bool) => {
            Some("write it in quotes, or pass it through `quote` in the template")
        }
        (Scalar::Int32 | Scalar::Int64 | Scalar::Float, Kind::String)
            if text.is_some_and(|text| text.parse::<f64>().is_ok()) =>
        {
            Some("write it without quotes")
        }
        (Scalar::Bool, Kind::String) if matches!(text, Some("true" | "false")) => {
            Some("write it without quotes")
        }
        _ => None,
    }
}

fn expected(shape: Shape) -> String {
    match shape {
        Shape::One(Type::Struct(of)) => format!("a map ({})", of.name()),
        Shape::One(Type::Scalar(scalar)) => scalar_name(scalar).to_owned(),
        Shape::List(item) => format!("a list of {}", plural(item)),
        Shape::Map(item) => format!("a map of {}", plural(item)),
        Shape::MapOfLists(item) => format!("a map of lists of {}", plural(item)),
    }
}

fn scalar_name(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::String => "a string",
        Scalar::Bool => "true or false",
        Scalar::Int32 => "an integer of 32 bits",
        Scalar::Int64 => "an integer",
        Scalar::Float => "a number",
        Scalar::Bytes => "a string in base64",
        Scalar::Quantity => "a quantity",
        Scalar::IntOrString => "an integer or a string",
        Scalar::Time | Scalar::MicroTime => "a time",
        Scalar::SchemaOrBool => "a schema, true or false",
        Scalar::SchemaOrArray => "a schema or a list of schemas",
        Scalar::SchemaOrStrings => "a schema or a list of strings",
        Scalar::Any => "any value",
    }
}

fn plural(item: Type) -> &'static str {
    match item {
        Type::Struct(of) => of.name(),
        Type::Scalar(Scalar::String) => "strings",
        Type::Scalar(Scalar::Bool) => "booleans",
        Type::Scalar(Scalar::Int32 | Scalar::Int64) => "integers",
        Type::Scalar(Scalar::Float) => "numbers",
        Type::Scalar(Scalar::Bytes) => "strings in base64",
        Type::Scalar(Scalar::Quantity) => "quantities",
        Type::Scalar(Scalar::IntOrString) => "integers or strings",
        Type::Scalar(Scalar::Time | Scalar::MicroTime) => "times",
        Type::Scalar(
            Scalar::Any | Scalar::SchemaOrBool | Scalar::SchemaOrArray | Scalar::SchemaOrStrings,
        ) => "values",
    }
}

/// A value as a message shows it: scalars themselves, the rest by its type.
fn found(node: Node<'_>) -> String {
    match node.kind() {
        Kind::Null => "null".to_owned(),
        Kind::Bool => format!("the boolean {}", node.as_bool().unwrap_or_default()),
        Kind::Number => match (node.as_i64(), node.as_f64()) {
            (Some(number), _) => format!("the number {number}"),
            (None, Some(number)) => format!("the number {number}"),
            (None, None) => "a number".to_owned(),
        },
        Kind::String => format!("the string {}", shortened(node.as_str().unwrap_or_default())),
        Kind::Seq | Kind::Map => kind_of(node).to_owned(),
    }
}

fn kind_of(node: Node<'_>) -> &'static str {
    match node.kind() {
        Kind::Null => "null",
        Kind::Bool => "a boolean",
        Kind::Number => "a number",
        Kind::String => "a string",
        Kind::Seq => "a list",
        Kind::Map => "a map",
    }
}

/// How much of a string a message shows.
const SHOWN_CHARS: usize = 40;

fn shortened(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN_CHARS).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    format!("{shown:?}")
}

//! The `String` and `GoString` methods of the Go types that templates meet.

use crate::value::time::{duration_text, month_name, weekday_name};
use crate::value::{Rare, Struct, Value};

/// What the value's `Error` or `String` method returns, if its type has one.
pub(crate) fn string(value: &Value) -> Option<String> {
    match value.as_rare()? {
        Rare::Sized("time.Month", month) => Some(month_name(*month)),
        Rare::Sized("time.Weekday", day) => Some(weekday_name(*day)),
        Rare::Sized("time.Duration", nanos) => Some(duration_text(*nanos as i64)),
        Rare::Time(time) => Some(time.to_string()),
        Rare::Struct(value) => match value.type_name {
            "*semver.Version" | "semver.Version" => Some(version(value)),
            "*common.KubeVersion" => Some(field(value, "normalizedVersion")),
            _ => None,
        },
        Rare::Complex(..) | Rare::Sized(..) | Rare::Bytes(_) | Rare::Files(_) => None,
    }
}

/// What the `String` method returns where text/template may take the value's address.
pub(crate) fn output_string(value: &Value, target: &Struct) -> Option<String> {
    match target.type_name {
        "common.KubeVersion" if target.addressable => Some(field(target, "normalizedVersion")),
        _ => string(value),
    }
}

/// What the value's `GoString` method returns, if its type has one.
pub(crate) fn go_string(value: &Value) -> Option<String> {
    let Rare::Time(time) = value.as_rare()? else { return None };
    Some(time.go_syntax())
}

fn field(value: &Struct, name: &str) -> String {
    let text = |value: &Value| match value.as_rare() {
        Some(Rare::Sized(_, int)) => int.to_string(),
        _ => String::from_utf8_lossy(value.as_str().unwrap_or_default()).into_owned(),
    };
    value.fields.iter().find(|(field, _)| *field == name).map_or_else(String::new, |(_, v)| text(v))
}

/// `Version.String` in Masterminds/semver.
fn version(value: &Struct) -> String {
    let [major, minor, patch, pre, metadata] =
        ["major", "minor", "patch", "pre", "metadata"].map(|name| field(value, name));
    let mut text = format!("{major}.{minor}.{patch}");
    for (mark, part) in [('-', pre), ('+', metadata)] {
        if !part.is_empty() {
            text.push(mark);
            text.push_str(&part);
        }
    }
    text
}

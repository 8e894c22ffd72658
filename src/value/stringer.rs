//! The `String` and `GoString` methods of the Go types that templates meet.

use crate::value::runes::lossy;
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
            "*common.KubeVersion" => Some(kube_version(value)),
            "*time.Location" => Some(field(value, "name")),
            _ => None,
        },
        Rare::Complex(..) | Rare::Sized(..) | Rare::Bytes(_) | Rare::Files(_) => None,
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
        _ => lossy(value.as_str().unwrap_or_default()),
    };
    value.fields.iter().find(|(field, _)| *field == name).map_or_else(String::new, |(_, v)| text(v))
}

/// `KubeVersion.String` in `pkg/chart/common/capabilities.go`.
fn kube_version(value: &Struct) -> String {
    let normalized = field(value, "normalizedVersion");
    if normalized.is_empty() { field(value, "Version") } else { normalized }
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

//! Values that the schema of the chart does not describe.

use serde_json::Value;

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::chart_files::ChartFiles;
use crate::rules::{Check, Level, Rule};
use crate::yaml::{Entry, Node};

pub(crate) const RULE: Rule = Rule {
    name: "schema-misses-value",
    group: Group::Chart,
    summary: "Values that the schema of the chart does not describe",
    severity: Severity::Info,
    level: Level::Strict,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("schema_misses_value.md"),
    check: Check::Chart(check),
};

fn check(files: &ChartFiles<'_>, sink: &mut Sink) {
    let Some(schema) = files.chart.schema else { return };
    let Ok(schema) = serde_json::from_slice::<Value>(files.text(schema)) else { return };
    for root in files.defaults() {
        missing(root, &schema, String::new(), sink);
    }
}

/// Reports the entries that a schema with `properties` does not name, and looks below the others.
fn missing(node: Node<'_>, schema: &Value, path: String, sink: &mut Sink) {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return };
    let open = ["$ref", "patternProperties", "allOf", "anyOf", "oneOf"];
    let open = open.iter().any(|key| schema.get(key).is_some())
        || schema.get("additionalProperties").is_some_and(Value::is_object);
    for entry in node.entries() {
        let Some(name) = entry.key.as_str() else { continue };
        let path = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        match properties.get(name) {
            Some(property) => missing(entry.value, property, path, sink),
            None if open => {}
            None => sink.report(undescribed(entry, &path)),
        }
    }
}

fn undescribed(entry: Entry<'_>, path: &str) -> Diagnostic {
    RULE.finding_in(entry.key.span(), format!("`values.schema.json` does not describe `{path}`"))
}

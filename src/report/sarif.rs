//! SARIF 2.1.0 (OASIS standard), as GitHub code scanning and editors read it.
//!
//! The template line is the primary location; the lines that set its values and the rendered line are
//! related locations; the chain of includes is a code flow, outermost call first.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::diagnostic::Severity;
use crate::report::{Finding, Location, Report};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let rules: indexmap::IndexSet<&str> =
        report.findings.iter().map(|finding| finding.rule.as_str()).collect();
    let results: Vec<Value> = report
        .findings
        .iter()
        .map(|finding| result(finding, rules.get_index_of(finding.rule.as_str())))
        .collect();
    let document = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "chartc",
                "version": env!("CARGO_PKG_VERSION"),
                "informationUri": super::HOME,
                "rules": rules.iter().map(|name| rule(name, report)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": {
                RENDERED: {"description": {"text": "What the templates render; there are no such files."}},
            },
            "results": results,
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn rule(name: &str, report: &Report) -> Value {
    let known = crate::rules::find(name);
    let sample = report.findings.iter().find(|finding| finding.rule == name);
    let summary = known.map_or(name, |rule| rule.summary);
    let mut rule = json!({
        "id": name,
        "shortDescription": {"text": summary},
        "properties": {"tags": sample.map(|finding| finding.group.name()).into_iter().collect::<Vec<_>>()},
    });
    if let Some(known) = known {
        rule["helpUri"] = json!(super::page(name));
        rule["help"] = json!({"text": known.page, "markdown": known.page});
        rule["defaultConfiguration"] = json!({"level": level(known.severity)});
    }
    rule
}

fn result(finding: &Finding, index: Option<usize>) -> Value {
    let mut related: Vec<Value> = finding
        .values
        .iter()
        .filter(|value| !value.location.is_flag)
        .map(|value| noted(&value.location, &format!("{} is set here", value.key)))
        .collect();
    related.extend(finding.labels.iter().map(|(at, note)| noted(at, note)));
    let mut text = finding.message.clone();
    if let Some(help) = &finding.help {
        text.push_str(": ");
        text.push_str(help);
    }
    related.extend(rendered(finding));
    for (id, location) in related.iter_mut().enumerate() {
        location["id"] = json!(id);
    }
    let mut location = finding.in_file().map_or_else(|| anchor(finding), place);
    if let Some(object) = &finding.object {
        let name = match &finding.field {
            Some(field) => format!("{}: {field}", super::full::object(object)),
            None => super::full::object(object),
        };
        location["logicalLocations"] = json!([{"fullyQualifiedName": name, "kind": "resource"}]);
    }
    let mut result = json!({
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": level(finding.severity),
        "message": {"text": text},
        "locations": [location],
        "relatedLocations": related,
        "partialFingerprints": {"chartc/v1": finding.fingerprint()},
        "properties": properties(finding),
    });
    if let (Some(at), false) = (finding.in_file(), finding.stack.is_empty()) {
        result["codeFlows"] = json!([{"threadFlows": [{"locations": flow(finding, at)}]}]);
    }
    result
}

/// The calls, outermost first, then the line itself.
fn flow(finding: &Finding, at: &Location) -> Vec<Value> {
    let calls = finding.stack.iter().rev().map(|frame| noted(&frame.location, &frame.call));
    calls
        .chain([noted(at, &finding.message)])
        .map(|location| json!({"location": location}))
        .collect()
}

fn properties(finding: &Finding) -> Value {
    json!({
        "chart": finding.chart_path(),
        "cases": finding.cases,
        "kubeVersions": finding.kube_versions,
    })
}

/// The base of the paths of rendered text.
const RENDERED: &str = "RENDERED";

fn rendered(finding: &Finding) -> Option<Value> {
    let rendered = finding.rendered.as_ref().filter(|_| finding.location.is_some())?;
    let mut location = noted(&rendered.location, "rendered here");
    location["physicalLocation"]["artifactLocation"] =
        json!({"uri": uri(&rendered.document), "uriBaseId": RENDERED});
    Some(location)
}

/// Consumers drop results that are nowhere.
fn anchor(finding: &Finding) -> Value {
    let (file, line) = finding.anchor();
    json!({"physicalLocation": {
        "artifactLocation": {"uri": uri(&file)},
        "region": {"startLine": line},
    }})
}

fn noted(at: &Location, note: &str) -> Value {
    let mut location = place(at);
    location["message"] = json!({"text": note});
    location
}

fn place(at: &Location) -> Value {
    json!({"physicalLocation": {
        "artifactLocation": {"uri": uri(&at.file)},
        "region": {
            "startLine": at.line,
            "startColumn": at.column,
            "endLine": at.end_line,
            "endColumn": at.end_column,
        },
    }})
}

/// A relative reference (RFC 3986): what is no path character is percent-encoded.
fn uri(path: &str) -> String {
    let keep = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=@".contains(byte);
    path.bytes()
        .map(|byte| if keep(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

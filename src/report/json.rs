//! The JSON of `--output-format json`: one object, version 1 (`PRODUCT.md`, machine-readable output).

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::diagnostic::ObjectRef;
use crate::report::{Change, Finding, Location, Report, ValueLocation};

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let summary = &report.summary;
    let mut document = json!({
        "version": 1,
        "findings": report.findings.iter().map(finding).collect::<Vec<_>>(),
        "summary": {
            "charts": summary.charts,
            "cases": summary.cases,
            "objects": summary.objects,
            "errors": summary.errors,
            "warnings": summary.warnings,
            "infos": summary.infos,
        },
    });
    if let Some(changes) = &report.changes {
        document["changes"] = changes.iter().map(change).collect();
    }
    serde_json::to_writer(&mut *out, &document)?;
    writeln!(out)
}

fn change(change: &Change) -> Value {
    json!({
        "action": change.action.name(),
        "object": object(&change.object),
        "location": change.location.as_ref().map(location),
        "fields": change.fields.iter().map(|field| {
            json!({
                "field": field.field,
                "old": field.old,
                "new": field.new,
                "location": field.location.as_ref().map(location),
            })
        }).collect::<Vec<_>>(),
        "case": change.case,
    })
}

/// One finding on each line, nothing else.
pub(super) fn write_lines(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for one in &report.findings {
        serde_json::to_writer(&mut *out, &finding(one))?;
        writeln!(out)?;
    }
    Ok(())
}

pub(super) fn finding(finding: &Finding) -> Value {
    json!({
        "rule": finding.rule,
        "group": finding.group.name(),
        "severity": finding.severity.name(),
        "message": finding.message,
        "help": finding.help,
        "detail": finding.detail,
        "url": super::url(finding),
        "location": finding.location.as_ref().map(location),
        "stack": finding.stack.iter().map(|frame| {
            let at = &frame.location;
            json!({"file": at.file, "line": at.line, "column": at.column, "call": frame.call})
        }).collect::<Vec<_>>(),
        "values": finding.values.iter().map(value).collect::<Vec<_>>(),
        "rendered": finding.rendered.as_ref().map(|rendered| {
            let at = &rendered.location;
            json!({"document": rendered.document, "line": at.line, "column": at.column})
        }),
        "object": finding.object.as_ref().map(object),
        "field": finding.field,
        "cause": finding.cause.map(|cause| cause.name()),
        "chart": finding.chart_path(),
        "case": finding.cases.first(),
        "cases": finding.cases,
        "kube_versions": finding.kube_versions,
        "fingerprint": finding.fingerprint(),
    })
}

pub(super) fn value(value: &ValueLocation) -> Value {
    let at = &value.location;
    json!({"key": value.key, "file": at.file, "line": at.line, "column": at.column})
}

pub(super) fn location(at: &Location) -> Value {
    json!({
        "file": at.file,
        "line": at.line,
        "column": at.column,
        "end_line": at.end_line,
        "end_column": at.end_column,
    })
}

fn object(object: &ObjectRef) -> Value {
    json!({
        "api_version": object.api_version,
        "kind": object.kind,
        "namespace": object.namespace,
        "name": object.name,
    })
}

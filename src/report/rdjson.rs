//! Reviewdog's `rdjson` (its `reviewdog.rdf.DiagnosticResult` as JSON).

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::diagnostic::Severity;
use crate::report::{Finding, Location, Report};

pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let document = json!({
        "source": {"name": "chartc", "url": super::HOME},
        "diagnostics": report.findings.iter().map(diagnostic).collect::<Vec<_>>(),
    });
    serde_json::to_writer(&mut *out, &document)?;
    writeln!(out)
}

fn diagnostic(finding: &Finding) -> Value {
    let mut code = json!({"value": finding.rule});
    if let Some(url) = super::url(finding) {
        code["url"] = json!(url);
    }
    let mut diagnostic = json!({
        "message": super::paragraph(finding),
        "severity": match finding.severity {
            Severity::Info => "INFO",
            Severity::Warning => "WARNING",
            Severity::Error => "ERROR",
        },
        "code": code,
    });
    diagnostic["location"] = match finding.in_file() {
        Some(at) => location(at),
        None => {
            let (path, line) = finding.anchor();
            json!({"path": path, "range": {"start": {"line": line}}})
        }
    };
    let values = finding.values.iter().filter(|value| !value.location.is_flag);
    let related: Vec<Value> = values
        .map(|value| json!({"message": format!("{} is set here", value.key), "location": location(&value.location)}))
        .collect();
    if !related.is_empty() {
        diagnostic["related_locations"] = json!(related);
    }
    diagnostic
}

/// Columns are bytes, and the end is exclusive.
fn location(at: &Location) -> Value {
    let (column, end_column) = at.byte_columns;
    json!({
        "path": at.file,
        "range": {
            "start": {"line": at.line, "column": column},
            "end": {"line": at.end_line, "column": end_column},
        },
    })
}

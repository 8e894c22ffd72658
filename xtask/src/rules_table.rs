//! What each rule finds in the public charts with their own values: `tests/rules/public_charts.md`.
//!
//! The counts are measured; what a reader made of the findings is kept.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::conformance::parallel;

/// What was counted of one rule at one severity.
#[derive(Default)]
struct Count {
    charts: usize,
    findings: usize,
}

/// Severity (the worst first), rule.
type Row = (u8, String);

/// The table, with the notes of the one that was there before.
pub(crate) fn table(binary: &Path, data: &Path, before: &str) -> Result<String, String> {
    let base = data.join("charts");
    let charts = charts(&base)?;
    let reports = parallel(&charts, |chart| findings(binary, &base, chart));
    let mut counts: BTreeMap<Row, Count> = BTreeMap::new();
    let mut loud = Vec::new();
    for report in reports {
        let found = report?;
        loud.push(found.iter().filter(|(severity, _)| *severity < INFO).count());
        let distinct: BTreeSet<&Row> = found.iter().collect();
        distinct.into_iter().for_each(|row| counts.entry(row.clone()).or_default().charts += 1);
        found.into_iter().for_each(|row| counts.entry(row).or_default().findings += 1);
    }
    loud.sort_unstable();
    let median = loud.get(loud.len() / 2).copied().unwrap_or_default();
    Ok(text(charts.len(), median, counts, &notes(before)))
}

const INFO: u8 = 2;

/// The charts that Helm renders.
fn charts(base: &Path) -> Result<Vec<String>, String> {
    let path = base.join("cases.jsonl");
    let text =
        std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let cases: Vec<Value> =
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let rendered = cases.iter().filter(|case| case["status"] == "ok");
    let charts: BTreeSet<String> =
        rendered.filter_map(|case| case["chart"].as_str().map(str::to_owned)).collect();
    Ok(charts.into_iter().collect())
}

fn findings(binary: &Path, base: &Path, chart: &str) -> Result<Vec<Row>, String> {
    let mut command = Command::new(binary);
    command.args(["check", "--output-format", "json", chart]).current_dir(base);
    let done = command.output().map_err(|error| error.to_string())?;
    let report: Value =
        serde_json::from_slice(&done.stdout).map_err(|error| format!("{chart}: {error}"))?;
    let found = report["findings"].as_array().into_iter().flatten();
    let row = |one: &Value| {
        let severity = match one["severity"].as_str() {
            Some("error") => 0,
            Some("warning") => 1,
            _ => INFO,
        };
        (severity, one["rule"].as_str().unwrap_or_default().to_owned())
    };
    Ok(found.map(row).collect())
}

/// The last three cells of each row, by severity and rule.
fn notes(before: &str) -> BTreeMap<(String, String), String> {
    let rows = before.lines().filter(|line| line.starts_with("| "));
    let cells = rows.filter_map(|line| {
        let mut cells = line.trim_matches('|').splitn(5, '|').map(str::trim);
        let (rule, severity) = (cells.next()?, cells.next()?);
        Some(((severity.to_owned(), rule.to_owned()), cells.nth(2)?.to_owned()))
    });
    cells.collect()
}

fn text(
    charts: usize,
    median: usize,
    counts: BTreeMap<Row, Count>,
    notes: &BTreeMap<(String, String), String>,
) -> String {
    let mut lines = vec![
        "# What the rules find in public charts".to_owned(),
        String::new(),
        format!("{charts} public charts with their own values; the median has {median} errors and warnings."),
        "`cargo xtask rules-table` counts; the last three columns are a reader's: of how many charts (at most 20)"
            .to_owned(),
        "the findings were read, how many of them were false alarms, and what was done.".to_owned(),
        String::new(),
        "| rule | severity | charts | findings | read | false alarms | done |".to_owned(),
        "|---|---|---|---|---|---|---|".to_owned(),
    ];
    let mut rows: Vec<(Row, Count)> = counts.into_iter().collect();
    rows.sort_by(|(a, x), (b, y)| (a.0, y.charts, &a.1).cmp(&(b.0, x.charts, &b.1)));
    for ((severity, rule), Count { charts, findings }) in rows {
        let severity = ["error", "warning", "info"][usize::from(severity)];
        let key = (severity.to_owned(), rule.clone());
        let note = notes.get(&key).map_or("0 | | ", String::as_str);
        lines.push(format!("| {rule} | {severity} | {charts} | {findings} | {note} |"));
    }
    lines.into_iter().map(|line| line + "\n").collect()
}

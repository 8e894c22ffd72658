//! `chartc rules`: every rule with what it looks for.

use serde_json::json;

use crate::diagnostic::{Group, Severity};
use crate::rules::stages::{TOLD, Told};
use crate::rules::{self, Level, Parameter, Rule};

use super::{Exit, Failure, output};

#[derive(clap::Args)]
pub(super) struct Args {
    #[arg(long, value_parser = ["concise", "json"], default_value = "concise")]
    output_format: String,
}

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let text = match args.output_format.as_str() {
        "json" => {
            let told = TOLD.iter().map(told_as_json);
            format!("{}\n", json!(rules::all().map(as_json).chain(told).collect::<Vec<_>>()))
        }
        _ => table(),
    };
    output::text(&text)?;
    Ok(Exit::Clean)
}

/// The rules, and below them what the other stages report.
fn table() -> String {
    let names = rules::all().map(|rule| rule.name).chain(TOLD.iter().map(|told| told.name));
    let widest = names.map(str::len).max().unwrap_or_default();
    let line = |name: &str, group: Group, severity: Severity, level: &str, summary: &str| {
        let (group, severity) = (group.name(), severity.name());
        format!("{name:widest$}  {group:11}  {severity:7}  {level:11}  {summary}\n")
    };
    let rules = rules::all()
        .map(|rule| line(rule.name, rule.group, rule.severity, level(rule), rule.summary));
    let told =
        TOLD.iter().map(|told| line(told.name, told.group, told.severity, ALWAYS, told.summary));
    rules.chain(told).collect()
}

/// The level of what other stages report: no preset leaves it out.
const ALWAYS: &str = "always";

fn as_json(rule: &Rule) -> serde_json::Value {
    json!({
        "name": rule.name,
        "group": rule.group.name(),
        "severity": rule.severity.name(),
        "level": level(rule),
        "summary": rule.summary,
        "aliases": rule.aliases,
        "parameters": rule.parameters.iter().map(parameter_as_json).collect::<Vec<_>>(),
    })
}

fn parameter_as_json(parameter: &Parameter) -> serde_json::Value {
    json!({ "name": parameter.name, "summary": parameter.summary })
}

fn told_as_json(told: &Told) -> serde_json::Value {
    json!({
        "name": told.name,
        "group": told.group.name(),
        "severity": told.severity.name(),
        "level": ALWAYS,
        "summary": told.summary,
        "aliases": [],
        "parameters": [],
    })
}

/// The smallest preset that a rule is in, as users write it.
fn level(rule: &Rule) -> &'static str {
    match rule.level {
        Level::Recommended => "recommended",
        Level::Strict => "strict",
        Level::Optional => "all",
    }
}

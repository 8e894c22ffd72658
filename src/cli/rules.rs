//! `chartc rules`: every rule with what it looks for.

use serde_json::json;

use crate::rules::{self, Level, Rule};

use super::{Exit, Failure, output};

#[derive(clap::Args)]
pub(super) struct Args {
    #[arg(long, value_parser = ["concise", "json"], default_value = "concise")]
    output_format: String,
}

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let text = match args.output_format.as_str() {
        "json" => format!("{}\n", json!(rules::all().map(as_json).collect::<Vec<_>>())),
        _ => table(),
    };
    output::text(&text)?;
    Ok(Exit::Clean)
}

fn table() -> String {
    let widest = rules::all().map(|rule| rule.name.len()).max().unwrap_or_default();
    let line = |rule: &Rule| {
        let (group, severity) = (rule.group.name(), rule.severity.name());
        format!(
            "{:widest$}  {group:11}  {severity:7}  {:11}  {}\n",
            rule.name,
            level(rule),
            rule.summary
        )
    };
    rules::all().map(line).collect()
}

fn as_json(rule: &Rule) -> serde_json::Value {
    json!({
        "name": rule.name,
        "group": rule.group.name(),
        "severity": rule.severity.name(),
        "level": level(rule),
        "summary": rule.summary,
        "aliases": rule.aliases,
        "parameters": rule.parameters.iter().map(|parameter| parameter.name).collect::<Vec<_>>(),
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

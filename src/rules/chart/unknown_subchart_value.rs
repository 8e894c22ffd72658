//! Values for a subchart that it does not know.

use crate::chart::Chart;
use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::nearest::nearest;
use crate::rules::chart_files::ChartFiles;
use crate::rules::reads::Reads;
use crate::rules::{Check, Level, Rule};
use crate::yaml::Entry;

pub(crate) const RULE: Rule = Rule {
    name: "unknown-subchart-value",
    group: Group::Chart,
    summary: "Values for a subchart that it does not know",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("unknown_subchart_value.md"),
    check: Check::Chart(check),
};

fn check(files: &ChartFiles<'_>, sink: &mut Sink) {
    for chart in &files.chart.dependencies {
        let keys = keys(files, chart);
        if keys.is_empty() || chart.is_library() {
            continue;
        }
        let reads = Reads::of(chart, files.sources);
        for root in files.defaults() {
            for (key, entry) in keys.iter().filter_map(|key| Some((key, root.entry(key)?))) {
                let known = |name: &str| {
                    knows(files, chart, &reads, name) || files.reads().covers(&[*key, name])
                };
                for below in entry.value.entries() {
                    let name = below.key.as_str().unwrap_or_default();
                    if !known(name) {
                        sink.report(unknown(below, chart, name));
                    }
                }
            }
        }
    }
}

/// The names under which the parent gives values to a subchart.
fn keys<'a>(files: &ChartFiles<'a>, chart: &'a Chart) -> Vec<&'a str> {
    let named = files.dependencies().filter(|(_, one)| one.name == chart.name());
    let named: Vec<&str> = named.map(|(_, one)| one.key()).collect();
    if named.is_empty() { vec![chart.name()] } else { named }
}

/// Whether a subchart has a value of that name, names it in a template, or hands it on.
fn knows(files: &ChartFiles<'_>, chart: &Chart, reads: &Reads, name: &str) -> bool {
    let in_schema = || {
        let schema = chart.schema.map(|schema| files.text(schema)).unwrap_or_default();
        memchr::memmem::find(schema, format!("\"{name}\"").as_bytes()).is_some()
    };
    let conditions = || {
        let mut paths = files.dependencies().flat_map(|(_, one)| one.condition.split(','));
        paths.any(|path| path.trim().split('.').nth(1) == Some(name))
    };
    let below = || {
        let named = chart.metadata.dependencies.iter().flatten().flatten();
        named.into_iter().any(|one| one.key() == name || one.name == name)
            || chart.dependencies.iter().any(|one| one.name() == name)
    };
    matches!(name, "global" | "tags" | "exports" | "enabled")
        || chart.defaults.iter().any(|document| document.root().get(name).is_some())
        || reads.mentions(name)
        || in_schema()
        || conditions()
        || below()
}

fn unknown(entry: Entry<'_>, chart: &Chart, name: &str) -> Diagnostic {
    let message = format!("chart `{}` has no value `{name}`", chart.name());
    let finding = RULE.finding_in(entry.key.span(), message);
    let defaults = chart.defaults.iter().flat_map(|document| document.root().entries());
    let known = defaults.filter_map(|entry| entry.key.as_str());
    match nearest(name, known) {
        Some(near) => finding.help(format!("did you mean `{near}`?")),
        None => finding.help("the chart may have dropped it: read its release notes"),
    }
}

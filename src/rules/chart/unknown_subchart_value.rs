//! Values for a subchart that it does not know.

use std::collections::HashSet;

use crate::chart::Chart;
use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::nearest::nearest;
use crate::rules::chart_files::ChartFiles;
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
    for chart in files.chart.dependencies.iter().filter(|chart| !chart.is_library()) {
        let subchart = ChartFiles::new(chart, files.trees, files.sources);
        let (keys, names) = (keys(files, chart), names(files, chart));
        for root in files.defaults() {
            for (key, entry) in keys.iter().filter_map(|key| Some((*key, root.entry(key)?))) {
                let known = |name: &str| {
                    names.contains(name)
                        || subchart.reads().mentions(name)
                        || subchart.schema_words().contains(name.as_bytes())
                        || files.reads().covers(&[key, name])
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

/// What a subchart has values for, hands on, or is switched by.
fn names<'a>(files: &ChartFiles<'a>, chart: &'a Chart) -> HashSet<&'a str> {
    let mut names = HashSet::from(["global", "tags", "exports", "enabled"]);
    let defaults = chart.defaults.iter().flat_map(|document| document.root().entries());
    names.extend(defaults.filter_map(|entry| entry.key.as_str()));
    for dependency in chart.metadata.dependencies.iter().flatten().flatten() {
        names.extend([dependency.key(), dependency.name.as_str()]);
    }
    names.extend(chart.dependencies.iter().map(Chart::name));
    let conditions = files.dependencies().flat_map(|(_, one)| one.condition.split(','));
    names.extend(conditions.filter_map(|path| path.trim().split('.').nth(1)));
    names
}

/// How many names a mistyped one is compared with.
const MAX_KNOWN: usize = 200;

fn unknown(entry: Entry<'_>, chart: &Chart, name: &str) -> Diagnostic {
    let message = format!("chart `{}` has no value `{name}`", chart.name());
    let finding = RULE.finding_in(entry.key.span(), message);
    let defaults = chart.defaults.iter().flat_map(|document| document.root().entries());
    let known = defaults.filter_map(|entry| entry.key.as_str()).take(MAX_KNOWN);
    match nearest(name, known) {
        Some(near) => finding.help(format!("did you mean `{near}`?")),
        None => finding.help("the chart may have dropped it: read its release notes"),
    }
}

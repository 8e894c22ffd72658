//! Chart names after which no object can be named.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::chart_files::ChartFiles;
use crate::rules::{Check, Level, Rule};

pub(crate) const RULE: Rule = Rule {
    name: "chart-name",
    group: Group::Chart,
    summary: "Chart names after which no object can be named",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("chart_name.md"),
    check: Check::Chart(check),
};

/// A release name may take 53 characters, and most names of objects end at 63.
const LONGEST: usize = 53;

fn check(files: &ChartFiles<'_>, sink: &mut Sink) {
    let name = files.chart.name();
    if let Some(wrong) = name.chars().find(|c| !is_plain(*c)) {
        sink.report(finding(files, format!("the name of the chart has the character `{wrong}`")));
    }
    if name.len() > LONGEST {
        let length = name.len();
        let message = format!("the name of the chart has {length} characters, more than {LONGEST}");
        sink.report(finding(files, message));
    }
}

fn is_plain(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'
}

fn finding(files: &ChartFiles<'_>, message: String) -> Diagnostic {
    let place = files.metadata_key("name");
    RULE.finding_in(place, message)
        .help("use lower case letters, digits and dashes, and few of them")
}

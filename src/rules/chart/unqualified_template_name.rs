//! Named templates that a subchart may replace.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::chart_files::ChartFiles;
use crate::rules::{Check, Level, Rule};
use crate::template::Define;

pub(crate) const RULE: Rule = Rule {
    name: "unqualified-template-name",
    group: Group::Chart,
    summary: "Named templates that a subchart may replace",
    severity: Severity::Info,
    level: Level::Strict,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("unqualified_template_name.md"),
    check: Check::Chart(check),
};

fn check(files: &ChartFiles<'_>, sink: &mut Sink) {
    let chart = files.chart.name();
    for template in files.templates() {
        let own = template.tree.name.as_bytes();
        for define in template.tree.defines.iter().filter(|one| *one.name != *own) {
            let name = String::from_utf8_lossy(&define.name);
            if !name.starts_with(chart) && !name.contains('.') {
                sink.report(unqualified(define, &name, chart));
            }
        }
    }
}

fn unqualified(define: &Define, name: &str, chart: &str) -> Diagnostic {
    let message = format!("the template `{name}` does not say whose it is");
    RULE.finding_in(define.clause, message).help(format!("call it `{chart}.{name}`"))
}

//! Files in `templates/` whose extension says something else.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::chart_files::{ChartFiles, start};
use crate::rules::{Check, Level, Rule};
use crate::source::FileId;

pub(crate) const RULE: Rule = Rule {
    name: "template-extension",
    group: Group::Chart,
    summary: "Files in `templates/` whose extension says something else",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("template_extension.md"),
    check: Check::Chart(check),
};

fn check(files: &ChartFiles<'_>, sink: &mut Sink) {
    for template in &files.chart.templates {
        let name = template.path.rsplit('/').next().unwrap_or_default();
        let extension = name.rfind('.').map_or("", |at| &name[at..]);
        if !matches!(extension, ".yaml" | ".yml" | ".tpl" | ".txt" | ".j2")
            && !name.starts_with('_')
        {
            sink.report(unusual(template.id, extension));
        }
    }
}

fn unusual(file: FileId, extension: &str) -> Diagnostic {
    let message = format!(
        "file extension '{extension}' not valid. Valid extensions are .yaml, .yml, .tpl, or .txt"
    );
    RULE.finding_in(start(file), message)
        .help("Helm renders every file here and sends it to the cluster: move others away")
}

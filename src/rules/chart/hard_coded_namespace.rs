//! Objects that do not go where the release goes.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::chart_files::ChartFiles;
use crate::rules::{Check, Level, Rule};
use crate::source::{FileId, Span};

pub(crate) const RULE: Rule = Rule {
    name: "hard-coded-namespace",
    group: Group::Chart,
    summary: "Objects that do not go where the release goes",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("hard_coded_namespace.md"),
    check: Check::Chart(check),
};

fn check(files: &ChartFiles<'_>, sink: &mut Sink) {
    for template in &files.chart.templates {
        let text = files.text(template.id);
        for (offset, name) in written_namespaces(text).filter(|(_, name)| !is_fixed(name)) {
            sink.report(fixed(template.id, offset, name));
        }
    }
}

/// Namespaces that every cluster has, and that some objects must be in.
fn is_fixed(name: &str) -> bool {
    matches!(name, "kube-system" | "kube-public" | "kube-node-lease")
}

/// The namespaces that stand as plain words below a `metadata` of their own, with their places.
fn written_namespaces(text: &[u8]) -> impl Iterator<Item = (usize, &str)> {
    let (mut offset, mut inside) = (0, false);
    text.split_inclusive(|byte| *byte == b'\n').filter_map(move |line| {
        let start = offset;
        offset += line.len();
        let content = line.trim_ascii();
        let indented = line.first().is_some_and(|byte| *byte == b' ');
        if !content.is_empty() && !indented && !content.starts_with(b"{{") {
            inside = content == b"metadata:";
        }
        let value = line.strip_prefix(b"  namespace:").filter(|_| inside)?;
        let comment = memchr::memmem::find(value, b" #").unwrap_or(value.len());
        let value = value[..comment].trim_ascii();
        let name = std::str::from_utf8(value).ok()?.trim_matches(['"', '\'']);
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let at = start + line.len() - line.trim_ascii_start().len();
        (!name.is_empty() && name.chars().all(plain)).then_some((at, name))
    })
}

fn fixed(file: FileId, offset: usize, name: &str) -> Diagnostic {
    let (start, end) = (offset as u32, (offset + "namespace".len()) as u32);
    let message = format!("the object goes to `{name}`, wherever the release is installed");
    // Some objects are meant for `default`, where the API server itself has its Service.
    let severity = if name == "default" { Severity::Info } else { RULE.severity };
    Diagnostic { severity, ..RULE.finding_in(Span { file, start, end }, message) }
        .help("write `{{ .Release.Namespace }}`, or leave the key out")
}

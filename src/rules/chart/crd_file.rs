//! Files in `crds/` that are no CustomResourceDefinitions.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::chart_files::ChartFiles;
use crate::rules::{Check, Level, Rule};
use crate::source::Span;
use crate::yaml::{self, Node};

pub(crate) const RULE: Rule = Rule {
    name: "crd-file",
    group: Group::Chart,
    summary: "Files in `crds/` that are no CustomResourceDefinitions",
    severity: Severity::Error,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("crd_file.md"),
    check: Check::Chart(check),
};

fn check(files: &ChartFiles<'_>, sink: &mut Sink) {
    for file in files.chart.files.iter().filter(|file| is_crd(&file.path)) {
        let text = files.sources.text(file.id);
        let documents = match yaml::read(file.id, text) {
            Ok(documents) => documents,
            Err(error) => {
                sink.report(unreadable(error.span, &error.to_string()));
                continue;
            }
        };
        for document in documents.iter().filter(|one| !one.root().is_null()) {
            sink.report_all(other_kind(document.root()));
        }
    }
}

fn is_crd(path: &str) -> bool {
    path.starts_with("crds/") && (path.ends_with(".yaml") || path.ends_with(".yml"))
}

fn other_kind(root: Node<'_>) -> Option<Diagnostic> {
    let text = |key| root.get(key).and_then(Node::as_str).unwrap_or_default();
    if !text("apiVersion").starts_with("apiextensions.k8s.io") {
        let node = root.get("apiVersion").unwrap_or(root);
        return Some(finding(node.span(), "apiVersion is not in 'apiextensions.k8s.io'"));
    }
    let node = root.get("kind").unwrap_or(root);
    let wrong = text("kind") != "CustomResourceDefinition";
    wrong.then(|| finding(node.span(), "object kind is not 'CustomResourceDefinition'"))
}

fn unreadable(span: Span, error: &str) -> Diagnostic {
    RULE.finding_in(span, format!("unable to parse YAML: {error}"))
        .help("files in `crds/` are no templates: Helm sends them as they are")
}

fn finding(span: Span, message: &str) -> Diagnostic {
    RULE.finding_in(span, message).help("Helm never updates or deletes what lies in `crds/`")
}

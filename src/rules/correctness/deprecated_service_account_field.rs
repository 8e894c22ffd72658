//! Pods that name their service account in the old field.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::Workload;
use crate::rules::{Check, Context, Level, Rule, Scope};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "deprecated-service-account-field",
    group: Group::Correctness,
    summary: "Pods that name their service account in the old field",
    severity: Severity::Info,
    level: Level::Recommended,
    pod_security: None,
    aliases: &["deprecated-service-account-field"],
    parameters: &[],
    page: include_str!("deprecated_service_account_field.md"),
    check: Check::Workload(Scope::All, check),
};

fn check(workload: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    let text = |key| workload.pod.get(key).and_then(Node::as_str).filter(|text| !text.is_empty());
    let old = text("serviceAccount");
    if old.is_some() && old != text("serviceAccountName") {
        sink.report(old_field(workload));
    }
}

fn old_field(workload: &Workload<'_>) -> Diagnostic {
    RULE.finding(workload.pod_at(&["serviceAccount"]), "the field is deprecated")
        .help("use `serviceAccountName`")
}

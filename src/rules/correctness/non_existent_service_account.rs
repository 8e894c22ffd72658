//! Pods that run as a service account nobody makes.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::Workload;
use crate::rules::workload::service_account_name;
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "non-existent-service-account",
    group: Group::Correctness,
    summary: "Pods that run as a service account nobody makes",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &["non-existent-service-account"],
    parameters: &[],
    page: include_str!("non_existent_service_account.md"),
    check: Check::Workload(Scope::All, check),
};

fn check(workload: &Workload<'_>, context: &Context<'_>, sink: &mut Sink) {
    let name = service_account_name(workload);
    if name != "default" && context.index.find("ServiceAccount", workload.namespace, name).is_none()
    {
        sink.report(nobody_makes(workload, name));
    }
}

fn nobody_makes(workload: &Workload<'_>, name: &str) -> Diagnostic {
    let newer = workload.pod_at(&["serviceAccountName"]);
    let field = match newer.value {
        Some(_) => newer,
        None => workload.pod_at(&["serviceAccount"]),
    };
    RULE.finding(field, format!("the render has no ServiceAccount `{name}` in this namespace"))
        .help("add it or correct its name: pods are refused until it is there")
}

//! Replicas that both the manifest and an autoscaler set.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::index::Scaler;
use crate::rules::workload::Workload;
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "hpa-static-replicas",
    group: Group::Reliability,
    summary: "Replicas that both the manifest and an autoscaler set",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &["deployment-targeted-by-hpa-does-not-have-replicas-configured"],
    parameters: &[],
    page: include_str!("hpa_static_replicas.md"),
    check: Check::Workload(Scope::Lasting, check),
};

fn check(workload: &Workload<'_>, context: &Context<'_>, sink: &mut Sink) {
    let Some(scaler) = context.index.scalers_of(workload.object).first() else { return };
    if workload.spec.get("replicas").is_some_and(|replicas| !replicas.is_null()) {
        sink.report(both_set(workload, scaler));
    }
}

fn both_set(workload: &Workload<'_>, scaler: &Scaler<'_>) -> Diagnostic {
    let kind = scaler.object.kind();
    let name = scaler.object.name().unwrap_or_default();
    let message = format!("{} sets `replicas`, and {kind} `{name}` scales it", workload.title());
    RULE.finding(workload.at(&["spec", "replicas"]), message)
        .help("leave `replicas` out where an autoscaler is on: each upgrade takes its pods away")
}

//! Updates that stop the service, or wait for a hand.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::{Workload, WorkloadKind};
use crate::rules::{Check, Context, Level, Rule, Scope};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "no-rolling-update-strategy",
    group: Group::Reliability,
    summary: "Updates that stop the service, or wait for a hand",
    severity: Severity::Info,
    level: Level::Recommended,
    pod_security: None,
    aliases: &["no-rolling-update-strategy", "deployment-strategy"],
    parameters: &[],
    page: include_str!("no_rolling_update_strategy.md"),
    check: Check::Workload(Scope::Lasting, check),
};

fn check(workload: &Workload<'_>, context: &Context<'_>, sink: &mut Sink) {
    let key = match workload.kind {
        WorkloadKind::Deployment => "strategy",
        WorkloadKind::StatefulSet | WorkloadKind::DaemonSet => "updateStrategy",
        WorkloadKind::ReplicaSet
        | WorkloadKind::ReplicationController
        | WorkloadKind::Job
        | WorkloadKind::CronJob
        | WorkloadKind::Pod => return,
    };
    let kind = workload.spec.at(&[key, "type"]).and_then(Node::as_str);
    let Some(kind) = kind.filter(|kind| !matches!(*kind, "RollingUpdate" | "Rolling" | "")) else {
        return;
    };
    // Who holds a volume must let go of it first.
    let holds_volume = workload.references.iter().any(|one| one.kind == "PersistentVolumeClaim");
    if !holds_volume && context.index.services_of(workload).next().is_some() {
        sink.report(not_rolling(workload, key, kind));
    }
}

fn not_rolling(workload: &Workload<'_>, key: &str, kind: &str) -> Diagnostic {
    let what = match kind {
        "OnDelete" => "waits until somebody deletes the pods",
        _ => "ends all pods before it starts new ones",
    };
    let message = format!("an update of {} {what}", workload.title());
    RULE.finding(workload.at(&["spec", key, "type"]), message).help("use `RollingUpdate`")
}

//! Replicas that share a volume which only one node can have.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::manifest::Object;
use crate::rules::reference::Reference;
use crate::rules::workload::{Workload, WorkloadKind};
use crate::rules::{Check, Context, Level, Rule, Scope};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "rwo-volume-multi-replica",
    group: Group::Reliability,
    summary: "Replicas that share a volume which only one node can have",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("rwo_volume_multi_replica.md"),
    check: Check::Workload(Scope::Lasting, check),
};

fn check(workload: &Workload<'_>, context: &Context<'_>, sink: &mut Sink) {
    // The claims of a StatefulSet's templates are each pod's own; what its pods name besides is shared.
    if !workload.kind.is_replicated() {
        return;
    }
    let replicas = context.index.most_replicas(workload);
    for reference in &workload.references {
        let claim = context.index.find(reference.kind, workload.namespace, reference.name);
        if reference.kind != CLAIM || !claim.is_some_and(is_for_one_node) {
            continue;
        }
        if replicas > 1 {
            sink.report(shared(workload, reference, replicas));
        } else if replicas == 1 && surges(workload) {
            sink.report(handed_over(workload, reference));
        }
    }
}

const CLAIM: &str = "PersistentVolumeClaim";

fn is_for_one_node(claim: Object<'_>) -> bool {
    let modes = claim.root().at(&["spec", "accessModes"]).into_iter().flat_map(Node::items);
    let mut modes = modes.filter_map(Node::as_str).peekable();
    modes.peek().is_some() && modes.all(|mode| matches!(mode, "ReadWriteOnce" | "ReadWriteOncePod"))
}

/// A Deployment that starts the new pod before it ends the old one.
fn surges(workload: &Workload<'_>) -> bool {
    let strategy = workload.spec.get("strategy");
    let key = |keys: &[&str]| strategy.and_then(|strategy| strategy.at(keys));
    let surge = key(&["rollingUpdate", "maxSurge"]);
    let none = surge.is_some_and(|surge| surge.as_i64() == Some(0) || surge.as_str() == Some("0%"));
    workload.kind == WorkloadKind::Deployment
        && key(&["type"]).and_then(Node::as_str) != Some("Recreate")
        && !none
}

fn shared(workload: &Workload<'_>, reference: &Reference<'_>, replicas: i64) -> Diagnostic {
    let message = format!(
        "up to {replicas} replicas share claim `{}`, which one node at a time can mount",
        reference.name
    );
    RULE.finding(reference.at(workload), message)
        .help("use a StatefulSet with `volumeClaimTemplates`, or a claim with `ReadWriteMany`")
}

fn handed_over(workload: &Workload<'_>, reference: &Reference<'_>) -> Diagnostic {
    let message = format!(
        "a rolling update starts the new pod before the old one gives up claim `{}`",
        reference.name
    );
    RULE.finding_as(Severity::Info, workload.at(&["spec", "strategy"]), message)
        .help("set `strategy.type: Recreate`: on another node the new pod waits for ever")
}

//! Volumes of pods whose identity is not their name.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::reference::Reference;
use crate::rules::topology::claim;
use crate::rules::workload::{Workload, WorkloadKind};
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "self-assigned-id-with-storage",
    group: Group::Topology,
    summary: "Volumes of pods whose identity is not their name",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("self_assigned_id_with_storage.md"),
    check: Check::Workload(Scope::Lasting, check),
};

fn check(workload: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    if workload.kind != WorkloadKind::Deployment || claim::of(workload).is_none() {
        return;
    }
    let claims = workload.references.iter().filter(|one| one.kind == "PersistentVolumeClaim");
    for reference in claims {
        sink.report(shared(workload, reference));
    }
}

fn shared(workload: &Workload<'_>, reference: &Reference<'_>) -> Diagnostic {
    let message = format!("pods that claim their IDs share the volume claim `{}`", reference.name);
    RULE.finding(reference.at(workload), message).help(
        "keep the cache in an `emptyDir`, or use a StatefulSet: the volume does not follow the ID",
    )
}

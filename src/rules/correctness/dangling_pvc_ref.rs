//! Pods that need a volume claim nobody makes.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::reference::Reference;
use crate::rules::workload::Workload;
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "dangling-pvc-ref",
    group: Group::Correctness,
    summary: "Pods that need a volume claim nobody makes",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("dangling_pvc_ref.md"),
    check: Check::Workload(Scope::All, check),
};

fn check(workload: &Workload<'_>, context: &Context<'_>, sink: &mut Sink) {
    for reference in &workload.references {
        let missing = reference.kind == "PersistentVolumeClaim"
            && context.index.find(reference.kind, workload.namespace, reference.name).is_none()
            && !is_of_stateful_set(reference.name, workload.namespace, context);
        if missing {
            sink.report(nobody_makes(workload, reference));
        }
    }
}

/// Claims such as `data-db-0`, which the template `data` of StatefulSet `db` makes.
fn is_of_stateful_set(name: &str, namespace: &str, context: &Context<'_>) -> bool {
    let Some((stem, number)) = name.rsplit_once('-') else { return false };
    number.bytes().all(|digit| digit.is_ascii_digit())
        && stem.match_indices('-').any(|(at, _)| {
            let set = stem.get(at + 1..).unwrap_or_default();
            context.index.find("StatefulSet", namespace, set).is_some()
        })
}

fn nobody_makes(workload: &Workload<'_>, reference: &Reference<'_>) -> Diagnostic {
    let name = reference.name;
    RULE.finding(reference.at(workload), format!("the render has no volume claim `{name}`"))
        .help("add the claim or correct its name: the pod waits until it is there")
}

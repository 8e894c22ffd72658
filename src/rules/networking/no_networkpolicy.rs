//! Pods that everybody may talk to.

use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::selector::Selector;
use crate::rules::workload::{Purpose, Workload};
use crate::rules::{Check, Context, Level, Rule};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "no-networkpolicy",
    group: Group::Networking,
    summary: "Pods that everybody may talk to",
    severity: Severity::Info,
    level: Level::Optional,
    pod_security: None,
    aliases: &["non-isolated-pod", "pod-networkpolicy", "missingNetworkPolicy"],
    parameters: &[],
    page: include_str!("no_networkpolicy.md"),
    check: Check::Render(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    let index = context.index;
    // By the index of the workload's object: is it covered inward, outward?
    let mut covered: HashMap<usize, (bool, bool)> = HashMap::new();
    for policy in index.of_kind("NetworkPolicy") {
        let Some(spec) = policy.root().get("spec") else { continue };
        let Some(selector) = spec.get("podSelector").and_then(Selector::of) else { continue };
        for workload in index.select(index.namespace_of(policy), &selector) {
            let (inward, outward) = covered.entry(workload.object.index()).or_default();
            *inward |= covers(spec, "Ingress");
            *outward |= covers(spec, "Egress");
        }
    }
    for workload in index.workloads.iter().filter(|one| one.purpose != Purpose::Test) {
        match covered.get(&workload.object.index()).copied().unwrap_or_default() {
            (true, true) => {}
            (false, false) => sink.report(open(workload, "traffic")),
            (false, true) => sink.report(open(workload, "incoming traffic")),
            (true, false) => sink.report(open(workload, "outgoing traffic")),
        }
    }
}

/// Whether a policy restricts a direction. Without `policyTypes` it is ingress always, and egress
/// if there are rules for it.
fn covers(spec: Node<'_>, direction: &str) -> bool {
    match spec.get("policyTypes") {
        Some(types) => types.items().any(|one| one.as_str() == Some(direction)),
        None => direction == "Ingress" || spec.get("egress").is_some(),
    }
}

fn open(workload: &Workload<'_>, what: &str) -> Diagnostic {
    let message = format!("no NetworkPolicy restricts the {what} of {}", workload.title());
    RULE.finding(workload.pod_metadata_at(&["labels"]), message)
        .help("add a NetworkPolicy that selects the pods and names who may talk to them")
}

//! Pods that everybody may talk to.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::selector::Selector;
use crate::rules::workload::Workload;
use crate::rules::{Check, Context, Level, Rule, Scope};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "no-networkpolicy",
    group: Group::Networking,
    summary: "Pods that everybody may talk to",
    severity: Severity::Info,
    level: Level::Optional,
    pod_security: None,
    aliases: &["non-isolated-pod", "pod-networkpolicy"],
    parameters: &[],
    page: include_str!("no_networkpolicy.md"),
    check: Check::Workload(Scope::Installed, check),
};

fn check(workload: &Workload<'_>, context: &Context<'_>, sink: &mut Sink) {
    let (mut inward, mut outward) = (false, false);
    for policy in context.index.of_kind("NetworkPolicy") {
        let spec = policy.root().get("spec");
        let selector = spec.and_then(|spec| spec.get("podSelector")).and_then(Selector::of);
        let selects = context.index.namespace_of(policy) == workload.namespace
            && selector.is_some_and(|selector| selector.matches(&workload.labels));
        if let Some(spec) = spec.filter(|_| selects) {
            inward |= covers(spec, "Ingress");
            outward |= covers(spec, "Egress");
        }
    }
    match (inward, outward) {
        (true, true) => {}
        (false, false) => sink.report(open(workload, "traffic")),
        (false, true) => sink.report(open(workload, "incoming traffic")),
        (true, false) => sink.report(open(workload, "outgoing traffic")),
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

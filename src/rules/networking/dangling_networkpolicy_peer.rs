//! NetworkPolicies that let nobody in or out.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::manifest::Object;
use crate::rules::field::Field;
use crate::rules::selector::Selector;
use crate::rules::{Check, Context, Level, Rule};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "dangling-networkpolicy-peer",
    group: Group::Networking,
    summary: "NetworkPolicies that let nobody in or out",
    severity: Severity::Info,
    level: Level::Recommended,
    pod_security: None,
    aliases: &["dangling-networkpolicypeer-podselector"],
    parameters: &[],
    page: include_str!("dangling_networkpolicy_peer.md"),
    check: Check::Object(&["NetworkPolicy"], check),
};

fn check(policy: Object<'_>, context: &Context<'_>, sink: &mut Sink) {
    for (list, peers) in [("ingress", "from"), ("egress", "to")] {
        let rules = policy.root().at(&["spec", list]).into_iter().flat_map(Node::items);
        for (index, rule) in rules.enumerate() {
            let peers_here = rule.get(peers).into_iter().flat_map(Node::items);
            for (at, peer) in peers_here.enumerate() {
                if selects_nothing(policy, peer, context) {
                    let field = Field::root(policy).keys(&["spec", list]).index(index).key(peers);
                    sink.report(nobody(field.index(at).key("podSelector")));
                }
            }
        }
    }
}

/// Only peers of the policy's own namespace can be judged.
fn selects_nothing(policy: Object<'_>, peer: Node<'_>, context: &Context<'_>) -> bool {
    let selector = peer.get("podSelector").and_then(Selector::of).filter(|one| !one.is_empty());
    let namespace = context.index.namespace_of(policy);
    peer.get("namespaceSelector").is_none()
        && selector
            .is_some_and(|selector| context.index.select(namespace, &selector).next().is_none())
}

fn nobody(field: Field<'_>) -> Diagnostic {
    RULE.finding(field, "no pod of the render has the labels of this peer")
        .help("make the selector match the labels of the pods that may connect, unless another release has them")
}

//! NetworkPolicies that select no pod.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::manifest::Object;
use crate::rules::field::Field;
use crate::rules::miss::{self, Miss};
use crate::rules::selector::Selector;
use crate::rules::{Check, Context, Level, Rule};

pub(crate) const RULE: Rule = Rule {
    name: "dangling-networkpolicy",
    group: Group::Networking,
    summary: "NetworkPolicies that select no pod",
    severity: Severity::Info,
    level: Level::Recommended,
    pod_security: None,
    aliases: &["dangling-networkpolicy", "networkpolicy-targets-pod"],
    parameters: &[],
    page: include_str!("dangling_networkpolicy.md"),
    check: Check::Object(&["NetworkPolicy"], check),
};

fn check(policy: Object<'_>, context: &Context<'_>, sink: &mut Sink) {
    let selector = policy.root().at(&["spec", "podSelector"]).and_then(Selector::of);
    let Some(selector) = selector.filter(|selector| !selector.is_empty()) else { return };
    let namespace = context.index.namespace_of(policy);
    if let Some(Miss::Certain) = miss::explain(namespace, &selector, context.index) {
        sink.report(selects_nothing(policy));
    }
}

fn selects_nothing(policy: Object<'_>) -> Diagnostic {
    let field = Field::root(policy).keys(&["spec", "podSelector"]);
    RULE.finding(field, "no pod of the render has the labels that the policy selects").help(
        "make the selector match the labels of a pod template: what it should protect is open",
    )
}

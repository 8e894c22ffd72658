//! Ingress rules for every host.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::manifest::Object;
use crate::rules::field::Field;
use crate::rules::{Check, Context, Level, Rule};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "ingress-no-host",
    group: Group::Networking,
    summary: "Ingress rules for every host",
    severity: Severity::Info,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("ingress_no_host.md"),
    check: Check::Object(&["Ingress"], check),
};

fn check(ingress: Object<'_>, _: &Context<'_>, sink: &mut Sink) {
    let rules = ingress.root().at(&["spec", "rules"]).into_iter().flat_map(Node::items);
    for (index, rule) in rules.enumerate() {
        match rule.get("host").and_then(Node::as_str).unwrap_or_default() {
            "" => sink.report(any_host(ingress, index)),
            host if host.starts_with("*.") => sink.report(any_below(ingress, index, host)),
            _ => {}
        }
    }
}

fn any_host(ingress: Object<'_>, index: usize) -> Diagnostic {
    finding(ingress, index, "the rule takes the requests for every host".to_owned())
}

fn any_below(ingress: Object<'_>, index: usize, host: &str) -> Diagnostic {
    finding(ingress, index, format!("the rule takes the requests for every host `{host}`"))
}

fn finding(ingress: Object<'_>, index: usize, message: String) -> Diagnostic {
    let field = Field::root(ingress).keys(&["spec", "rules"]).index(index).key("host");
    RULE.finding(field, message).help("name the hosts that the application serves")
}

//! Ingresses without TLS.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::manifest::Object;
use crate::rules::field::Field;
use crate::rules::{Check, Context, Level, Rule};

pub(crate) const RULE: Rule = Rule {
    name: "ingress-no-tls",
    group: Group::Networking,
    summary: "Ingresses without TLS",
    severity: Severity::Info,
    level: Level::Recommended,
    pod_security: None,
    aliases: &["tlsSettingsMissing"],
    parameters: &[],
    page: include_str!("ingress_no_tls.md"),
    check: Check::Object(&["Ingress"], check),
};

fn check(ingress: Object<'_>, _: &Context<'_>, sink: &mut Sink) {
    let tls = ingress.root().at(&["spec", "tls"]);
    if tls.is_none_or(|tls| tls.items().len() == 0) {
        sink.report(in_the_clear(ingress));
    }
}

fn in_the_clear(ingress: Object<'_>) -> Diagnostic {
    let field = Field::root(ingress).keys(&["spec", "tls"]);
    RULE.finding(field, "the Ingress serves its hosts without TLS")
        .help("add `tls` with the hosts and a Secret with their certificate")
}

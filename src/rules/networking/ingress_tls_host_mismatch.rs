//! Certificates for hosts that the Ingress does not serve.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::manifest::Object;
use crate::rules::field::Field;
use crate::rules::{Check, Context, Level, Rule};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "ingress-tls-host-mismatch",
    group: Group::Networking,
    summary: "Certificates for hosts that the Ingress does not serve",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("ingress_tls_host_mismatch.md"),
    check: Check::Object(&["Ingress"], check),
};

fn check(ingress: Object<'_>, _: &Context<'_>, sink: &mut Sink) {
    let rules = ingress.root().at(&["spec", "rules"]).into_iter().flat_map(Node::items);
    let served: Vec<Option<&str>> = rules
        .map(|rule| rule.get("host").and_then(Node::as_str).filter(|host| !host.is_empty()))
        .collect();
    // A rule without host serves every host, and so does a default backend.
    if served.is_empty() || served.contains(&None) {
        return;
    }
    let tls = ingress.root().at(&["spec", "tls"]).into_iter().flat_map(Node::items);
    for (index, entry) in tls.enumerate() {
        for (at, host) in entry.get("hosts").into_iter().flat_map(Node::items).enumerate() {
            let Some(host) = host.as_str() else { continue };
            if !served.iter().flatten().any(|one| covers(host, one) || covers(one, host)) {
                sink.report(not_served(ingress, index, at, host));
            }
        }
    }
}

/// `*.example.com` covers `www.example.com`.
fn covers(pattern: &str, host: &str) -> bool {
    let beyond = |rest: &str| host.split_once('.').is_some_and(|(_, parent)| parent == rest);
    pattern == host || pattern.strip_prefix("*.").is_some_and(beyond)
}

fn not_served(ingress: Object<'_>, index: usize, at: usize, host: &str) -> Diagnostic {
    let tls = Field::root(ingress).keys(&["spec", "tls"]).index(index);
    RULE.finding(tls.key("hosts").index(at), format!("no rule of the Ingress serves `{host}`"))
        .help("make the hosts of `tls` and of `rules` the same")
}

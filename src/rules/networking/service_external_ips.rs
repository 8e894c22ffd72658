//! Services that take addresses for themselves.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::field::Field;
use crate::rules::index::Service;
use crate::rules::{Check, Context, Level, Rule};

pub(crate) const RULE: Rule = Rule {
    name: "service-external-ips",
    group: Group::Networking,
    summary: "Services that take addresses for themselves",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &["KSV-0108"],
    parameters: &[],
    page: include_str!("service_external_ips.md"),
    check: Check::Render(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    for service in &context.index.services {
        if service.spec.get("externalIPs").is_some_and(|list| list.items().len() > 0) {
            sink.report(takes_addresses(service));
        }
    }
}

fn takes_addresses(service: &Service<'_>) -> Diagnostic {
    let field = Field::root(service.object).keys(&["spec", "externalIPs"]);
    RULE.finding(field, "the Service takes the traffic of addresses that nobody gave it").help(
        "use a load balancer or an Ingress; many clusters refuse external IPs (CVE-2020-8554)",
    )
}

//! Services that are open beyond the cluster.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::field::Field;
use crate::rules::index::Service;
use crate::rules::{Check, Context, Level, Rule};

pub(crate) const RULE: Rule = Rule {
    name: "exposed-services",
    group: Group::Networking,
    summary: "Services that are open beyond the cluster",
    severity: Severity::Info,
    level: Level::Optional,
    pod_security: None,
    aliases: &["exposed-services", "service-type"],
    parameters: &[],
    page: include_str!("exposed_services.md"),
    check: Check::Render(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    for service in &context.index.services {
        if matches!(service.kind(), "NodePort" | "LoadBalancer") {
            sink.report(exposed(service));
        }
    }
}

fn exposed(service: &Service<'_>) -> Diagnostic {
    let message = format!("the Service is open beyond the cluster ({})", service.kind());
    RULE.finding(Field::root(service.object).keys(&["spec", "type"]), message)
        .help("use `ClusterIP` behind an Ingress or a Gateway")
}

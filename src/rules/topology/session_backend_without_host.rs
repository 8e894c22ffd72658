//! Session backends that nobody can reach.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::{Container, Variable, Workload};
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "session-backend-without-host",
    group: Group::Topology,
    summary: "Session backends that nobody can reach",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("session_backend_without_host.md"),
    check: Check::Container(Scope::Lasting, check),
};

fn check(container: &Container<'_>, _: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    let Some(backend) = container.variable("ERLMCP_SESSION_BACKEND") else { return };
    let prefix = match backend.literal() {
        Some("redis") => "REDIS",
        Some("postgresql" | "postgres") => "DATABASE",
        Some(_) | None => return,
    };
    // What a ConfigMap or Secret adds to the environment cannot be told here.
    if container.node.get("envFrom").is_some_and(|list| list.items().len() > 0) {
        return;
    }
    let names_host = |variable: Variable<'_>| {
        let name = variable.name;
        name.contains(prefix)
            && ["HOST", "URL", "URI", "SERVERS", "ADDR", "ADDRESS"]
                .iter()
                .any(|end| name.ends_with(end))
            && variable.literal() != Some("")
    };
    if !container.variables().any(names_host) {
        sink.report(nowhere(container, backend));
    }
}

fn nowhere(container: &Container<'_>, backend: Variable<'_>) -> Diagnostic {
    let kind = backend.literal().unwrap_or_default();
    let message = format!("sessions go to {kind}, and no variable says where that is");
    RULE.finding(container.at(&["env"]).index(backend.index).key("value"), message)
        .help("set the host of the backend, such as `ERLMCP_REDIS_HOST`")
}

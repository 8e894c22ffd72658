//! Erlang cookies that stand in a manifest for all to read.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::{Container, Variable, Workload};
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "erlang-cookie-literal",
    group: Group::Topology,
    summary: "Erlang cookies that do not come from a Secret",
    severity: Severity::Error,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("erlang_cookie_literal.md"),
    check: Check::Container(Scope::All, check),
};

fn check(container: &Container<'_>, _: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    for variable in container.variables().filter(|variable| is_cookie(variable.name)) {
        let refers = variable.literal().is_some_and(|value| value.starts_with("$("));
        if variable.literal().is_some_and(|value| !value.is_empty()) && !refers {
            sink.report(written_out(container, variable));
        } else if variable.node.at(&["valueFrom", "configMapKeyRef"]).is_some() {
            sink.report(from_config_map(container, variable));
        }
    }
}

fn is_cookie(name: &str) -> bool {
    name.ends_with("COOKIE")
        && ["ERL", "RELEASE", "BEAM"].iter().any(|prefix| name.contains(prefix))
}

fn written_out(container: &Container<'_>, variable: Variable<'_>) -> Diagnostic {
    let field = container.at(&["env"]).index(variable.index).key("value");
    RULE.finding(field, format!("the Erlang cookie `{}` is written out", variable.name))
        .help("whoever knows the cookie can run code on every node: take it from a Secret with `secretKeyRef`")
}

fn from_config_map(container: &Container<'_>, variable: Variable<'_>) -> Diagnostic {
    let field =
        container.at(&["env"]).index(variable.index).keys(&["valueFrom", "configMapKeyRef"]);
    RULE.finding(field, format!("the Erlang cookie `{}` comes from a ConfigMap", variable.name))
        .help("whoever knows the cookie can run code on every node: take it from a Secret with `secretKeyRef`")
}

//! Two limits for the ports of one Erlang VM.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::{Container, Variable, Workload};
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "erlang-port-limit",
    group: Group::Topology,
    summary: "Two limits for the ports of one Erlang VM",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("erlang_port_limit.md"),
    check: Check::Container(Scope::All, check),
};

/// Where flags for the VM stand.
const FLAGS: &[&str] = &["ERLANG_FLAGS", "ERL_FLAGS", "ERL_AFLAGS", "ERL_ZFLAGS", "VM_ARGS"];

fn check(container: &Container<'_>, _: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    let Some(limit) = container.variable("ERL_MAX_PORTS") else { return };
    let Some(number) = limit.literal().and_then(|text| text.trim().parse::<u64>().ok()) else {
        return;
    };
    for flags in container.variables().filter(|variable| FLAGS.contains(&variable.name)) {
        let other = flags.literal().and_then(port_flag).filter(|other| *other != number);
        if let Some(other) = other {
            sink.report(differ(container, limit, number, other, flags.name));
        }
    }
}

/// The number after `+Q`.
fn port_flag(flags: &str) -> Option<u64> {
    let mut words = flags.split_whitespace();
    words.find(|word| *word == "+Q")?;
    words.next()?.parse().ok()
}

fn differ(
    container: &Container<'_>,
    limit: Variable<'_>,
    number: u64,
    other: u64,
    flags: &str,
) -> Diagnostic {
    let field = container.at(&["env"]).index(limit.index).key("value");
    RULE.finding(field, format!("ERL_MAX_PORTS is {number}, and `+Q` in {flags} is {other}")).help(
        "set both to the same: the VM takes one of them, and the other only looks like the limit",
    )
}

//! Probes whose times do not fit together.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::{Container, Workload};
use crate::rules::{Check, Context, Level, Rule, Scope};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "probe-timing",
    group: Group::Reliability,
    summary: "Probes whose times do not fit together",
    severity: Severity::Info,
    level: Level::Strict,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("probe_timing.md"),
    check: Check::Container(Scope::All, check),
};

fn check(container: &Container<'_>, _: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    for (name, probe) in container.probes.iter() {
        let number = |key| probe.get(key).and_then(Node::as_i64);
        let timeout = number("timeoutSeconds").unwrap_or(1);
        let period = number("periodSeconds").unwrap_or(10);
        if timeout > period {
            sink.report(overlaps(container, name, timeout, period));
        }
    }
}

fn overlaps(container: &Container<'_>, probe: &str, timeout: i64, period: i64) -> Diagnostic {
    let message = format!("the probe waits {timeout} s for an answer and asks every {period} s");
    RULE.finding(container.at(&[probe, "timeoutSeconds"]), message)
        .help("wait no longer than the period")
}

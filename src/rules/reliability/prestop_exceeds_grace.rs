//! Hooks that are still busy when the pod is killed.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::shell;
use crate::rules::workload::{Container, Workload};
use crate::rules::{Check, Context, Level, Parameter, Rule, Scope, Setting};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "prestop-exceeds-grace",
    group: Group::Reliability,
    summary: "preStop hooks that leave the container no time to end",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[MARGIN],
    page: include_str!("prestop_exceeds_grace.md"),
    check: Check::Container(Scope::Installed, check),
};

const MARGIN: Parameter = Parameter {
    name: "margin",
    summary: "Seconds that the container needs to end after its hook",
    default: Setting::Int(5),
};

fn check(
    container: &Container<'_>,
    workload: &Workload<'_>,
    context: &Context<'_>,
    sink: &mut Sink,
) {
    let Some(hook) = container.pre_stop else { return };
    let seconds = hook_seconds(container, hook);
    let grace = workload.grace_period();
    let refused = hook.get("sleep").is_some() && seconds > grace as f64;
    let too_long = seconds + context.tuning.int(&MARGIN) as f64 > grace as f64;
    // A `sleep` that is longer than the grace period is refused by the API server itself.
    if seconds > 0.0 && grace > 0 && too_long && !refused {
        sink.report(cut_short(container, workload, seconds, grace));
    }
}

/// The seconds that a lifecycle hook surely takes.
pub(crate) fn hook_seconds(container: &Container<'_>, hook: Node<'_>) -> f64 {
    if let Some(seconds) = hook.at(&["sleep", "seconds"]).and_then(Node::as_f64) {
        return seconds;
    }
    let Some(command) = hook.at(&["exec", "command"]) else { return 0.0 };
    let command: Vec<&str> = command.items().filter_map(Node::as_str).collect();
    let value = |name: &str| Some(container.variable(name)?.literal()?.to_owned());
    shell::seconds(&command, &value)
}

fn cut_short(
    container: &Container<'_>,
    workload: &Workload<'_>,
    seconds: f64,
    grace: i64,
) -> Diagnostic {
    let message = format!(
        "the preStop hook of container `{}` takes {seconds} s of the {grace} s that the pod has to end",
        container.name
    );
    RULE.finding(workload.pod_at(&["terminationGracePeriodSeconds"]), message).help(
        "raise the grace period: the hook and the container's own shutdown must both fit in it",
    )
}

//! Liveness probes that kill containers which still start.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::topology::erlang;
use crate::rules::workload::{Container, Probes, Workload};
use crate::rules::{Check, Context, Level, Parameter, Rule, Scope, Setting};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "eager-liveness-probe",
    group: Group::Topology,
    summary: "Liveness probes that kill containers which still start",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[CLUSTER_DELAY],
    page: include_str!("eager_liveness_probe.md"),
    check: Check::Container(Scope::Lasting, check),
};

const CLUSTER_DELAY: Parameter = Parameter {
    name: "cluster-delay",
    summary: "Seconds that a member of a cluster may take to start",
    default: Setting::Int(30),
};

fn check(
    container: &Container<'_>,
    workload: &Workload<'_>,
    context: &Context<'_>,
    sink: &mut Sink,
) {
    // A startup probe keeps the liveness probe waiting as long as the start takes.
    let Probes { liveness: Some(liveness), readiness, startup: None } = container.probes else {
        return;
    };
    let delay = |probe: Node<'_>| {
        probe.get("initialDelaySeconds").and_then(Node::as_i64).unwrap_or_default()
    };
    let least = context.tuning.int(&CLUSTER_DELAY);
    let (first, ready) = (delay(liveness), readiness.map_or(0, delay));
    if erlang::is_cluster(workload) && erlang::is_member(container) {
        if first < least {
            sink.report(kills_member(container, first, least));
        }
    } else if first < ready {
        sink.report(before_ready(container, first, ready));
    }
}

fn kills_member(container: &Container<'_>, first: i64, least: i64) -> Diagnostic {
    let message = format!("the probe asks a member of the cluster after {first} s already");
    RULE.finding(container.at(FIELD), message).help(format!(
        "wait at least {least} s, or add a startup probe: a member joins and loads its tables first"
    ))
}

fn before_ready(container: &Container<'_>, first: i64, ready: i64) -> Diagnostic {
    let message =
        format!("the probe asks after {first} s, the readiness probe only after {ready} s");
    RULE.finding_as(Severity::Info, container.at(FIELD), message)
        .help("let the liveness probe wait at least as long, or add a startup probe")
}

const FIELD: &[&str] = &["livenessProbe", "initialDelaySeconds"];

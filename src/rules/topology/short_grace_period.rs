//! Pods that have no time to hand over their work.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::topology::erlang;
use crate::rules::workload::Workload;
use crate::rules::{Check, Context, Level, Parameter, Rule, Scope, Setting};

pub(crate) const RULE: Rule = Rule {
    name: "short-grace-period",
    group: Group::Topology,
    summary: "Grace periods too short to leave a cluster or to finish requests",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[CLUSTER, STATELESS],
    page: include_str!("short_grace_period.md"),
    check: Check::Workload(Scope::Lasting, check),
};

const CLUSTER: Parameter = Parameter {
    name: "cluster",
    summary: "Seconds that a member of a cluster needs at least",
    default: Setting::Int(120),
};

const STATELESS: Parameter = Parameter {
    name: "stateless",
    summary: "Seconds that other pods behind a Service need at least",
    default: Setting::Int(30),
};

fn check(workload: &Workload<'_>, context: &Context<'_>, sink: &mut Sink) {
    let grace = workload.grace_period();
    let cluster = context.tuning.int(&CLUSTER);
    let stateless = context.tuning.int(&STATELESS);
    if erlang::is_cluster(workload) {
        if grace < cluster {
            sink.report(leaves_in_a_hurry(workload, grace, cluster));
        }
    } else if (1..stateless).contains(&grace)
        && context.index.services_of(workload).next().is_some()
    {
        sink.report(drops_requests(workload, grace, stateless));
    }
}

fn leaves_in_a_hurry(workload: &Workload<'_>, grace: i64, least: i64) -> Diagnostic {
    let message = format!("{grace} s are too short for a member to leave the cluster");
    RULE.finding(workload.pod_at(&["terminationGracePeriodSeconds"]), message).help(format!(
        "allow at least {least} s: the member hands over its sessions and tables first"
    ))
}

fn drops_requests(workload: &Workload<'_>, grace: i64, least: i64) -> Diagnostic {
    let message = format!("{grace} s are short for finishing the requests that a pod has accepted");
    let field = workload.pod_at(&["terminationGracePeriodSeconds"]);
    RULE.finding_as(Severity::Info, field, message)
        .help(format!("allow at least {least} s, unless the requests are known to be short"))
}

//! Users and groups that may exist on the node.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::{Container, Workload};
use crate::rules::{Check, Context, Level, Parameter, Rule, Scope, Setting};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "low-uid",
    group: Group::Security,
    summary: "Users and groups that may exist on the node",
    severity: Severity::Info,
    level: Level::Optional,
    pod_security: None,
    aliases: &["container-security-context-user-group-id", "CKV_K8S_40", "KSV-0020", "KSV-0021"],
    parameters: &[LEAST],
    page: include_str!("low_uid.md"),
    check: Check::Container(Scope::Installed, check),
};

const LEAST: Parameter = Parameter {
    name: "least",
    summary: "The lowest user and group that pass",
    default: Setting::Int(10000),
};

fn check(
    container: &Container<'_>,
    workload: &Workload<'_>,
    context: &Context<'_>,
    sink: &mut Sink,
) {
    let least = context.tuning.int(&LEAST);
    for key in ["runAsUser", "runAsGroup"] {
        let id = workload.security(container, key).and_then(Node::as_i64);
        if !workload.is_windows()
            && id.is_none_or(|id| id < least)
            && workload.speaks_for(container, key)
        {
            sink.report(low(container, workload, key, least));
        }
    }
}

fn low(container: &Container<'_>, workload: &Workload<'_>, key: &str, least: i64) -> Diagnostic {
    let message = format!("`{key}` of container `{}` is not {least} or more", container.name);
    RULE.finding(workload.security_at(container, key), message)
        .help("choose a number that no user or group of the node has")
}

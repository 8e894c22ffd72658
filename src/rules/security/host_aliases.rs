//! Pods with a name server of their own.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::Workload;
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "host-aliases",
    group: Group::Security,
    summary: "Pods with a name server of their own",
    severity: Severity::Info,
    level: Level::Optional,
    pod_security: None,
    aliases: &["KSV-0007"],
    parameters: &[],
    page: include_str!("host_aliases.md"),
    check: Check::Workload(Scope::All, check),
};

fn check(workload: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    let aliases = workload.pod.get("hostAliases");
    if aliases.is_some_and(|aliases| aliases.items().len() > 0) {
        sink.report(aliased(workload));
    }
}

fn aliased(workload: &Workload<'_>) -> Diagnostic {
    let message = format!("the pods of {} resolve names on their own", workload.title());
    RULE.finding(workload.pod_at(&["hostAliases"]), message)
        .help("use a Service or DNS: an address in a pod is not updated")
}

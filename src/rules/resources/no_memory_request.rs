//! Containers whose memory need the scheduler does not know.

use crate::diagnostic::{Group, Severity, Sink};
use crate::rules::resources::amount;
use crate::rules::workload::{Container, Workload};
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "no-memory-request",
    group: Group::Resources,
    summary: "Containers whose memory need the scheduler does not know",
    severity: Severity::Info,
    level: Level::Recommended,
    pod_security: None,
    aliases: &["container-resources", "memoryRequestsMissing", "CKV_K8S_12", "KSV-0016"],
    parameters: &[],
    page: include_str!("no_memory_request.md"),
    check: Check::Container(Scope::Released, check),
};

fn check(
    container: &Container<'_>,
    workload: &Workload<'_>,
    context: &Context<'_>,
    sink: &mut Sink,
) {
    if let Some(found) =
        amount::unset_request(&RULE, container, workload, context, ("memory", "memory"))
    {
        sink.report(found);
    }
}

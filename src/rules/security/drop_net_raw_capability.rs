//! Containers that may forge network packets.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::security::drop_all_capabilities::dropped;
use crate::rules::workload::{Container, Workload};
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "drop-net-raw-capability",
    group: Group::Security,
    summary: "Containers that may forge network packets",
    severity: Severity::Info,
    level: Level::Recommended,
    pod_security: None,
    aliases: &["drop-net-raw-capability", "CKV_K8S_28", "KSV-0119"],
    parameters: &[],
    page: include_str!("drop_net_raw_capability.md"),
    check: Check::Container(Scope::Installed, check),
};

fn check(container: &Container<'_>, workload: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    let harmless = |name| matches!(name, "ALL" | "NET_RAW");
    if !workload.is_windows() && !dropped(container).any(harmless) {
        sink.report(kept(container));
    }
}

fn kept(container: &Container<'_>) -> Diagnostic {
    let message = format!("container `{}` keeps the capability NET_RAW", container.name);
    RULE.finding(container.at(&["securityContext", "capabilities", "drop"]), message)
        .help("drop NET_RAW, or better ALL: with it a process can send packets in others' names")
}

//! Pods that share the account of their namespace.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::{Workload, service_account_name};
use crate::rules::{Check, Context, Level, Rule, Scope};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "default-service-account",
    group: Group::Security,
    summary: "Pods that share the account of their namespace",
    severity: Severity::Info,
    level: Level::Optional,
    pod_security: None,
    aliases: &["default-service-account", "CKV_K8S_41", "CKV_K8S_42"],
    parameters: &[],
    page: include_str!("default_service_account.md"),
    check: Check::Workload(Scope::Installed, check),
};

fn check(workload: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    let automount = workload.pod.get("automountServiceAccountToken").and_then(Node::as_bool);
    if service_account_name(workload) == "default" && automount != Some(false) {
        sink.report(shared(workload));
    }
}

fn shared(workload: &Workload<'_>) -> Diagnostic {
    let message = format!("{} runs as the default service account", workload.title());
    RULE.finding(workload.pod_at(&["serviceAccountName"]), message)
        .help("give it a service account of its own")
}

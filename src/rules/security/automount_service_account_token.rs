//! Pods that carry a token that allows nothing.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::{Workload, service_account_name};
use crate::rules::{Check, Context, Level, Rule, Scope};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "automount-service-account-token",
    group: Group::Security,
    summary: "Pods that carry a token that allows nothing",
    severity: Severity::Info,
    level: Level::Recommended,
    pod_security: None,
    aliases: &["automountServiceAccountToken", "CKV_K8S_38", "KSV-0036"],
    parameters: &[],
    page: include_str!("automount_service_account_token.md"),
    check: Check::Workload(Scope::Installed, check),
};

fn check(workload: &Workload<'_>, context: &Context<'_>, sink: &mut Sink) {
    let name = service_account_name(workload);
    let account = context.index.find("ServiceAccount", workload.namespace, name);
    let own = workload.pod.get("automountServiceAccountToken").and_then(Node::as_bool);
    let given = account.and_then(|account| account.root().get("automountServiceAccountToken"));
    let mounted = own.or(given.and_then(Node::as_bool)) != Some(false);
    // Who has been given rights needs the token.
    if mounted && !context.index.rights.has_rights(workload.namespace, name) {
        sink.report(useless(workload, name));
    }
}

fn useless(workload: &Workload<'_>, account: &str) -> Diagnostic {
    let message = format!(
        "{} mounts the token of service account `{account}`, which no role is bound to",
        workload.title()
    );
    RULE.finding(workload.pod_at(&["automountServiceAccountToken"]), message)
        .help("set `automountServiceAccountToken: false` in the pod or in the service account")
}

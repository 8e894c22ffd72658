//! Kernel settings that reach beyond the pod.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::Workload;
use crate::rules::{Check, Context, Level, PodSecurity, Rule, Scope};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "unsafe-sysctls",
    group: Group::Security,
    summary: "Kernel settings that reach beyond the pod",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: Some(PodSecurity::Baseline),
    aliases: &["unsafe-sysctls", "KSV-0026"],
    parameters: &[],
    page: include_str!("unsafe_sysctls.md"),
    check: Check::Workload(Scope::All, check),
};

/// What the kubelet allows everywhere (`safeSysctls` in `pkg/kubelet/sysctl`).
const SAFE: &[&str] = &[
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.tcp_wmem",
];

fn check(workload: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    let settings = workload.pod.at(&["securityContext", "sysctls"]);
    for (index, setting) in settings.into_iter().flat_map(Node::items).enumerate() {
        let name = setting.get("name").and_then(Node::as_str);
        if let Some(name) = name.filter(|name| !SAFE.contains(&name.replace('/', ".").as_str())) {
            sink.report(not_safe(workload, index, name));
        }
    }
}

fn not_safe(workload: &Workload<'_>, index: usize, name: &str) -> Diagnostic {
    let field = workload.pod_at(&["securityContext", "sysctls"]).index(index).key("name");
    RULE.finding(field, format!("`{name}` is not among the safe kernel settings"))
        .help("the kubelet refuses the pod unless its node allows the setting by name")
}

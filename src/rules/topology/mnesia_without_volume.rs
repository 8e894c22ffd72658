//! Mnesia tables that do not outlive their pod.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::{Container, Variable, Workload, WorkloadKind};
use crate::rules::{Check, Context, Level, Rule, Scope};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "mnesia-without-volume",
    group: Group::Topology,
    summary: "Mnesia tables that do not outlive their pod",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("mnesia_without_volume.md"),
    check: Check::Container(Scope::Lasting, check),
};

fn check(container: &Container<'_>, workload: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    let literal = |name| container.variable(name).and_then(Variable::literal);
    let directory = container.variable("ERLMCP_MNESIA_DIR").or(container.variable("MNESIA_DIR"));
    let path = directory.and_then(Variable::literal);
    let backend = literal("ERLMCP_SESSION_BACKEND");
    // The directory is set for every node; the backend says whether it is used.
    if backend != Some("mnesia") && (backend.is_some() || path.is_none()) {
        return;
    }
    let kept = container.mounts().any(|(_, volume, mount)| {
        let mounted = mount.get("mountPath").and_then(Node::as_str).unwrap_or_default();
        is_own_claim(workload, volume) && path.is_none_or(|path| is_below(path, mounted))
    });
    let shown = directory.or(container.variable("ERLMCP_SESSION_BACKEND"));
    if let Some(variable) = shown.filter(|_| !kept) {
        sink.report(forgets(container, variable));
    }
}

/// A volume of which each pod has its own, for good.
fn is_own_claim(workload: &Workload<'_>, volume: &str) -> bool {
    let templates = workload.spec.get("volumeClaimTemplates").into_iter().flat_map(Node::items);
    let mut names = templates.filter_map(|one| one.at(&["metadata", "name"])?.as_str());
    workload.kind == WorkloadKind::StatefulSet && names.any(|name| name == volume)
}

fn is_below(path: &str, directory: &str) -> bool {
    let rest = path.strip_prefix(directory.trim_end_matches('/'));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn forgets(container: &Container<'_>, variable: Variable<'_>) -> Diagnostic {
    let message =
        format!("Mnesia of container `{}` has no volume of its pod's own", container.name);
    RULE.finding(container.at(&["env"]).index(variable.index).key("value"), message)
        .help("mount a volume from `volumeClaimTemplates` above its directory, or use another session backend")
}

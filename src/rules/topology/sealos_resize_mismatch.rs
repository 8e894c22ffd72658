//! Sealos annotations that tell another size than the volumes have.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::kube::quantity::Quantity;
use crate::rules::workload::Workload;
use crate::rules::{Check, Context, Level, Rule, Scope};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "sealos-resize-mismatch",
    group: Group::Topology,
    summary: "Sealos annotations that tell another size than the volumes have",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("sealos_resize_mismatch.md"),
    check: Check::Workload(Scope::Installed, check),
};

const ANNOTATION: &str = "deploy.cloud.sealos.io/resize";

fn check(workload: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    let annotations = workload.object.root().at(&["metadata", "annotations"]);
    let Some(told) = annotations.and_then(|all| all.get(ANNOTATION)?.as_str()) else { return };
    let sizes: Vec<&str> = claim_sizes(workload).collect();
    let read = |text: &str| Quantity::parse(text).ok();
    let Some(size) = read(told) else { return };
    let matches = match sizes[..] {
        [] => size.is_zero(),
        _ => sizes.iter().any(|one| read(one) == Some(size)),
    };
    if !matches {
        sink.report(differs(workload, told, sizes.first().copied()));
    }
}

fn claim_sizes<'a>(workload: &Workload<'a>) -> impl Iterator<Item = &'a str> + use<'a> {
    let templates = workload.spec.get("volumeClaimTemplates").into_iter().flat_map(Node::items);
    templates.filter_map(|one| one.at(&["spec", "resources", "requests", "storage"])?.as_str())
}

fn differs(workload: &Workload<'_>, told: &str, size: Option<&str>) -> Diagnostic {
    let message = match size {
        Some(size) => format!("the annotation tells {told}, the volume claims ask for {size}"),
        None => format!("the annotation tells {told}, and there are no volume claims"),
    };
    RULE.finding(workload.at(&["metadata", "annotations"]).name(ANNOTATION), message)
        .help("make both the same: Sealos bills and resizes by the annotation")
}

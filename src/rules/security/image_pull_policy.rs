//! Images that a node may have from somebody else.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::image::Image;
use crate::rules::workload::{Container, Workload};
use crate::rules::{Check, Context, Level, Rule, Scope};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "image-pull-policy",
    group: Group::Security,
    summary: "Images that a node may have from somebody else",
    severity: Severity::Info,
    level: Level::Optional,
    pod_security: None,
    aliases: &["container-image-pull-policy", "pullPolicyNotAlways", "CKV_K8S_15"],
    parameters: &[],
    page: include_str!("image_pull_policy.md"),
    check: Check::Container(Scope::Installed, check),
};

fn check(container: &Container<'_>, _: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    let Some(image) = container.image else { return };
    let policy = container.node.get("imagePullPolicy").and_then(Node::as_str);
    // The API server fills in `Always` for `latest` only (`SetDefaults_Container`).
    let latest = matches!(Image::parse(image).tag, None | Some("latest"));
    let pulls = policy == Some("Always") || policy.is_none() && latest;
    if !pulls {
        sink.report(unasked(container));
    }
}

fn unasked(container: &Container<'_>) -> Diagnostic {
    let message =
        format!("container `{}` starts an image without asking its registry", container.name);
    RULE.finding(container.at(&["imagePullPolicy"]), message)
        .help("set `imagePullPolicy: Always`: the registry then checks the right to it each time")
}

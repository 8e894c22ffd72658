//! The server side of Helm 2.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::image::Image;
use crate::rules::workload::{Container, Workload};
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "tiller",
    group: Group::Security,
    summary: "The server side of Helm 2",
    severity: Severity::Warning,
    level: Level::Optional,
    pod_security: None,
    aliases: &["CKV_K8S_34", "KSV-0102"],
    parameters: &[],
    page: include_str!("tiller.md"),
    check: Check::Container(Scope::All, check),
};

fn check(container: &Container<'_>, _: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    let path = Image::parse(container.image.unwrap_or_default()).path;
    if path.rsplit('/').next() == Some("tiller") {
        sink.report(obsolete(container));
    }
}

fn obsolete(container: &Container<'_>) -> Diagnostic {
    RULE.finding(container.at(&["image"]), format!("container `{}` runs Tiller", container.name))
        .help("use Helm 3 or later: it needs no server")
}

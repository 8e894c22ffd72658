//! Images that are not fixed by their digest.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::image::Image;
use crate::rules::workload::{Container, Workload};
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "image-digest",
    group: Group::Security,
    summary: "Images that are not fixed by their digest",
    severity: Severity::Info,
    level: Level::Optional,
    pod_security: None,
    aliases: &["CKV_K8S_43"],
    parameters: &[],
    page: include_str!("image_digest.md"),
    check: Check::Container(Scope::Installed, check),
};

fn check(container: &Container<'_>, _: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    let image = container.image.filter(|image| !image.is_empty());
    if let Some(image) = image.filter(|image| Image::parse(image).digest.is_none()) {
        sink.report(movable(container, image));
    }
}

fn movable(container: &Container<'_>, image: &str) -> Diagnostic {
    RULE.finding(container.at(&["image"]), format!("image `{image}` is not fixed by a digest"))
        .help("append `@sha256:…`: a tag can be pushed again")
}

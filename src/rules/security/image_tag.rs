//! Images that change under the same name.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::image::Image;
use crate::rules::workload::{Container, Workload};
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "image-tag",
    group: Group::Security,
    summary: "Images that change under the same name",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &["latest-tag", "container-image-tag", "tagNotSpecified", "CKV_K8S_14", "KSV-0013"],
    parameters: &[],
    page: include_str!("image_tag.md"),
    check: Check::Container(Scope::Installed, check),
};

/// Nothing, and the word that service meshes replace when they inject their proxy.
const INJECTED: &[&str] = &["", "auto"];

fn check(container: &Container<'_>, _: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    let Some(reference) = container.image.filter(|image| !INJECTED.contains(image)) else { return };
    let image = Image::parse(reference);
    match image.tag {
        _ if image.digest.is_some() => {}
        None | Some("") => sink.report(untagged(container, reference)),
        Some("latest") => sink.report(latest(container, reference)),
        Some(_) => {}
    }
}

fn untagged(container: &Container<'_>, image: &str) -> Diagnostic {
    finding(container, format!("image `{image}` has no tag, which means `latest`"))
}

fn latest(container: &Container<'_>, image: &str) -> Diagnostic {
    finding(container, format!("image `{image}` is whatever was pushed last"))
}

fn finding(container: &Container<'_>, message: String) -> Diagnostic {
    RULE.finding(container.at(&["image"]), message)
        .help("name a version or a digest, so that all pods run the same and a rollback rolls back")
}

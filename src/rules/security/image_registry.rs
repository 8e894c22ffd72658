//! Images from registries that are not allowed.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::image::Image;
use crate::rules::workload::{Container, Workload};
use crate::rules::{Check, Context, Level, Parameter, Rule, Scope, Setting};

pub(crate) const RULE: Rule = Rule {
    name: "image-registry",
    group: Group::Security,
    summary: "Images from registries that are not allowed",
    severity: Severity::Warning,
    level: Level::Optional,
    pod_security: None,
    aliases: &["KSV-0125"],
    parameters: &[REGISTRIES],
    page: include_str!("image_registry.md"),
    check: Check::Container(Scope::All, check),
};

const REGISTRIES: Parameter = Parameter {
    name: "registries",
    summary: "Registries that are allowed; if none is named, all are",
    default: Setting::Texts(&[]),
};

fn check(container: &Container<'_>, _: &Workload<'_>, context: &Context<'_>, sink: &mut Sink) {
    let allowed = context.tuning.texts(&REGISTRIES);
    let Some(image) = container.image.filter(|image| !image.is_empty()) else { return };
    let registry = Image::parse(image).registry;
    if !allowed.is_empty() && !allowed.contains(&registry) {
        sink.report(foreign(container, registry));
    }
}

fn foreign(container: &Container<'_>, registry: &str) -> Diagnostic {
    let message = format!("container `{}` takes its image from `{registry}`", container.name);
    RULE.finding(container.at(&["image"]), message)
        .help("use an image from one of the allowed registries")
}

//! Services that no pod is behind.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::field::Field;
use crate::rules::index::Service;
use crate::rules::{Check, Context, Level, Rule};

pub(crate) const RULE: Rule = Rule {
    name: "dangling-service",
    group: Group::Networking,
    summary: "Services that no pod is behind",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &["dangling-service", "service-targets-pod"],
    parameters: &[],
    page: include_str!("dangling_service.md"),
    check: Check::Render(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    let index = context.index;
    for service in &index.services {
        let selects = service.selector.as_ref().is_some_and(|selector| !selector.is_empty());
        if selects
            && service.kind() != "ExternalName"
            && index.selected_by(service).next().is_none()
        {
            sink.report(nobody_behind(service));
        }
    }
}

fn nobody_behind(service: &Service<'_>) -> Diagnostic {
    let name = service.object.name().unwrap_or_default();
    let message = format!("no pod of the render has the labels that Service `{name}` selects");
    RULE.finding(Field::root(service.object).keys(&["spec", "selector"]), message)
        .help("make the selector match the labels of a pod template in the same namespace")
}

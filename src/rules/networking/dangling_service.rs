//! Services that no pod is behind.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::field::Field;
use crate::rules::index::Service;
use crate::rules::miss::{self, Miss};
use crate::rules::rbac::{Grant, grants};
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
    let operates = makes_pods(context);
    for service in &context.index.services {
        let selector = service.selector.as_ref();
        let Some(selector) = selector.filter(|_| service.kind() != "ExternalName") else {
            continue;
        };
        match miss::explain(service.namespace, selector, context.index) {
            None | Some(Miss::Expected) => {}
            Some(Miss::Unlabelled(key)) => sink.report(labelled_later(service, key)),
            Some(Miss::Certain) if operates => sink.report(made_later(service)),
            Some(Miss::Certain) => sink.report(nobody_behind(service)),
        }
    }
}

/// Whether a program of the render may make pods that no document shows.
fn makes_pods(context: &Context<'_>) -> bool {
    let roles = ["Role", "ClusterRole"].into_iter().flat_map(|kind| context.index.of_kind(kind));
    let rights = &context.index.rights;
    let mut bound = roles.filter(|role| rights.is_bound(*role, context.index.namespace_of(*role)));
    bound.any(|role| grants(role).any(Grant::makes_pods))
}

fn made_later(service: &Service<'_>) -> Diagnostic {
    let name = service.object.name().unwrap_or_default();
    let message =
        format!("only the program itself can make the pods that Service `{name}` selects");
    let field = Field::root(service.object).keys(&["spec", "selector"]);
    RULE.finding_as(Severity::Info, field, message)
        .help("correct the selector, unless the program, which may start pods, makes them")
}

fn nobody_behind(service: &Service<'_>) -> Diagnostic {
    let name = service.object.name().unwrap_or_default();
    let message = format!("no pod of the render has the labels that Service `{name}` selects");
    RULE.finding(Field::root(service.object).keys(&["spec", "selector"]), message)
        .help("make the selector match the labels of a pod template in the same namespace")
}

fn labelled_later(service: &Service<'_>, key: &str) -> Diagnostic {
    let field = Field::root(service.object).keys(&["spec", "selector"]).name(key);
    let message = format!("no pod template has the label `{key}`");
    RULE.finding_as(Severity::Info, field, message)
        .help("correct it, unless the program labels its pods itself")
}

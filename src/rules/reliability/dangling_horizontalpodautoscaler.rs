//! Autoscalers of something that does not exist.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::field::Field;
use crate::rules::index::Scaler;
use crate::rules::{Check, Context, Level, Rule};

pub(crate) const RULE: Rule = Rule {
    name: "dangling-horizontalpodautoscaler",
    group: Group::Reliability,
    summary: "Autoscalers of something that does not exist",
    severity: Severity::Error,
    level: Level::Recommended,
    pod_security: None,
    aliases: &["dangling-horizontalpodautoscaler", "horizontalpodautoscaler-has-target"],
    parameters: &[],
    page: include_str!("dangling_horizontalpodautoscaler.md"),
    check: Check::Render(check),
};

/// What can be scaled in every cluster, by the group that serves it.
const SCALABLE: &[(&str, &str)] = &[
    ("Deployment", "apps/v1"),
    ("ReplicaSet", "apps/v1"),
    ("ReplicationController", "v1"),
    ("StatefulSet", "apps/v1"),
];

fn check(context: &Context<'_>, sink: &mut Sink) {
    for scaler in context.index.scalers().filter(|scaler| scaler.is_native()) {
        let served = SCALABLE.iter().find(|(kind, _)| *kind == scaler.target_kind);
        let target = context.index.target_of(&scaler);
        match (served, target) {
            // Custom resources may come from elsewhere.
            (None, _) => {}
            (Some(_), None) => sink.report(missing(&scaler)),
            (Some((_, served)), Some(_)) => {
                if let Some(version) = scaler.target_version.filter(|version| version != served) {
                    sink.report(not_served(&scaler, version));
                }
            }
        }
    }
}

fn missing(scaler: &Scaler<'_>) -> Diagnostic {
    let Scaler { target_kind, target_name, .. } = scaler;
    let field = Field::root(scaler.object).keys(&["spec", "scaleTargetRef", "name"]);
    RULE.finding(
        field,
        format!("the render has no {target_kind} `{target_name}` in this namespace"),
    )
    .help("name the workload that it should scale: until then it scales nothing")
}

fn not_served(scaler: &Scaler<'_>, version: &str) -> Diagnostic {
    let field = Field::root(scaler.object).keys(&["spec", "scaleTargetRef", "apiVersion"]);
    RULE.finding(field, format!("the API server serves no {} as `{version}`", scaler.target_kind))
        .help("name the version that the workload has itself")
}

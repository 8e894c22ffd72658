//! Autoscalers that cannot scale.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::field::Field;
use crate::rules::index::Scaler;
use crate::rules::workload::replicas_text;
use crate::rules::{Check, Context, Level, Rule};

pub(crate) const RULE: Rule = Rule {
    name: "hpa-range",
    group: Group::Reliability,
    summary: "Autoscalers that cannot scale",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &["hpaMaxAvailability"],
    parameters: &[],
    page: include_str!("hpa_range.md"),
    check: Check::Render(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    for scaler in context.index.scalers().filter(|scaler| scaler.is_native()) {
        // A maximum below the minimum is refused by the API server itself.
        if scaler.max == Some(scaler.min) {
            sink.report(fixed(&scaler));
        }
    }
}

fn fixed(scaler: &Scaler<'_>) -> Diagnostic {
    let message =
        format!("the autoscaler has {} as minimum and as maximum", replicas_text(scaler.min));
    RULE.finding(Field::root(scaler.object).keys(&["spec", "maxReplicas"]), message)
        .help("raise `maxReplicas`, or set `replicas` and leave the autoscaler out")
}

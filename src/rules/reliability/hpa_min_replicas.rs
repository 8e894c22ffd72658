//! Autoscalers that go down to one pod.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::field::Field;
use crate::rules::index::Scaler;
use crate::rules::workload::replicas_text;
use crate::rules::{Check, Context, Level, Parameter, Rule, Setting};

pub(crate) const RULE: Rule = Rule {
    name: "hpa-min-replicas",
    group: Group::Reliability,
    summary: "Autoscalers that go down to one pod",
    severity: Severity::Info,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[
        "hpa-minimum-three-replicas",
        "horizontalpodautoscaler-replicas",
        "hpaMinAvailability",
    ],
    parameters: &[MIN_REPLICAS],
    page: include_str!("hpa_min_replicas.md"),
    check: Check::Render(check),
};

const MIN_REPLICAS: Parameter = Parameter {
    name: "min-replicas",
    summary: "Replicas that an autoscaler should keep",
    default: Setting::Int(2),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    let least = context.tuning.int(&MIN_REPLICAS);
    for scaler in context.index.scalers().filter(|scaler| scaler.is_native()) {
        if scaler.min < least {
            sink.report(too_few(&scaler));
        }
    }
}

fn too_few(scaler: &Scaler<'_>) -> Diagnostic {
    let message = format!("the autoscaler may leave {}", replicas_text(scaler.min));
    RULE.finding(Field::root(scaler.object).keys(&["spec", "minReplicas"]), message)
        .help("set `minReplicas` to at least two, so that a node may fail or be drained")
}

//! Autoscalers that measure against a request that nobody made.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::index::Scaler;
use crate::rules::resources::amount;
use crate::rules::workload::{Container, Workload};
use crate::rules::{Check, Context, Level, Rule, Scope};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "hpa-metric-without-request",
    group: Group::Reliability,
    summary: "Autoscalers that measure against a request that nobody made",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("hpa_metric_without_request.md"),
    check: Check::Workload(Scope::Lasting, check),
};

fn check(workload: &Workload<'_>, context: &Context<'_>, sink: &mut Sink) {
    let scalers = context.index.scalers_of(workload.object).iter();
    for scaler in scalers.filter(|scaler| scaler.is_native()) {
        for (resource, only) in measured(scaler) {
            let judged = |one: &&Container<'_>| only.is_none_or(|name| name == one.name);
            for container in workload.running_containers().filter(judged) {
                check_container(container, workload, context, resource, sink);
            }
        }
    }
}

/// The resources that are measured as a share of the request; of one container only, if it is named.
fn measured<'a>(scaler: &Scaler<'a>) -> Vec<(&'a str, Option<&'a str>)> {
    let spec = scaler.object.root().get("spec");
    let old = spec.and_then(|spec| spec.get("targetCPUUtilizationPercentage"));
    let metrics = spec.and_then(|spec| spec.get("metrics")).into_iter().flat_map(Node::items);
    let metrics = metrics.filter_map(|metric| {
        let source = metric.get("resource").or_else(|| metric.get("containerResource"))?;
        // `autoscaling/v2beta1` had the share beside the name.
        let target = source.get("target").unwrap_or(source);
        target.get("averageUtilization").or_else(|| source.get("targetAverageUtilization"))?;
        let container = source.get("container").and_then(Node::as_str);
        Some((source.get("name")?.as_str()?, container))
    });
    old.map(|_| ("cpu", None)).into_iter().chain(metrics).collect()
}

fn check_container(
    container: &Container<'_>,
    workload: &Workload<'_>,
    context: &Context<'_>,
    resource: &str,
    sink: &mut Sink,
) {
    if container.quantity("requests", resource).is_some() {
        return;
    }
    if !amount::requests(container, workload, context, resource) {
        sink.report(unmeasurable(container, resource));
    } else if container.quantity("limits", resource).is_some() {
        sink.report(against_limit(container, resource));
    }
}

fn unmeasurable(container: &Container<'_>, resource: &str) -> Diagnostic {
    let name = container.name;
    let message =
        format!("the autoscaler measures {resource}, which container `{name}` does not request");
    RULE.finding(container.at(&["resources", "requests", resource]), message)
        .help("set the request: utilization is a share of it, and without one nothing is scaled")
}

fn against_limit(container: &Container<'_>, resource: &str) -> Diagnostic {
    let name = container.name;
    let message =
        format!("the autoscaler measures {resource} of container `{name}` against its limit");
    RULE.finding_as(Severity::Info, container.at(&["resources", "requests", resource]), message)
        .help("set the request: the limit stands in for it")
}

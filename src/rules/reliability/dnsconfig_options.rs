//! Pods that ask DNS more than they need.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::workload::Workload;
use crate::rules::{Check, Context, Level, Parameter, Rule, Scope, Setting};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "dnsconfig-options",
    group: Group::Reliability,
    summary: "Pods that ask DNS more than they need",
    severity: Severity::Info,
    level: Level::Optional,
    pod_security: None,
    aliases: &["dnsconfig-options"],
    parameters: &[NDOTS],
    page: include_str!("dnsconfig_options.md"),
    check: Check::Workload(Scope::Installed, check),
};

const NDOTS: Parameter = Parameter {
    name: "ndots",
    summary: "Dots from which on a name is first looked up as it is",
    default: Setting::Int(2),
};

fn check(workload: &Workload<'_>, context: &Context<'_>, sink: &mut Sink) {
    let wanted = context.tuning.int(&NDOTS).to_string();
    let options = workload.pod.at(&["dnsConfig", "options"]).into_iter().flat_map(Node::items);
    let text = |option: Node<'_>, key, wanted: &str| {
        option.get(key).and_then(Node::as_str) == Some(wanted)
    };
    let mut set = options.filter(|option| text(*option, "name", "ndots"));
    if !set.any(|option| text(option, "value", &wanted)) {
        sink.report(unset(workload, &wanted));
    }
}

fn unset(workload: &Workload<'_>, wanted: &str) -> Diagnostic {
    let message = format!("the pods do not set the DNS option `ndots` to {wanted}");
    RULE.finding(workload.pod_at(&["dnsConfig", "options"]), message).help(
        "set it: by default names with fewer than five dots are tried with every search domain",
    )
}

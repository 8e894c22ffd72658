//! OpenShift constraints that allow privileged containers.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::manifest::Object;
use crate::rules::field::Field;
use crate::rules::{Check, Context, Level, Rule};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "scc-deny-privileged-container",
    group: Group::Security,
    summary: "OpenShift constraints that allow privileged containers",
    severity: Severity::Info,
    level: Level::Optional,
    pod_security: None,
    aliases: &["scc-deny-privileged-container"],
    parameters: &[],
    page: include_str!("scc_deny_privileged_container.md"),
    check: Check::Object(&["SecurityContextConstraints"], check),
};

fn check(constraints: Object<'_>, _: &Context<'_>, sink: &mut Sink) {
    let allowed = constraints.root().get("allowPrivilegedContainer");
    if allowed.and_then(Node::as_bool) == Some(true) {
        sink.report(allows(constraints));
    }
}

fn allows(constraints: Object<'_>) -> Diagnostic {
    let field = Field::root(constraints).key("allowPrivilegedContainer");
    RULE.finding(field, "the constraints allow privileged containers")
        .help("name the capabilities that are needed under `allowedCapabilities`")
}

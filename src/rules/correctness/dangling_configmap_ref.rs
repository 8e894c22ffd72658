//! Pods that need a ConfigMap nobody makes.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::reference::Reference;
use crate::rules::workload::Workload;
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "dangling-configmap-ref",
    group: Group::Correctness,
    summary: "Pods that need a ConfigMap nobody makes",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &["env-value-from"],
    parameters: &[],
    page: include_str!("dangling_configmap_ref.md"),
    check: Check::Workload(Scope::All, check),
};

/// What controllers put into every namespace.
const GIVEN: &[&str] = &["istio-ca-root-cert", "kube-root-ca.crt", "openshift-service-ca.crt"];

fn check(workload: &Workload<'_>, context: &Context<'_>, sink: &mut Sink) {
    for reference in &workload.references {
        let name = reference.name;
        let missing = reference.kind == "ConfigMap"
            && !reference.optional
            && !GIVEN.contains(&name)
            && context.index.find("ConfigMap", workload.namespace, name).is_none();
        if missing {
            sink.report(nobody_makes(workload, reference));
        }
    }
}

fn nobody_makes(workload: &Workload<'_>, reference: &Reference<'_>) -> Diagnostic {
    let message = format!("the render has no ConfigMap `{}` in this namespace", reference.name);
    RULE.finding(reference.at(workload), message)
        .help("add it, correct the name, or set `optional: true` if the pod can do without")
}

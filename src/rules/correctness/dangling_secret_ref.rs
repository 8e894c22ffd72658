//! Pods that need a Secret from outside the render.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::reference::Reference;
use crate::rules::workload::Workload;
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "dangling-secret-ref",
    group: Group::Correctness,
    summary: "Pods that need a Secret from outside the render",
    severity: Severity::Info,
    level: Level::Recommended,
    pod_security: None,
    aliases: &["env-value-from"],
    parameters: &[],
    page: include_str!("dangling_secret_ref.md"),
    check: Check::Workload(Scope::All, check),
};

fn check(workload: &Workload<'_>, context: &Context<'_>, sink: &mut Sink) {
    for reference in &workload.references {
        let missing = reference.kind == "Secret"
            && (!reference.optional || reference.is_pull_secret())
            && !context.index.makes_secret(workload.namespace, reference.name);
        match reference.is_pull_secret() {
            _ if !missing => {}
            true => sink.report(pulled_without(workload, reference)),
            false => sink.report(from_outside(workload, reference)),
        }
    }
}

fn pulled_without(workload: &Workload<'_>, reference: &Reference<'_>) -> Diagnostic {
    let message = format!("nothing in the render makes pull Secret `{}`", reference.name);
    RULE.finding(reference.at(workload), message).help(
        "make sure that it exists before the install: without it a private image is not pulled",
    )
}

fn from_outside(workload: &Workload<'_>, reference: &Reference<'_>) -> Diagnostic {
    let message = format!("nothing in the render makes Secret `{}`", reference.name);
    RULE.finding(reference.at(workload), message)
        .help("make sure that it exists before the install, or set `optional: true`")
}

//! Secrets that stand in a container's environment.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::credential::{can_be_secret, is_secret_name, known_secret};
use crate::rules::workload::{Container, Variable, Workload};
use crate::rules::{Check, Context, Level, Rule, Scope};

pub(crate) const RULE: Rule = Rule {
    name: "env-var-secret",
    group: Group::Security,
    summary: "Secrets that stand in a container's environment",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &["env-var-secret", "sensitiveContainerEnvVar"],
    parameters: &[],
    page: include_str!("env_var_secret.md"),
    check: Check::Container(Scope::Installed, check),
};

fn check(
    container: &Container<'_>,
    workload: &Workload<'_>,
    context: &Context<'_>,
    sink: &mut Sink,
) {
    for variable in container.variables() {
        let Some(value) = variable.literal() else { continue };
        if let Some(what) = known_secret(value) {
            sink.report(recognised(container, variable, what));
        } else if is_secret_name(variable.name)
            && can_be_secret(value)
            && !names_object(value, workload, context)
        {
            sink.report(named(container, variable));
        }
    }
}

/// The name of a Secret is none.
fn names_object(value: &str, workload: &Workload<'_>, context: &Context<'_>) -> bool {
    context.index.find("Secret", workload.namespace, value).is_some()
}

fn recognised(container: &Container<'_>, variable: Variable<'_>, what: &str) -> Diagnostic {
    finding(container, variable, format!("the value of `{}` looks like {what}", variable.name))
}

fn named(container: &Container<'_>, variable: Variable<'_>) -> Diagnostic {
    finding(container, variable, format!("the value of `{}` is written out", variable.name))
}

fn finding(container: &Container<'_>, variable: Variable<'_>, message: String) -> Diagnostic {
    RULE.finding(container.at(&["env"]).index(variable.index).key("value"), message)
        .help("put it into a Secret and refer to it with `valueFrom.secretKeyRef`")
}

//! Secrets in the environment.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::field::Field;
use crate::rules::workload::{Container, Workload};
use crate::rules::{Check, Context, Level, Rule, Scope};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "read-secret-from-env-var",
    group: Group::Security,
    summary: "Secrets in the environment",
    severity: Severity::Info,
    level: Level::Optional,
    pod_security: None,
    aliases: &["read-secret-from-env-var", "CKV_K8S_35"],
    parameters: &[],
    page: include_str!("read_secret_from_env_var.md"),
    check: Check::Container(Scope::Installed, check),
};

fn check(container: &Container<'_>, _: &Workload<'_>, _: &Context<'_>, sink: &mut Sink) {
    for variable in container.variables() {
        if variable.node.at(&["valueFrom", "secretKeyRef"]).is_some() {
            let field = container.at(&["env"]).index(variable.index);
            sink.report(exposed(container, field.keys(&["valueFrom", "secretKeyRef"])));
        }
    }
    let sources = container.node.get("envFrom").into_iter().flat_map(Node::items);
    for (index, source) in sources.enumerate() {
        if source.get("secretRef").is_some() {
            let field = container.at(&["envFrom"]).index(index).key("secretRef");
            sink.report(exposed(container, field));
        }
    }
}

fn exposed(container: &Container<'_>, field: Field<'_>) -> Diagnostic {
    let message = format!("container `{}` takes a secret into its environment", container.name);
    RULE.finding(field, message)
        .help("mount the Secret as files: the environment ends in logs, dumps and child processes")
}

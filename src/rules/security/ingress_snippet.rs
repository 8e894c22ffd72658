//! Annotations that put text into the configuration of the ingress controller.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::manifest::Object;
use crate::rules::field::Field;
use crate::rules::{Check, Context, Level, Rule};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "ingress-snippet",
    group: Group::Security,
    summary: "Annotations that put text into the configuration of the ingress controller",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &["CKV_K8S_152", "CKV_K8S_153", "CKV_K8S_154"],
    parameters: &[],
    page: include_str!("ingress_snippet.md"),
    check: Check::Object(&["Ingress"], check),
};

const SNIPPETS: &[&str] = &[
    "nginx.ingress.kubernetes.io/auth-snippet",
    "nginx.ingress.kubernetes.io/configuration-snippet",
    "nginx.ingress.kubernetes.io/modsecurity-snippet",
    "nginx.ingress.kubernetes.io/server-snippet",
    "nginx.ingress.kubernetes.io/stream-snippet",
];

fn check(ingress: Object<'_>, _: &Context<'_>, sink: &mut Sink) {
    let annotations = ingress.root().at(&["metadata", "annotations"]);
    for entry in annotations.into_iter().flat_map(Node::entries) {
        if let Some(name) = entry.key.as_str().filter(|name| SNIPPETS.contains(name)) {
            sink.report(snippet(ingress, name));
        }
    }
}

fn snippet(ingress: Object<'_>, name: &str) -> Diagnostic {
    let field = Field::root(ingress).keys(&["metadata", "annotations"]).name(name);
    RULE.finding(field, "the snippet becomes part of the controller's configuration").help(
        "use an annotation made for the purpose; many controllers refuse snippets (CVE-2021-25742)",
    )
}

//! Paths that two Ingresses claim.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::manifest::Object;
use crate::rules::ingress::{Backend, backends};
use crate::rules::{Check, Context, Level, Rule};
use crate::yaml::Node;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

pub(crate) const RULE: Rule = Rule {
    name: "ingress-duplicate-path",
    group: Group::Networking,
    summary: "Paths that two Ingresses claim",
    severity: Severity::Warning,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("ingress_duplicate_path.md"),
    check: Check::Render(check),
};

/// Namespaces do not matter: controllers merge all Ingresses of a class.
type Claim<'a> = (&'a str, &'a str, &'a str, &'a str);

fn check(context: &Context<'_>, sink: &mut Sink) {
    let mut first: HashMap<Claim<'_>, Object<'_>> = HashMap::new();
    for ingress in context.index.of_kind("Ingress").filter(|one| !is_canary(*one)) {
        for backend in backends(ingress) {
            let Some(path) = backend.path else { continue };
            let claim = (class(ingress), backend.host, path, backend.path_type);
            match first.entry(claim) {
                Entry::Occupied(other) => sink.report(claimed(&backend, *other.get())),
                Entry::Vacant(place) => {
                    place.insert(ingress);
                }
            }
        }
    }
}

/// The class by field, or by the annotation that came before it.
fn class(ingress: Object<'_>) -> &str {
    let field = ingress.root().at(&["spec", "ingressClassName"]);
    let annotation =
        || ingress.root().at(&["metadata", "annotations", "kubernetes.io/ingress.class"]);
    field.or_else(annotation).and_then(Node::as_str).unwrap_or_default()
}

/// Canaries share the paths of the Ingress that they stand in for.
fn is_canary(ingress: Object<'_>) -> bool {
    let canary = ["metadata", "annotations", "nginx.ingress.kubernetes.io/canary"];
    ingress.root().at(&canary).and_then(Node::as_str) == Some("true")
}

fn claimed(backend: &Backend<'_>, other: Object<'_>) -> Diagnostic {
    let other = other.name().unwrap_or_default();
    RULE.finding(backend.path_field(), format!("Ingress `{other}` claims the same host and path"))
        .help("one of the two gets all requests, and which one depends on the controller")
}

//! Ingresses whose certificate nothing in the render makes.

use std::collections::{HashMap, HashSet};

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::manifest::Object;
use crate::rules::field::Field;
use crate::rules::{Check, Context, Level, Rule};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "ingress-tls-secret",
    group: Group::Networking,
    summary: "Ingresses whose certificate nothing in the render makes",
    severity: Severity::Info,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("ingress_tls_secret.md"),
    check: Check::Render(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    let index = context.index;
    let ingresses = || index.of_kind("Ingress");
    let wanted: HashSet<&str> = ingresses().flat_map(secrets).map(|(_, name)| name).collect();
    // A certificate that the render makes, and nothing takes, was meant for some Ingress.
    let mut spare: HashMap<&str, &str> = HashMap::new();
    for (object, name) in certificates(context) {
        let namespace = index.namespace_of(object);
        if !wanted.contains(name) && !index.refers_to("Secret", namespace, name) {
            spare.entry(namespace).or_insert(name);
        }
    }
    for ingress in ingresses() {
        let namespace = index.namespace_of(ingress);
        let issued = is_served_by_issuer(ingress);
        for (position, name) in secrets(ingress) {
            match spare.get(namespace) {
                _ if index.makes_secret(namespace, name) => {}
                Some(other) => sink.report(another_name(ingress, position, name, other, issued)),
                None if issued => {}
                None => sink.report(from_outside(ingress, position, name)),
            }
        }
    }
}

/// cert-manager's ingress-shim makes the Secret that the Ingress names.
fn is_served_by_issuer(ingress: Object<'_>) -> bool {
    const ISSUERS: &[&str] = &[
        "cert-manager.io/cluster-issuer",
        "cert-manager.io/issuer",
        "certmanager.k8s.io/cluster-issuer",
        "certmanager.k8s.io/issuer",
        "kubernetes.io/tls-acme",
    ];
    let annotations = ingress.root().at(&["metadata", "annotations"]);
    let entries = annotations.into_iter().flat_map(Node::entries);
    entries.filter_map(|entry| entry.key.as_str()).any(|key| ISSUERS.contains(&key))
}

/// The Secrets that an Ingress takes its certificates from, with their positions.
fn secrets<'a>(ingress: Object<'a>) -> impl Iterator<Item = (usize, &'a str)> + use<'a> {
    let tls = ingress.root().at(&["spec", "tls"]).into_iter().flat_map(Node::items);
    tls.enumerate().filter_map(|(position, one)| Some((position, one.get("secretName")?.as_str()?)))
}

/// What makes a Secret with a certificate, and its name.
fn certificates<'a>(context: &Context<'a>) -> impl Iterator<Item = (Object<'a>, &'a str)> {
    let of_type = |secret: &Object<'_>| {
        secret.root().get("type").and_then(Node::as_str) == Some("kubernetes.io/tls")
    };
    let secrets = context.index.of_kind("Secret").filter(of_type);
    let secrets = secrets.filter_map(|one| Some((one, one.name()?)));
    let ordered = context.index.of_kind("Certificate");
    secrets.chain(
        ordered.filter_map(|one| Some((one, one.root().at(&["spec", "secretName"])?.as_str()?))),
    )
}

fn another_name(
    ingress: Object<'_>,
    index: usize,
    name: &str,
    spare: &str,
    issued: bool,
) -> Diagnostic {
    let maker = if issued { "an issuer" } else { "nothing" };
    let message =
        format!("{maker} makes Secret `{name}`; the render makes `{spare}`, which nothing takes");
    RULE.finding(secret_at(ingress, index), message)
        .help("name the Secret that holds the certificate")
}

fn from_outside(ingress: Object<'_>, index: usize, name: &str) -> Diagnostic {
    let message = format!("nothing in the render makes Secret `{name}`");
    RULE.finding(secret_at(ingress, index), message)
        .help("it must be there before the release, or be ordered from an issuer of cert-manager")
}

fn secret_at<'a>(ingress: Object<'a>, index: usize) -> Field<'a> {
    Field::root(ingress).keys(&["spec", "tls"]).index(index).key("secretName")
}

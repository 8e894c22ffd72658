//! Ingresses whose certificate lies in a Secret of another name.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::manifest::Object;
use crate::rules::field::Field;
use crate::rules::{Check, Context, Level, Rule};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "ingress-tls-secret",
    group: Group::Networking,
    summary: "Ingresses whose certificate lies in a Secret of another name",
    severity: Severity::Info,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("ingress_tls_secret.md"),
    check: Check::Object(&["Ingress"], check),
};

fn check(ingress: Object<'_>, context: &Context<'_>, sink: &mut Sink) {
    let annotations = ingress.root().at(&["metadata", "annotations"]);
    let mut keys =
        annotations.into_iter().flat_map(Node::entries).filter_map(|one| one.key.as_str());
    // cert-manager's ingress-shim makes the Secret that the Ingress names.
    if keys.any(|key| ISSUERS.contains(&key)) {
        return;
    }
    let namespace = context.index.namespace_of(ingress);
    let tls = ingress.root().at(&["spec", "tls"]).into_iter().flat_map(Node::items);
    for (index, entry) in tls.enumerate() {
        let Some(name) = entry.get("secretName").and_then(Node::as_str) else { continue };
        if makes(context, namespace, name) {
            continue;
        }
        // A certificate that the render makes, and nothing takes, was meant for this Ingress.
        if let Some(spare) = spare_certificate(context, namespace) {
            sink.report(another_name(ingress, index, name, spare));
        }
    }
}

const ISSUERS: &[&str] = &[
    "cert-manager.io/cluster-issuer",
    "cert-manager.io/issuer",
    "certmanager.k8s.io/cluster-issuer",
    "certmanager.k8s.io/issuer",
    "kubernetes.io/tls-acme",
];

fn makes(context: &Context<'_>, namespace: &str, name: &str) -> bool {
    context.index.find("Secret", namespace, name).is_some()
        || context.index.of_kind("Certificate").any(|one| certificate_secret(one) == Some(name))
}

fn certificate_secret(certificate: Object<'_>) -> Option<&str> {
    certificate.root().at(&["spec", "secretName"])?.as_str()
}

/// The name of a TLS Secret of the namespace that no Ingress takes.
fn spare_certificate<'a>(context: &Context<'a>, namespace: &str) -> Option<&'a str> {
    let index = context.index;
    let of_type = |secret: &Object<'_>| {
        secret.root().get("type").and_then(Node::as_str) == Some("kubernetes.io/tls")
    };
    let secrets =
        index.of_kind("Secret").filter(of_type).filter_map(|one| Some((one, one.name()?)));
    let certificates = index.of_kind("Certificate");
    let certificates = certificates.filter_map(|one| Some((one, certificate_secret(one)?)));
    let mut made =
        secrets.chain(certificates).filter(|(one, _)| index.namespace_of(*one) == namespace);
    let taken = |name: &str| {
        index.of_kind("Ingress").any(|ingress| {
            let tls = ingress.root().at(&["spec", "tls"]).into_iter().flat_map(Node::items);
            tls.filter_map(|one| one.get("secretName")).any(|one| one.as_str() == Some(name))
        })
    };
    let mounted = |name: &str| index.refers_to("Secret", namespace, name);
    made.find(|(_, name)| !taken(name) && !mounted(name)).map(|(_, name)| name)
}

fn another_name(ingress: Object<'_>, index: usize, name: &str, spare: &str) -> Diagnostic {
    let field = Field::root(ingress).keys(&["spec", "tls"]).index(index).key("secretName");
    RULE.finding(
        field,
        format!("nothing makes Secret `{name}`; the render makes `{spare}`, which nothing takes"),
    )
    .help("name the Secret that holds the certificate")
}

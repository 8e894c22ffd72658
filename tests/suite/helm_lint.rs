//! `helm lint` under Helm's name: its messages, in its words and order.

use std::process::Command;

use crate::folder::Folder;

/// A chart whose `Chart.yaml` has these lines, and another file; what is said of it.
#[track_caller]
fn check(chart: &str, path: &str, text: &str, expected: &str) {
    let head = "apiVersion: v2\nname: c\nversion: 0.1.0\nicon: https://example.com/x.png\n";
    let folder = Folder::new(&[
        ("c/Chart.yaml", &format!("{head}{chart}")),
        ("c/values.yaml", ""),
        ("c/templates/empty.yaml", ""),
        (&format!("c/{path}"), text),
    ]);
    let helm = folder.path().join("helm");
    std::fs::hard_link(env!("CARGO_BIN_EXE_chartc"), &helm)
        .or_else(|_| std::fs::copy(env!("CARGO_BIN_EXE_chartc"), &helm).map(|_| ()))
        .unwrap();
    let done = Command::new(&helm)
        .args(["lint", "c"])
        .env("KUBECONFIG", "/dev/null")
        .current_dir(folder.path())
        .output()
        .unwrap();
    let printed = String::from_utf8(done.stdout).unwrap();
    let messages: Vec<&str> =
        printed.lines().filter(|line| line.starts_with(['[', '\t', ' '])).collect();
    assert_eq!(messages.join("\n"), expected);
}

#[test]
fn a_text_that_looks_like_json() {
    check(
        "",
        "templates/x.yaml",
        "{ {- $relname := .Release.Name -}}\n",
        "[ERROR] templates/x.yaml: unable to parse YAML: json: offset 3: invalid character '{' looking for \
         beginning of object key string",
    );
    check(
        "",
        "templates/x.yaml",
        "{\"a\": [1,",
        "[ERROR] templates/x.yaml: unable to parse YAML: unexpected EOF",
    );
    check("", "templates/x.yaml", "{kind: ConfigMap, metadata: {name: a}}", "");
}

/// Of kinds that client-go does not have, Helm says nothing.
#[test]
fn deprecated_kinds() {
    let list = [
        "{apiVersion: policy/v1beta1, kind: PodDisruptionBudget, metadata: {name: a}}",
        "{apiVersion: policy/v1beta1, kind: PodSecurityPolicy, metadata: {name: a}}",
        "{apiVersion: apiextensions.k8s.io/v1beta1, kind: CustomResourceDefinition, metadata: {name: a}}",
        "{apiVersion: apiregistration.k8s.io/v1beta1, kind: APIService, metadata: {name: a}}",
        "{apiVersion: v1, kind: Endpoints, metadata: {name: a}}",
    ];
    check(
        "",
        "templates/x.yaml",
        &list.join("\n---\n"),
        "[WARNING] templates/x.yaml: policy/v1beta1 PodDisruptionBudget is deprecated in v1.21+, unavailable in \
         v1.25+; use policy/v1 PodDisruptionBudget\n\
         [WARNING] templates/x.yaml: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
    );
}

#[test]
fn addresses() {
    check(
        "maintainers: [{name: x, email: a..b@c.de}]\nsources: ['https://x:y']\n",
        "README.md",
        "",
        "[ERROR] Chart.yaml: invalid email 'a..b@c.de' for maintainer 'x'\n\
         [ERROR] Chart.yaml: invalid source URL 'https://x:y'",
    );
}

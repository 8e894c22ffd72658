//! The namespace of `template` where no flag names one, as client-go reads it from kubeconfigs.

use std::process::Command;

use crate::folder::Folder;

/// Two contexts; the current one has a namespace.
const TEAM: &str = "\
apiVersion: v1
kind: Config
current-context: here
contexts:
- name: here
  context: {cluster: c, namespace: team}
- name: bare
  context: {cluster: c}
";

const OTHER: &str = "\
current-context: there
contexts:
- {name: there, context: {namespace: other}}
- {name: here, context: {namespace: hidden}}
- {name: far, context: {namespace: away}}
";

/// Renders a chart that prints its namespace, with kubeconfigs `a` and `b` in the home `$HOME`.
#[track_caller]
fn check(environment: &[(&str, &str)], args: &[&str], expected: &str) {
    let folder = Folder::new(&[
        ("chart/Chart.yaml", "apiVersion: v2\nname: chart\nversion: 0.1.0\n"),
        ("chart/templates/x.yaml", "namespace: {{ .Release.Namespace }}\n"),
        ("a", TEAM),
        ("b", OTHER),
        ("broken", "contexts: 1\ncurrent-context: [\n"),
        ("home/.kube/config", &TEAM.replace("team", "mine")),
    ]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_chartc"));
    for name in ["KUBECONFIG", "HELM_NAMESPACE", "HELM_KUBECONTEXT", "KUBERNETES_SERVICE_HOST"] {
        command.env_remove(name);
    }
    command.current_dir(folder.path()).env("HOME", "home").envs(environment.iter().copied());
    let done = command.args(["template", "chart"]).args(args).output().unwrap();
    let printed = String::from_utf8(done.stdout).unwrap();
    let (_, namespace) = printed.trim_end().rsplit_once("namespace: ").unwrap();
    assert_eq!(namespace, expected, "{environment:?} {args:?}");
}

#[test]
fn the_current_context_names_the_namespace() {
    check(&[], &[], "mine");
    check(&[("KUBECONFIG", "a")], &[], "team");
    check(&[("KUBECONFIG", "a")], &["--kubeconfig", "b"], "other");
    check(&[("KUBECONFIG", "a")], &["--kube-context", "bare"], "default");
}

#[test]
fn flag_and_variable_come_first() {
    check(&[("HELM_NAMESPACE", "shop")], &[], "shop");
    check(&[("HELM_NAMESPACE", "shop")], &["-n", "flag"], "flag");
    check(&[("HELM_KUBECONTEXT", "bare")], &[], "default");
}

#[test]
fn the_first_of_several_files_wins() {
    check(&[("KUBECONFIG", "a:b")], &[], "team");
    check(&[("KUBECONFIG", "missing::b:a")], &[], "other");
    check(&[("KUBECONFIG", "b:a")], &["--kube-context", "here"], "hidden");
    check(&[("KUBECONFIG", "a:b")], &["--kube-context", "far"], "away");
}

#[test]
fn what_cannot_be_used_is_passed_over() {
    check(&[("KUBECONFIG", "missing")], &[], "default");
    check(&[("KUBECONFIG", "a:broken")], &[], "default");
    check(&[("KUBECONFIG", "a")], &["--kube-context", "nowhere"], "default");
    check(&[("KUBECONFIG", "a")], &["--kubeconfig", "missing"], "default");
}

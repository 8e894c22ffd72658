//! The program under the name `helm`: the commands that tools start Helm for and that need neither
//! a cluster nor the network.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::ExitCode;

use super::output::written;
use super::pflag::{self, Flag, FlagKind};
use super::template::flags::{GLOBAL_FLAGS, KLOG_FLAGS};
use super::{helm_lint, template};
use crate::pipeline;
use crate::values::HELM;

/// Whether the program was started under Helm's name.
pub(super) fn is_meant(program: &OsStr) -> bool {
    Path::new(program).file_stem().is_some_and(|name| name == "helm")
}

/// The flags of all commands that take a value behind a space (`pkg/cli/environment.go`).
const WITH_VALUE: [&str; 17] = [
    "-n",
    "--namespace",
    "--kubeconfig",
    "--kube-context",
    "--kube-token",
    "--kube-as-user",
    "--kube-as-group",
    "--kube-apiserver",
    "--kube-ca-file",
    "--kube-tls-server-name",
    "--registry-config",
    "--repository-config",
    "--repository-cache",
    "--content-cache",
    "--burst-limit",
    "--qps",
    "--color",
];

/// Helm's commands that change a cluster, ask one, or fetch something.
const REFUSED: [&str; 22] = [
    "completion",
    "create",
    "dependency",
    "env",
    "get",
    "history",
    "install",
    "list",
    "package",
    "plugin",
    "pull",
    "push",
    "registry",
    "repo",
    "rollback",
    "search",
    "show",
    "status",
    "test",
    "uninstall",
    "upgrade",
    "verify",
];

/// Runs as Helm does. The arguments come without the program's name.
pub(super) fn run(args: &[OsString]) -> ExitCode {
    let mut args: Vec<String> = args.iter().map(|arg| arg.to_string_lossy().into_owned()).collect();
    let Some(at) = command_at(&args) else { return print(HELP) };
    let command = args.remove(at);
    match command.as_str() {
        "template" => template::run(&args, "helm"),
        "lint" => helm_lint::run(&args),
        "version" => version(&args),
        "help" => print(HELP),
        known if REFUSED.contains(&known) => fail(&format!(
            "\"helm {known}\" is not among the commands that chartc stands in for: template, lint, version"
        )),
        unknown => fail(&format!(
            "unknown command \"{unknown}\" for \"helm\"\n\nRun 'helm --help' for usage."
        )),
    }
}

/// Where the command stands among the flags.
fn command_at(args: &[String]) -> Option<usize> {
    let mut at = 0;
    while let Some(arg) = args.get(at) {
        match arg.as_str() {
            flag if WITH_VALUE.contains(&flag) => at += 2,
            flag if flag.starts_with('-') => at += 1,
            _ => return Some(at),
        }
    }
    None
}

/// The flags of `helm version`.
const VERSION_FLAGS: &[Flag] =
    &[Flag::new("short", FlagKind::Bool), Flag::new("template", FlagKind::Text)];

fn version(args: &[String]) -> ExitCode {
    match version_text(args) {
        Ok(text) => print(&text),
        Err(error) => fail(&error),
    }
}

/// What `helm version` prints (`pkg/cmd/version.go`).
fn version_text(args: &[String]) -> Result<String, String> {
    let flags = pflag::parse(args, &[VERSION_FLAGS, GLOBAL_FLAGS, KLOG_FLAGS])?;
    if flags.help {
        return Ok(HELP.to_owned());
    }
    if !flags.args.is_empty() {
        let usage = "\"helm version\" accepts no arguments\n\nUsage:  helm version [flags]";
        return Err(usage.to_owned());
    }
    if let Some(template) = flags.text("template").filter(|template| !template.is_empty()) {
        return pipeline::version_text(template);
    }
    if flags.bool("short") {
        let commit = HELM.git_commit.get(..7).map_or(String::new(), |start| format!("+g{start}"));
        return Ok(format!("{}{commit}\n", HELM.version));
    }
    Ok(format!(
        "version.BuildInfo{{Version:\"{}\", GitCommit:\"{}\", GitTreeState:\"{}\", GoVersion:\"{}\", KubeClientVersion:\"{}\"}}\n",
        HELM.version,
        HELM.git_commit,
        HELM.git_tree_state,
        HELM.go_version,
        HELM.kube_client_version
    ))
}

fn print(text: &str) -> ExitCode {
    match written(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn fail(text: &str) -> ExitCode {
    eprintln!("Error: {text}");
    ExitCode::FAILURE
}

const HELP: &str = "\
chartc, under the name of helm, runs these of its commands:

  helm template [NAME] [CHART] [flags]   renders a chart
  helm lint PATH [flags]                 examines a chart
  helm version [--short]                 prints the version of Helm that it follows
";

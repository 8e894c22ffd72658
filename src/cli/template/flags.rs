//! The flags of `helm template` and those that all of Helm's commands have
//! (`pkg/cmd/template.go`, `pkg/cmd/install.go`, `pkg/cmd/flags.go`, `pkg/cli/environment.go`).

use crate::cli::pflag::{Flag, FlagKind, Parsed};
use crate::value::quote::quoted;

const NO_EFFECT: &str = "this flag has no effect for 'helm template' and will be removed in Helm 5";

/// The flags that give values (`addValueOptionsFlags`).
pub(in crate::cli) const VALUE_FLAGS: &[Flag] = &[
    Flag::new("set", FlagKind::Texts),
    Flag::new("set-file", FlagKind::Texts),
    Flag::new("set-json", FlagKind::Texts),
    Flag::new("set-literal", FlagKind::Texts),
    Flag::new("set-string", FlagKind::Texts),
    Flag::short("values", 'f', FlagKind::List),
];

/// The flags that all of Helm's commands have (`AddFlags` in `pkg/cli/environment.go`).
pub(in crate::cli) const GLOBAL_FLAGS: &[Flag] = &[
    Flag::new("burst-limit", FlagKind::Integer),
    Flag::new("color", FlagKind::Text),
    Flag::new("colour", FlagKind::Text),
    Flag::new("content-cache", FlagKind::Text),
    Flag::new("debug", FlagKind::Bool),
    Flag::new("kube-apiserver", FlagKind::Text),
    Flag::new("kube-as-group", FlagKind::Texts),
    Flag::new("kube-as-user", FlagKind::Text),
    Flag::new("kube-ca-file", FlagKind::Text),
    Flag::new("kube-context", FlagKind::Text),
    Flag::new("kube-insecure-skip-tls-verify", FlagKind::Bool),
    Flag::new("kube-tls-server-name", FlagKind::Text),
    Flag::new("kube-token", FlagKind::Text),
    Flag::new("kubeconfig", FlagKind::Text),
    Flag::short("namespace", 'n', FlagKind::Text),
    Flag::new("qps", FlagKind::Float),
    Flag::new("registry-config", FlagKind::Text),
    Flag::new("repository-cache", FlagKind::Text),
    Flag::new("repository-config", FlagKind::Text),
];

/// The hidden flags of Helm's logging library (`addKlogFlags`); nothing here logs with it.
pub(in crate::cli) const KLOG_FLAGS: &[Flag] = &[
    Flag::new("add-dir-header", FlagKind::Bool),
    Flag::new("alsologtostderr", FlagKind::Bool),
    Flag::new("log-backtrace-at", FlagKind::Text),
    Flag::new("log-dir", FlagKind::Text),
    Flag::new("log-file", FlagKind::Text),
    Flag::new("log-file-max-size", FlagKind::Integer),
    Flag::new("logtostderr", FlagKind::Bool),
    Flag::new("one-output", FlagKind::Bool),
    Flag::new("skip-headers", FlagKind::Bool),
    Flag::new("skip-log-headers", FlagKind::Bool),
    Flag::new("stderrthreshold", FlagKind::Text),
    Flag::short("v", 'v', FlagKind::Integer),
    Flag::new("vmodule", FlagKind::Text),
];

/// The flags of `helm template` itself; our own stand last.
pub(super) const FLAGS: &[Flag] = &[
    Flag::short("api-versions", 'a', FlagKind::List),
    Flag::deprecated("atomic", FlagKind::Bool, "use --rollback-on-failure instead"),
    Flag::new("ca-file", FlagKind::Text),
    Flag::new("cert-file", FlagKind::Text),
    Flag::new("create-namespace", FlagKind::Bool),
    Flag::new("dependency-update", FlagKind::Bool),
    Flag::new("description", FlagKind::Text),
    Flag::new("devel", FlagKind::Bool),
    Flag::new("disable-openapi-validation", FlagKind::Bool),
    Flag::new("dry-run", FlagKind::Optional("unset")),
    Flag::new("enable-dns", FlagKind::Bool),
    Flag::deprecated("force", FlagKind::Bool, "use --force-replace instead"),
    Flag::new("force-conflicts", FlagKind::Bool),
    Flag::new("force-replace", FlagKind::Bool),
    Flag::short("generate-name", 'g', FlagKind::Bool),
    Flag::deprecated("hide-notes", FlagKind::Bool, NO_EFFECT),
    Flag::new("include-crds", FlagKind::Bool),
    Flag::new("insecure-skip-tls-verify", FlagKind::Bool),
    Flag::new("is-upgrade", FlagKind::Bool),
    Flag::new("key-file", FlagKind::Text),
    Flag::new("keyring", FlagKind::Text),
    Flag::new("kube-version", FlagKind::Text),
    Flag::short("labels", 'l', FlagKind::Pairs),
    Flag::new("name-template", FlagKind::Text),
    Flag::new("no-hooks", FlagKind::Bool),
    Flag::new("output-dir", FlagKind::Text),
    Flag::new("pass-credentials", FlagKind::Bool),
    Flag::new("password", FlagKind::Text),
    Flag::new("plain-http", FlagKind::Bool),
    Flag::new("post-renderer", FlagKind::Text),
    Flag::new("post-renderer-args", FlagKind::Texts),
    Flag::new("release-name", FlagKind::Bool),
    Flag::deprecated("render-subchart-notes", FlagKind::Bool, NO_EFFECT),
    Flag::new("replace", FlagKind::Bool),
    Flag::new("repo", FlagKind::Text),
    Flag::new("rollback-on-failure", FlagKind::Bool),
    Flag::new("server-side", FlagKind::Bool),
    Flag::short("show-only", 's', FlagKind::Texts),
    Flag::new("skip-crds", FlagKind::Bool),
    Flag::new("skip-schema-validation", FlagKind::Bool),
    Flag::new("skip-tests", FlagKind::Bool),
    Flag::new("take-ownership", FlagKind::Bool),
    Flag::new("timeout", FlagKind::Duration),
    Flag::new("username", FlagKind::Text),
    Flag::deprecated("validate", FlagKind::Bool, "use '--dry-run=server' instead"),
    Flag::new("verify", FlagKind::Bool),
    Flag::new("version", FlagKind::Text),
    Flag::new("wait", FlagKind::Wait),
    Flag::new("wait-for-jobs", FlagKind::Bool),
    Flag::new("diagnostics", FlagKind::Text),
    Flag::new("lookup-from", FlagKind::Text),
    Flag::new("seed", FlagKind::Integer),
];

/// Flags of which only one may be given.
const EXCLUSIVE: [[&str; 2]; 3] =
    [["force-replace", "force-conflicts"], ["force", "force-conflicts"], ["validate", "dry-run"]];

/// Of the flags that exclude each other, only one may be set (`MarkFlagsMutuallyExclusive` of
/// cobra).
pub(super) fn check_groups(flags: &Parsed) -> Result<(), String> {
    for [one, other] in EXCLUSIVE {
        if flags.is_set(one) && flags.is_set(other) {
            let mut set = [one, other];
            set.sort_unstable();
            return Err(format!(
                "if any flags in the group [{one} {other}] are set none of the others can be; [{} {}] were all set",
                set[0], set[1]
            ));
        }
    }
    Ok(())
}

/// `--color` and `--colour` must be something that Helm knows, although nothing here is coloured by
/// them (`newRootCmdWithConfig` in `pkg/cmd/root.go`).
pub(in crate::cli) fn check_color(flags: &Parsed) -> Result<(), String> {
    let modes = [flags.text("color"), flags.text("colour")];
    match modes.into_iter().flatten().find(|mode| !["never", "auto", "always"].contains(mode)) {
        Some(mode) => {
            Err(format!("invalid color mode {}: must be one of: never, auto, always", quoted(mode)))
        }
        None => Ok(()),
    }
}

pub(super) fn help(program: &str) -> String {
    let mut text = format!(
        "Renders a chart and prints the manifests, as `helm template` does.\n\n\
         Usage:\n  {program} template [NAME] [CHART] [flags]\n\nFlags:\n"
    );
    let all = [FLAGS, VALUE_FLAGS, GLOBAL_FLAGS];
    for flag in all.into_iter().flatten().filter(|flag| flag.deprecated.is_none()) {
        let short = flag.short.map_or_else(|| "    ".to_owned(), |letter| format!("-{letter}, "));
        text.extend(["  ", &short, "--", flag.name, flag.kind.placeholder(), "\n"]);
    }
    text
}

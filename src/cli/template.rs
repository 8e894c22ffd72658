//! `chartc template`: what `helm template` of Helm 4.2 does, flag by flag and byte by byte
//! (`pkg/cmd/template.go`, `pkg/cmd/install.go`).

pub(super) mod flags;
mod post_render;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use super::kubeconfig::{self, Choice};
use super::pflag::{self, Parsed};
use super::values_flags::ValuesFlags;
use super::{disk, output, output::written};
use crate::chart::{self, Chart, Level, Log};
use crate::exec;
use crate::funcs::{Env, Seed};
use crate::manifest::{self, Printed};
use crate::origin::Tracer;
use crate::pipeline::{self, Case, Render, Shared};
use crate::report::{self, Finding};
use crate::source::Sources;
use crate::value::quote::quoted;
use crate::values::{Capabilities, KubeVersion, Layers, Release};
use flags::{FLAGS, GLOBAL_FLAGS, KLOG_FLAGS, VALUE_FLAGS};
use post_render::PostRenderer;

/// The arguments are read as Helm reads them, not as other commands' are.
#[derive(clap::Args)]
#[command(disable_help_flag = true)]
pub(super) struct Args {
    /// `[NAME] CHART` and the flags of `helm template`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub(super) args: Vec<OsString>,
}

/// Arguments as texts; what is no UTF-8 cannot name anything that Helm knows.
pub(super) fn texts(args: &[OsString]) -> Vec<String> {
    args.iter().map(|arg| arg.to_string_lossy().into_owned()).collect()
}

/// Runs the command under the name of a program. Helm's exit codes: 0, or 1 for any error.
pub(super) fn run(args: &[String], program: &str) -> ExitCode {
    match template(args, program) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failed(text)) => {
            eprintln!("Error: {text}");
            ExitCode::FAILURE
        }
    }
}

/// Why there is no output, as Helm says it after `Error: `.
pub(super) struct Failed(pub(super) String);

impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Failed {
        Failed(disk::go_error(&error))
    }
}

impl From<String> for Failed {
    fn from(text: String) -> Failed {
        Failed(text)
    }
}

fn template(args: &[String], program: &str) -> Result<(), Failed> {
    let flags = pflag::parse(args, &[FLAGS, VALUE_FLAGS, GLOBAL_FLAGS, KLOG_FLAGS])?;
    for notice in &flags.notices {
        eprintln!("{notice}");
    }
    if flags.help {
        return Ok(written(flags::help(program).as_bytes())?);
    }
    flags::check_color(&flags)?;
    if flags.args.is_empty() {
        return Err(Failed(format!(
            "\"{program} template\" requires at least 1 argument\n\nUsage:  {program} template [NAME] [CHART] [flags]"
        )));
    }
    flags::check_groups(&flags)?;
    let case = Settings::new(&flags)?;
    let version = flags.text("version").unwrap_or_default();
    case.log([Log::debug("Original chart version").with("version", version)]);
    if version.is_empty() && flags.bool("devel") {
        case.log([Log::debug("setting version to >0.0.0-0")]);
    }
    let (name, chart) = name_and_chart(&flags)?;
    let path = locate(&flags, &chart)?;
    case.log([Log::debug("Chart path").with("path", path.to_string_lossy())]);
    render_chart(&flags, &case, name, &path, &chart)
}

/// What the flags say of the cluster and of the way to talk.
struct Settings {
    debug: bool,
    /// Whether our own picture of a problem stands before Helm's words.
    diagnostics: bool,
    capabilities: Capabilities,
}

impl Settings {
    fn new(flags: &Parsed) -> Result<Settings, Failed> {
        let debug = flags.bool("debug")
            || !flags.is_set("debug")
                && std::env::var("HELM_DEBUG")
                    .is_ok_and(|text| pflag::parse_bool(&text) == Some(true));
        let mut capabilities = Capabilities::default();
        if let Some(text) = flags.text("kube-version").filter(|text| !text.is_empty()) {
            capabilities.kube_version = KubeVersion::parse(text)
                .map_err(|error| format!("invalid kube version '{text}': {error}"))?;
        }
        capabilities.api_versions = flags.all("api-versions").to_vec();
        let settings = Settings { debug, diagnostics: wants_pictures(flags)?, capabilities };
        settings.check_dry_run(flags)?;
        if flags.bool("enable-dns") {
            let refused = "--enable-dns needs the network, and chartc never uses it";
            return Err(Failed(refused.to_owned()));
        }
        Ok(settings)
    }

    /// `cmdGetDryRunFlagStrategy` in `pkg/cmd/helpers.go`; what asks for a cluster is refused.
    fn check_dry_run(&self, flags: &Parsed) -> Result<(), Failed> {
        let value = flags.text("dry-run").unwrap_or("client");
        let invalid = |choices: &str| {
            Failed(format!("invalid dry-run value ({}). Must be {choices}", quoted(value)))
        };
        match value {
            "unset" => self.log([Log::warn(
                "--dry-run is deprecated and should be replaced with '--dry-run=client'",
            )]),
            "client" => {}
            "server" => return Err(no_cluster("--dry-run=server")),
            "none" => return Err(invalid("\"server\" or \"client\"")),
            _ => match pflag::parse_bool(value) {
                None => return Err(invalid("\"none\", \"server\", or \"client\"")),
                Some(false) => return Err(invalid("\"server\" or \"client\"")),
                Some(true) => self.log([Log::warn(format!(
                    "boolean '--dry-run={value}' flag is deprecated and must be replaced with '--dry-run=client'"
                ))]),
            },
        }
        if flags.bool("validate") { Err(no_cluster("--validate")) } else { Ok(()) }
    }

    fn log(&self, lines: impl IntoIterator<Item = Log>) {
        for line in lines {
            if line.level > Level::Debug || self.debug {
                eprintln!("{line}");
            }
        }
    }
}

/// `--diagnostics`; without it, people get pictures, and programs what Helm says.
fn wants_pictures(flags: &Parsed) -> Result<bool, Failed> {
    match flags.text("diagnostics") {
        None => Ok(io::stderr().is_terminal()),
        Some("full") => Ok(true),
        Some("helm") => Ok(false),
        Some(other) => Err(Failed(format!(
            "invalid argument {} for \"--diagnostics\" flag: must be full or helm",
            quoted(other)
        ))),
    }
}

fn no_cluster(flag: &str) -> Failed {
    Failed(format!("{flag} needs a cluster, and chartc never talks to one"))
}

/// `NameAndChart` in `pkg/action/install.go`. A name is never generated: `helm template` has a
/// default name.
fn name_and_chart(flags: &Parsed) -> Result<(String, String), Failed> {
    match flags.args.as_slice() {
        [_, _, rest @ ..] if !rest.is_empty() => {
            let rest = rest.join(", ");
            Err(Failed(format!("expected at most two arguments, unexpected arguments: {rest}")))
        }
        [_, _] if flags.bool("generate-name") => {
            Err(Failed("cannot set --generate-name and also specify a name".to_owned()))
        }
        [_, _] if name_template(flags).is_some() => {
            Err(Failed("cannot set --name-template and also specify a name".to_owned()))
        }
        [name, chart] => Ok((name.clone(), chart.clone())),
        [chart] => {
            let name = match name_template(flags) {
                Some(template) => pipeline::release_name(template, &environment(flags)?)?,
                None => "release-name".to_owned(),
            };
            Ok((name, chart.clone()))
        }
        _ => Err(Failed("no chart".to_owned())),
    }
}

fn name_template(flags: &Parsed) -> Option<&str> {
    flags.text("name-template").filter(|text| !text.is_empty())
}

/// Where the chart is (`LocateChart` in `pkg/action/install.go`).
fn locate(flags: &Parsed, name: &str) -> Result<PathBuf, Failed> {
    let name = name.trim();
    let given = |flag: &str| flags.text(flag).is_some_and(|text| !text.is_empty());
    if given("repo") {
        return Err(on_network(name, "--repo"));
    }
    if Path::new(name).exists() {
        if flags.bool("verify") {
            return Err(Failed("--verify needs a keyring, which chartc does not read".to_owned()));
        }
        return Ok(disk::absolute(Path::new(name))?);
    }
    if Path::new(name).is_absolute() || name.starts_with('.') {
        return Err(Failed(format!("path {} not found", quoted(name))));
    }
    if name.contains("://") {
        return Err(on_network(name, "a URL"));
    }
    Err(Failed(match name.split_once('/') {
        Some((repository, _)) if wants_pictures(flags)? => format!(
            "repo {repository} not found: chartc uses no network; pull the chart first, and name its file"
        ),
        Some((repository, _)) => format!("repo {repository} not found"),
        None => {
            format!("non-absolute URLs should be in form of repo_name/path_to_chart, got: {name}")
        }
    }))
}

fn on_network(name: &str, what: &str) -> Failed {
    Failed(format!(
        "{name}: {what} needs the network, which chartc does not use; pull the chart first"
    ))
}

fn render_chart(
    flags: &Parsed,
    settings: &Settings,
    name: String,
    path: &Path,
    shown: &str,
) -> Result<(), Failed> {
    let mut sources = Sources::default();
    let layers = values_flags(flags).layers(&mut sources);
    let values = layers.merge(&sources, None).map_err(|error| error.to_string())?;
    let read = disk::read_chart(path, shown).map_err(|error| error.to_string())?;
    settings.log(read.log);
    let loaded = chart::load(&read.files, &mut sources).map_err(|error| error.to_string())?;
    settings.log(loaded.log);
    let release = Release {
        name,
        namespace: namespace(flags),
        is_upgrade: flags.bool("is-upgrade"),
        revision: 1,
    };
    let lookup = match flags.text("lookup-from") {
        Some(folder) => super::lookup::read(Path::new(folder), &mut sources)?,
        None => Vec::new(),
    };
    let shared = Shared::default();
    let case = Case {
        values: &values,
        release,
        capabilities: settings.capabilities.clone(),
        skip_schema: flags.bool("skip-schema-validation"),
        shared: &shared,
        env: environment(flags)?,
        exec: exec::Options { lookup, ..exec::Options::default() },
    };
    let command = Command { flags, settings, chart: &loaded.chart, layers: &layers };
    command.run(&case, &mut sources)
}

/// A render and all that its output depends on.
struct Command<'a> {
    flags: &'a Parsed,
    settings: &'a Settings,
    chart: &'a Chart,
    layers: &'a Layers,
}

impl Command<'_> {
    fn run(&self, case: &Case<'_>, sources: &mut Sources) -> Result<(), Failed> {
        match pipeline::render(self.chart, case, sources, None) {
            Err(stopped) => {
                self.settings.log(stopped.log);
                if self.settings.debug && stopped.problem.is_in_render() {
                    self.print_rest(b"\n")?;
                }
                self.explain(case, sources);
                Err(self.failed(stopped.problem.to_string(), stopped.problem.is_in_render()))
            }
            Ok(render) => self.finish(render, case, sources),
        }
    }

    fn finish(
        &self,
        render: Render<'_>,
        case: &Case<'_>,
        sources: &mut Sources,
    ) -> Result<(), Failed> {
        self.settings.log(render.log.iter().cloned());
        let Some(broken) = render.manifests.broken.first() else {
            return self.print(&render, &case.release.name, sources);
        };
        let text = broken.to_string();
        if self.settings.debug {
            self.print_files(&render, sources)?;
        }
        self.explain(case, sources);
        Err(self.failed(text, true))
    }

    /// An error in Helm's words; one of rendering has a hint behind it.
    fn failed(&self, text: String, in_render: bool) -> Failed {
        if in_render && !self.settings.debug {
            return Failed(format!("{text}\n\nUse --debug flag to render out invalid YAML"));
        }
        Failed(text)
    }

    fn print(&self, render: &Render<'_>, release: &str, sources: &Sources) -> Result<(), Failed> {
        let crds = self.crds(render, sources);
        let plain: Vec<Printed<'_>> =
            render.manifests.plain.iter().map(|manifest| printed(manifest, sources)).collect();
        let hooks = self.hooks(render, sources);
        let Some(folder) = self.flags.text("output-dir").filter(|folder| !folder.is_empty()) else {
            let plain = [crds, plain].concat();
            let Some(renderer) = PostRenderer::new(self.flags)? else {
                return self.print_selected(manifest::print(&plain, &hooks));
            };
            let changed = renderer.run(&manifest::print(&plain, &[]))?;
            return self.print_selected(manifest::with_hooks(changed, &hooks));
        };
        if PostRenderer::new(self.flags)?.is_some() {
            let refused =
                "--post-renderer works on one stream, so it cannot be used with --output-dir";
            return Err(Failed(refused.to_owned()));
        }
        for crd in &crds {
            write_part(folder, crd, false)?;
        }
        let folder = match self.flags.bool("release-name") {
            true => Path::new(folder).join(release),
            false => PathBuf::from(folder),
        };
        self.write_files(&folder.to_string_lossy(), &plain, &hooks)
    }

    fn crds<'s>(&self, render: &'s Render<'_>, sources: &'s Sources) -> Vec<Printed<'s>> {
        let wanted = self.flags.bool("include-crds");
        let crds = render.crds.iter().filter(|_| wanted);
        crds.map(|crd| Printed { source: &crd.name, text: sources.text(crd.text) }).collect()
    }

    fn hooks<'s>(&self, render: &'s Render<'_>, sources: &'s Sources) -> Vec<Printed<'s>> {
        if self.flags.bool("no-hooks") {
            return Vec::new();
        }
        let skip_tests = self.flags.bool("skip-tests");
        let hooks = render.manifests.hooks.iter().filter(|hook| !(skip_tests && hook.is_test()));
        hooks.map(|hook| printed(hook, sources)).collect()
    }

    /// With `--debug`, Helm prints the files of a render that is no YAML, for people to look at.
    fn print_files(&self, render: &Render<'_>, sources: &Sources) -> Result<(), Failed> {
        let mut files: Vec<Printed<'_>> = render
            .files
            .iter()
            .filter(|(name, _)| !manifest::is_notes(name))
            .map(|(name, text)| Printed { source: name, text: sources.text(*text) })
            .filter(|file| !file.text.trim_ascii().is_empty())
            .collect();
        files.sort_by_key(|file| file.source);
        self.print_rest(&manifest::print(&files, &self.hooks(render, sources)))
    }

    /// What `--debug` shows of a render that failed. That a file asked for is not among it is no
    /// news then.
    fn print_rest(&self, printed: &[u8]) -> Result<(), Failed> {
        let patterns = self.flags.all("show-only");
        if patterns.is_empty() {
            return Ok(written(printed)?);
        }
        match manifest::show_only(printed, patterns) {
            Ok(selected) => Ok(written(&selected)?),
            Err(_) => Ok(()),
        }
    }

    fn print_selected(&self, printed: Vec<u8>) -> Result<(), Failed> {
        let patterns = self.flags.all("show-only");
        if patterns.is_empty() {
            return Ok(written(&printed)?);
        }
        let selected = manifest::show_only(&printed, patterns)
            .map_err(|missing| format!("could not find template {missing} in chart"))?;
        Ok(written(&selected)?)
    }

    /// Writes each document to its file; those of one file follow each other.
    fn write_files(
        &self,
        folder: &str,
        plain: &[Printed<'_>],
        hooks: &[Printed<'_>],
    ) -> Result<(), Failed> {
        let mut begun = BTreeSet::new();
        for part in plain {
            write_part(folder, part, !begun.insert(part.source))?;
        }
        for part in hooks {
            let exists = Path::new(folder).join(part.source).exists();
            write_part(folder, part, exists)?;
        }
        self.print_selected(b"\n".to_vec())
    }

    /// Our own picture of what went wrong, for people: a second render, with origins.
    fn explain(&self, case: &Case<'_>, sources: &mut Sources) {
        if !self.settings.diagnostics {
            return;
        }
        let mut tracer = Tracer::default();
        let Ok(values) = self.layers.merge(sources, Some(&mut tracer)) else { return };
        let case = Case { values: &values, ..case.clone() };
        let found = pipeline::explain(self.chart, &case, sources, &mut tracer);
        let style = output::style_on(&io::stderr());
        for one in found {
            let finding = Finding::new(one, sources, None, None);
            // There is no one left to tell when stderr is closed.
            let _ = report::write_finding(&finding, false, style, &mut io::stderr().lock());
        }
    }
}

fn printed<'s>(manifest: &'s manifest::Manifest, sources: &'s Sources) -> Printed<'s> {
    Printed { source: &manifest.source, text: manifest.text(sources) }
}

/// Writes a document to its file below `folder`, or appends it (`writeToFile`).
fn write_part(folder: &str, part: &Printed<'_>, append: bool) -> Result<(), Failed> {
    let failed = |operation: &str, path: &Path, error: &io::Error| {
        Failed(format!("{operation} {}: {}", path.display(), disk::go_error(error)))
    };
    let shown = format!("{folder}/{}", part.source);
    let path = Path::new(&shown);
    if let Some(folder) = path.parent() {
        make(folder).map_err(|(operation, path, error)| failed(operation, path, &error))?;
    }
    let mut options = std::fs::OpenOptions::new();
    let options = options.write(true).create(true).truncate(!append).append(append);
    let mut file = options.open(path).map_err(|error| failed("open", path, &error))?;
    let mut text = Vec::new();
    part.write(&mut text);
    file.write_all(&text).map_err(|error| failed("write", path, &error))?;
    Ok(written(format!("wrote {shown}\n").as_bytes())?)
}

/// Makes a folder and those above it; tells which one cannot be made, and what was tried
/// (`os.MkdirAll`, `ensureDirectoryForFile` in `pkg/action/install.go`).
fn make(folder: &Path) -> Result<(), (&'static str, &Path, io::Error)> {
    match std::fs::metadata(folder) {
        Ok(found) if found.is_dir() => return Ok(()),
        Ok(_) => return Err(("mkdir", folder, io::ErrorKind::NotADirectory.into())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(("stat", folder, error)),
    }
    let missing = folder.ancestors().take_while(|one| !one.as_os_str().is_empty() && !one.exists());
    let missing: Vec<&Path> = missing.collect();
    for one in missing.into_iter().rev() {
        if let Err(error) = std::fs::create_dir(one)
            && !one.is_dir()
        {
            return Err(("mkdir", one, error));
        }
    }
    Ok(())
}

pub(super) fn values_flags(flags: &Parsed) -> ValuesFlags {
    let all = |name: &str| flags.all(name).to_vec();
    ValuesFlags {
        files: all("values"),
        set: all("set"),
        set_string: all("set-string"),
        set_file: all("set-file"),
        set_json: all("set-json"),
        set_literal: all("set-literal"),
    }
}

/// The flag, the environment, the kubeconfig, in this order.
pub(super) fn namespace(flags: &Parsed) -> String {
    let set = flags.text("namespace").map(str::to_owned);
    let set = set.or_else(|| std::env::var("HELM_NAMESPACE").ok());
    let choice = Choice { file: flags.text("kubeconfig"), context: flags.text("kube-context") };
    set.filter(|text| !text.is_empty())
        .or_else(|| kubeconfig::namespace(&choice))
        .unwrap_or_else(|| "default".to_owned())
}

/// The clock and true randomness, unless a seed is given.
///
/// # Errors
/// When the system has no randomness to give: keys must not be made of anything less.
pub(super) fn environment(flags: &Parsed) -> Result<Env, String> {
    let mut seed = Seed::default();
    if let Some(given) = flags.text("seed").and_then(|text| text.parse::<i64>().ok()) {
        seed[..8].copy_from_slice(&given.to_le_bytes());
        return Ok(Env { seed, ..Env::default() });
    }
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let now = i128::try_from(since.as_nanos()).unwrap_or_default();
    getrandom::fill(&mut seed).map_err(|error| error.to_string())?;
    Ok(Env { now, seed, ..Env::default() })
}

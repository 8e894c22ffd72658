//! `helm lint`, as Helm prints it (`pkg/cmd/lint.go`).

use std::path::Path;
use std::process::ExitCode;

use super::output::written;
use super::pflag::{self, Flag, FlagKind, Parsed};
use super::template::flags::{GLOBAL_FLAGS, KLOG_FLAGS, VALUE_FLAGS, check_color};
use super::template::{self, Failed};
use super::{disk, targets};
use crate::chart::Level;
use crate::pipeline::lint::{self, Layout, Linted, Severity};
use crate::source::Sources;
use crate::values::{Capabilities, KubeVersion};

/// The flags of `helm lint` besides those that give values and those of all commands.
const FLAGS: &[Flag] = &[
    Flag::new("strict", FlagKind::Bool),
    Flag::new("with-subcharts", FlagKind::Bool),
    Flag::new("quiet", FlagKind::Bool),
    Flag::new("skip-schema-validation", FlagKind::Bool),
    Flag::new("kube-version", FlagKind::Text),
];

pub(super) fn run(args: &[String]) -> ExitCode {
    match lint_all(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failed(text)) => {
            eprintln!("Error: {text}");
            ExitCode::FAILURE
        }
    }
}

fn lint_all(args: &[String]) -> Result<(), Failed> {
    let flags = pflag::parse(args, &[FLAGS, VALUE_FLAGS, GLOBAL_FLAGS, KLOG_FLAGS])?;
    check_color(&flags)?;
    if flags.args.is_empty() {
        return Err(Failed(
            "\"helm lint\" requires at least 1 argument\n\nUsage:  helm lint PATH [flags]"
                .to_owned(),
        ));
    }
    let mut capabilities = Capabilities::default();
    if let Some(text) = flags.text("kube-version").filter(|text| !text.is_empty()) {
        capabilities.kube_version = KubeVersion::parse(text)
            .map_err(|error| format!("invalid kube version '{text}': {error}"))?;
    }
    let mut paths = flags.args.clone();
    if flags.bool("with-subcharts") {
        let found = paths.iter().flat_map(|path| targets::charts_within(Path::new(path)));
        let found: Vec<String> = found.map(|path| path.to_string_lossy().into_owned()).collect();
        paths.extend(found);
    }
    let mut report = Report::default();
    for path in &paths {
        report.add(path, lint_one(path, &flags, &capabilities)?, &flags);
    }
    written(report.text.as_bytes())?;
    let summary = format!("{} chart(s) linted, {} chart(s) failed", paths.len(), report.failed);
    if report.failed > 0 {
        return Err(Failed(summary));
    }
    if !flags.bool("quiet") || report.told > 0 {
        written(format!("{summary}\n").as_bytes())?;
    }
    Ok(())
}

/// What is printed, and what it says.
#[derive(Default)]
struct Report {
    text: String,
    failed: usize,
    /// Charts with a warning or an error.
    told: usize,
}

impl Report {
    fn add(&mut self, path: &str, linted: Result<Linted, String>, flags: &Parsed) {
        let quiet = flags.bool("quiet");
        let least = if flags.bool("strict") { Severity::Warning } else { Severity::Error };
        let messages = linted.as_ref().map_or(&[][..], |linted| &linted.messages);
        let told = linted.is_err() || messages.iter().any(|one| one.severity > Severity::Info);
        self.told += usize::from(told);
        if quiet && !told {
            return;
        }
        self.text.extend(["==> Linting ", path, "\n"]);
        if let Err(error) = &linted {
            self.text.extend(["Error ", error, "\n"]);
        }
        for message in messages.iter().filter(|one| !quiet || one.severity > Severity::Info) {
            self.text.extend([message.to_string(), "\n".to_owned()]);
        }
        let failed = linted.is_err() || messages.iter().any(|one| one.severity >= least);
        self.failed += usize::from(failed);
        self.text.push('\n');
    }
}

/// The inner error is one of the chart, the outer one ends the run.
fn lint_one(
    path: &str,
    flags: &Parsed,
    capabilities: &Capabilities,
) -> Result<Result<Linted, String>, Failed> {
    let mut sources = Sources::default();
    let layers = template::values_flags(flags).layers(&mut sources);
    let values = layers.merge(&sources, None).map_err(|error| error.to_string())?;
    let place = Path::new(path);
    let is_archive = path.ends_with(".tgz") || path.ends_with(".tar.gz");
    if !is_archive && let Err(error) = std::fs::metadata(place.join("Chart.yaml")) {
        let (path, error) = (place.join("Chart.yaml"), disk::go_error(&error));
        return Ok(Err(format!(
            "unable to check Chart.yaml file in chart: stat {}: {error}",
            path.display()
        )));
    }
    let layout = layout(place, is_archive);
    let request = lint::Request {
        files: disk::read_chart(place, path)
            .map(|read| read.files)
            .map_err(|error| error.to_string()),
        chart_yaml: std::fs::read(place.join("Chart.yaml")).ok(),
        layout,
        values: &values,
        namespace: template::namespace(flags),
        capabilities: capabilities.clone(),
        skip_schema: flags.bool("skip-schema-validation"),
        env: template::environment(flags)?,
    };
    let linted = lint::lint(&request, &mut sources);
    for line in linted.log.iter().filter(|line| line.level > Level::Debug || flags.bool("debug")) {
        eprintln!("{line}");
    }
    Ok(Ok(linted))
}

fn layout(path: &Path, is_archive: bool) -> Layout {
    let kind = |name: &str| {
        let inner = path.join(name);
        match std::fs::metadata(inner) {
            Ok(found) if found.is_dir() => lint::Entry::Directory,
            Ok(_) => lint::Entry::File,
            Err(_) => lint::Entry::Missing,
        }
    };
    let directory = disk::absolute(path).unwrap_or_else(|_| path.to_owned());
    let directory = directory.to_string_lossy().into_owned();
    if is_archive {
        return Layout { directory, entries: None };
    }
    Layout {
        directory,
        entries: Some([kind("Chart.yaml"), kind("values.yaml"), kind("templates"), kind("crds")]),
    }
}

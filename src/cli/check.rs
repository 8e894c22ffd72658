//! `chartc check`: the main job; `chartc lint` is the same without the golden stage.

use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::config::Config;
use crate::diagnostic::{Severity, Sink};
use crate::report::Report;
use crate::rules::Selection;
use crate::suppress::Baseline;

use super::cases::CaseFlags;
use super::run::{self, Outcome, Plan, Stages};
use super::settings::{self, Group, Settings};
use super::{Exit, Failure, atomic, crds, output, targets};

#[derive(clap::Args)]
pub(super) struct Args {
    /// Charts (directory or .tgz), folders that hold charts, files of a chart, manifest files, or `-`
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    /// The rules that run: names, groups, presets
    #[arg(long, value_delimiter = ',', value_name = "RULE")]
    select: Vec<String>,
    /// Rules besides those selected
    #[arg(long, value_delimiter = ',', value_name = "RULE")]
    extend_select: Vec<String>,
    /// Rules that do not run
    #[arg(long, value_delimiter = ',', value_name = "RULE")]
    ignore: Vec<String>,
    /// The least severity that fails the run
    #[arg(long, value_parser = ["error", "warning", "info"], value_name = "SEVERITY")]
    fail_on: Option<String>,
    #[command(flatten)]
    case: CaseFlags,
    /// Files and folders with CustomResourceDefinitions
    #[arg(long, value_name = "PATH")]
    crds: Vec<PathBuf>,
    /// Accepts the findings that this file lists
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Writes the findings of this run as a baseline, and ends clean
    #[arg(long, value_name = "FILE")]
    write_baseline: Option<PathBuf>,
    /// Reads this chartc.yaml instead of the nearest
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    output: output::Args,
}

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    run_stages(args, Stages { judge: true, golden: true })
}

/// The same without golden files.
pub(super) fn lint(args: &Args) -> Result<Exit, Failure> {
    run_stages(args, Stages { judge: true, golden: false })
}

fn run_stages(args: &Args, stages: Stages) -> Result<Exit, Failure> {
    let start = Instant::now();
    let mut outcome = Outcome::default();
    let groups = groups(&args.paths, args.config.as_deref())?;
    let least = groups.first().and_then(|group| group.settings.config.fail_on);
    for mut group in groups {
        with_flags(&mut group.settings.config, args);
        let mut sink = Sink::default();
        let rules = Selection::new(&group.settings.config.selection, &mut sink);
        group.report(sink);
        let crds = crds::read(&args.crds, &group.settings)?;
        let plan = Plan {
            targets: &group.targets,
            settings: &group.settings,
            flags: &args.case,
            rules: &rules,
            crds: &crds,
            stages,
        };
        let mut part = run::run(&plan)?;
        part.add_config(group.findings);
        if let Some(baseline) = baseline(args, &group.settings)? {
            part.findings.retain(|finding| !baseline.accepts(finding));
        }
        outcome.append(part);
    }
    if let Some(path) = &args.write_baseline {
        atomic::write(path, Baseline::text(&outcome.findings).as_bytes())
            .map_err(|error| Failure(format!("cannot write {}: {error}", path.display())))?;
        return Ok(Exit::Clean);
    }
    let least = severity(args).or(least).unwrap_or(Severity::Warning);
    finish(outcome, start, least, &args.output)
}

/// What the paths stand for, by configuration.
pub(super) fn groups(paths: &[PathBuf], config: Option<&Path>) -> Result<Vec<Group>, Failure> {
    let first = paths.first().map_or(Path::new("."), PathBuf::as_path);
    let first = if first == Path::new("-") { Path::new(".") } else { first };
    let excluded = settings::excluded(first, config)?;
    settings::group(targets::find(paths, &excluded)?, config)
}

/// Reports, and says how the run ended: failed before found before clean.
pub(super) fn finish(
    mut outcome: Outcome,
    start: Instant,
    least: Severity,
    to: &output::Args,
) -> Result<Exit, Failure> {
    outcome.summary.elapsed = start.elapsed();
    let failed = outcome.failed;
    let report = Report::new(outcome.findings, outcome.checked, outcome.summary);
    output::write(to, &report)?;
    Ok(match (failed, report.findings.iter().any(|finding| finding.severity >= least)) {
        (true, _) => Exit::Failed,
        (false, true) => Exit::Findings,
        (false, false) => Exit::Clean,
    })
}

/// Puts what the command line says in place of what the file says.
fn with_flags(config: &mut Config, args: &Args) {
    let selection = &mut config.selection;
    if !args.select.is_empty() {
        selection.select.clone_from(&args.select);
    }
    selection.extend_select.extend_from_slice(&args.extend_select);
    selection.ignore.extend_from_slice(&args.ignore);
}

fn severity(args: &Args) -> Option<Severity> {
    let name = args.fail_on.as_deref()?;
    [Severity::Info, Severity::Warning, Severity::Error]
        .into_iter()
        .find(|severity| severity.name() == name)
}

fn baseline(args: &Args, settings: &Settings) -> Result<Option<Baseline>, Failure> {
    let configured = settings.config.baseline.as_ref().map(|path| settings.folder.join(path));
    let Some(path) = args.baseline.clone().or(configured) else { return Ok(None) };
    let text = std::fs::read(&path)
        .map_err(|error| Failure(format!("cannot read {}: {error}", path.display())))?;
    let baseline =
        Baseline::read(&text).map_err(|error| Failure(format!("{}: {error}", path.display())))?;
    Ok(Some(baseline))
}

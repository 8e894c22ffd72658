//! `chartc check`: the main job; `chartc lint` is the same without the golden stage.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::config::{self, Config, Word};
use crate::diagnostic::{self, Severity, Sink};
use crate::report::{Finding, Report};
use crate::rules::{self, Selection, Unknown};
use crate::source::{Kind, Sources};
use crate::suppress::Baseline;

use super::cases::CaseFlags;
use super::run::{self, Outcome, Plan, Stages};
use super::settings::{self, Group, Settings};
use super::{Exit, Failure, atomic, crds, golden_files, output, targets};

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
    /// Files and folders with ValidatingAdmissionPolicies
    #[arg(long, value_name = "PATH")]
    policy: Vec<PathBuf>,
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

/// The flags of `helm lint` that `check` does not have.
#[derive(clap::Args)]
pub(super) struct LintArgs {
    #[command(flatten)]
    check: Args,
    /// Fails on warnings, whatever chartc.yaml says
    #[arg(long, conflicts_with = "fail_on")]
    strict: bool,
    /// Prints warnings and errors only
    #[arg(long)]
    quiet: bool,
    /// Checks the charts in charts/ on their own too
    #[arg(long)]
    with_subcharts: bool,
    /// Does not hold values against schemas
    #[arg(long)]
    skip_schema_validation: bool,
}

/// What tells the commands apart that check charts.
struct Mode {
    stages: Stages,
    /// The least severity that fails the run, if the command says so.
    least: Option<Severity>,
    quiet: bool,
    with_subcharts: bool,
    skip_schema: bool,
}

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let mode = Mode {
        stages: Stages { judge: true, golden: true },
        least: severity(args),
        quiet: false,
        with_subcharts: false,
        skip_schema: false,
    };
    run_mode(args, &mode)
}

/// The same without golden files.
pub(super) fn lint(args: &LintArgs) -> Result<Exit, Failure> {
    let mode = Mode {
        stages: Stages { judge: true, golden: false },
        least: if args.strict { Some(Severity::Warning) } else { severity(&args.check) },
        quiet: args.quiet,
        with_subcharts: args.with_subcharts,
        skip_schema: args.skip_schema_validation,
    };
    run_mode(&args.check, &mode)
}

fn run_mode(args: &Args, mode: &Mode) -> Result<Exit, Failure> {
    let start = Instant::now();
    let mut outcome = Outcome::default();
    let groups = groups(&args.paths, args.config.as_deref())?;
    let least = groups.first().and_then(|group| group.settings.config.fail_on);
    let mut unknown: Option<BTreeMap<String, String>> = None;
    for group in groups {
        let (part, words) = run_group(group, args, mode)?;
        outcome.append(part);
        // A rule of the user's own may be that of one configuration only.
        match &mut unknown {
            Some(unknown) => unknown.retain(|message, _| words.contains_key(message)),
            None => unknown = Some(words),
        }
    }
    if let Some((message, help)) = unknown.iter().flatten().next() {
        return Err(Failure(format!("{message}; {help}")));
    }
    if mode.quiet {
        outcome.findings.retain(|finding| finding.severity > Severity::Info);
    }
    if let Some(path) = &args.write_baseline {
        return write_baseline(path, &outcome);
    }
    let least = mode.least.or(least).unwrap_or(Severity::Warning);
    finish(outcome, start, least, &args.output)
}

/// Checks the targets that share a configuration. With the words of the command line that mean
/// nothing there, and what would mend each.
fn run_group(
    mut group: Group,
    args: &Args,
    mode: &Mode,
) -> Result<(Outcome, BTreeMap<String, String>), Failure> {
    // The configuration is judged once, with what the flags add to it.
    let configured = Selection::new(&group.settings.config.selection, &mut Sink::default());
    with_flags(&mut group.settings.config, args);
    if mode.with_subcharts {
        let inner: Vec<_> = group.targets.iter().flat_map(targets::subcharts).collect();
        group.targets.extend(inner);
    }
    let mut sink = Sink::default();
    let config = &group.settings.config;
    let mut selection = Selection::new(&config.selection, &mut sink);
    selection.add_custom(&config.custom_rules, &config.selection, &mut sink);
    let wrong_policies = add_policies(args, &group.settings, &mut selection)?;
    let unknown = selection.unknown(&config.selection);
    unknown.iter().filter_map(Unknown::diagnostic).for_each(|one| sink.report(one));
    let flags = unknown.iter().filter(|one| one.span.is_none());
    let unknown_flags = flags.map(|one| (one.to_string(), one.help())).collect();
    group.report(sink);
    group.findings.extend(wrong_policies);
    let crds = crds::read(&args.crds, &group.settings)?;
    let baseline = baseline(args, &group.settings)?;
    let plan = Plan {
        targets: &group.targets,
        settings: &group.settings,
        flags: &args.case,
        rules: &selection,
        configured: &configured,
        baseline: baseline.as_ref(),
        whole: !args.case.narrow() && is_whole(&args.paths, &group),
        crds: &crds,
        masks: &golden_files::masks(&group.settings),
        stages: mode.stages,
        skip_schema: mode.skip_schema,
    };
    let mut part = run::run(&plan)?;
    part.add_config(group.findings);
    Ok((part, unknown_flags))
}

/// Whether the paths of the command line reach all that a configuration is about: the folder that it
/// stands in, or every chart that it names.
fn is_whole(paths: &[PathBuf], group: &Group) -> bool {
    let Settings { config, folder, .. } = &group.settings;
    let at = |path: &Path| settings::below(path, folder);
    let reached: Vec<String> = group.targets.iter().map(|target| at(target.path())).collect();
    let named = |chart: &config::Chart| reached.contains(&at(&folder.join(&chart.path)));
    let above = |path: &PathBuf| Path::new(&settings::below(folder, path)).is_relative();
    let from_folder = paths.iter().any(above);
    from_folder || (!config.charts.is_empty() && config.charts.iter().all(named))
}

/// Accepts what was found, unless the run was incomplete.
fn write_baseline(path: &Path, outcome: &Outcome) -> Result<Exit, Failure> {
    // What cannot be read or is not needed is to be mended, not accepted.
    let acceptable = |finding: &&Finding| {
        finding.group != diagnostic::Group::Input && finding.rule != run::UNUSED
    };
    let accepted: Vec<&Finding> = outcome.findings.iter().filter(acceptable).collect();
    atomic::write(path, Baseline::text(&accepted).as_bytes())
        .map_err(|error| Failure(format!("cannot write {}: {error}", path.display())))?;
    let (count, path) = (accepted.len(), path.display());
    output::note(&format!(
        "{count} finding{} accepted in {path}",
        if count == 1 { "" } else { "s" }
    ));
    Ok(if outcome.failed { Exit::Failed } else { Exit::Clean })
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
    debug_assert!(outcome.findings.iter().all(has_name), "a finding under a name that has no page");
    let failed = outcome.failed;
    let mut report = Report::new(outcome.findings, outcome.checked, outcome.summary);
    report.fail_on = least;
    output::write(to, &report)?;
    Ok(match (failed, report.findings.iter().any(|finding| finding.severity >= least)) {
        (true, _) => Exit::Failed,
        (false, true) => Exit::Findings,
        (false, false) => Exit::Clean,
    })
}

/// Whether the finding's name is one that users can select and ask about.
fn has_name(finding: &Finding) -> bool {
    finding.group == diagnostic::Group::Custom
        || rules::find(&finding.rule).is_some()
        || rules::stages::find(&finding.rule).is_some()
}

/// Puts what the command line says in place of what the file says.
fn with_flags(config: &mut Config, args: &Args) {
    let selection = &mut config.selection;
    if !args.select.is_empty() {
        selection.select = words(&args.select).collect();
    }
    selection.extend_select.extend(words(&args.extend_select));
    selection.ignore.extend(words(&args.ignore));
}

fn words(flags: &[String]) -> impl Iterator<Item = Word> {
    flags.iter().map(|text| Word::flag(text))
}

fn severity(args: &Args) -> Option<Severity> {
    let name = args.fail_on.as_deref()?;
    [Severity::Info, Severity::Warning, Severity::Error]
        .into_iter()
        .find(|severity| severity.name() == name)
}

/// What the baseline that the flags or the configuration name accepts. A run that writes one looks at
/// everything.
fn baseline(args: &Args, settings: &Settings) -> Result<Option<Baseline>, Failure> {
    let configured = settings.config.baseline.as_ref().map(|path| settings.folder.join(path));
    let path = args.baseline.clone().or(configured).filter(|_| args.write_baseline.is_none());
    let Some(path) = path else { return Ok(None) };
    let text = std::fs::read(&path)
        .map_err(|error| Failure(format!("cannot read {}: {error}", path.display())))?;
    let mut sources = Sources::default();
    let file = sources.add(Kind::File, path.to_string_lossy(), text);
    let baseline = Baseline::read(file, &sources)
        .map_err(|error| Failure(format!("{}: {error}", path.display())))?;
    Ok(Some(baseline))
}

/// Adds the policies that the flags and the configuration name; returns what is wrong with them.
fn add_policies(
    args: &Args,
    settings: &Settings,
    rules: &mut Selection,
) -> Result<Vec<Finding>, Failure> {
    let config = &settings.config;
    if args.policy.is_empty() && config.policies.is_empty() {
        return Ok(Vec::new());
    }
    let (objects, sources) = crds::objects(&args.policy, &config.policies, &settings.folder)?;
    let mut sink = Sink::default();
    rules.add_policies(objects, &config.selection, &mut sink);
    let found = sink.into_vec().into_iter();
    Ok(found.map(|found| Finding::new(found, &sources, None, None)).collect())
}

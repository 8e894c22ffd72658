//! `chartc check`: the main job.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Instant;

use crate::config::Config;
use crate::diagnostic::{Diagnostic, Severity, Sink};
use crate::kube::Version;
use crate::manifest::{self, Objects};
use crate::pipeline::{self, Checks};
use crate::report::{Finding, Report, Summary};
use crate::rules::Selection;
use crate::source::{Kind, Sources};
use crate::suppress::Accepted;

use super::targets::{self, Target};
use super::{Exit, Failure, output, settings};

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
    /// Kubernetes version or range (1.36, 1.33..1.36); can be repeated
    #[arg(long, value_parser = versions, value_name = "VERSION")]
    kube_version: Vec<std::sync::Arc<[Version]>>,
    /// Reads this chartc.yaml instead of the nearest
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    output: output::Args,
}

fn versions(text: &str) -> Result<std::sync::Arc<[Version]>, String> {
    Version::parse_range(text)
        .map(Into::into)
        .ok_or_else(|| format!("`{text}` is no version of Kubernetes that chartc knows"))
}

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let start = Instant::now();
    let mut sources = Sources::default();
    let mut sink = Sink::default();
    let first = args.paths.first().map_or(std::path::Path::new("."), PathBuf::as_path);
    let settings = settings::find(first, args.config.as_deref(), &mut sources, &mut sink)?;
    let config = with_flags(&settings.config, args);
    let rules = Selection::new(&config.selection, &mut sink);
    let versions = kube_versions(args, &config)?;
    let checks =
        Checks { versions: &versions, crds: &Objects::default(), rules: &rules, mask: &[] };
    let broken_config = sink.has_errors();

    let mut accepted = Accepted::new(&config.ignores);
    let mut findings = resolve(sink.into_vec(), &sources);
    let mut summary = Summary::default();
    let mut checked = Vec::new();
    for target in targets::find(&args.paths, &|_| false)? {
        let mut sources = sources.clone();
        let mut sink = Sink::default();
        let objects = match &target {
            Target::Stdin => {
                let file = sources.add(Kind::File, "-", read_stdin()?);
                pipeline::manifests(file, &sources, &checks, &mut sink)
            }
            Target::Manifests(path) => {
                let file = sources.add(Kind::File, path.to_string_lossy(), read(path)?);
                pipeline::manifests(file, &sources, &checks, &mut sink)
            }
            Target::Chart(_) => Objects::default(),
        };
        summary.objects += objects.iter().len();
        for object in objects.iter() {
            accepted
                .annotations
                .entry(object.reference().clone())
                .or_default()
                .extend(manifest::accepted(object));
        }
        checked.push(target.to_string());
        findings.extend(resolve(sink.into_vec(), &sources));
    }
    let findings = accepted.filter(findings);
    summary.elapsed = start.elapsed();
    let report = Report::new(findings, checked, summary);
    output::write(&args.output, &report)?;
    let worst = report.findings.iter().map(|finding| finding.severity).max();
    let fails = worst.is_some_and(|worst| worst >= config.fail_on.unwrap_or(Severity::Warning));
    Ok(match (broken_config, fails) {
        (true, _) => Exit::Failed,
        (false, true) => Exit::Findings,
        (false, false) => Exit::Clean,
    })
}

fn resolve(found: Vec<Diagnostic>, sources: &Sources) -> Vec<Finding> {
    found.into_iter().map(|diagnostic| Finding::new(diagnostic, sources, None, None)).collect()
}

/// The configuration with what the command line says in its place.
fn with_flags(config: &Config, args: &Args) -> Config {
    let mut config = config.clone();
    let selection = &mut config.selection;
    if !args.select.is_empty() {
        selection.select.clone_from(&args.select);
    }
    selection.extend_select.extend_from_slice(&args.extend_select);
    selection.ignore.extend_from_slice(&args.ignore);
    let severities = [Severity::Info, Severity::Warning, Severity::Error];
    let named = |name: &String| severities.into_iter().find(|severity| severity.name() == name);
    config.fail_on = args.fail_on.as_ref().and_then(named).or(config.fail_on);
    config
}

/// The versions to judge by, each once, oldest first.
fn kube_versions(args: &Args, config: &Config) -> Result<Vec<Version>, Failure> {
    let mut all: BTreeSet<Version> =
        args.kube_version.iter().flat_map(|range| range.iter().copied()).collect();
    if all.is_empty() {
        for text in &config.kube_versions {
            all.extend(versions(text).map_err(Failure)?.iter());
        }
    }
    if all.is_empty() {
        all.insert(Version::DEFAULT);
    }
    Ok(all.into_iter().collect())
}

fn read_stdin() -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut std::io::stdin().lock(), &mut bytes)
        .map_err(|error| Failure(format!("cannot read the standard input: {error}")))?;
    Ok(bytes)
}

fn read(path: &std::path::Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| Failure(format!("cannot read {}: {error}", path.display())))
}

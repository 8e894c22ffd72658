//! `chartc diff OLD NEW`: what changes between two renders, and what of it the API server would
//! refuse.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use crate::chart::{self, FileSet};
use crate::diagnostic::{Severity, Sink};
use crate::manifest::Objects;
use crate::pipeline::{self, Shared, Side};
use crate::report::{self, Change, Finding, Report, Summary};
use crate::source::{Kind, Sources};

use super::cases::{self, Case, CaseFlags};
use super::settings::Settings;
use super::targets::Target;
use super::values_flags::ValuesFlags;
use super::{Exit, Failure, crds, disk, output, settings};

#[derive(clap::Args)]
pub(super) struct Args {
    /// What is installed: a chart, a manifest file, `-`, or REVISION:PATH of a git repository
    old: String,
    /// What will be; the same chart if it is left out
    new: Option<String>,
    #[command(flatten)]
    case: CaseFlags,
    #[command(flatten)]
    old_flags: OldFlags,
    /// Files and folders with CustomResourceDefinitions
    #[arg(long, value_name = "PATH")]
    crds: Vec<PathBuf>,
    /// Also exits with 1 where there are differences, but no findings
    #[arg(long)]
    exit_code: bool,
    #[command(flatten)]
    output: output::Args,
}

/// Flags for OLD only; where one kind of them is given, it takes the place of the common values.
#[derive(clap::Args)]
struct OldFlags {
    /// Values files for OLD
    #[arg(long, value_name = "FILE", value_delimiter = ',')]
    old_values: Vec<String>,
    /// `--set` for OLD
    #[arg(long, value_name = "KEY=VALUE", allow_hyphen_values = true)]
    old_set: Vec<String>,
    /// `--set-string` for OLD
    #[arg(long, value_name = "KEY=VALUE", allow_hyphen_values = true)]
    old_set_string: Vec<String>,
    /// `--set-file` for OLD
    #[arg(long, value_name = "KEY=FILE", allow_hyphen_values = true)]
    old_set_file: Vec<String>,
    /// `--set-json` for OLD
    #[arg(long, value_name = "KEY=JSON", allow_hyphen_values = true)]
    old_set_json: Vec<String>,
    /// `--set-literal` for OLD
    #[arg(long, value_name = "KEY=VALUE", allow_hyphen_values = true)]
    old_set_literal: Vec<String>,
    /// Name of the release for OLD
    #[arg(long, value_name = "NAME")]
    old_release: Option<String>,
    /// Namespace of the release for OLD
    #[arg(long, value_name = "NAMESPACE")]
    old_namespace: Option<String>,
}

impl Args {
    /// The flags of OLD and of NEW. Where one side is a case that flags make, so is the other: the
    /// same case without those flags.
    fn both_flags(&self) -> (CaseFlags, CaseFlags) {
        let (mut old, mut new) = (self.old_flags.over(&self.case), self.case.clone());
        let one_case = old.make_a_case() || new.make_a_case();
        (old.one_case, new.one_case) = (one_case, one_case);
        (old, new)
    }
}

impl OldFlags {
    /// The common flags as they hold for OLD.
    fn over(&self, common: &CaseFlags) -> CaseFlags {
        let mut flags = common.clone();
        let values = ValuesFlags {
            files: self.old_values.clone(),
            set: self.old_set.clone(),
            set_string: self.old_set_string.clone(),
            set_file: self.old_set_file.clone(),
            set_json: self.old_set_json.clone(),
            set_literal: self.old_set_literal.clone(),
        };
        if !values.is_empty() {
            flags.values = values;
        }
        flags.release = self.old_release.clone().or(flags.release);
        flags.namespace = self.old_namespace.clone().or(flags.namespace);
        flags
    }
}

/// One of the two things to compare, rendered: a case or several.
#[derive(Default)]
struct Rendered {
    sides: Vec<(Option<String>, Side)>,
    /// The CustomResourceDefinitions that a chart brings.
    crds: Objects,
    findings: Vec<Finding>,
}

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let start = Instant::now();
    let mut sources = Sources::default();
    let (old_flags, new_flags) = args.both_flags();
    let old = load(&args.old, &old_flags, &mut sources)?;
    let new = load(args.new.as_ref().unwrap_or(&args.old), &new_flags, &mut sources)?;
    let given = crds::read(&args.crds, &Settings::default())?;
    let crds = [&new.crds, &old.crds, &given];
    let versions = args.case.versions(&Settings::default())?;
    let mut findings = [old.findings, new.findings].concat();
    let mut changes = Vec::new();
    let mut summary = Summary::default();
    for (case, old, new) in pairs(&old.sides, &new.sides)? {
        let (changed, found) = pipeline::compare(old, new, &versions, &crds, &sources);
        summary.cases += usize::from(case.is_some());
        summary.objects += new.objects.iter().len();
        changes.extend(changed.into_iter().map(|change| Change::new(change, &sources, case)));
        findings.extend(found.into_iter().map(|found| Finding::new(found, &sources, None, case)));
    }
    summary.elapsed = start.elapsed();
    let different = !changes.is_empty();
    let mut report = Report::new(report::merge(findings), vec![args.old.clone()], summary);
    report.changes = Some(changes);
    output::write(&args.output, &report)?;
    let found = report.findings.iter().any(|finding| finding.severity >= Severity::Warning);
    Ok(if found || args.exit_code && different { Exit::Findings } else { Exit::Clean })
}

type Pair<'a> = (Option<&'a str>, &'a Side, &'a Side);

/// The cases of both sides by name; a side with one case has it whatever its name.
fn pairs<'a>(
    old: &'a [(Option<String>, Side)],
    new: &'a [(Option<String>, Side)],
) -> Result<Vec<Pair<'a>>, Failure> {
    if let ([(_, old)], [(name, new)]) = (old, new) {
        return Ok(vec![(name.as_deref(), old, new)]);
    }
    let mut pairs = Vec::new();
    for (name, new) in new {
        let twin = old.iter().find(|(other, _)| other == name);
        pairs.extend(twin.map(|(_, old)| (name.as_deref(), old, new)));
    }
    if pairs.is_empty() && !(old.is_empty() || new.is_empty()) {
        return Err(Failure("the two charts have no case of the same name".to_owned()));
    }
    Ok(pairs)
}

fn load(text: &str, flags: &CaseFlags, sources: &mut Sources) -> Result<Rendered, Failure> {
    match locate(text)? {
        Located::Manifests(name, bytes) => {
            let mut sink = Sink::default();
            let file = sources.add(Kind::File, name, bytes);
            let side = Side::read(file, sources, &mut sink);
            let findings = resolve(sink, sources, None);
            Ok(Rendered { sides: vec![(None, side)], findings, ..Rendered::default() })
        }
        Located::Chart(path, files) => render(&path, &files, flags, sources),
    }
}

/// What an argument names, read.
enum Located {
    Manifests(String, Vec<u8>),
    Chart(PathBuf, FileSet),
}

fn locate(text: &str) -> Result<Located, Failure> {
    let path = Path::new(text);
    if text == "-" {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut std::io::stdin().lock(), &mut bytes)
            .map_err(|error| Failure(format!("cannot read the standard input: {error}")))?;
        return Ok(Located::Manifests(text.to_owned(), bytes));
    }
    if !path.exists()
        && let Some((revision, path)) = text.split_once(':')
    {
        return locate_in_git(text, revision, path);
    }
    let is_archive = text.ends_with(".tgz") || text.ends_with(".tar.gz");
    if path.is_dir() || is_archive {
        let read = disk::read_chart(path, text).map_err(|error| Failure(error.to_string()))?;
        return Ok(Located::Chart(path.to_owned(), read.files));
    }
    let bytes =
        std::fs::read(path).map_err(|error| Failure(format!("cannot read {text}: {error}")))?;
    Ok(Located::Manifests(text.to_owned(), bytes))
}

/// `REVISION:PATH`: a chart or a manifest file as it was. Git reads its own repository.
fn locate_in_git(text: &str, revision: &str, path: &str) -> Result<Located, Failure> {
    let object = format!("{revision}:./{}", path.trim_start_matches("./").trim_end_matches('/'));
    let kind = git(&["cat-file", "-t", &object], text)?;
    if kind.trim_ascii() != b"tree" {
        return Ok(Located::Manifests(text.to_owned(), git(&["cat-file", "blob", &object], text)?));
    }
    let archive = git(&["archive", "--format=tgz", "--prefix=chart/", &object], text)?;
    let files =
        chart::unpack(&archive).map_err(|error| Failure(format!("cannot read {text}: {error}")))?;
    Ok(Located::Chart(PathBuf::from(path), FileSet::new(text, files)))
}

fn git(args: &[&str], text: &str) -> Result<Vec<u8>, Failure> {
    let failed = |reason: &str| Failure(format!("cannot read {text}: {}", reason.trim()));
    let done = Command::new("git")
        .args(args)
        .output()
        .map_err(|error| failed(&format!("git: {error}")))?;
    if done.status.success() {
        Ok(done.stdout)
    } else {
        Err(failed(&String::from_utf8_lossy(&done.stderr)))
    }
}

/// Renders every case of a chart.
fn render(
    path: &Path,
    files: &FileSet,
    flags: &CaseFlags,
    sources: &mut Sources,
) -> Result<Rendered, Failure> {
    let groups = settings::group(vec![Target::Chart(path.to_owned())], None)?;
    let settings = groups.first().map(|group| group.settings.clone()).unwrap_or_default();
    let loaded = chart::load(files, sources).map_err(|error| Failure(error.to_string()))?;
    let cases = cases::of_chart(path, &settings, flags)?;
    let crds = pipeline::crds(&loaded.chart, sources);
    let shared = Shared::default();
    let mut rendered = Rendered { crds, ..Rendered::default() };
    for case in &cases {
        let mut sink = Sink::default();
        if let Some(side) = render_case(&loaded.chart, case, &shared, sources, &mut sink)? {
            rendered.sides.push((case.name.clone(), side));
        }
        rendered.findings.extend(resolve(sink, sources, case.name.as_deref()));
    }
    Ok(rendered)
}

fn render_case(
    chart: &chart::Chart,
    case: &Case,
    shared: &Shared,
    sources: &mut Sources,
    sink: &mut Sink,
) -> Result<Option<Side>, Failure> {
    let lookup = case.lookup(sources).map_err(Failure)?;
    let layers = case.values.layers(sources);
    let request = case.request(&layers, lookup, shared);
    Ok(Side::render(chart, &request, sources, sink))
}

fn resolve(sink: Sink, sources: &Sources, case: Option<&str>) -> Vec<Finding> {
    let found = sink.into_vec().into_iter();
    found.map(|found| Finding::new(found, sources, None, case)).collect()
}

//! Runs the stages over everything that a command names: charts and their cases in parallel, manifest
//! files, the standard input. What goes wrong with one does not keep the others from being checked.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::chart::{self, Chart};
use crate::diagnostic::{Diagnostic, Group, Place, Severity, Sink};
use crate::golden::{self, Masks};
use crate::kube::Version;
use crate::manifest::{self, Objects};
use crate::pipeline::{self, Checked, Checks, Request, Shared};
use crate::report::{self, ChartRef, Finding, Location, Summary};
use crate::rules::{self, Selection};
use crate::source::{Kind, Sources};
use crate::suppress::{Accepted, Baseline, Ignores, Ran};
use crate::values::{Capabilities, KubeVersion};

use super::cases::{self, Case, CaseFlags};
use super::golden_files::{self, GoldenCase};
use super::settings::{self, Settings};
use super::targets::Target;
use super::{Failure, disk, parallel};

/// Which stages run.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) struct Stages {
    /// Schema, Kubernetes, policy.
    pub(super) judge: bool,
    pub(super) golden: bool,
}

/// What a run is about.
pub(super) struct Plan<'a> {
    pub(super) targets: &'a [Target],
    pub(super) settings: &'a Settings,
    pub(super) flags: &'a CaseFlags,
    pub(super) rules: &'a Selection,
    /// The rules that the configuration asks for, whatever the command line says.
    pub(super) configured: &'a Selection,
    pub(super) baseline: Option<&'a Baseline>,
    /// The targets are all that the configuration is about, in all its cases.
    pub(super) whole: bool,
    pub(super) crds: &'a Objects,
    /// What golden files do not show.
    pub(super) masks: &'a Masks,
    pub(super) stages: Stages,
    /// Values are not held against schemas.
    pub(super) skip_schema: bool,
}

/// What a run found.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) findings: Vec<Finding>,
    pub(super) summary: Summary,
    /// The names of what was looked at.
    pub(super) checked: Vec<String>,
    /// The golden files of all cases that rendered.
    pub(super) golden: Vec<GoldenCase>,
    /// Something could not be read: the run is incomplete.
    pub(super) failed: bool,
}

impl Outcome {
    /// Adds what is wrong with the configuration; a run with a wrong one counts as failed.
    pub(super) fn add_config(&mut self, findings: Vec<Finding>) {
        self.failed |= findings.iter().any(|finding| finding.severity == Severity::Error);
        self.findings.splice(0..0, findings);
    }

    pub(super) fn append(&mut self, mut other: Outcome) {
        self.findings.append(&mut other.findings);
        self.checked.append(&mut other.checked);
        self.golden.append(&mut other.golden);
        self.failed |= other.failed;
        self.summary.charts += other.summary.charts;
        self.summary.cases += other.summary.cases;
        self.summary.objects += other.summary.objects;
    }
}

/// A chart that could be loaded, with the texts of its files.
struct Loaded {
    path: PathBuf,
    reference: ChartRef,
    chart: Chart,
    sources: Sources,
    cases: Vec<Case>,
    /// Those that it brings, and its dependencies.
    crds: Objects,
    shared: Shared,
}

/// What became of one case, of one file, or of what is no chart; ready to be reported.
#[derive(Default)]
struct Part {
    findings: Vec<Finding>,
    checked: Checked,
    sources: Sources,
    /// Its golden files, if it has some.
    golden: Option<GoldenCase>,
}

/// What a target turned out to be.
enum Opened {
    Chart(Box<Loaded>),
    /// Manifests, or what could not be opened: there is nothing left to check.
    Done(Part),
}

/// What is checked by itself: of a chart its own files, and each of its cases.
enum Job<'a> {
    Chart(&'a Loaded),
    Case(&'a Loaded, &'a Case),
}

pub(super) fn run(plan: &Plan<'_>) -> Result<Outcome, Failure> {
    let mut outcome = Outcome::default();
    let mut accepted = Accepted::new(&plan.settings.config.ignores);
    let mut charts = Vec::new();
    let opened = parallel::map(plan.targets, |target| open(target, plan));
    for (target, opened) in plan.targets.iter().zip(opened) {
        outcome.checked.push(target.to_string());
        match opened? {
            Opened::Chart(chart) => charts.push(*chart),
            Opened::Done(part) => add(part, &mut outcome, &mut accepted),
        }
    }
    outcome.summary.charts = charts.len();
    outcome.summary.cases = charts.iter().map(|chart| chart.cases.len()).sum();
    check_all(&charts, plan, &mut outcome, &mut accepted)?;
    let compared = outcome.golden.len() == outcome.summary.cases && !charts.is_empty();
    if plan.stages.golden {
        stale_cases(&charts, plan, &mut outcome);
    }
    let charts: Vec<ChartRef> = charts.into_iter().map(|chart| chart.reference).collect();
    let ran = Ran {
        rules: plan.rules,
        configured: plan.configured,
        golden: compared,
        charts: &charts,
        every_chart: plan.whole,
    };
    let found = std::mem::take(&mut outcome.findings);
    outcome.findings = accept(found, &mut accepted, plan, &ran);
    Ok(outcome)
}

/// Checks all charts and their cases.
fn check_all<'p>(
    charts: &[Loaded],
    plan: &Plan<'p>,
    outcome: &mut Outcome,
    accepted: &mut Accepted<'p>,
) -> Result<(), Failure> {
    let versions = plan.flags.versions(plan.settings)?;
    let own = charts.iter().filter(|_| plan.stages.judge).map(Job::Chart);
    let cases = charts.iter().flat_map(|chart| {
        let case = move |case| Job::Case(chart, case);
        chart.cases.iter().map(case)
    });
    let jobs: Vec<Job<'_>> = own.chain(cases).collect();
    let done = parallel::map(&jobs, |job| match job {
        Job::Chart(chart) => vec![check_files(chart, &versions, plan)],
        Job::Case(chart, case) => check_case(chart, case, plan),
    });
    done.into_iter().flatten().for_each(|part| add(part, outcome, accepted));
    Ok(())
}

/// Takes out what the user accepts, and adds the suppressions that were not needed.
fn accept(
    mut found: Vec<Finding>,
    accepted: &mut Accepted<'_>,
    plan: &Plan<'_>,
    ran: &Ran<'_>,
) -> Vec<Finding> {
    if plan.stages.judge {
        found.retain(|found| plan.rules.allows(&found.rule, found.group));
    }
    // Where a render stopped, nobody knows what it would have needed.
    let stopped = found.iter().any(|found| {
        matches!(found.group, Group::Input | Group::Template) && found.severity == Severity::Error
    });
    let mut left = accepted.filter(found);
    let judges = plan.stages.judge && !stopped && plan.rules.allows(UNUSED, Group::Chart);
    if judges && !plan.flags.narrow() {
        let sources = &plan.settings.sources;
        left.extend(accepted.stale(ran, |ignore| Location::new(sources, ignore.span)));
    }
    let mut left = report::merge(left);
    if let Some(baseline) = plan.baseline {
        let stale = baseline.stale(&left, ran);
        left = baseline.filter(left);
        if judges && plan.whole {
            left.extend(stale);
        }
    }
    left
}

/// The rule that is about suppressions themselves.
pub(super) const UNUSED: &str = "unused-ignore";

fn add(part: Part, outcome: &mut Outcome, accepted: &mut Accepted<'_>) {
    outcome.summary.objects += part.checked.objects;
    for annotation in part.checked.annotations {
        let written = annotation.place.primary.or(annotation.place.rendered);
        let location = written.filter(|_| annotation.own);
        let location = location.map(|span| Location::new(&part.sources, span));
        for name in &annotation.names {
            accepted.add_annotation(&annotation.object, name, location.clone());
        }
    }
    part.sources.files().filter(|&file| part.sources.kind(file) == Kind::File).for_each(|file| {
        accepted.comments.read(file, &part.sources);
    });
    outcome.failed |= part.findings.iter().any(|finding| finding.rule == UNREADABLE);
    outcome.findings.extend(part.findings);
    outcome.golden.extend(part.golden);
}

/// The name of findings about what cannot be read.
const UNREADABLE: &str = "unreadable";

/// Something that cannot be read. The others are still checked, and the run ends as failed.
fn cannot_read(path: &Path, reason: &str) -> Opened {
    let message = format!("cannot read {}: {reason}", path.display());
    let chart = unloaded(&path.to_string_lossy());
    broken(Finding::new(unreadable(message), &Sources::default(), Some(&chart), None))
}

fn broken(finding: Finding) -> Opened {
    Opened::Done(Part { findings: vec![finding], ..Part::default() })
}

/// A chart of which no more is known than its path.
fn unloaded(path: &str) -> ChartRef {
    ChartRef { path: path.to_owned(), below_config: path.to_owned(), name: String::new() }
}

fn manifests(target: &Target, bytes: Vec<u8>, plan: &Plan<'_>) -> Result<Part, Failure> {
    let mut sources = Sources::default();
    let file = sources.add(Kind::File, target.to_string(), bytes);
    let mut sink = Sink::default();
    let versions = plan.flags.versions(plan.settings)?;
    let versions = if plan.stages.judge { &versions[..] } else { &[] };
    let crds = [plan.crds];
    let checks = checks(plan, versions, &crds, &|_| false);
    let objects = pipeline::manifests(file, &sources, &checks, &mut sink);
    let findings = sink
        .into_vec()
        .into_iter()
        .map(|found| Finding::new(found, &sources, None, None))
        .collect();
    let checked = Checked {
        objects: objects.iter().len(),
        annotations: manifest::annotations(&objects),
        ..Checked::default()
    };
    Ok(Part { findings, checked, sources, golden: None })
}

fn checks<'a>(
    plan: &'a Plan<'_>,
    versions: &'a [Version],
    crds: &'a [&'a Objects],
    accepted: &'a (dyn Fn(&Diagnostic) -> bool + Sync),
) -> Checks<'a> {
    let golden = plan.stages.golden.then_some(plan.masks);
    Checks { versions, crds, rules: plan.rules, golden, accepted }
}

fn open(target: &Target, plan: &Plan<'_>) -> Result<Opened, Failure> {
    let bytes = match target {
        Target::Chart(path) => return load(path, plan),
        Target::Manifests(path) => match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) => return Ok(cannot_read(path, &error.to_string())),
        },
        Target::Stdin => stdin()?,
    };
    manifests(target, bytes, plan).map(Opened::Done)
}

fn load(path: &Path, plan: &Plan<'_>) -> Result<Opened, Failure> {
    let shown = path.to_string_lossy();
    let files = match disk::read_chart(path, &shown) {
        Ok(read) => read.files,
        Err(error) => return Ok(cannot_read(path, &error.to_string())),
    };
    let mut sources = Sources::default();
    let chart = match chart::load(&files, &mut sources) {
        Ok(loaded) => loaded.chart,
        Err(error) => {
            let found = broken_chart(&error, &shown);
            return Ok(broken(Finding::new(found, &sources, Some(&unloaded(&shown)), None)));
        }
    };
    let cases = cases::of_chart(path, plan.settings, plan.flags)?;
    let reference = ChartRef {
        path: shown.into_owned(),
        below_config: settings::below(path, &plan.settings.folder),
        name: chart.name().to_owned(),
    };
    let crds =
        if plan.stages.judge { pipeline::crds(&chart, &sources) } else { Objects::default() };
    let (path, shared) = (path.to_owned(), Shared::default());
    Ok(Opened::Chart(Box::new(Loaded { path, reference, chart, sources, cases, crds, shared })))
}

/// Checks what is the same in all cases of a chart: its own files.
fn check_files(loaded: &Loaded, versions: &[Version], plan: &Plan<'_>) -> Part {
    let Loaded { reference, chart, sources, shared, .. } = loaded;
    let mut sink = Sink::default();
    pipeline::check_crds(chart, versions, sources, &mut sink);
    pipeline::check_templates(chart, &shared.trees, sources, &mut sink);
    rules::check_chart(chart, &shared.trees, sources, plan.rules, &mut sink);
    let found = sink.into_vec().into_iter();
    let findings = found.map(|found| Finding::new(found, sources, Some(reference), None)).collect();
    // Comments in the files of a chart are read with its cases.
    Part { findings, ..Part::default() }
}

/// A chart that Helm does not load.
fn broken_chart(error: &chart::Error, path: &str) -> Diagnostic {
    let place = error.span().map_or_else(Place::default, Place::source);
    let message = format!("{path} is no chart that Helm loads: {error}");
    Diagnostic::new(Group::Input, "broken-chart", Severity::Error, place, message)
}

/// Renders a case for each of its Kubernetes versions, judges what each renders by its version, and compares
/// all with the golden files.
fn check_case(loaded: &Loaded, case: &Case, plan: &Plan<'_>) -> Vec<Part> {
    let mut parts: Vec<Part> =
        case.versions.iter().map(|version| check_render(loaded, case, version, plan)).collect();
    name_versions(&mut parts, case);
    if plan.stages.golden && !plan.flags.narrow() {
        compare(loaded, case, plan, &mut parts);
    }
    parts
}

fn check_render(
    loaded: &Loaded,
    case: &Case,
    (version, seen): &(Version, KubeVersion),
    plan: &Plan<'_>,
) -> Part {
    let mut sources = loaded.sources.clone();
    let (lookup, reason) = match case.lookup(&mut sources) {
        Ok(objects) => (objects, None),
        Err(reason) => (Vec::new(), Some(reason)),
    };
    let layers = case.values.layers(&mut sources);
    let request = Request {
        capabilities: Capabilities { kube_version: seen.clone(), ..case.capabilities.clone() },
        skip_schema: plan.skip_schema,
        ..case.request(&layers, lookup, &loaded.shared)
    };
    let versions = if plan.stages.judge { std::slice::from_ref(version) } else { &[] };
    let crds = [&loaded.crds, plan.crds];
    let ignores = Ignores::new(&plan.settings.config.ignores);
    let accepted =
        |found: &Diagnostic| !plan.stages.judge || ignores.accept(found, &loaded.reference);
    let checks = checks(plan, versions, &crds, &accepted);
    let mut checked = pipeline::check(&loaded.chart, &request, &checks, &mut sources);
    checked.diagnostics.extend(reason.map(unreadable));
    if !plan.stages.judge {
        checked.diagnostics.retain(|found| matches!(found.group, Group::Input | Group::Template));
    }
    let found = std::mem::take(&mut checked.diagnostics).into_iter();
    let findings = found
        .map(|found| Finding::new(found, &sources, Some(&loaded.reference), case.name.as_deref()))
        .collect();
    Part { findings, checked, sources, golden: None }
}

/// Says of the findings of several renders for which versions they hold, if not for all. The objects of a
/// case count once.
fn name_versions(parts: &mut [Part], case: &Case) {
    if let Some((_, earlier)) = parts.split_last_mut() {
        earlier.iter_mut().for_each(|part| part.checked.objects = 0);
    }
    if parts.len() < 2 {
        return;
    }
    let mut holds: BTreeMap<String, BTreeSet<Version>> = BTreeMap::new();
    for (part, (version, _)) in parts.iter().zip(&case.versions) {
        for finding in &part.findings {
            holds.entry(report::identity(finding)).or_default().insert(*version);
        }
    }
    let all = parts.len();
    for finding in parts.iter_mut().flat_map(|part| &mut part.findings) {
        let versions = holds.get(&report::identity(finding)).filter(|found| found.len() < all);
        finding.kube_versions = versions.into_iter().flatten().map(Version::to_string).collect();
    }
}

/// The golden stage, for cases that have golden files: those of a chart that `chartc.yaml` names.
fn compare(loaded: &Loaded, case: &Case, plan: &Plan<'_>, parts: &mut [Part]) {
    let renders = parts.iter_mut().zip(&case.versions);
    let renders: Option<Vec<_>> = renders
        .map(|(part, (version, _))| Some((version.to_string(), part.checked.files.take()?)))
        .collect();
    let (Some(renders), Some(name), Some(golden), Some(_), Some(part)) = (
        renders,
        case.name.as_deref(),
        plan.settings.config.golden.as_ref(),
        cases::configured(&loaded.path, plan.settings),
        parts.last_mut(),
    ) else {
        return;
    };
    let compared = golden_files::folder(plan.settings, golden, loaded.chart.name())
        .and_then(|folder| Ok(folder.join(golden_files::inside(name)?)))
        .and_then(|folder| GoldenCase::compare(folder, renders, golden, plan.masks));
    let found = match &compared {
        Ok(case) => case.diagnostics(golden),
        Err(error) => vec![unreadable(format!("cannot read the golden files of {name}: {error}"))],
    };
    part.findings.extend(found.into_iter().map(|found| {
        Finding::new(found, &Sources::default(), Some(&loaded.reference), Some(name))
    }));
    part.golden = compared.ok();
}

/// Golden files of cases, and where all charts of the configuration were loaded, of charts, that are not there any more.
fn stale_cases(charts: &[Loaded], plan: &Plan<'_>, outcome: &mut Outcome) {
    let Some(golden) = &plan.settings.config.golden else { return };
    let configured: Vec<&Loaded> = charts
        .iter()
        .filter(|chart| cases::configured(&chart.path, plan.settings).is_some())
        .collect();
    let mut folders = Vec::new();
    for chart in &configured {
        let names =
            chart.cases.iter().filter_map(|case| case.name.clone()).collect::<BTreeSet<_>>();
        if let (false, Ok(folder)) =
            (names.is_empty(), golden_files::folder(plan.settings, golden, chart.chart.name()))
        {
            folders.extend(golden_files::unknown_folders(&folder, &names));
        }
    }
    if configured.len() == plan.settings.config.charts.len() {
        let names = configured.iter().map(|chart| chart.chart.name().to_owned()).collect();
        let directory = plan.settings.folder.join(&golden.directory);
        folders.extend(golden_files::unknown_folders(&directory, &names));
    }
    for folder in folders {
        let shown = folder.to_string_lossy().into_owned();
        let found = match GoldenCase::stale(folder) {
            Ok(case) if case.is_empty() => continue,
            Ok(case) => {
                outcome.golden.push(case);
                golden::stale_case(&shown)
            }
            Err(error) => unreadable(format!("cannot read {shown}: {error}")),
        };
        outcome.findings.push(Finding::new(found, &Sources::default(), None, None));
    }
}

/// Something that cannot be read, and that only one case needs.
fn unreadable(reason: String) -> Diagnostic {
    Diagnostic::new(Group::Input, "unreadable", Severity::Error, Place::default(), reason)
}

fn stdin() -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut std::io::stdin().lock(), &mut bytes)
        .map_err(|error| Failure(format!("cannot read the standard input: {error}")))?;
    Ok(bytes)
}

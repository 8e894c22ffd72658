//! From a chart and the user's values to manifests: what `helm template` does, stage by stage
//! (`runInstall` in `pkg/cmd/install.go`, `RunWithContext` in `pkg/action/install.go`).

use std::collections::BTreeMap;
use std::fmt;

use crate::chart::{self, Api, Chart, Log};
use crate::diagnostic::{Diagnostic, Group, Severity};
use crate::exec::{self, RenderError, Rendered, RenderedFile};
use crate::funcs::Env;
use crate::jinja;
use crate::manifest::{self, Manifests};
use crate::origin::Tracer;
use crate::pipeline::Origins;
use crate::program::{self, Trees, Unit};
use crate::source::{FileId, Kind, Sources, Span};
use crate::value::quote::quoted;
use crate::value::{Map, MapKind, Value};
use crate::values::{self, Capabilities, Merged, Release, Schemas, Scope, Stage, TypeMismatch};

/// What a render needs besides the chart.
#[derive(Clone)]
pub struct Case<'a> {
    /// All layers that the user gave, as one table.
    pub values: &'a Value,
    pub release: Release,
    pub capabilities: Capabilities,
    /// Values are not held against schemas.
    pub skip_schema: bool,
    pub shared: &'a Shared,
    pub env: Env,
    pub exec: exec::Options,
}

/// What the renders of one chart share: each schema is compiled and each chart file parsed once.
#[derive(Default)]
pub struct Shared {
    pub schemas: Schemas,
    pub trees: Trees,
}

/// What a render made.
pub struct Render<'c> {
    /// The charts that took part, and their values.
    pub merged: Merged<'c>,
    pub manifests: Manifests,
    /// What every chart file rendered to, in Helm's order.
    pub files: Vec<(String, FileId)>,
    /// The files in `crds/` of all charts.
    pub crds: Vec<manifest::Rendered>,
    pub log: Vec<Log>,
    pub origins: Origins,
}

/// A render that stopped, and what had been logged before.
pub struct Stopped {
    pub problem: Problem,
    pub log: Vec<Log>,
}

/// Why a render stopped. Displays in Helm's words.
#[derive(Clone, Debug)]
pub enum Problem {
    /// A chart of another type than `application`.
    NotInstallable(String),
    MissingDependencies(Vec<String>),
    ApiVersion,
    ReleaseName(String),
    /// Something that is no table stands at the name of a subchart.
    NoTable(Stage, TypeMismatch),
    Schema(values::SchemaError),
    KubeVersion {
        wanted: String,
        found: String,
    },
    Template(Box<RenderError>),
}

/// Renders a chart.
pub fn render<'c>(
    chart: &'c Chart,
    case: &Case<'_>,
    sources: &mut Sources,
    mut tracer: Option<&mut Tracer>,
) -> Result<Render<'c>, Stopped> {
    let mut log = Vec::new();
    let result = check_chart(chart, case, &mut log)
        .and_then(|()| merge(chart, case, sources, tracer.as_deref_mut(), &mut log))
        .and_then(|merged| {
            check_kube_version(chart, &case.capabilities)?;
            let rendered = run_templates(&merged, case, sources, tracer)?;
            Ok((merged, rendered))
        });
    match result {
        Ok((merged, rendered)) => Ok(sort_output(merged, rendered, log, sources)),
        Err(problem) => Err(Stopped { problem, log }),
    }
}

/// The values of a chart and its subcharts as templates would see them.
pub fn merged_values(
    chart: &Chart,
    user: &Value,
    tracer: &mut Tracer,
) -> Result<Value, TypeMismatch> {
    let merged = values::merge(chart, user, Some(tracer), &mut Vec::new());
    merged.map(|merged| merged.values).map_err(|error| error.mismatch)
}

/// What Helm asks of a chart and a release before it looks at any value.
fn check_chart(chart: &Chart, case: &Case<'_>, log: &mut Vec<Log>) -> Result<(), Problem> {
    let metadata = &chart.metadata;
    if !matches!(metadata.kind.as_str(), "" | "application") {
        return Err(Problem::NotInstallable(metadata.kind.clone()));
    }
    if metadata.deprecated {
        log.push(Log::warn("this chart is deprecated"));
    }
    let missing = missing_dependencies(chart);
    if !missing.is_empty() {
        return Err(Problem::MissingDependencies(missing));
    }
    if chart.api == Api::V3 {
        return Err(Problem::ApiVersion);
    }
    if !case.release.has_valid_name() {
        let problem = Problem::ReleaseName(case.release.name.clone());
        log.push(Log::error("release name check failed").with("error", problem.cause()));
        return Err(problem);
    }
    Ok(())
}

/// The dependencies that `Chart.yaml` names and that are not there (`CheckDependencies`).
pub(super) fn missing_dependencies(chart: &Chart) -> Vec<String> {
    let present = |name: &str| chart.dependencies.iter().any(|child| child.name() == name);
    let named = chart.metadata.dependencies.iter().flatten().flatten();
    named.map(|one| one.name.clone()).filter(|name| !present(name)).collect()
}

fn merge<'c>(
    chart: &'c Chart,
    case: &Case<'_>,
    sources: &Sources,
    tracer: Option<&mut Tracer>,
    log: &mut Vec<Log>,
) -> Result<Merged<'c>, Problem> {
    let merged = values::merge(chart, case.values, tracer, log).map_err(|error| {
        let problem = Problem::NoTable(error.stage, error.mismatch);
        if error.stage == Stage::Dependencies {
            let cause = problem.cause();
            log.push(Log::error("chart dependencies processing failed").with("error", cause));
        }
        problem
    })?;
    if !case.skip_schema {
        values::check_schemas(&merged, &case.shared.schemas, sources, log)
            .map_err(Problem::Schema)?;
    }
    Ok(merged)
}

fn check_kube_version(chart: &Chart, capabilities: &Capabilities) -> Result<(), Problem> {
    let wanted = &chart.metadata.kube_version;
    let found = &capabilities.kube_version;
    if wanted.is_empty() || values::is_compatible(wanted, &found.normalized) {
        return Ok(());
    }
    Err(Problem::KubeVersion { wanted: wanted.clone(), found: found.version.clone() })
}

pub(super) fn run_templates(
    merged: &Merged<'_>,
    case: &Case<'_>,
    sources: &mut Sources,
    tracer: Option<&mut Tracer>,
) -> Result<Rendered, Problem> {
    let scopes = merged.scopes(&case.release, &case.capabilities, sources);
    let (jinja, units): (Vec<Unit>, Vec<Unit>) =
        units(&scopes).into_iter().partition(|unit| chart::is_jinja(&unit.name));
    let program = program::compile_once(&units, sources, &case.shared.trees);
    let traces = tracer.is_some();
    let rendered = exec::render(&program, &units, &case.env, &case.exec, sources, tracer);
    let mut rendered = rendered.map_err(Problem::Template)?;
    rendered
        .files
        .extend(jinja::render(&jinja, &case.env, sources, traces).map_err(Problem::Template)?);
    Ok(rendered)
}

/// The chart files of all scopes. Of two files with one name, which takes two charts of one name,
/// the last counts (`recAllTpls` and `isTemplateValid` in `pkg/engine/engine.go`).
fn units(scopes: &[Scope<'_>]) -> Vec<Unit> {
    let mut units = BTreeMap::new();
    for scope in scopes {
        add_units(scope.chart, &scope.path, &scope.values, &mut units);
    }
    units.into_values().collect()
}

/// Adds the chart files of one chart by their names.
pub(super) fn add_units(
    chart: &Chart,
    path: &str,
    values: &Map,
    units: &mut BTreeMap<String, Unit>,
) {
    for template in &chart.templates {
        let partial = manifest::is_partial(&template.path);
        if chart.is_library() && !partial {
            continue;
        }
        let name = format!("{path}/{}", template.path);
        let base = format!("{path}/templates");
        let (file, scope) = (template.id, values.clone());
        units.insert(name.clone(), Unit { name, file, base, scope, partial });
    }
}

/// Makes the rendered texts known to the sources, and puts them into Helm's order.
fn sort_output<'c>(
    merged: Merged<'c>,
    from_templates: Rendered,
    mut log: Vec<Log>,
    sources: &mut Sources,
) -> Render<'c> {
    let mut origins = Origins::default();
    let mut rendered = Vec::new();
    let mut texts = Vec::new();
    for RenderedFile { name, output, unstable } in from_templates.files {
        let text = sources.add(Kind::Rendered, name.clone(), output.text);
        if unstable && !manifest::is_notes(&name) {
            origins.add_unstable(text);
        }
        texts.push((name.clone(), text));
        if !output.runs.is_empty() {
            origins.insert(text, output.runs);
        }
        if !manifest::is_notes(&name) {
            rendered.push(manifest::Rendered { name, text });
        }
    }
    rendered.sort_by(|a, b| a.name.cmp(&b.name));
    let mut manifests = manifest::collect(&rendered, sources);
    log.append(&mut manifests.log);
    let crds = crds(&merged);
    Render { merged, manifests, files: texts, crds, log, origins }
}

/// Whether a file of a chart holds a CRD that Helm installs.
pub(super) fn is_crd(path: &str) -> bool {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    let manifest = ["yaml", "yml", "json"].iter().any(|one| one.eq_ignore_ascii_case(extension));
    path.starts_with("crds/") && manifest
}

/// `CRDObjects` in `pkg/chart/v2/chart.go`.
fn crds(merged: &Merged<'_>) -> Vec<manifest::Rendered> {
    let mut crds = Vec::new();
    for (path, node) in merged.root.with_paths() {
        for file in node.chart.files.iter().filter(|file| is_crd(&file.path)) {
            crds.push(manifest::Rendered { name: format!("{path}/{}", file.path), text: file.id });
        }
    }
    crds
}

/// Renders again, with origins, to say where the problems of a render come from.
pub fn explain(
    chart: &Chart,
    case: &Case<'_>,
    sources: &mut Sources,
    tracer: &mut Tracer,
) -> Vec<Diagnostic> {
    match render(chart, case, sources, Some(tracer)) {
        Err(stopped) => stopped.problem.diagnostics(chart, Some(tracer)),
        Ok(render) => {
            let located = |broken: &manifest::Broken| {
                let place = render.origins.place(broken.reason.span(), sources, tracer);
                Diagnostic { place, ..manifest::invalid_output(broken) }
            };
            render.manifests.broken.iter().map(located).collect()
        }
    }
}

/// The release name that a `--name-template` makes (`TemplateName` in `pkg/action/install.go`).
pub fn release_name(template: &str, env: &Env) -> Result<String, String> {
    run_text("name-template", template, Map::new(MapKind::Any), env)
}

/// What `helm version --template` prints.
pub fn version_text(template: &str) -> Result<String, String> {
    let scope = Map::new(MapKind::Any);
    for (field, text) in values::HELM.fields() {
        scope.insert(field.as_bytes(), Value::text(text));
    }
    run_text("_", template, scope, &Env::default())
}

/// Runs a template that stands alone.
fn run_text(name: &str, template: &str, scope: Map, env: &Env) -> Result<String, String> {
    let name = name.to_owned();
    let mut sources = Sources::default();
    let file = sources.add(Kind::Flag, name.as_str(), template.as_bytes());
    let units = [Unit { name, file, base: String::new(), scope, partial: false }];
    let program = program::compile(&units, &sources, &Trees::default());
    let options = exec::Options::default();
    let rendered = exec::render(&program, &units, env, &options, &mut sources, None);
    let files = rendered.map_err(|error| error.go)?.files;
    let text = files.first().map(|file| String::from_utf8_lossy(&file.output.text).into_owned());
    Ok(text.unwrap_or_default())
}

impl Problem {
    /// Whether Helm had begun to render, which it tells with a line about `--debug`.
    pub fn is_in_render(&self) -> bool {
        matches!(self, Problem::KubeVersion { .. } | Problem::Template(_))
    }

    /// The problem without what Helm puts before it.
    fn cause(&self) -> String {
        match self {
            Problem::ReleaseName(name) => {
                let error = if name.is_empty() { NO_NAME } else { INVALID_NAME };
                format!("release name {}: {error}", quoted(name))
            }
            Problem::NoTable(_, mismatch) => mismatch.to_string(),
            Problem::NotInstallable(_)
            | Problem::MissingDependencies(_)
            | Problem::ApiVersion
            | Problem::Schema(_)
            | Problem::KubeVersion { .. }
            | Problem::Template(_) => self.to_string(),
        }
    }

    /// The problem as findings.
    pub fn diagnostics(&self, chart: &Chart, tracer: Option<&Tracer>) -> Vec<Diagnostic> {
        let whole = Span { file: chart.chart_yaml, start: 0, end: 0 };
        let of_chart = |rule: &'static str| {
            vec![Diagnostic::new(Group::Input, rule, Severity::Error, whole, self.to_string())]
        };
        match self {
            Problem::NotInstallable(_) => of_chart("library-chart"),
            Problem::MissingDependencies(_) => of_chart("missing-dependency"),
            Problem::ApiVersion => of_chart("unsupported-chart"),
            Problem::ReleaseName(_) => of_chart("invalid-release-name"),
            Problem::NoTable(..) => of_chart("values-conflict"),
            Problem::KubeVersion { .. } => of_chart("incompatible-kubernetes"),
            Problem::Schema(error) => error.diagnostics(tracer),
            Problem::Template(error) => vec![template_error(error)],
        }
    }
}

/// A template failed.
fn template_error(error: &RenderError) -> Diagnostic {
    let (place, message) = (error.place.clone(), error.message.clone());
    Diagnostic::new(Group::Template, error.rule, Severity::Error, place, message)
}

const NO_NAME: &str = "no name provided";

const INVALID_NAME: &str = r"invalid release name, must match regex ^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$ and the length must not be longer than 53";

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::NotInstallable(kind) => write!(f, "{kind} charts are not installable"),
            Problem::MissingDependencies(names) => write!(
                f,
                "an error occurred while checking for chart dependencies. You may need to run 'helm \
                 dependency build' to fetch missing dependencies: found in Chart.yaml, but missing \
                 in charts/ directory: {}",
                names.join(", ")
            ),
            Problem::ApiVersion => f.write_str("invalid chart apiVersion"),
            Problem::ReleaseName(_) => write!(f, "release name check failed: {}", self.cause()),
            Problem::NoTable(Stage::Dependencies, _) => {
                write!(f, "chart dependencies processing failed: {}", self.cause())
            }
            Problem::NoTable(Stage::Values, mismatch) => mismatch.fmt(f),
            Problem::Schema(error) => write!(
                f,
                "values don't meet the specifications of the schema(s) in the following chart(s):\n{error}"
            ),
            Problem::KubeVersion { wanted, found } => write!(
                f,
                "chart requires kubeVersion: {wanted} which is incompatible with Kubernetes {found}"
            ),
            Problem::Template(error) => f.write_str(&error.helm),
        }
    }
}

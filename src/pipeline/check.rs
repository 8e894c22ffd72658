//! The main job for one case of a chart: values, schema, render, Kubernetes, policy.

use std::collections::BTreeMap;

use crate::chart::Chart;
use crate::diagnostic::{Diagnostic, Group, Place, Severity, Sink};
use crate::exec;
use crate::funcs::Env;
use crate::golden::{self, Tree};
use crate::manifest::{self, Accepting, Manifests};
use crate::origin::Tracer;
use crate::pipeline::{self, Case, Checks, Origins, Shared, unstable};
use crate::rules;
use crate::source::{FileId, Sources, Span};
use crate::value::Value;
use crate::values::{Capabilities, LayerError, Layers, Release};

/// A case as the configuration or the command line describes it.
pub struct Request<'a> {
    pub layers: &'a Layers,
    pub release: Release,
    pub capabilities: Capabilities,
    pub lookup: Vec<crate::value::Value>,
    /// Values are not held against schemas.
    pub skip_schema: bool,
    pub shared: &'a Shared,
}

/// What a check of one case found.
#[derive(Default)]
pub struct Checked {
    pub diagnostics: Vec<Diagnostic>,
    /// How many objects the case renders.
    pub objects: usize,
    /// What annotations of objects accept.
    pub annotations: Vec<Accepting>,
    /// What golden files hold; None if the render stopped, or nobody asked for it.
    pub files: Option<Tree>,
}

/// The time that templates see: renders that are compared must not depend on the clock.
const NOW: i128 = 1_767_225_600_000_000_000;

/// Renders a case and judges what it renders.
///
/// The render does not trace. Only if there is something to say about rendered text, it is repeated with
/// origins, which gives the same text, since random functions are seeded.
pub fn check(
    chart: &Chart,
    request: &Request<'_>,
    checks: &Checks<'_>,
    sources: &mut Sources,
) -> Checked {
    let mut traced_sources = sources.clone();
    let mut sink = Sink::default();
    let mut checked = Checked::default();
    let Some(Rendered { manifests, values, texts, unstable }) =
        render(chart, request, sources, &mut sink)
    else {
        checked.diagnostics = sink.into_vec();
        return checked;
    };
    let unstable = unstable && checks.rules.allows(unstable::RULE, Group::Correctness);
    checked.files = checks.golden.map(|masks| golden::tree(&manifests, sources, masks));
    manifests.broken.iter().for_each(|broken| sink.report(manifest::invalid_output(broken)));
    let objects = manifests.into_objects();
    let input = rules::Input {
        objects: &objects,
        namespace: &request.release.namespace,
        release: Some(&request.release),
        values: Some(&values),
    };
    pipeline::judge(&input, checks, &mut sink);
    checked.objects = objects.iter().len();
    checked.annotations = manifest::annotations(&objects);
    checked.diagnostics = sink.into_vec();
    let needs_place =
        |found: &Diagnostic| found.place.rendered.is_some() && !(checks.accepted)(found);
    let traces = unstable
        || checked.annotations.iter().any(|annotation| annotation.place.rendered.is_some())
        || checked.diagnostics.iter().any(needs_place);
    if traces {
        let traced = trace(chart, request, &texts, &mut traced_sources, &mut checked);
        checked.diagnostics.extend(traced.filter(|_| unstable).into_iter().flatten());
        *sources = traced_sources;
    }
    checked
}

/// What the first render made.
struct Rendered {
    manifests: Manifests,
    /// What all charts saw.
    values: Value,
    /// The rendered texts by the names of their chart files.
    texts: Vec<(String, FileId)>,
    unstable: bool,
}

impl Checked {
    fn places(&mut self) -> impl Iterator<Item = &mut Place> {
        let found = self.diagnostics.iter_mut().map(|found| &mut found.place);
        found.chain(self.annotations.iter_mut().map(|annotation| &mut annotation.place))
    }
}

/// The render that a request asks for.
pub(super) fn case<'a>(request: &Request<'a>, values: &'a Value) -> Case<'a> {
    Case {
        values,
        release: request.release.clone(),
        capabilities: request.capabilities.clone(),
        skip_schema: request.skip_schema,
        shared: request.shared,
        env: Env { now: NOW, ..Env::default() },
        exec: exec::Options { lookup: request.lookup.clone(), ..exec::Options::default() },
    }
}

fn render(
    chart: &Chart,
    request: &Request<'_>,
    sources: &mut Sources,
    sink: &mut Sink,
) -> Option<Rendered> {
    let values = match request.layers.merge(sources, None) {
        Ok(values) => values,
        Err(error) => {
            sink.report(bad_values(&error));
            return None;
        }
    };
    match pipeline::render(chart, &case(request, &values), sources, None) {
        Ok(pipeline::Render { manifests, merged, files: texts, origins, .. }) => {
            let unstable = origins.has_unstable();
            Some(Rendered { manifests, values: merged.values, texts, unstable })
        }
        Err(_) => {
            explain(chart, request, sources, sink);
            None
        }
    }
}

/// Reports why a render stopped, with the values behind it.
fn explain(chart: &Chart, request: &Request<'_>, sources: &mut Sources, sink: &mut Sink) {
    let mut tracer = Tracer::default();
    let Ok(values) = request.layers.merge(sources, Some(&mut tracer)) else { return };
    let found = pipeline::explain(chart, &case(request, &values), sources, &mut tracer);
    found.into_iter().for_each(|found| sink.report(found));
}

/// Adds to each place in rendered text the template line, the calls and the values that made it. Gives
/// the fields that change at each render; None if the chart renders no more.
fn trace(
    chart: &Chart,
    request: &Request<'_>,
    texts: &[(String, FileId)],
    sources: &mut Sources,
    checked: &mut Checked,
) -> Option<Vec<Diagnostic>> {
    let mut tracer = Tracer::default();
    let values = request.layers.merge(sources, Some(&mut tracer)).ok()?;
    // The values did fit.
    let case = Case { skip_schema: true, ..case(request, &values) };
    let render = pipeline::render(chart, &case, sources, Some(&mut tracer)).ok()?;
    let twins = Twins::new(texts, &render.files);
    for place in checked.places() {
        if let Some(span) = place.rendered {
            *place = render.origins.place(twins.of(span), sources, &tracer);
        }
    }
    for label in checked.diagnostics.iter_mut().flat_map(|found| &mut found.labels) {
        label.span = source_of(twins.of(label.span), &render.origins, sources, &tracer);
    }
    Some(unstable::check(&render.manifests.into_objects(), &render.origins, &tracer))
}

/// What made a place in rendered text; other places stand for themselves.
fn source_of(span: Span, origins: &Origins, sources: &Sources, tracer: &Tracer) -> Span {
    origins.place(span, sources, tracer).primary.unwrap_or(span)
}

/// The texts of the first render in the second. Their numbers differ: a render that traces also keeps
/// the texts that `tpl` runs.
struct Twins(BTreeMap<FileId, FileId>);

impl Twins {
    fn new(first: &[(String, FileId)], second: &[(String, FileId)]) -> Twins {
        Twins(first.iter().zip(second).map(|((_, first), (_, second))| (*first, *second)).collect())
    }

    fn of(&self, span: Span) -> Span {
        Span { file: self.0.get(&span.file).copied().unwrap_or(span.file), ..span }
    }
}

/// A values file or a `--set` flag that cannot be used.
pub(super) fn bad_values(error: &LayerError) -> Diagnostic {
    let whole = |file: FileId| Span { file, start: 0, end: 0 };
    let (rule, span) = match error {
        LayerError::Read(_) => ("unreadable", None),
        LayerError::File { error, .. } => ("invalid-values", Some(error.span)),
        LayerError::Set { flag, .. } => ("invalid-values", Some(whole(*flag))),
    };
    let place = span.map_or_else(Default::default, crate::diagnostic::Place::source);
    Diagnostic::new(Group::Input, rule, Severity::Error, place, error.to_string())
}

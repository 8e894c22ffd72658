//! Two renders side by side: `chartc diff`.

use crate::chart::Chart;
use crate::diagnostic::{Diagnostic, Place, Sink};
use crate::diff::{self, Change};
use crate::kube::{self, Crds, Version};
use crate::manifest::{self, Objects};
use crate::origin::Tracer;
use crate::pipeline::check::{bad_values, case};
use crate::pipeline::{self, Origins, Request};
use crate::source::{FileId, Sources};

/// One side of a comparison.
#[derive(Default)]
pub struct Side {
    pub objects: Objects,
    /// Where the rendered text came from; None for manifests that the user wrote.
    traced: Option<(Origins, Tracer)>,
}

impl Side {
    /// The objects of a stream of manifests.
    pub fn read(file: FileId, sources: &Sources, sink: &mut Sink) -> Side {
        Side { objects: manifest::read_stream(file, sources, sink), traced: None }
    }

    /// The objects that a case of a chart renders; None if it does not render.
    pub fn render(
        chart: &Chart,
        request: &Request<'_>,
        sources: &mut Sources,
        sink: &mut Sink,
    ) -> Option<Side> {
        let mut tracer = Tracer::default();
        let values = match request.layers.merge(sources, Some(&mut tracer)) {
            Ok(values) => values,
            Err(error) => {
                sink.report(bad_values(&error));
                return None;
            }
        };
        let case = case(request, &values);
        match pipeline::render(chart, &case, sources, Some(&mut tracer)) {
            Ok(render) => {
                let broken = &render.manifests.broken;
                broken.iter().for_each(|broken| sink.report(manifest::invalid_output(broken)));
                let traced = Some((render.origins, tracer));
                Some(Side { objects: render.manifests.into_objects(), traced })
            }
            Err(stopped) => {
                let problems = stopped.problem.diagnostics(chart, Some(&tracer));
                problems.into_iter().for_each(|found| sink.report(found));
                None
            }
        }
    }

    /// The template line behind a place in rendered text, if this side rendered it.
    fn trace(&self, place: &mut Place, sources: &Sources) {
        let (Some((origins, tracer)), Some(rendered)) = (&self.traced, place.rendered) else {
            return;
        };
        let traced = origins.place(rendered, sources, tracer);
        if traced.primary.is_some() {
            *place = traced;
        }
    }
}

/// What the new side changes, and what the API server would say of that. `crds` are those besides
/// what the sides hold.
pub fn compare(
    old: &Side,
    new: &Side,
    versions: &[Version],
    crds: &[&Objects],
    sources: &Sources,
) -> (Vec<Change>, Vec<Diagnostic>) {
    let mut sink = Sink::default();
    let lists = [&new.objects, &old.objects].into_iter().chain(crds.iter().copied());
    let crds = Crds::read(&lists.collect::<Vec<_>>());
    let options = kube::Options { versions, crds: &crds, namespace: "default" };
    let mut changes = diff::compare(&old.objects, &new.objects, &options, &mut sink);
    let mut found = sink.into_vec();
    let places = changes.iter_mut().flat_map(Change::places_mut);
    for place in places.chain(found.iter_mut().map(|found| &mut found.place)) {
        old.trace(place, sources);
        new.trace(place, sources);
    }
    (changes, found)
}

//! The CustomResourceDefinitions that charts bring in their `crds/` folders.

use crate::chart::Chart;
use crate::diagnostic::{Place, Sink};
use crate::kube::{self, Crds, Version};
use crate::manifest::{self, Objects};
use crate::pipeline::render::is_crd;
use crate::source::Sources;

/// The objects in `crds/` of a chart and of all its dependencies, the chart's own first.
pub fn crds(chart: &Chart, sources: &Sources) -> Objects {
    let mut objects = own_crds(chart, sources, &mut Sink::default());
    for dependency in &chart.dependencies {
        objects.append(crds(dependency, sources));
    }
    objects
}

/// What the API server would say of the objects in a chart's own `crds/`, which Helm installs as
/// they are.
pub fn check_crds(chart: &Chart, versions: &[Version], sources: &Sources, sink: &mut Sink) {
    let mut found = Sink::default();
    let objects = own_crds(chart, sources, &mut found);
    kube::check(
        &objects,
        &kube::Options { versions, crds: &Crds::read(&[&objects]), namespace: "default" },
        &mut found,
    );
    for mut diagnostic in found.into_vec() {
        // No template made them: the files are where to mend them.
        if let Some(span) = diagnostic.place.rendered {
            diagnostic.place = Place::source(span);
        }
        sink.report(diagnostic);
    }
}

fn own_crds(chart: &Chart, sources: &Sources, sink: &mut Sink) -> Objects {
    let mut objects = Objects::default();
    for file in chart.files.iter().filter(|file| is_crd(&file.path)) {
        objects.append(manifest::read_stream(file.id, sources, sink));
    }
    objects
}

//! What is wrong with a chart's templates whatever its values are.

use std::collections::BTreeMap;

use crate::chart::{self, Chart};
use crate::diagnostic::Sink;
use crate::pipeline::render::{add_units, missing_dependencies};
use crate::program::{self, Trees, Unit};
use crate::source::Sources;
use crate::value::{Map, MapKind};

/// Checks the templates of a chart and of all its dependencies, enabled or not: what one of them
/// defines another may use. A chart whose dependencies are missing is not checked: they may define
/// what it uses.
pub fn check_templates(chart: &Chart, trees: &Trees, sources: &Sources, sink: &mut Sink) {
    if !missing_dependencies(chart).is_empty() {
        return;
    }
    let mut units = BTreeMap::new();
    add_all(chart, chart.name(), &mut units);
    let is_go = |unit: &Unit| !chart::is_jinja(&unit.name);
    let units: Vec<Unit> = units.into_values().filter(is_go).collect();
    let own = format!("{}/templates/", chart.name());
    program::check(&program::compile(&units, sources, trees), &own, sink);
}

fn add_all(chart: &Chart, path: &str, units: &mut BTreeMap<String, Unit>) {
    add_units(chart, path, &Map::new(MapKind::Values), units);
    for dependency in &chart.dependencies {
        add_all(dependency, &format!("{path}/charts/{}", dependency.name()), units);
    }
}

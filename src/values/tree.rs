//! The charts that take part: dependencies by condition and tag, under their aliases
//! (`pkg/chart/v2/util/dependencies.go`).

use std::collections::BTreeSet;

use super::coalesce::{Nulls, TypeMismatch, coalesce};
use super::table::{self, is_table, lookup};
use crate::chart::{Chart, Dependency, Log};
use crate::funcs::sprig::semver::{Constraints, Version};
use crate::value::{Data, Value};

/// A chart that takes part, under the name that its parent gives it.
#[derive(Clone)]
pub struct Node<'c> {
    pub chart: &'c Chart,
    /// The alias if there is one.
    pub name: String,
    /// The dependencies that `Chart.yaml` names and that take part, under their aliases.
    pub dependencies: Option<Vec<Dependency>>,
    pub children: Vec<Node<'c>>,
    /// The chart's own defaults, with what it imports.
    pub(super) values: Value,
}

impl<'c> Node<'c> {
    /// A chart with all that lies in its `charts/`; `defaults` reads the values of each.
    pub(super) fn new(chart: &'c Chart, defaults: &mut impl FnMut(&'c Chart) -> Value) -> Node<'c> {
        let dependencies = chart.metadata.dependencies.as_ref();
        Node {
            chart,
            name: chart.name().to_owned(),
            dependencies: dependencies.map(|list| list.iter().flatten().cloned().collect()),
            values: defaults(chart),
            children: chart.dependencies.iter().map(|child| Node::new(child, defaults)).collect(),
        }
    }

    /// The chart and all charts below it, parents first, each with its path: `parent/charts/name`.
    pub fn with_paths(&self) -> Vec<(String, &Node<'c>)> {
        let mut all = Vec::new();
        self.add_paths(self.name.clone(), &mut all);
        all
    }

    fn add_paths<'n>(&'n self, path: String, all: &mut Vec<(String, &'n Node<'c>)>) {
        let children =
            self.children.iter().map(|child| (format!("{path}/charts/{}", child.name), child));
        let children: Vec<_> = children.collect();
        all.push((path, self));
        children.into_iter().for_each(|(path, child)| child.add_paths(path, all));
    }

    pub(super) fn has_child(&self, key: &[u8]) -> bool {
        self.children.iter().any(|child| child.name.as_bytes() == key)
    }

    fn matches(&self, dependency: &Dependency) -> bool {
        self.name == dependency.name
            && is_compatible(&dependency.version, &self.chart.metadata.version)
    }
}

/// `IsCompatibleRange` in `pkg/chart/v2/util/compatible.go`.
pub fn is_compatible(constraint: &str, version: &str) -> bool {
    let version = Version::parse(version);
    let constraints = Constraints::parse(constraint);
    matches!((version, constraints), (Ok(version), Ok(constraints)) if constraints.check(&version))
}

/// Removes the charts that conditions and tags switch off, and gives aliases
/// (`processDependencyEnabled`).
pub(super) fn enable(
    node: &mut Node<'_>,
    values: &Value,
    path: &str,
    log: &mut Vec<Log>,
) -> Result<(), TypeMismatch> {
    let Some(mut dependencies) = node.dependencies.take() else { return Ok(()) };
    node.children = named_children(node, &mut dependencies);
    let merged = coalesce(node, values, Nulls::Delete, log)?;
    for dependency in &mut dependencies {
        dependency.enabled = true;
        apply_tags(dependency, &merged, log);
    }
    for dependency in &mut dependencies {
        apply_condition(dependency, &merged, path, log);
    }
    let disabled = |dependency: &&Dependency| !dependency.enabled;
    let removed: BTreeSet<String> =
        dependencies.iter().filter(disabled).map(|dependency| dependency.name.clone()).collect();
    node.children.retain(|child| !removed.contains(&child.name));
    dependencies.retain(|dependency| !removed.contains(&dependency.name));
    for child in &mut node.children {
        let path = format!("{path}{}.", child.name);
        enable(child, &merged, &path, log)?;
    }
    node.dependencies = (!dependencies.is_empty()).then_some(dependencies);
    Ok(())
}

/// The charts in `charts/` that `Chart.yaml` does not name, and then those that it names, in its
/// order, a chart as often as it is named.
fn named_children<'c>(node: &Node<'c>, dependencies: &mut [Dependency]) -> Vec<Node<'c>> {
    let unnamed = |child: &&Node<'c>| !dependencies.iter().any(|one| child.matches(one));
    let mut children: Vec<Node<'c>> = node.children.iter().filter(unnamed).cloned().collect();
    for dependency in dependencies {
        if let Some(child) = node.children.iter().find(|child| child.matches(dependency)) {
            children.push(Node { name: dependency.key().to_owned(), ..child.clone() });
        }
        dependency.name = dependency.key().to_owned();
    }
    children
}

/// `processDependencyTags`
fn apply_tags(dependency: &mut Dependency, values: &Value, log: &mut Vec<Log>) {
    let Some(tags) = lookup(values, ["tags"].into_iter()).filter(is_table) else { return };
    let (mut has_true, mut has_false) = (false, false);
    for tag in &dependency.tags {
        match table::get(&tags, tag.as_bytes()).map(|value| value.data) {
            None => {}
            Some(Data::Bool(true)) => has_true = true,
            Some(Data::Bool(false)) => has_false = true,
            Some(_) => log.push(
                Log::warn("returned non-bool value")
                    .with("tag", tag)
                    .with("chart", &dependency.name),
            ),
        }
    }
    dependency.enabled = has_true || !has_false;
}

/// The first path of the condition that leads to a boolean decides
/// (`processDependencyConditions`).
fn apply_condition(dependency: &mut Dependency, values: &Value, path: &str, log: &mut Vec<Log>) {
    for condition in dependency.condition.trim().split(',').filter(|one| !one.is_empty()) {
        let full = format!("{path}{condition}");
        match lookup(values, full.split('.')).filter(|value| !is_table(value)) {
            None => {}
            Some(Value { data: Data::Bool(enabled), .. }) => {
                dependency.enabled = enabled;
                break;
            }
            Some(_) => log.push(
                Log::warn("returned non-bool value")
                    .with("path", condition)
                    .with("chart", &dependency.name),
            ),
        }
    }
}

//! What templates see as `.`: one scope for each chart that takes part
//! (`ToRenderValues` in `pkg/chart/common/util/values.go`, `recAllTpls` in
//! `pkg/engine/engine.go`).

use std::rc::Rc;
use std::sync::Arc;

use super::tree::Node;
use super::{Capabilities, table};
use crate::chart::{Chart, Dependency, Import, Maintainer, Member};
use crate::source::Sources;
use crate::value::{Data, Files, Map, MapKind, Rare, Text, Value};

/// The release that a render pretends to make.
#[derive(Clone, Debug)]
pub struct Release {
    pub name: String,
    pub namespace: String,
    pub is_upgrade: bool,
    pub revision: i64,
}

impl Default for Release {
    fn default() -> Release {
        Release {
            name: "release-name".to_owned(),
            namespace: "default".to_owned(),
            is_upgrade: false,
            revision: 1,
        }
    }
}

/// A chart that takes part, and what its templates see.
pub struct Scope<'c> {
    pub chart: &'c Chart,
    /// `parent/charts/name`, with aliases.
    pub path: String,
    pub values: Map,
}

/// The scopes of a chart and all charts below it; the root comes last.
pub(super) fn scopes<'c>(
    root: &Node<'c>,
    values: &Value,
    release: &Release,
    capabilities: &Capabilities,
    sources: &Sources,
) -> Vec<Scope<'c>> {
    let shared = Shared { release: release.value(), capabilities: capabilities.value(), sources };
    let mut scopes = Vec::new();
    let own = values
        .as_map()
        .map_or_else(|| Map::new(MapKind::Values), |map| map.of_kind(MapKind::Values));
    shared.add(root, &root.name, own, true, &mut scopes);
    scopes
}

/// What all charts see alike.
struct Shared<'a> {
    release: Value,
    capabilities: Value,
    sources: &'a Sources,
}

impl Shared<'_> {
    /// Adds the scopes of a chart and its subcharts, and returns the chart's own.
    fn add<'c>(
        &self,
        node: &Node<'c>,
        path: &str,
        values: Map,
        is_root: bool,
        scopes: &mut Vec<Scope<'c>>,
    ) -> Map {
        let scope = Map::new(MapKind::Any);
        let subcharts = Map::new(MapKind::Any);
        for child in &node.children {
            let path = format!("{path}/charts/{}", child.name);
            let child_scope = self.add(child, &path, below(&values, &child.name), false, scopes);
            subcharts.insert(child.name.as_bytes(), child_scope);
        }
        scope.insert(&b"Chart"[..], metadata(node, is_root));
        scope.insert(&b"Files"[..], self.files(node.chart));
        scope.insert(&b"Release"[..], self.release.clone());
        scope.insert(&b"Capabilities"[..], self.capabilities.clone());
        scope.insert(&b"Values"[..], values);
        scope.insert(&b"Subcharts"[..], subcharts);
        scopes.push(Scope { chart: node.chart, path: path.to_owned(), values: scope.clone() });
        scope
    }

    fn files(&self, chart: &Chart) -> Value {
        let entry = |member: &Member| {
            (Text::from(member.path.as_bytes()), Arc::clone(self.sources.text(member.id)))
        };
        let files: Files = chart.files.iter().map(entry).collect();
        Data::Rare(Rc::new(Rare::Files(files))).into()
    }
}

/// A subchart's part of the values. Helm looks for it as for a dotted path, so a chart with a dot
/// in its name sees none of its values.
fn below(values: &Map, name: &str) -> Map {
    let found = table::lookup(&values.clone().into(), name.split('.'));
    let table = found.and_then(|found| Some(found.as_map()?.of_kind(MapKind::Values)));
    table.unwrap_or_else(|| Map::new(MapKind::Values))
}

impl Release {
    /// `ValidateReleaseName` in `pkg/chart/v2/util/validate_name.go`: labels of lower-case letters,
    /// digits and hyphens, with dots between them.
    pub fn has_valid_name(&self) -> bool {
        let part = |part: &str| {
            let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
            let hyphen = |part: &str| part.starts_with('-') || part.ends_with('-');
            !part.is_empty()
                && !hyphen(part)
                && part.bytes().all(|byte| plain(byte) || byte == b'-')
        };
        self.name.len() <= 53 && self.name.split('.').all(part)
    }

    /// Revision 0 is no release at all: that of a lint.
    fn is_install(&self) -> bool {
        !self.is_upgrade && self.revision > 0
    }

    fn value(&self) -> Value {
        map([
            ("Name", Value::text(&self.name)),
            ("Namespace", Value::text(&self.namespace)),
            ("IsUpgrade", self.is_upgrade.into()),
            ("IsInstall", self.is_install().into()),
            ("Revision", Value::int(self.revision)),
            ("Service", Value::text("Helm")),
        ])
    }
}

/// `.Chart`: the fields of Go's struct as a map (`structToMap` in `pkg/chart/common.go`).
fn metadata(node: &Node<'_>, is_root: bool) -> Value {
    let metadata = &node.chart.metadata;
    let dependencies = node.dependencies.iter().flatten().map(dependency).collect::<Vec<_>>();
    let maintainers = metadata.maintainers.iter().flatten().map(maintainer).collect::<Vec<_>>();
    map([
        ("Name", Value::text(&node.name)),
        ("Home", Value::text(&metadata.home)),
        ("Sources", texts(&metadata.sources)),
        ("Version", Value::text(&metadata.version)),
        ("Description", Value::text(&metadata.description)),
        ("Keywords", texts(&metadata.keywords)),
        ("Maintainers", maintainers.into()),
        ("Icon", Value::text(&metadata.icon)),
        ("APIVersion", Value::text(&metadata.api_version)),
        ("Condition", Value::text(&metadata.condition)),
        ("Tags", Value::text(&metadata.tags)),
        ("AppVersion", Value::text(&metadata.app_version)),
        ("Deprecated", metadata.deprecated.into()),
        ("Annotations", annotations(metadata.annotations.as_deref())),
        ("KubeVersion", Value::text(&metadata.kube_version)),
        ("Dependencies", dependencies.into()),
        ("Type", Value::text(&metadata.kind)),
        ("IsRoot", is_root.into()),
    ])
}

fn annotations(annotations: Option<&[(String, String)]>) -> Value {
    let Some(annotations) = annotations else { return Map::nil(MapKind::Strings).into() };
    let map = Map::new(MapKind::Strings);
    for (key, value) in annotations {
        map.insert(key.as_bytes(), Value::text(value));
    }
    map.into()
}

fn maintainer(maintainer: &Maintainer) -> Value {
    map([
        ("Name", Value::text(&maintainer.name)),
        ("Email", Value::text(&maintainer.email)),
        ("URL", Value::text(&maintainer.url)),
    ])
}

fn dependency(dependency: &Dependency) -> Value {
    let imports = dependency.import_values.iter().map(import).collect::<Vec<_>>();
    map([
        ("Name", Value::text(&dependency.name)),
        ("Version", Value::text(&dependency.version)),
        ("Repository", Value::text(&dependency.repository)),
        ("Condition", Value::text(&dependency.condition)),
        ("Tags", texts(&dependency.tags)),
        ("Enabled", dependency.enabled.into()),
        ("ImportValues", imports.into()),
        ("Alias", Value::text(&dependency.alias)),
    ])
}

/// Helm has put all imports into their long form by now.
fn import(import: &Import) -> Value {
    let (child, parent) = match import {
        Import::Table { child, parent } => (child.as_str(), parent.as_str()),
        Import::Export(name) => (name.as_str(), "."),
        Import::Other => ("", ""),
    };
    let map = Map::new(MapKind::Strings);
    map.insert(&b"child"[..], Value::text(child));
    map.insert(&b"parent"[..], Value::text(parent));
    map.into()
}

fn map<const N: usize>(fields: [(&str, Value); N]) -> Value {
    let map = Map::new(MapKind::Any);
    for (name, value) in fields {
        map.insert(name.as_bytes(), value);
    }
    map.into()
}

fn texts(texts: &[String]) -> Value {
    texts.iter().map(Value::text).collect::<Vec<_>>().into()
}

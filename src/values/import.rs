//! `import-values`: what a chart takes over from its dependencies
//! (`processImportValues` in `pkg/chart/v2/util/dependencies.go`).

use super::coalesce::{Nulls, TypeMismatch, coalesce, coalesce_tables};
use super::table::{self, is_table, unshare};
use super::tree::Node;
use crate::chart::{Dependency, Import, Log};
use crate::value::{Data, Map, MapKind, Value};

/// Imports in all charts, subcharts first. Even a chart that imports nothing gets the merged
/// values of its dependencies as its own defaults.
pub(super) fn import(node: &mut Node<'_>, log: &mut Vec<Log>) -> Result<(), TypeMismatch> {
    for child in &mut node.children {
        import(child, log)?;
    }
    let Some(mut dependencies) = node.dependencies.take() else { return Ok(()) };
    let mut values = coalesce(node, &table::empty(), Nulls::Keep, log)?;
    if dependencies.iter().any(|dependency| !dependency.import_values.is_empty()) {
        unshare(&mut values);
        let imported = Map::new(MapKind::Any);
        for dependency in &mut dependencies {
            import_from(dependency, &values, &imported, log);
        }
        coalesce_tables(&mut values, &imported.into(), "", Nulls::Keep, log);
        unshare(&mut values);
    }
    node.values = values;
    node.dependencies = Some(dependencies);
    Ok(())
}

fn import_from(dependency: &mut Dependency, values: &Value, imported: &Map, log: &mut Vec<Log>) {
    dependency.import_values.retain(|import| *import != Import::Other);
    for import in &mut dependency.import_values {
        let (child, parent) = match import {
            Import::Export(name) => (format!("exports.{name}"), ".".to_owned()),
            Import::Table { child, parent } => (child.clone(), parent.clone()),
            Import::Other => continue,
        };
        match find_table(values, &format!("{}.{child}", dependency.name)) {
            Ok(Data::Map(found)) => merge_shared(imported, &below(&parent, found)),
            Ok(_) => {}
            Err(missing) => log.push(missing_table(import, &dependency.name, &missing)),
        }
        *import = Import::Table { child, parent };
    }
}

fn missing_table(import: &Import, chart: &str, missing: &str) -> Log {
    let error = format!("{} is not a table", crate::value::quote::quoted(missing));
    match import {
        Import::Export(_) => Log::warn("ImportValues missing table").with("error", error),
        Import::Table { .. } | Import::Other => Log::warn("ImportValues missing table from chart")
            .with("chart", chart)
            .with("error", error),
    }
}

/// The table at a dotted path, or the key that is none (`Values.Table`).
fn find_table(values: &Value, path: &str) -> Result<Data, String> {
    let mut table = values.clone();
    for key in path.split('.') {
        table =
            table::get(&table, key.as_bytes()).filter(is_table).ok_or_else(|| key.to_owned())?;
    }
    Ok(table.data)
}

/// The table inside new tables, one for each key of the path (`pathToMap`).
fn below(path: &str, table: Map) -> Map {
    if path == "." {
        return table;
    }
    path.rsplit('.').fold(table, |inner, key| {
        let outer = Map::new(MapKind::Any);
        outer.insert(key.as_bytes(), inner);
        outer
    })
}

/// [`coalesce_tables`] on Go's terms: `target` takes over the very tables of `source`, so that a
/// later import into one place shows in all places that took the same table.
fn merge_shared(target: &Map, source: &Map) {
    if target.is_same(source) {
        return;
    }
    let entries: Vec<_> =
        source.borrow().iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    for (key, value) in entries {
        match (target.get(&key).map(|existing| existing.data), &value.data) {
            (None, _) => target.insert(key, value),
            (Some(Data::Map(target)), Data::Map(source)) => {
                merge_shared(&target, source);
            }
            (Some(Data::Nil), _) | (Some(Data::Map(_)), Data::Nil) => {}
            (Some(_), _) => {}
        }
    }
}

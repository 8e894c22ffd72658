//! Puts the values that the user gave over those of a chart and its subcharts
//! (`pkg/chart/common/util/coalesce.go`).

use std::fmt;
use std::rc::Rc;

use super::table::{self, Entries, entries_mut, is_nil, is_table, without_nils};
use super::tree::Node;
use crate::chart::Log;
use crate::value::print::{self, Flags};
use crate::value::{Data, Text, Value};

/// What happens to nulls.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum Nulls {
    /// They delete what they stand over (`CoalesceValues`).
    Delete,
    /// They stay, for a later merge (`MergeValues`).
    Keep,
}

/// A subchart's key holds something that is no table.
#[derive(Clone, Debug)]
pub struct TypeMismatch {
    pub chart: String,
    pub found: Value,
}

/// Helm prints the value with a verb for booleans.
impl fmt::Display for TypeMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut found = Vec::new();
        // Beyond the limit the text is cut.
        let _ = print::format(&mut found, &self.found, 't', Flags::default(), super::MAX_MESSAGE);
        write!(f, "type mismatch on {}: {}", self.chart, String::from_utf8_lossy(&found))
    }
}

const GLOBAL: &[u8] = b"global";

/// `values` over the defaults of `chart` and of all charts below it.
pub(super) fn coalesce(
    chart: &Node<'_>,
    values: &Value,
    nulls: Nulls,
    log: &mut Vec<Log>,
) -> Result<Value, TypeMismatch> {
    let mut result = values.clone();
    if let Some(entries) = entries_mut(&mut result) {
        coalesce_chart(chart, entries, "", nulls, log)?;
    }
    Ok(result)
}

fn coalesce_chart(
    chart: &Node<'_>,
    values: &mut Entries,
    prefix: &str,
    nulls: Nulls,
    log: &mut Vec<Log>,
) -> Result<(), TypeMismatch> {
    let path = join(prefix, &chart.name);
    coalesce_defaults(chart, values, &path, nulls, log);
    for child in &chart.children {
        coalesce_child(child, values, &path, nulls, log)?;
    }
    Ok(())
}

/// `coalesceDeps`
fn coalesce_child(
    child: &Node<'_>,
    values: &mut Entries,
    path: &str,
    nulls: Nulls,
    log: &mut Vec<Log>,
) -> Result<(), TypeMismatch> {
    let key: Text = child.name.as_bytes().into();
    let mut inner = values.remove(&key).unwrap_or_else(table::empty);
    let Some(entries) = entries_mut(&mut inner) else {
        return Err(TypeMismatch { chart: child.name.clone(), found: inner });
    };
    hand_down_globals(entries, values, path, log);
    let result = coalesce_chart(child, entries, path, nulls, log);
    hand_up_globals(entries, values);
    values.insert(key, inner);
    result
}

/// Puts the globals of a chart over those of its subchart (`coalesceGlobals`).
fn hand_down_globals(child: &mut Entries, parent: &Entries, path: &str, log: &mut Vec<Log>) {
    let mut own = child.get(GLOBAL).cloned().unwrap_or_else(table::empty);
    let Some(entries) = entries_mut(&mut own) else {
        return log.push(Log::info(
            "warning: skipping globals because destination global is not a table.",
        ));
    };
    match parent.get(GLOBAL).map(|globals| &globals.data) {
        None => {}
        Some(Data::Map(globals)) => {
            for (key, value) in globals.borrow().iter() {
                hand_down_global(entries, key, value, path, log);
            }
        }
        Some(_) => {
            return log.push(Log::info(
                "warning: skipping globals because source global is not a table.",
            ));
        }
    }
    child.insert(GLOBAL.into(), own);
}

fn hand_down_global(own: &mut Entries, key: &Text, value: &Value, path: &str, log: &mut Vec<Log>) {
    let existing = own.get(key);
    if !is_table(value) {
        if existing.is_some_and(is_table) {
            log.push(Log::info(format!("key {} is table. Skipping", text(key))));
        } else {
            own.insert(Rc::clone(key), value.clone());
        }
        return;
    }
    let mut copy = value.clone();
    match existing {
        None => {}
        Some(existing) if is_table(existing) => {
            let path = join(path, &text(key));
            coalesce_tables(&mut copy, existing, &path, Nulls::Keep, log);
        }
        Some(_) => {
            let key = crate::value::quote::quoted(&text(key));
            let message = format!("Conflict: cannot merge map onto non-map for {key}. Skipping.");
            return log.push(Log::info(message));
        }
    }
    own.insert(Rc::clone(key), copy);
}

/// The tables two levels below `global` are the same Go maps in a chart and its subcharts, so what
/// a subchart adds to them its parent has too.
fn hand_up_globals(child: &Entries, parent: &mut Entries) {
    let Some(Data::Map(own)) = child.get(GLOBAL).map(|own| &own.data) else { return };
    let Some(globals) = parent.get_mut(GLOBAL).filter(|globals| is_table(globals)) else { return };
    for (key, table, nested) in shared_tables(globals, &own.borrow()) {
        let globals = entries_mut(globals).and_then(|globals| globals.get_mut(&key));
        if let Some(table_entries) = globals.and_then(entries_mut) {
            table_entries.insert(table, nested);
        }
    }
}

/// The tables of `own` that stand where `globals` has a table too, unless they are the same.
fn shared_tables(globals: &Value, own: &Entries) -> Vec<(Text, Text, Value)> {
    let Data::Map(globals) = &globals.data else { return Vec::new() };
    let mut shared = Vec::new();
    for (key, table) in globals.borrow().iter() {
        let (Data::Map(table), Some(Data::Map(own))) =
            (&table.data, own.get(key).map(|own| &own.data))
        else {
            continue;
        };
        for (name, nested) in table.borrow().iter() {
            if let (Data::Map(old), Some(new)) = (&nested.data, own.get(name))
                && let Data::Map(changed) = &new.data
                && !old.is_same(changed)
            {
                shared.push((Rc::clone(key), Rc::clone(name), new));
            }
        }
    }
    shared
}

/// Makes the tables two levels below `global` one and the same in a chart and all charts below it,
/// as they are in Go: a template that changes one changes it for all.
pub(super) fn share_globals(chart: &Node<'_>, values: &Value) {
    let Data::Map(values) = &values.data else { return };
    let globals = values.get(GLOBAL);
    for child in &chart.children {
        let Some(inner) = values.get(child.name.as_bytes()) else { continue };
        if let (Some(globals), Data::Map(entries)) = (&globals, &inner.data)
            && let Some(Data::Map(own)) = entries.get(GLOBAL).map(|own| own.data)
        {
            for (key, name, _) in shared_tables(globals, &own.borrow()) {
                let table = table::get(globals, &key).and_then(|table| table::get(&table, &name));
                if let (Some(table), Some(Data::Map(own))) =
                    (table, own.get(&key).map(|own| own.data))
                {
                    own.insert(name, table);
                }
            }
        }
        share_globals(child, &inner);
    }
}

/// `coalesceValues`
fn coalesce_defaults(
    chart: &Node<'_>,
    values: &mut Entries,
    path: &str,
    nulls: Nulls,
    log: &mut Vec<Log>,
) {
    let Data::Map(defaults) = &chart.values.data else { return };
    for (key, default) in defaults.borrow().iter() {
        match values.get_mut(key) {
            None => add_default(values, key, default, nulls),
            Some(value) if is_nil(value) => {
                if nulls == Nulls::Delete {
                    values.remove(key);
                }
            }
            Some(value) if is_table(value) => {
                let nulls = if chart.has_child(key) { Nulls::Keep } else { nulls };
                let path = || join(path, &text(key));
                match (&default.data, nulls) {
                    (Data::Map(_), Nulls::Keep) => {
                        coalesce_tables(value, default, &path(), nulls, log);
                    }
                    (Data::Map(_), Nulls::Delete) => {
                        coalesce_tables(value, &without_nils(default), &path(), nulls, log);
                    }
                    (Data::Nil, _) => {}
                    _ => {
                        let path = path();
                        let message = format!("warning: skipped value for {path}: Not a table.");
                        log.push(Log::info(message));
                    }
                }
            }
            Some(_) => {}
        }
    }
}

fn add_default(values: &mut Entries, key: &Text, default: &Value, nulls: Nulls) {
    match nulls {
        Nulls::Keep => drop(values.insert(Rc::clone(key), default.clone())),
        Nulls::Delete if is_nil(default) => {}
        Nulls::Delete => drop(values.insert(Rc::clone(key), without_nils(default))),
    }
}

/// Adds to `target` what it lacks of `source`, at any depth (`coalesceTablesFullKey`). A null in
/// `target` over a value deletes the key, or stays.
pub(super) fn coalesce_tables(
    target: &mut Value,
    source: &Value,
    path: &str,
    nulls: Nulls,
    log: &mut Vec<Log>,
) {
    let (Some(target), Data::Map(source)) = (entries_mut(target), &source.data) else { return };
    for (key, value) in source.borrow().iter() {
        let Some(existing) = target.get_mut(key) else {
            target.insert(Rc::clone(key), value.clone());
            continue;
        };
        if is_nil(existing) {
            if nulls == Nulls::Delete && !is_nil(value) {
                target.remove(key);
            }
        } else if is_table(value) && is_table(existing) {
            coalesce_tables(existing, value, &join(path, &text(key)), nulls, log);
        } else if is_table(value) {
            let (path, value) = (join(path, &text(key)), super::go_text(value));
            let message =
                format!("warning: cannot overwrite table with non table for {path} ({value})");
            log.push(Log::info(message));
        } else if is_table(existing) && !is_nil(value) {
            let (path, value) = (join(path, &text(key)), super::go_text(value));
            let message = format!(
                "warning: destination for {path} is a table. Ignoring non-table value ({value})"
            );
            log.push(Log::info(message));
        }
    }
}

/// `concatPrefix`
fn join(prefix: &str, key: &str) -> String {
    if prefix.is_empty() { key.to_owned() } else { format!("{prefix}.{key}") }
}

fn text(key: &Text) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(key)
}

//! The tables of a TOML document while it is read (`parse.go`): what is defined already, and as
//! what. The library's rules are looser than the specification's in places; these are its own.

use std::collections::{BTreeMap, HashSet};

use crate::origin::Src;
use crate::value::quote::quoted;
use crate::value::{List, ListKind, Map, MapKind, Value};

use super::quote_key;
use super::read::Mistake;

/// A table under construction.
pub(super) type Table = BTreeMap<String, Node>;

pub(super) enum Node {
    Table(Table),
    /// The tables of `[[key]]`.
    Tables(Vec<Table>),
    Value(Value),
}

#[derive(Default)]
pub(super) struct Tables {
    root: Table,
    /// The table that keys go into, and the key that is being read.
    pub(super) context: Vec<String>,
    pub(super) current: String,
    /// Where the last key started.
    pub(super) line: usize,
    /// Keys of tables that only exist because of longer keys.
    implicit: HashSet<String>,
    /// Keys whose values are arrays.
    arrays: HashSet<String>,
}

type Result<T> = std::result::Result<T, Mistake>;

/// A key with its dots and quotes.
pub(super) fn dotted(key: &[String]) -> String {
    let parts: Vec<String> = key.iter().map(|part| quote_key(part)).collect();
    parts.join(".")
}

impl Tables {
    /// The key that messages name.
    pub(super) fn last_key(&self) -> String {
        match (self.context.as_slice(), self.current.as_str()) {
            (context, "") => dotted(context),
            ([], current) => current.to_owned(),
            (context, current) => format!("{}.{current}", dotted(context)),
        }
    }

    /// Makes a table current, which `[key]` or a dotted key creates (`addContext`).
    pub(super) fn enter(&mut self, key: &[String], is_array: bool) -> Result<()> {
        let Some((last, parents)) = key.split_last() else { return Ok(()) };
        let mut table = &mut self.root;
        for (index, part) in parents.iter().enumerate() {
            let path = &key[..=index];
            if !table.contains_key(part) {
                self.implicit.insert(dotted(path));
                table.insert(part.clone(), Node::Table(Table::new()));
            }
            table = match inner(table, part) {
                Some(table) => table,
                None => {
                    let path = dotted(path);
                    let message = format!("Key '{path}' was already created as a hash.");
                    return Err(Mistake { line: self.line, message });
                }
            };
        }
        self.context = parents.to_vec();
        if is_array {
            let node = table.entry(last.clone()).or_insert_with(|| Node::Tables(Vec::new()));
            let Node::Tables(tables) = node else {
                let key = dotted(key);
                let message =
                    format!("Key '{key}' was already created and cannot be used as an array.");
                return Err(Mistake { line: self.line, message });
            };
            tables.push(Table::new());
        } else {
            self.set(last, Node::Table(Table::new()))?;
        }
        self.context = key.to_vec();
        Ok(())
    }

    /// `enter` for the parents of a dotted key, which exist because of it (`addImplicitContext`).
    pub(super) fn enter_implicitly(&mut self, part: &str) -> Result<()> {
        let key = self.path(part);
        self.implicit.insert(dotted(&key));
        self.enter(&key, false)
    }

    /// The current table is that of an inline table.
    pub(super) fn enter_inline(&mut self, key: &str, is_array: bool) -> Result<()> {
        let key = self.path(key);
        self.context.clone_from(&key);
        self.implicit.insert(dotted(&key));
        self.enter(&key, is_array)
    }

    fn path(&self, part: &str) -> Vec<String> {
        let mut key = self.context.clone();
        key.push(part.to_owned());
        key
    }

    /// A dotted key of an inline table goes through a key that has a plain value by now.
    pub(super) fn no_table(&self) -> Mistake {
        let message = format!("{} is not a table", quoted(&dotted(&self.context)));
        Mistake { line: self.line, message }
    }

    /// Sets a key of the current table (`setValue`).
    pub(super) fn set(&mut self, key: &str, node: Node) -> Result<()> {
        let line = self.line;
        let defined = |path: &[String]| {
            let message = format!("Key '{}' has already been defined.", dotted(path));
            Mistake { line, message }
        };
        let mut table = &mut self.root;
        for (index, part) in self.context.iter().enumerate() {
            table = inner(table, part).ok_or_else(|| defined(&self.context[..=index]))?;
        }
        let mut path = self.context.clone();
        path.push(key.to_owned());
        let name = dotted(&path);
        if !table.contains_key(key) {
            table.insert(key.to_owned(), node);
            return Ok(());
        }
        // A table that was implicit so far is now what it should be.
        if !self.implicit.remove(&name) {
            return Err(defined(&path));
        }
        if self.arrays.contains(&name) {
            table.insert(key.to_owned(), node);
        }
        Ok(())
    }

    /// Notes whether the value of a key is an array; of a table, the key is its own.
    pub(super) fn set_type(&mut self, key: &str, is_array: bool) {
        let name = if key.is_empty() { dotted(&self.context) } else { dotted(&self.path(key)) };
        if is_array {
            self.arrays.insert(name);
        } else {
            self.arrays.remove(&name);
        }
    }

    /// The document.
    pub(super) fn finish(self, src: Src) -> Map {
        to_map(self.root, src)
    }
}

/// The table under a key; of several, the last.
fn inner<'a>(table: &'a mut Table, key: &str) -> Option<&'a mut Table> {
    match table.get_mut(key)? {
        Node::Table(table) => Some(table),
        Node::Tables(tables) => tables.last_mut(),
        Node::Value(_) => None,
    }
}

fn to_map(table: Table, src: Src) -> Map {
    let map = Map::new(MapKind::Any);
    for (key, node) in table {
        let value = match node {
            Node::Table(table) => to_map(table, src).into(),
            Node::Tables(tables) => {
                let tables = tables.into_iter().map(|table| to_map(table, src).into());
                List::typed(ListKind::Maps, tables.collect()).into()
            }
            Node::Value(value) => value,
        };
        map.insert(key.as_bytes(), value.with(src));
    }
    map
}

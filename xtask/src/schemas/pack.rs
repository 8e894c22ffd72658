//! Packs the definitions of all versions into one file that is read in place.
//!
//! A struct is stored once; each of its fields says in which versions it exists. Numbers are
//! little-endian; a *name* is an offset into the names (u16) and a length (u8). `src/kube/types`
//! reads the file, and must agree with what follows.
//!
//! | section | record |
//! |---|---|
//! | header | `k8s1`, then offset and count (u32 each) of the sections below |
//! | kinds, sorted by API version and kind | name of the API version, name of the kind, scope (u8), is a list (u8), struct (u16), versions (u16) |
//! | structs | name, field count (u8), first field (u16) |
//! | fields, sorted by name within a struct | name, note (u8), shape (u16), versions (u16) |
//! | notes | strategy (u8), name of the merge key, name of the embedded Go struct |
//! | names | bytes |
//!
//! *Versions* is a set: bit 0 is the oldest. A *shape* has its constructor in the upper four
//! bits and a struct or scalar number below. A *note* is what few fields need; note 0 is empty.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{Definition, Definitions, Kind, Merge, Scope, Shape};

/// Packs what was read of each version, oldest first.
pub(super) fn pack(versions: &[(u8, Definitions)]) -> Result<Vec<u8>, String> {
    let mut packer = Packer::default();
    let kinds = merge_kinds(versions);
    packer.number_structs(versions, &kinds);
    for path in packer.order.clone() {
        packer.add_struct(&path, versions)?;
    }
    for (key, kind) in &kinds {
        packer.add_kind(key, kind)?;
    }
    Ok(packer.finish())
}

#[derive(Default)]
struct Packer {
    /// Rust paths in the order of their numbers.
    order: Vec<String>,
    numbers: BTreeMap<String, u16>,
    names: Vec<u8>,
    name_offsets: BTreeMap<String, u16>,
    kinds: Records,
    structs: Records,
    fields: Records,
    notes: Vec<Vec<u8>>,
}

#[derive(Default)]
struct Records {
    bytes: Vec<u8>,
    count: u32,
}

impl Records {
    fn push(&mut self, record: &[u8]) {
        self.bytes.extend_from_slice(record);
        self.count += 1;
    }
}

/// A kind of all versions: its struct's Rust path, scope, and the versions that have it.
struct MergedKind {
    path: String,
    scope: Scope,
    list: bool,
    versions: u16,
}

fn merge_kinds(versions: &[(u8, Definitions)]) -> BTreeMap<(String, String), MergedKind> {
    let mut merged: BTreeMap<(String, String), MergedKind> = BTreeMap::new();
    let mut note = |kind: &Kind, name: &str, path: &str, list: bool, bit: u16| {
        merged
            .entry((kind.api_version.clone(), name.to_owned()))
            .or_insert(MergedKind { path: path.to_owned(), scope: kind.scope, list, versions: 0 })
            .versions |= bit;
    };
    for (nth, (_, definitions)) in versions.iter().enumerate() {
        for (path, definition) in definitions {
            let Some(kind) = &definition.kind else { continue };
            note(kind, &kind.kind, path, false, 1 << nth);
            if let Some(list) = &kind.list {
                note(kind, list, path, true, 1 << nth);
            }
        }
    }
    merged
}

impl Packer {
    /// Numbers the structs that a kind can reach. Others are those of discovery and watches.
    fn number_structs(
        &mut self,
        versions: &[(u8, Definitions)],
        kinds: &BTreeMap<(String, String), MergedKind>,
    ) {
        let mut reached: BTreeSet<String> = BTreeSet::new();
        let mut open: Vec<String> = kinds.values().map(|kind| kind.path.clone()).collect();
        while let Some(path) = open.pop() {
            if !reached.insert(path.clone()) {
                continue;
            }
            for definition in versions.iter().filter_map(|(_, all)| all.get(&path)) {
                open.extend(definition.fields.iter().filter_map(|field| inner(&field.shape)));
            }
        }
        self.order = reached.into_iter().collect();
        self.numbers = self.order.iter().cloned().zip(0..).collect();
    }

    fn add_struct(&mut self, path: &str, versions: &[(u8, Definitions)]) -> Result<(), String> {
        let first = self.fields.count;
        for (record, set) in self.merge_fields(path, versions)? {
            let mut bytes = record;
            bytes.extend(set.to_le_bytes());
            self.fields.push(&bytes);
        }
        let count = u8::try_from(self.fields.count - first).map_err(|_| "too many fields")?;
        let mut record = self.name(path.rsplit("::").next().unwrap_or(path))?;
        record.push(count);
        record.extend(u16::try_from(first).map_err(|_| "too many fields")?.to_le_bytes());
        self.structs.push(&record);
        Ok(())
    }

    /// The records of a struct's fields but for their last part, the versions; a field whose type
    /// changed has two.
    fn merge_fields(
        &mut self,
        path: &str,
        versions: &[(u8, Definitions)],
    ) -> Result<Vec<(Vec<u8>, u16)>, String> {
        let mut merged: BTreeMap<(String, Vec<u8>), u16> = BTreeMap::new();
        for (nth, (_, definitions)) in versions.iter().enumerate() {
            let fields = definitions.get(path).map_or(&[][..], |Definition { fields, .. }| fields);
            for field in fields {
                let mut record = self.name(&field.name)?;
                record.push(self.note(&field.merge, field.embedded)?);
                record.extend(self.shape(&field.shape)?.to_le_bytes());
                *merged.entry((field.name.clone(), record)).or_default() |= 1 << nth;
            }
        }
        Ok(merged.into_iter().map(|((_, record), set)| (record, set)).collect())
    }

    fn add_kind(
        &mut self,
        (api_version, name): &(String, String),
        kind: &MergedKind,
    ) -> Result<(), String> {
        let mut record = self.name(api_version)?;
        record.extend(self.name(name)?);
        record.push(kind.scope as u8);
        record.push(u8::from(kind.list));
        record.extend(self.number(&kind.path)?.to_le_bytes());
        record.extend(kind.versions.to_le_bytes());
        self.kinds.push(&record);
        Ok(())
    }

    fn shape(&self, shape: &Shape) -> Result<u16, String> {
        let (constructor, inner) = match shape {
            Shape::Scalar(_) | Shape::Struct(_) => (0, shape),
            Shape::List(item) => (2, &**item),
            Shape::Map(item) => match &**item {
                Shape::List(item) => (6, &**item),
                Shape::Scalar(_) | Shape::Struct(_) | Shape::Map(_) => (4, &**item),
            },
        };
        let (is_struct, number) = match inner {
            Shape::Scalar(scalar) => (0, *scalar as u16),
            Shape::Struct(path) => (1, self.number(path)?),
            Shape::List(_) | Shape::Map(_) => return Err("a type is nested too deep".to_owned()),
        };
        Ok((constructor | is_struct) << 12 | number)
    }

    fn number(&self, path: &str) -> Result<u16, String> {
        let number = self.numbers.get(path).copied();
        number.filter(|&number| number < 1 << 12).ok_or_else(|| format!("no type `{path}`"))
    }

    fn note(&mut self, merge: &Merge, embedded: &str) -> Result<u8, String> {
        let (strategy, key) = match merge {
            Merge::Plain => (0, ""),
            Merge::Map(key) => (1, key.as_str()),
            Merge::Set => (2, ""),
            Merge::RetainKeys => (3, ""),
            Merge::MapRetainKeys(key) => (4, key.as_str()),
        };
        let mut record = vec![strategy];
        record.extend(self.name(key)?);
        record.extend(self.name(embedded)?);
        if self.notes.is_empty() {
            self.notes.push(vec![0; record.len()]);
        }
        let found = self.notes.iter().position(|note| *note == record);
        let nth = found.unwrap_or(self.notes.len());
        if found.is_none() {
            self.notes.push(record);
        }
        u8::try_from(nth).map_err(|_| "too many notes".to_owned())
    }

    /// A name's offset and length; equal names are stored once.
    fn name(&mut self, name: &str) -> Result<Vec<u8>, String> {
        let offset = match self.name_offsets.get(name) {
            _ if name.is_empty() => 0,
            Some(&offset) => offset,
            None => {
                let offset = u16::try_from(self.names.len()).map_err(|_| "too many names")?;
                self.names.extend_from_slice(name.as_bytes());
                self.name_offsets.insert(name.to_owned(), offset);
                offset
            }
        };
        let [low, high] = offset.to_le_bytes();
        let length = u8::try_from(name.len()).map_err(|_| format!("`{name}` is too long"))?;
        Ok(vec![low, high, length])
    }

    fn finish(self) -> Vec<u8> {
        let notes = Records { count: self.notes.len() as u32, bytes: self.notes.concat() };
        let names = Records { count: self.names.len() as u32, bytes: self.names };
        let sections = [self.kinds, self.structs, self.fields, notes, names];
        let mut file = b"k8s1".to_vec();
        let mut offset = file.len() + sections.len() * 8;
        for section in &sections {
            file.extend((offset as u32).to_le_bytes());
            file.extend(section.count.to_le_bytes());
            offset += section.bytes.len();
        }
        sections.iter().for_each(|section| file.extend_from_slice(&section.bytes));
        file
    }
}

/// The struct that a shape holds.
fn inner(shape: &Shape) -> Option<String> {
    match shape {
        Shape::Scalar(_) => None,
        Shape::Struct(path) => Some(path.clone()),
        Shape::List(item) | Shape::Map(item) => inner(item),
    }
}

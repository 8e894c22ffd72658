//! The differences of two renders, object by object.

use std::io::{self, Write};

use crate::diagnostic::{ObjectRef, Place};
use crate::diff::{self, Action};
use crate::report::{Location, Style};
use crate::source::Sources;

/// What became of an object, with its places resolved.
#[derive(Clone, Debug)]
pub struct Change {
    pub action: Action,
    pub object: ObjectRef,
    pub location: Option<Location>,
    pub fields: Vec<FieldChange>,
    pub case: Option<String>,
}

/// A field that differs; the values as JSON.
#[derive(Clone, Debug)]
pub struct FieldChange {
    pub field: String,
    pub old: Option<String>,
    pub new: Option<String>,
    pub location: Option<Location>,
}

impl Change {
    /// Resolves every place of a change.
    pub fn new(change: diff::Change, sources: &Sources, case: Option<&str>) -> Change {
        let fields = change.fields.into_iter().map(|field| FieldChange {
            field: field.field,
            old: field.old,
            new: field.new,
            location: location(&field.place, sources),
        });
        Change {
            action: change.action,
            object: change.object,
            location: location(&change.place, sources),
            fields: fields.collect(),
            case: case.map(str::to_owned),
        }
    }
}

fn location(place: &Place, sources: &Sources) -> Option<Location> {
    place.primary.or(place.rendered).map(|span| Location::new(sources, span))
}

pub(super) fn write(changes: &[Change], style: Style, out: &mut dyn Write) -> io::Result<()> {
    for change in changes {
        let (sign, color) = match change.action {
            Action::Added => ("+", "\x1b[32m"),
            Action::Removed => ("-", "\x1b[31m"),
            Action::Changed => ("~", "\x1b[33m"),
        };
        let object = super::full::object(&change.object);
        let case = change.case.as_ref().map_or(String::new(), |case| format!(" ({case})"));
        if style.color {
            writeln!(out, "{color}{sign} {object}\x1b[0m{case}")?;
        } else {
            writeln!(out, "{sign} {object}{case}")?;
        }
        for field in &change.fields {
            let (old, new) = (diff::shown(field.old.as_deref()), diff::shown(field.new.as_deref()));
            writeln!(out, "    {}: {old} → {new}", field.field)?;
        }
    }
    if changes.is_empty() {
        writeln!(out, "no differences")?;
    }
    writeln!(out)
}

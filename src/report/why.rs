//! The answer of `chartc why`.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::note::Note;
use crate::diagnostic::{Diagnostic, Group, Place, Severity, ValueSource};
use crate::report::{Finding, Location, Style, ValueLocation, json};
use crate::source::{Sources, Span};

/// What made a field, with all places resolved.
pub struct Why {
    /// `Deployment/app spec.replicas`
    subject: String,
    value: String,
    field: Finding,
    lines: Vec<Location>,
    conditions: Vec<ValueLocation>,
}

impl Why {
    /// Resolves the places: of the field, of all template lines that made it, of the values that decided
    /// that it was written at all.
    pub fn new(
        subject: String,
        value: &str,
        place: Place,
        lines: &[Span],
        conditions: Vec<ValueSource>,
        sources: &Sources,
    ) -> Why {
        let field = Diagnostic::new(Group::Template, "why", Severity::Info, place, String::new());
        Why {
            subject,
            value: value.to_owned(),
            field: Finding::new(field, sources, None, None),
            lines: lines.iter().map(|&span| Location::new(sources, span)).collect(),
            conditions: ValueLocation::all(conditions, sources),
        }
    }

    /// One object; the keys are those of a finding.
    pub fn json(&self) -> String {
        let mut all = json::finding(&self.field);
        let kept = ["location", "stack", "values", "rendered"]
            .map(|key| (key.to_owned(), all[key].take()));
        let mut answer: serde_json::Map<_, _> = kept.into_iter().collect();
        answer.insert("value".to_owned(), json!(self.value));
        let lines = self.lines.iter().map(json::location);
        answer.insert("lines".to_owned(), lines.collect());
        let conditions = self.conditions.iter().map(json::value);
        answer.insert("conditions".to_owned(), conditions.collect());
        format!("{}\n", Value::Object(answer))
    }

    /// # Errors
    /// Those of `out`.
    pub fn write(&self, style: Style, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}\n", self.subject)?;
        self.notes().iter().try_for_each(|note| note.write(style, out))
    }

    fn notes(&self) -> Vec<Note> {
        let mut notes: Vec<Note> = Vec::new();
        let made = self.lines.iter().take(MAX_LINES);
        notes.extend(made.map(|at| Note::at("made by", at)));
        let more = self.lines.len().saturating_sub(MAX_LINES);
        if more > 0 {
            notes.push(Note::new("made by", format!("and {more} more lines")));
        }
        notes.extend(
            self.field.stack.iter().map(|frame| Note::at("included from", &frame.location)),
        );
        notes.extend(self.field.values.iter().map(|value| self.set_in("set in", value)));
        let is_set =
            |value: &&ValueLocation| self.field.values.iter().any(|set| set.key == value.key);
        let conditions = self.conditions.iter().filter(|value| !is_set(value));
        notes.extend(conditions.map(|value| self.set_in("because of", value)));
        if let Some(rendered) = &self.field.rendered {
            let at = &rendered.location;
            let place = format!("{}:{}:{}", rendered.document, at.line, at.column);
            notes.push(Note::with("rendered in", place, at.whole_line().trim()));
        }
        notes
    }

    /// An empty value did not make the field by itself: a default took its place.
    fn set_in(&self, name: &'static str, value: &ValueLocation) -> Note {
        let falls_back = name == "set in" && !value.location.is_flag && value.is_empty();
        let line = value.location.whole_line();
        let source = match falls_back && !line.contains(&self.value) {
            true => format!("{} (empty, so the template falls back)", line.trim()),
            false => line.trim().to_owned(),
        };
        Note::with(name, value.place(), &source)
    }
}

/// How many template lines are shown.
const MAX_LINES: usize = 12;

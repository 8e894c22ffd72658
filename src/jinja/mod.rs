//! The second dialect: `templates/**/*.j2`, run by minijinja with the same values and functions.
//!
//! A file is rendered under its name without `.j2`; one whose name starts with `_` is only there to be
//! included or imported, by its path below `templates/`. Templates see what Go templates see as `.`:
//! `Values`, `Release`, `Chart`, `Capabilities`, `Files`, `Template`. All functions of Go templates are functions here,
//! and filters too: what is piped in is their last argument, as in a Go pipeline.
#![allow(clippy::wildcard_enum_match_arm, reason = "minijinja's enums may grow")]

mod bridge;
mod mark;

use std::collections::BTreeMap;

use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, ErrorKind, Output, State, UndefinedBehavior};

use crate::diagnostic::Place;
use crate::exec::{RenderError, RenderedFile};
use crate::funcs::Env;
use crate::origin::Traced;
use crate::program::Unit;
use crate::source::{FileId, Sources, Span};

/// Steps of a render: far more than a chart takes, few enough to end soon.
const FUEL: u64 = 50_000_000;

/// Nested includes, imports and macro calls.
const DEPTH: usize = 100;

/// Whether a chart file is written in this dialect.
pub fn is_jinja(name: &str) -> bool {
    name.ends_with(".j2")
}

/// Renders all units that are no partials, chart by chart.
///
/// minijinja does not say which bytes an expression wrote. A render with origins therefore runs templates that
/// print marks before what they write; if that changes the text, as it can where a template measures text that it
/// captured, the whole file is the origin.
pub fn render(
    units: &[Unit],
    env: &Env,
    sources: &Sources,
    traces: bool,
) -> Result<Vec<RenderedFile>, Box<RenderError>> {
    let mut charts: BTreeMap<&str, Vec<&Unit>> = BTreeMap::new();
    for unit in units {
        charts.entry(unit.base.as_str()).or_default().push(unit);
    }
    let mut files = Vec::new();
    for units in charts.values() {
        let chart = Templates::new(units, sources);
        let plain = chart.environment(env, false)?;
        let marked = traces.then(|| chart.environment(env, true)).transpose()?;
        for unit in units.iter().filter(|unit| !unit.partial) {
            let text = chart.run(&plain, unit)?;
            let traced = match &marked {
                Some(marked) => trace(&chart, marked, unit, text),
                None => Traced { text: text.into_bytes(), runs: Vec::new() },
            };
            let name = unit.name.strip_suffix(".j2").unwrap_or(&unit.name).to_owned();
            files.push(RenderedFile { name, output: traced, unstable: false });
        }
    }
    Ok(files)
}

/// The templates of one chart, by the names that they include each other by.
struct Templates<'a> {
    files: BTreeMap<String, (FileId, String)>,
    units: &'a [&'a Unit],
}

impl<'a> Templates<'a> {
    fn new(units: &'a [&'a Unit], sources: &Sources) -> Templates<'a> {
        let file = |unit: &&Unit| {
            let text = String::from_utf8_lossy(sources.text(unit.file)).into_owned();
            (Templates::name(unit).to_owned(), (unit.file, text))
        };
        Templates { files: units.iter().map(file).collect(), units }
    }

    /// The path below the chart's `templates` folder.
    fn name(unit: &Unit) -> &str {
        let below = unit.name.strip_prefix(unit.base.as_str()).unwrap_or(&unit.name);
        below.trim_start_matches('/')
    }

    /// The templates ready to run, with marks or without.
    fn environment(
        &self,
        env: &Env,
        marks: bool,
    ) -> Result<Environment<'static>, Box<RenderError>> {
        let mut environment = Environment::new();
        environment.set_syntax(syntax().map_err(|error| self.refused(&error, ""))?);
        environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        environment.set_auto_escape_callback(|_| AutoEscape::None);
        environment.set_formatter(print);
        environment.set_recursion_limit(DEPTH);
        environment.set_fuel(Some(FUEL));
        bridge::add_functions(&mut environment, env);
        for (nth, (name, (_, text))) in self.files.iter().enumerate() {
            let text = if marks { mark::instrument(text, nth) } else { text.clone() };
            environment
                .add_template_owned(name.clone(), text)
                .map_err(|error| self.refused(&error, name))?;
        }
        Ok(environment)
    }

    fn run(&self, environment: &Environment<'_>, unit: &Unit) -> Result<String, Box<RenderError>> {
        let name = Templates::name(unit);
        let template =
            environment.get_template(name).map_err(|error| self.refused(&error, name))?;
        template.render(bridge::scope(unit)).map_err(|error| self.refused(&error, name))
    }

    /// A template that does not compile or does not run.
    fn refused(&self, error: &minijinja::Error, template: &str) -> Box<RenderError> {
        let name = error.name().unwrap_or(template);
        let whole = self.units.iter().find(|unit| Templates::name(unit) == name);
        let shown = whole.map_or(name, |unit| unit.name.as_str());
        let mut message = match (error.kind(), error.detail()) {
            (ErrorKind::OutOfFuel, _) => format!("more than {FUEL} steps"),
            (kind, Some(detail)) => format!("{kind}: {detail}"),
            (kind, None) => kind.to_string(),
        };
        let mut cause = std::error::Error::source(error);
        while let Some(inner) = cause {
            message.push_str(": ");
            message.push_str(&inner.to_string());
            cause = inner.source();
        }
        let line = error.line().unwrap_or(1);
        let place = self.files.get(name).map_or_else(Place::default, |(file, text)| {
            Place::source(error.range().map_or_else(
                || line_span(*file, text, line),
                |range| Span { file: *file, start: range.start as u32, end: range.end as u32 },
            ))
        });
        let helm = format!("{shown}:{line}: {message}");
        Box::new(RenderError { helm, rule: "template-error", message, place })
    }
}

/// Lines that hold only a block tag leave nothing in the output.
fn syntax() -> Result<SyntaxConfig, minijinja::Error> {
    SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true)
        .build()
}

/// The span of a line, counted from 1.
fn line_span(file: FileId, text: &str, line: usize) -> Span {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let length = text[start..].find('\n').unwrap_or(text.len() - start);
    Span { file, start: start as u32, end: (start + length) as u32 }
}

/// The text with an origin for every byte.
fn trace(chart: &Templates<'_>, marked: &Environment<'_>, unit: &Unit, text: String) -> Traced {
    let marks = chart.run(marked, unit).ok().map(|marked| mark::read(&marked));
    let parts = marks.filter(|(unmarked, _)| *unmarked == text).map(|(_, parts)| parts);
    let parts = parts.unwrap_or_else(|| vec![(text.len() as u32, None)]);
    let files: Vec<(FileId, &str)> =
        chart.files.values().map(|(file, text)| (*file, text.as_str())).collect();
    let runs = mark::origins(&parts, &files, unit);
    Traced { text: text.into_bytes(), runs }
}

/// Prints values as YAML reads them: `null` for none, lists and maps as JSON.
fn print(
    out: &mut Output<'_>,
    state: &mut State<'_, '_>,
    value: &minijinja::Value,
) -> Result<(), minijinja::Error> {
    match value.kind() {
        minijinja::value::ValueKind::None => out.write_str("null").map_err(minijinja::Error::from),
        minijinja::value::ValueKind::Seq | minijinja::value::ValueKind::Map => {
            let text = serde_json::to_string(value).map_err(|error| {
                minijinja::Error::new(ErrorKind::BadSerialization, error.to_string())
            })?;
            out.write_str(&text).map_err(minijinja::Error::from)
        }
        _ => minijinja::escape_formatter(out, state, value),
    }
}

//! The second dialect: `templates/**/*.j2`, run by minijinja with the same values and functions.
//!
//! A file is rendered under its name without `.j2`; one whose name starts with `_` is only there to be
//! included or imported, by its path below `templates/`. Templates see what Go templates see as `.`:
//! `Values`, `Release`, `Chart`, `Capabilities`, `Files`, `Template`. All functions of Go templates are functions here,
//! and filters too: what is piped in is their last argument, as in a Go pipeline.
#![allow(clippy::wildcard_enum_match_arm, reason = "minijinja's enums may grow")]

mod bridge;
mod files;
mod mark;
mod meter;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ops::Range;
use std::thread;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::ValueKind;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior};

use crate::diagnostic::{Frame, FrameKind, Place};
use crate::exec::{RenderError, RenderedFile};
use crate::funcs::Env;
use crate::origin::Traced;
use crate::program::Unit;
use crate::source::{FileId, Sources, Span};
use meter::{Meter, Metered};

/// Nested includes, imports and macro calls.
const DEPTH: usize = 100;

/// The longest tag, in bytes. minijinja's parser goes as deep as an expression has operators.
const TAG_BYTES: usize = 32 << 10;

/// Room for the longest tag.
const STACK: usize = 256 << 20;

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
        files.extend(render_chart(units, env, sources, traces)?);
    }
    Ok(files)
}

fn render_chart(
    units: &[&Unit],
    env: &Env,
    sources: &Sources,
    traces: bool,
) -> Result<Vec<RenderedFile>, Box<RenderError>> {
    let templates = Templates::new(units, sources);
    let whole: Vec<&Unit> = units.iter().copied().filter(|unit| !unit.partial).collect();
    let scope = units.first().map(|unit| bridge::scope(unit)).unwrap_or_default();
    let job = |unit: &&Unit| Job {
        template: name(unit).to_owned(),
        scope: bridge::of_template(&scope, unit),
    };
    let jobs: Vec<Job> = whole.iter().map(job).collect();
    let written = on_large_stack(|| templates.render(&jobs, env, traces))
        .map_err(|fault| refused(&fault, &templates, units))?;
    let files = whole.into_iter().zip(written).map(|(unit, written)| {
        let Written { text, marked } = written;
        let output = match (traces, marked) {
            (true, marked) => trace(&templates, unit, text, marked.as_deref()),
            (false, _) => Traced { text: text.into_bytes(), runs: Vec::new() },
        };
        let name = unit.name.strip_suffix(".j2").unwrap_or(&unit.name).to_owned();
        RenderedFile { name, output, unstable: false }
    });
    Ok(files.collect())
}

/// Parsers, compilers and drops of deep expressions take a stack frame for each level.
fn on_large_stack<T: Send>(work: impl FnOnce() -> Result<T, Fault> + Send) -> Result<T, Fault> {
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work);
        match thread.map(thread::ScopedJoinHandle::join) {
            Ok(Ok(result)) => result,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(error) => Err(Fault::in_line(&error.to_string(), "", 1)),
        }
    })
}

/// A template to render, and what it sees.
struct Job {
    template: String,
    scope: minijinja::Value,
}

/// What a template wrote: as it is, and with marks.
struct Written {
    text: String,
    marked: Option<String>,
}

/// Why a template does not compile or run, and where: the place that failed first, then what included it.
struct Fault {
    message: String,
    spots: Vec<Spot>,
}

/// A place in a template.
struct Spot {
    template: String,
    line: usize,
    range: Option<Range<usize>>,
}

impl Fault {
    fn new(error: &Error, template: &str) -> Fault {
        let mut spots = Vec::new();
        let mut message = String::new();
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
        while let Some(one) = cause {
            cause = one.source();
            let Some(error) = one.downcast_ref::<Error>() else {
                message.push_str(": ");
                message.push_str(&one.to_string());
                continue;
            };
            message = match (error.kind(), error.detail()) {
                (ErrorKind::OutOfFuel, _) => "more steps than a render may take".to_owned(),
                (kind, Some(detail)) => format!("{kind}: {detail}"),
                (kind, None) => kind.to_string(),
            };
            let template = error.name().unwrap_or(template).to_owned();
            let spot = Spot { template, line: error.line().unwrap_or(1), range: error.range() };
            spots.insert(0, spot);
        }
        Fault { message, spots }
    }

    fn in_line(message: &str, template: &str, line: usize) -> Fault {
        let spot = Spot { template: template.to_owned(), line, range: None };
        Fault { message: message.to_owned(), spots: vec![spot] }
    }

    /// The same with the places of the templates instead of those of what was made of them.
    fn original(mut self, metered: &BTreeMap<String, Metered>) -> Fault {
        for spot in &mut self.spots {
            if let (Some(range), Some(metered)) = (&mut spot.range, metered.get(&spot.template)) {
                *range = metered.original(range.start)..metered.original(range.end);
            }
        }
        self
    }
}

/// The path below the chart's `templates` folder.
fn name(unit: &Unit) -> &str {
    let below = unit.name.strip_prefix(unit.base.as_str()).unwrap_or(&unit.name);
    below.trim_start_matches('/')
}

/// The templates of one chart, by the names that they include each other by.
struct Templates {
    files: BTreeMap<String, (FileId, String)>,
}

impl Templates {
    fn new(units: &[&Unit], sources: &Sources) -> Templates {
        let file = |unit: &&Unit| {
            let text = String::from_utf8_lossy(sources.text(unit.file)).into_owned();
            (name(unit).to_owned(), (unit.file, text))
        };
        Templates { files: units.iter().map(file).collect() }
    }

    fn render(&self, jobs: &[Job], env: &Env, traces: bool) -> Result<Vec<Written>, Fault> {
        let plain = Compiled::new(self, env, false)?;
        // Marks may break what only just fits; the text stands without them, too.
        let marked = if traces { Compiled::new(self, env, true).ok() } else { None };
        jobs.iter()
            .map(|job| {
                let text = plain.run(job)?;
                let marked = marked.as_ref().and_then(|marked| marked.run(job).ok());
                Ok(Written { text, marked })
            })
            .collect()
    }
}

/// Templates ready to run.
struct Compiled {
    environment: Environment<'static>,
    metered: BTreeMap<String, Metered>,
}

impl Compiled {
    fn new(templates: &Templates, env: &Env, marks: bool) -> Result<Compiled, Fault> {
        let syntax = syntax().map_err(|error| Fault::new(&error, ""))?;
        let meter = Meter::default();
        let mut environment = Environment::new();
        environment.set_syntax(syntax.clone());
        environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        environment.set_auto_escape_callback(|_| AutoEscape::None);
        let printed = meter.clone();
        environment.set_formatter(move |out, state, value| print(out, state, value, &printed));
        environment.set_recursion_limit(DEPTH);
        bridge::add_functions(&mut environment, env, &meter);
        let mut metered = BTreeMap::new();
        let mut steps = u64::MAX;
        for (nth, (name, (_, text))) in templates.files.iter().enumerate() {
            if let Some(line) = mark::long_tag(text, TAG_BYTES) {
                let message = format!("syntax error: a tag is longer than {} KiB", TAG_BYTES >> 10);
                return Err(Fault::in_line(&message, name, line));
            }
            let partial = name.rsplit('/').next().is_some_and(|base| base.starts_with('_'));
            let text = if marks { mark::instrument(text, nth) } else { text.clone() };
            let template = Metered::new(name, &text, partial, syntax.clone());
            let template = template.map_err(|error| Fault::new(&error, name))?;
            steps = steps.min(template.steps);
            environment
                .add_template_owned(name.clone(), template.text.clone())
                .map_err(|error| Fault::new(&error, name))?;
            metered.insert(name.clone(), template);
        }
        environment.set_fuel(Some(steps));
        Ok(Compiled { environment, metered })
    }

    fn run(&self, job: &Job) -> Result<String, Fault> {
        let template = self.environment.get_template(&job.template);
        let rendered = template.and_then(|template| template.render(&job.scope));
        rendered.map_err(|error| Fault::new(&error, &job.template).original(&self.metered))
    }
}

/// A template that does not compile or does not run.
fn refused(fault: &Fault, templates: &Templates, units: &[&Unit]) -> Box<RenderError> {
    let span = |spot: &Spot| {
        let (file, text) = templates.files.get(&spot.template)?;
        Some(spot.range.clone().map_or_else(
            || line_span(*file, text, spot.line),
            |range| Span { file: *file, start: range.start as u32, end: range.end as u32 },
        ))
    };
    let calls = fault.spots.windows(2).filter_map(|two| {
        let name = two[0].template.clone();
        Some(Frame { kind: FrameKind::Include, name, call: span(&two[1])? })
    });
    let place = Place {
        primary: fault.spots.first().and_then(span),
        trace: calls.collect(),
        ..Place::default()
    };
    let (template, line) =
        fault.spots.first().map_or(("", 1), |spot| (spot.template.as_str(), spot.line));
    let whole = units.iter().find(|unit| name(unit) == template);
    let shown = whole.map_or(template, |unit| unit.name.as_str());
    let helm = format!("{shown}:{line}: {}", fault.message);
    let (go, message) = (helm.clone(), fault.message.clone());
    Box::new(RenderError { helm, go, rule: "template-error", message, place })
}

/// Lines that hold only a block tag leave nothing in the output.
fn syntax() -> Result<SyntaxConfig, Error> {
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
fn trace(templates: &Templates, unit: &Unit, text: String, marked: Option<&str>) -> Traced {
    let marks = marked.map(mark::read).filter(|(unmarked, _)| *unmarked == text);
    let parts = marks.map_or_else(|| vec![(text.len() as u32, None)], |(_, parts)| parts);
    let files: Vec<(FileId, &str)> =
        templates.files.values().map(|(file, text)| (*file, text.as_str())).collect();
    let runs = mark::origins(&parts, &files, unit);
    Traced { text: text.into_bytes(), runs }
}

/// Prints values as YAML reads them: `null` for none, lists and maps as JSON.
fn print(
    out: &mut Output<'_>,
    state: &mut State<'_, '_>,
    value: &minijinja::Value,
    meter: &Meter,
) -> Result<(), Error> {
    meter.weigh(value)?;
    match value.kind() {
        ValueKind::None => out.write_str("null").map_err(Error::from),
        ValueKind::Seq | ValueKind::Iterable | ValueKind::Map => {
            let text = serde_json::to_string(value)
                .map_err(|error| Error::new(ErrorKind::BadSerialization, error.to_string()))?;
            out.write_str(&text).map_err(Error::from)
        }
        _ => minijinja::escape_formatter(out, state, value),
    }
}

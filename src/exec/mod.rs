//! Runs a program: scopes, calls, `include`, `tpl`, `lookup`, `required`, limits.

mod calls;
mod error;
mod fault;
mod fields;
mod lookup;
mod loops;
mod machine;
mod memory;
mod output;
mod random;
mod templates;

use crate::diagnostic::Place;
use crate::exec::machine::{Frame, Machine};
use crate::funcs::Env;
use crate::origin::{Traced, Tracer};
use crate::program::{Program, Unit};
use crate::source::Sources;
use crate::value::Value;

/// How templates run.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// A missing map key is an error (`missingkey=error`, `helm lint --strict`).
    pub strict: bool,
    /// `required` and `fail` only warn (`helm lint`).
    pub lint: bool,
    /// The objects that `lookup` finds. Helm has none without a cluster.
    pub lookup: Vec<Value>,
    pub limits: Limits,
}

/// What a template may use up at most. No real chart comes near.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of output, of all files together.
    pub output: usize,
    /// Rounds of loops, calls of templates, and kilobytes of text that functions work through.
    pub steps: u64,
    /// Calls of templates that may be open at one time.
    pub depth: usize,
    /// Bytes that values may take at one time.
    pub memory: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { output: 256 << 20, steps: 20_000_000, depth: 200_000, memory: 1 << 30 }
    }
}

/// What a program made.
#[derive(Default)]
pub struct Rendered {
    /// One for each unit that is no partial, in the order in which Helm renders them.
    pub files: Vec<RenderedFile>,
    /// What `required` and `fail` had to say in lint mode, in order.
    pub warnings: Vec<Warning>,
}

/// The text that one chart file made.
pub struct RenderedFile {
    /// The name of its unit.
    pub name: String,
    /// Without runs unless the render traced.
    pub output: Traced,
    /// It has drawn something that each render draws anew, and has not asked the cluster what is there.
    pub unstable: bool,
}

/// A failure that lint mode turned into a warning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    pub cause: WarningCause,
    pub message: String,
    pub place: Place,
}

/// What would have failed.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum WarningCause {
    /// `required` without a value.
    Missing,
    /// `required` with an empty text.
    Empty,
    Fail,
}

/// Why there is no output.
#[derive(Clone, Debug)]
pub struct RenderError {
    /// Exactly what Helm prints after `Error: `.
    pub helm: String,
    /// What Go's text/template says, before Helm words it anew.
    pub go: String,
    /// What the finding is called: `template-syntax` or `template-error`.
    pub rule: &'static str,
    /// One line for people: without Helm's chain of places.
    pub message: String,
    /// Where it went wrong, and the calls that were open.
    pub place: Place,
}

/// Runs all units that are no partials, in Helm's order.
///
/// Texts that `tpl` runs are added to `sources` where a place lies in one. With a tracer,
/// [`Traced::runs`] tells where each byte came from.
pub fn render(
    program: &Program,
    units: &[Unit],
    env: &Env,
    options: &Options,
    sources: &mut Sources,
    tracer: Option<&mut Tracer>,
) -> Result<Rendered, Box<RenderError>> {
    if let Some((tree, problem)) = program.problems().next() {
        return Err(Box::new(error::syntax(tree, problem)));
    }
    let files = program.order().iter().filter_map(|&index| units.get(index));
    let mut files = files.filter(|unit| !unit.partial).peekable();
    let mut rendered = Rendered::default();
    let first = files.peek().and_then(|first| Frame::of_file(program, first));
    let Some(first) = first else { return Ok(rendered) };
    let mut machine = Machine::new(program, env, options, sources, tracer, first);
    for unit in files {
        let output = machine.render(unit)?;
        rendered.files.push(RenderedFile {
            name: unit.name.clone(),
            output,
            unstable: machine.drew && !machine.looked_up,
        });
    }
    rendered.warnings = machine.into_warnings();
    Ok(rendered)
}

#[cfg(test)]
mod tests;

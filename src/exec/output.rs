//! What is written, and where it came from.

use crate::value::runes::lossy;
use std::ops::Range;

use crate::diagnostic::{FrameKind, Place};
use crate::exec::fault::{Fault, Limit, ROOT};
use crate::exec::machine::{Frame, Machine, Step};
use crate::exec::{RenderError, error};
use crate::origin::{CallId, Origin, Runs, Src, Traced};
use crate::program::{Code, Unit};
use crate::source::{Sources, Span};
use crate::template::{NodeId, Tree};
use crate::value::{Data, Map, MapKind, Value, print};

/// A block that runs because of a value.
pub(crate) struct Condition {
    /// The operations of the block.
    code: Range<usize>,
    /// How many frames are open around it.
    frames: usize,
    /// The call without the condition.
    around: CallId,
}

/// What text/template writes for nothing at all. Helm deletes it from all output, wherever it came
/// from (`render` in `pkg/engine/engine.go`).
const NO_VALUE: &[u8] = b"<no value>";

impl Machine<'_> {
    /// Runs a chart file.
    pub(crate) fn render(&mut self, unit: &Unit) -> Result<Traced, Box<RenderError>> {
        let Some(frame) = Frame::of_file(self.program, unit) else { return Ok(Traced::default()) };
        set_template(unit);
        self.start(frame);
        (self.looked_up, self.drew) = (false, false);
        if let Err(fault) = self.run() {
            return Err(Box::new(error::execution(self, &fault)));
        }
        self.remove_no_value(0, 0);
        self.written += self.out.len();
        let (text, runs) = (std::mem::take(&mut self.out), std::mem::take(&mut self.runs));
        Ok(Traced { text, runs })
    }

    /// Fails when all files together have written too much.
    #[inline]
    pub(crate) fn check_output(&self) -> Step {
        let max = self.options.limits.output;
        if self.written + self.out.len() > max {
            return Err(Box::new(Fault::Limit(Limit::Output(max))));
        }
        let memory = self.options.limits.memory;
        if self.runs.len() > memory / size_of::<(u32, Origin)>() {
            return Err(Box::new(Fault::Limit(Limit::Memory(memory))));
        }
        Ok(())
    }

    pub(crate) fn write_text(&mut self, code: &Code, start: u32, end: u32) -> Step {
        let text = code.tree.slice(start, end);
        if self.tracer.is_some() {
            self.trace_text(Span { file: code.tree.file, start, end }, text);
        } else {
            self.out.extend_from_slice(text);
        }
        self.check_output()
    }

    pub(crate) fn print(&mut self, node: NodeId) -> Step {
        let value = self.pop();
        let start = self.out.len();
        write_value(&mut self.out, &value, self.options.limits.output)?;
        if self.tracer.is_some() {
            self.trace_value(&value, start, node);
        }
        self.check_output()
    }

    /// Removes `<no value>` from what was written since, with its origins.
    pub(crate) fn remove_no_value(&mut self, from: usize, runs: usize) {
        let written = self.out.get(from..).unwrap_or_default();
        // A search for a byte starts sooner than one for a text.
        if memchr::memchr(b'<', written).is_none() {
            return;
        }
        let found: Vec<usize> =
            memchr::memmem::find_iter(written, NO_VALUE).map(|at| from + at).collect();
        if found.is_empty() {
            return;
        }
        let mut kept = self.out.split_off(from);
        let mut next = from;
        for &at in &found {
            self.out.extend_from_slice(&kept[next - from..at - from]);
            next = at + NO_VALUE.len();
        }
        self.out.extend(kept.drain(next - from..));
        shift_runs(&mut self.runs, runs, &found);
    }

    /// The origins of what was written since, as the source of a text.
    pub(crate) fn take_runs(&mut self, from: usize, runs: usize) -> Src {
        let Some(tracer) = self.tracer.as_deref_mut() else { return Src::NONE };
        let own = self.runs.drain(runs..);
        tracer.runs(own.map(|(end, origin)| (end - from as u32, origin)).collect())
    }

    /// Literal text, one run for each of its lines: so a byte leads to its line even where the text
    /// is indented later.
    #[cold]
    fn trace_text(&mut self, span: Span, text: &[u8]) {
        let mut start = span.start;
        for line in text.split_inclusive(|&byte| byte == b'\n') {
            let end = start + line.len() as u32;
            self.out.extend_from_slice(line);
            let origin = self.origin_of(Span { start, end, ..span });
            self.runs.push((self.out.len() as u32, origin));
            start = end;
        }
    }

    /// The value that was written since `start`.
    #[cold]
    fn trace_value(&mut self, value: &Value, start: usize, node: NodeId) {
        let len = self.out.len() - start;
        if len == 0 {
            return;
        }
        let Some(at) = self.origin_of(self.frame.code.tree.span(node)).at else { return };
        let Some(tracer) = self.tracer.as_deref() else { return };
        let runs = tracer.settle(value.src, len, at);
        self.runs.extend(runs.into_iter().map(|(end, origin)| (start as u32 + end, origin)));
    }

    /// The origin of what the current frame writes at a place of its source. The text of a `tpl`
    /// leads on to where it came from: a values file, or another template.
    pub(crate) fn origin_of(&mut self, span: Span) -> Origin {
        self.leave_conditions();
        let call = self.frame.call;
        let Some(tracer) = self.tracer.as_deref() else { return Origin::default() };
        let tree = &self.frame.code.tree;
        if tree.name != ROOT {
            return Origin { at: Some((span, call)), src: Src::NONE };
        }
        let runs = tracer.runs_of(self.text_source(tree), tree.text.len());
        let run = runs.partition_point(|&(end, _)| end <= span.start);
        let made = runs.get(run).or(runs.last()).map_or(Origin::default(), |&(_, origin)| origin);
        let in_values = || {
            let value = tracer.written(made.src)?;
            Some(line_in(self.sources, value, tree, span.start))
        };
        let written = made.at.map(|(span, _)| span).or_else(in_values);
        let site = || tracer.site(call).map(|(span, _)| span);
        let at = written.or_else(site).unwrap_or(span);
        Origin { at: Some((at, call)), src: made.src }
    }

    /// Notes that what follows, up to an operation, is written because of a value.
    #[inline]
    pub(crate) fn depend_on(&mut self, value: &Value, until: u32) {
        if self.tracer.is_some() && !value.src.is_none() {
            self.add_condition(value, until);
        }
    }

    #[cold]
    fn add_condition(&mut self, value: &Value, until: u32) {
        self.leave_conditions();
        let around = self.frame.call;
        let Some(tracer) = self.tracer.as_deref_mut() else { return };
        self.frame.call = tracer.condition(value.src, around);
        let code = self.frame.pc..until as usize;
        self.conditions.push(Condition { code, frames: self.frames.len(), around });
    }

    /// Forgets the conditions whose blocks execution has left.
    fn leave_conditions(&mut self) {
        let here = self.frames.len();
        while let Some(last) = self.conditions.last() {
            // The operation that runs stands before the one that `pc` names.
            let inside = last.code.contains(&self.frame.pc.saturating_sub(1));
            if last.frames < here || (last.frames == here && inside) {
                return;
            }
            if last.frames == here {
                self.frame.call = last.around;
            }
            self.conditions.pop();
        }
    }

    /// Notes that a template is entered.
    pub(crate) fn trace_call(&mut self, kind: FrameKind, frame: &Frame, node: NodeId) -> CallId {
        if self.tracer.is_none() {
            return CallId::ROOT;
        }
        let site = self.origin_of(self.frame.code.tree.span(node)).at;
        let (Some(tracer), Some(site)) = (self.tracer.as_deref_mut(), site) else {
            return CallId::ROOT;
        };
        tracer.enter(kind, lossy(&frame.template.name), site)
    }

    /// Where execution is.
    pub(crate) fn place(&mut self) -> Place {
        error::place(self)
    }
}

/// Appends what an action prints.
pub(crate) fn write_value(out: &mut Vec<u8>, value: &Value, max: usize) -> Step {
    if let Data::Str(text) = &value.data {
        out.extend_from_slice(text);
        return Ok(());
    }
    let refused = |exceeded| Box::new(Fault::Limit(Limit::Print(exceeded)));
    print::output(out, value, max).map_err(refused)
}

/// `.Template`, which all files of a chart share (`render` in `pkg/engine/engine.go`).
fn set_template(unit: &Unit) {
    let template = Map::new(MapKind::Values);
    template.insert(&b"Name"[..], Value::text(&unit.name));
    template.insert(&b"BasePath"[..], Value::text(&unit.base));
    unit.scope.insert(&b"Template"[..], template);
}

/// Where a line of a value's text was written: the line around `at`; the whole value if that is not
/// certain. The lines of a literal block (`|`) are those of its text; elsewhere a line is known by
/// standing there only once.
fn line_in(sources: &Sources, value: Span, tree: &Tree, at: u32) -> Span {
    /// Beyond it a search for every line would cost more than the place is worth.
    const MAX_SEARCHED: usize = 1 << 16;
    let source = sources.slice(value);
    if source.len() > MAX_SEARCHED || tree.text.len() > MAX_SEARCHED {
        return value;
    }
    let line = tree.line(at).trim_ascii();
    let before = tree.text.get(..at as usize).unwrap_or_default();
    let number = memchr::memchr_iter(b'\n', before).count();
    let found = in_block(source, number, line).or_else(|| only_occurrence(source, line));
    let span = |start: u32| Span { start, end: start + line.len() as u32, ..value };
    found.filter(|_| !line.is_empty()).map_or(value, |at| span(value.start + at as u32))
}

/// Where a line of a literal block stands.
fn in_block(source: &[u8], number: usize, line: &[u8]) -> Option<usize> {
    if !source.starts_with(b"|") {
        return None;
    }
    let start = memchr::memchr_iter(b'\n', source).nth(number)? + 1;
    let rest = source.get(start..)?;
    let indent = rest.len() - rest.trim_ascii_start().len();
    rest.trim_ascii_start().starts_with(line).then_some(start + indent)
}

fn only_occurrence(source: &[u8], line: &[u8]) -> Option<usize> {
    let mut found = memchr::memmem::find_iter(source, line);
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// Takes the bytes of `<no value>` at `removed` (ascending) out of the runs from `first` on.
fn shift_runs(runs: &mut Runs, first: usize, removed: &[usize]) {
    let Some(runs) = runs.get_mut(first..) else { return };
    let mut gone = 0;
    for (end, _) in runs {
        let before = |at: &&usize| **at < *end as usize;
        while removed.get(gone).filter(before).is_some() {
            gone += 1;
        }
        let inside = gone.checked_sub(1).and_then(|last| removed.get(last));
        let full = gone * NO_VALUE.len();
        // The run may end inside of what is removed.
        let rest = inside.map_or(0, |at| (at + NO_VALUE.len()).saturating_sub(*end as usize));
        *end -= (full - rest) as u32;
    }
}

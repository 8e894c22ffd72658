//! What is written, and where it came from.

use std::rc::Rc;

use crate::diagnostic::{FrameKind, Place};
use crate::exec::fault::{Fault, Limit};
use crate::exec::machine::{Frame, Machine, Step};
use crate::exec::{RenderError, error};
use crate::origin::{CallId, Origin, Runs, Src, Traced};
use crate::program::Unit;
use crate::source::Span;
use crate::template::NodeId;
use crate::value::{Data, Map, MapKind, Value, print};

/// What text/template writes for nothing at all. Helm deletes it from all output, wherever it came
/// from (`render` in `pkg/engine/engine.go`).
const NO_VALUE: &[u8] = b"<no value>";

impl Machine<'_> {
    /// Runs a chart file.
    pub(crate) fn render(&mut self, unit: &Unit) -> Result<Traced, Box<RenderError>> {
        let Some(frame) = Frame::of_file(self.program, unit) else { return Ok(Traced::default()) };
        set_template(unit);
        self.start(frame);
        if let Err(fault) = self.run() {
            return Err(Box::new(error::execution(self, &fault)));
        }
        self.remove_no_value(0, 0);
        self.written += self.out.len();
        let (text, runs) = (std::mem::take(&mut self.out), std::mem::take(&mut self.runs));
        Ok(Traced { text, runs })
    }

    /// Fails when all files together have written too much.
    fn check_output(&self) -> Step {
        let max = self.options.limits.output;
        if self.written + self.out.len() > max {
            return Err(Box::new(Fault::Limit(Limit::Output(max))));
        }
        Ok(())
    }

    pub(crate) fn write_text(&mut self, start: u32, end: u32) -> Step {
        let tree = Rc::clone(&self.frame.code.tree);
        let text = tree.slice(start, end);
        if self.tracer.is_some() {
            self.trace_text(Span { file: tree.file, start, end }, text);
        } else {
            self.out.extend_from_slice(text);
        }
        self.check_output()
    }

    pub(crate) fn print(&mut self, node: NodeId) -> Step {
        let value = self.pop();
        let start = self.out.len();
        match &value.data {
            Data::Str(text) => self.out.extend_from_slice(text),
            Data::Nil
            | Data::Bool(_)
            | Data::Int(_)
            | Data::Int64(_)
            | Data::Float(_)
            | Data::List(_)
            | Data::Map(_)
            | Data::Rare(_) => {
                let max = self.options.limits.output.saturating_sub(self.written);
                if let Err(exceeded) = print::output(&mut self.out, &value, max) {
                    return Err(Box::new(Fault::Limit(Limit::Print(exceeded))));
                }
            }
        }
        if self.tracer.is_some() {
            self.trace_value(&value, start, node);
        }
        self.check_output()
    }

    /// Removes `<no value>` from what was written since, with its origins.
    pub(crate) fn remove_no_value(&mut self, from: usize, runs: usize) {
        let written = self.out.get(from..).unwrap_or_default();
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
    fn trace_text(&mut self, span: Span, text: &[u8]) {
        let mut start = span.start;
        for line in text.split_inclusive(|&byte| byte == b'\n') {
            let end = start + line.len() as u32;
            self.out.extend_from_slice(line);
            let origin =
                Origin { at: Some((Span { start, end, ..span }, self.frame.call)), src: Src::NONE };
            self.runs.push((self.out.len() as u32, origin));
            start = end;
        }
    }

    /// The value that was written since `start`.
    fn trace_value(&mut self, value: &Value, start: usize, node: NodeId) {
        let len = self.out.len() - start;
        let Some(tracer) = self.tracer.as_deref() else { return };
        if len == 0 {
            return;
        }
        let at = (self.frame.code.tree.span(node), self.frame.call);
        let runs = tracer.settle(value.src, len, at);
        self.runs.extend(runs.into_iter().map(|(end, origin)| (start as u32 + end, origin)));
    }

    /// Notes that what follows, up to an operation, is written because of a value.
    pub(crate) fn depend_on(&mut self, _value: &Value, _until: u32) {}

    /// Notes that a template is entered.
    pub(crate) fn trace_call(&mut self, kind: FrameKind, frame: &Frame, node: NodeId) -> CallId {
        let site = (self.frame.code.tree.span(node), self.frame.call);
        let Some(tracer) = self.tracer.as_deref_mut() else { return CallId::ROOT };
        tracer.enter(kind, String::from_utf8_lossy(&frame.template.name), site)
    }

    /// Where execution is.
    pub(crate) fn place(&mut self) -> Place {
        error::place(self)
    }
}

/// `.Template`, which all files of a chart share (`render` in `pkg/engine/engine.go`).
fn set_template(unit: &Unit) {
    let template = Map::new(MapKind::Values);
    template.insert(&b"Name"[..], Value::text(&unit.name));
    template.insert(&b"BasePath"[..], Value::text(&unit.base));
    unit.scope.insert(&b"Template"[..], template);
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

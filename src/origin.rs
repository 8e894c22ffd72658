//! Which source made which output byte.
//!
//! Three things are remembered while a render traces: the values that a value came from ([`Src`]),
//! the calls that were open ([`CallId`]), and for text the [`Origin`] of every run of bytes.
//! All of it lies in one [`Tracer`]; values and texts hold numbers into it. A render that does
//! not trace has no tracer, every number is zero, and nothing is paid.

use std::rc::Rc;

use rustc_hash::FxHashSet;

use crate::diagnostic::{Frame, FrameKind, Place, ValueSource};
use crate::source::Span;

/// Where a value came from: a number that [`Tracer`] explains.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Src(u32);

impl Src {
    /// Made by a template, not by values (or nothing is traced).
    pub const NONE: Src = Src(0);

    pub fn is_none(self) -> bool {
        self == Src::NONE
    }
}

/// A call in [`Tracer`]; [`CallId::ROOT`] is the chart file itself.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub struct CallId(u32);

impl CallId {
    pub const ROOT: CallId = CallId(0);
}

/// What made a run of text.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The action or literal text, and the call that it ran in. None in a text that is still an
    /// argument: the action that prints it fills it in ([`Tracer::settle`]).
    pub at: Option<(Span, CallId)>,
    /// The values that the run came from.
    pub src: Src,
}

/// The runs of a text, each with the offset at which it ends; ascending, the last is its length.
pub type Runs = Vec<(u32, Origin)>;

/// All origins of one render.
#[derive(Default)]
pub struct Tracer {
    /// `sources[i]` is `Src(i + 1)`.
    sources: Vec<Source>,
    /// `calls[i]` is `CallId(i + 1)`.
    calls: Vec<Call>,
}

enum Source {
    /// Set at `span`, under the key made of `parent`'s key and `step`.
    Key { parent: Src, step: Step, span: Span },
    /// Drawn at random, or read from the clock, from the values of `from`.
    Drawn { draw: Draw, from: Src },
    /// Made of several values.
    Union(Rc<[Src]>),
    /// A text whose runs differ.
    Runs(Rc<Runs>),
}

/// A call that gives something else in each render.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct Draw {
    pub function: &'static str,
    pub at: (Span, CallId),
}

/// One step of a values key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Key(String),
    Index(usize),
}

enum Call {
    /// A template was entered at `site`.
    Template { kind: FrameKind, name: String, site: (Span, CallId) },
    /// A branch or a loop inside of a call ran because of a value.
    Condition { src: Src, around: CallId },
}

impl Tracer {
    /// A value that the user wrote, at `span`, below `parent`.
    pub fn key(&mut self, parent: Src, step: Step, span: Span) -> Src {
        self.push(Source::Key { parent, step, span })
    }

    /// A value that each render draws anew.
    pub fn drawn(&mut self, draw: Draw, from: Src) -> Src {
        self.push(Source::Drawn { draw, from })
    }

    /// The call that drew a part of a value; of several, the first that is met.
    pub fn draw(&self, src: Src) -> Option<Draw> {
        let draw = |leaf: Src| match self.source(leaf)? {
            Source::Drawn { draw, .. } => Some(*draw),
            Source::Key { .. } | Source::Union(_) | Source::Runs(_) => None,
        };
        self.keys_behind([src]).into_iter().find_map(draw)
    }

    /// A value that was made of several.
    pub fn union(&mut self, sources: impl IntoIterator<Item = Src>) -> Src {
        let all = self.keys_behind(sources);
        match all.as_slice() {
            [] => Src::NONE,
            [one] => *one,
            _ => self.push(Source::Union(all.into())),
        }
    }

    /// A text with these runs. Runs that are all alike and unsettled become a plain source.
    pub fn runs(&mut self, runs: Runs) -> Src {
        match runs.as_slice() {
            [] => Src::NONE,
            [(_, Origin { at: None, src })] => *src,
            _ => self.push(Source::Runs(Rc::new(runs))),
        }
    }

    /// The runs of a text of `len` bytes that has this source. The source may be that of another
    /// text, of which this one was made as a whole.
    pub fn runs_of(&self, src: Src, len: usize) -> Rc<Runs> {
        let is_its_own = |runs: &Runs| runs.last().is_some_and(|&(end, _)| end as usize == len);
        match self.source(src) {
            Some(Source::Runs(runs)) if is_its_own(runs) => Rc::clone(runs),
            _ => Rc::new(vec![(len as u32, Origin { at: None, src })]),
        }
    }

    /// Gives the runs that no action has printed yet to the action that prints them now.
    pub fn settle(&self, src: Src, len: usize, at: (Span, CallId)) -> Runs {
        let own = |origin: Origin| Origin { at: origin.at.or(Some(at)), ..origin };
        self.runs_of(src, len).iter().map(|&(end, origin)| (end, own(origin))).collect()
    }

    /// Notes that a template was entered.
    pub fn enter(
        &mut self,
        kind: FrameKind,
        name: impl Into<String>,
        site: (Span, CallId),
    ) -> CallId {
        self.add_call(Call::Template { kind, name: name.into(), site })
    }

    /// Notes that what follows in a call, up to the end of a block, exists because of a value.
    pub fn condition(&mut self, src: Src, around: CallId) -> CallId {
        if src.is_none() { around } else { self.add_call(Call::Condition { src, around }) }
    }

    /// Where a call was made; None for the chart file itself.
    pub fn site(&self, mut call: CallId) -> Option<(Span, CallId)> {
        loop {
            match self.call(call)? {
                Call::Template { site, .. } => return Some(*site),
                Call::Condition { around, .. } => call = *around,
            }
        }
    }

    /// The template that a call is in, without the branches and loops: equal for all that one call of a
    /// template wrote itself.
    pub fn entered(&self, mut call: CallId) -> CallId {
        while let Some(Call::Condition { around, .. }) = self.call(call) {
            call = *around;
        }
        call
    }

    /// Where the user wrote a value; of several values, the first of them.
    pub fn written(&self, src: Src) -> Option<Span> {
        let written = |key: Src| match self.source(key)? {
            Source::Key { span, .. } => Some(*span),
            Source::Drawn { .. } | Source::Union(_) | Source::Runs(_) => None,
        };
        self.keys_behind([src]).into_iter().find_map(written)
    }

    /// The place of `origin`, with the calls that were open there and the values behind it.
    pub fn place(&self, origin: Origin) -> Place {
        let primary = origin.at.map(|(span, _)| span);
        let trace = origin.at.map_or_else(Vec::new, |(_, call)| self.trace(call));
        Place { primary, rendered: None, trace, values: self.values(origin.src) }
    }

    /// The calls that were open in `call`, innermost first.
    pub fn trace(&self, mut call: CallId) -> Vec<Frame> {
        let mut frames = Vec::new();
        while let Some(entered) = self.call(call) {
            match entered {
                Call::Template { kind, name, site } => {
                    frames.push(Frame { kind: *kind, name: name.clone(), call: site.0 });
                    call = site.1;
                }
                Call::Condition { around, .. } => call = *around,
            }
        }
        frames
    }

    /// The values keys behind a source, each once, in the order of first mention.
    pub fn values(&self, src: Src) -> Vec<ValueSource> {
        self.keys_behind([src]).into_iter().filter_map(|leaf| self.value(leaf)).collect()
    }

    /// The values that decided that a run was written at all: what the `if`s, `with`s and loops
    /// around it looked at, innermost first.
    pub fn conditions(&self, origin: Origin) -> Vec<ValueSource> {
        let mut sources = Vec::new();
        let mut call = origin.at.map_or(CallId::ROOT, |(_, call)| call);
        while let Some(entered) = self.call(call) {
            match entered {
                Call::Template { site, .. } => call = site.1,
                Call::Condition { src, around } => {
                    sources.push(*src);
                    call = *around;
                }
            }
        }
        self.keys_behind(sources).into_iter().filter_map(|leaf| self.value(leaf)).collect()
    }

    fn value(&self, src: Src) -> Option<ValueSource> {
        match self.source(src)? {
            Source::Key { span, .. } => Some(ValueSource { key: self.dotted(src), span: *span }),
            Source::Drawn { .. } | Source::Union(_) | Source::Runs(_) => None,
        }
    }

    fn dotted(&self, src: Src) -> String {
        let Some(Source::Key { parent, step, .. }) = self.source(src) else { return String::new() };
        let mut key = self.dotted(*parent);
        match step {
            Step::Key(name) => {
                if !key.is_empty() {
                    key.push('.');
                }
                key.push_str(name);
            }
            Step::Index(index) => key.extend(["[", &index.to_string(), "]"]),
        }
        key
    }

    /// The keys and draws behind sources, each once, in the order of first mention.
    fn keys_behind(&self, sources: impl IntoIterator<Item = Src>) -> Vec<Src> {
        let mut todo: Vec<Src> = sources.into_iter().collect();
        let mut seen = FxHashSet::default();
        let mut keys = Vec::new();
        todo.reverse();
        while let Some(src) = todo.pop() {
            let Some(source) = self.source(src).filter(|_| seen.insert(src)) else { continue };
            match source {
                Source::Key { .. } => keys.push(src),
                Source::Drawn { from, .. } => {
                    keys.push(src);
                    todo.push(*from);
                }
                Source::Union(sources) => todo.extend(sources.iter().rev()),
                Source::Runs(runs) => todo.extend(runs.iter().rev().map(|(_, run)| run.src)),
            }
        }
        keys
    }

    fn call(&self, call: CallId) -> Option<&Call> {
        self.calls.get((call.0 as usize).wrapping_sub(1))
    }

    fn add_call(&mut self, call: Call) -> CallId {
        self.calls.push(call);
        CallId(self.calls.len() as u32)
    }

    fn source(&self, src: Src) -> Option<&Source> {
        self.sources.get((src.0 as usize).wrapping_sub(1))
    }

    fn push(&mut self, source: Source) -> Src {
        self.sources.push(source);
        Src(self.sources.len() as u32)
    }
}

/// Text whose every byte has an [`Origin`]: the output of a chart file in a render that traces.
#[derive(Clone, Debug, Default)]
pub struct Traced {
    pub text: Vec<u8>,
    pub runs: Runs,
}

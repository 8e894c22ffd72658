//! From a place in rendered text to the template line, the calls and the values that made it.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Place, ValueSource};
use crate::origin::{CallId, Draw, Origin, Runs, Src, Tracer};
use crate::source::{FileId, Sources, Span};

/// Where the rendered texts came from; without runs unless the render traced.
#[derive(Default)]
pub struct Origins {
    runs: BTreeMap<FileId, Runs>,
    /// The manifests that hold something that each render draws anew.
    unstable: BTreeSet<FileId>,
}

impl Origins {
    pub(super) fn insert(&mut self, text: FileId, runs: Runs) {
        self.runs.insert(text, runs);
    }

    pub(super) fn add_unstable(&mut self, text: FileId) {
        self.unstable.insert(text);
    }

    pub(super) fn has_unstable(&self) -> bool {
        !self.unstable.is_empty()
    }

    /// The places in rendered texts that each render draws anew, and the calls that do; of calls that work on
    /// what another drew, the last.
    pub(super) fn drawn(&self, tracer: &Tracer) -> Vec<(Span, Draw)> {
        let mut known: BTreeMap<Src, Option<Draw>> = BTreeMap::new();
        let mut drawn = Vec::new();
        for (&file, runs) in self.runs.iter().filter(|(file, _)| self.unstable.contains(file)) {
            let mut start = 0;
            for &(end, Origin { src, .. }) in runs {
                let draw = known.entry(src).or_insert_with(|| tracer.draw(src));
                drawn.extend(draw.map(|draw| (Span { file, start, end }, draw)));
                start = end;
            }
        }
        drawn
    }

    /// The template line, the calls and the values that made a place in a rendered text.
    ///
    /// Of a text of several lines, the first counts. What several actions wrote together leads to the
    /// innermost template that wrote all of it: `{{ include "name" . }}-tls` to itself, not to the
    /// template `name`. Quotes around a value do not count as a part of it.
    pub fn place(&self, rendered: Span, sources: &Sources, tracer: &Tracer) -> Place {
        let pieces = self.pieces(first_line(rendered, sources), sources);
        let mut values = Vec::new();
        for value in pieces.iter().flat_map(|piece| tracer.values(piece.src)) {
            if !values.contains(&value) {
                values.push(value);
            }
        }
        let said: Vec<&Piece> = pieces.iter().filter(|piece| !piece.is_quote).collect();
        let chains = match said.as_slice() {
            [] => chains(pieces.iter(), tracer),
            _ => chains(said.into_iter(), tracer),
        };
        let at = innermost(&chains, tracer).and_then(|depth| written_at(depth, &chains, sources));
        let place = at.map_or_else(Place::default, |at| {
            tracer.place(Origin { at: Some(at), ..Origin::default() })
        });
        Place { rendered: Some(rendered), values, ..place }
    }

    /// The template lines that made a text, in its order, each once. No more than the first lines of a long
    /// text are looked at.
    pub fn lines(&self, rendered: Span, sources: &Sources, tracer: &Tracer) -> Vec<Span> {
        const MAX_LINES: usize = 200;
        let (mut lines, mut known) = (Vec::new(), BTreeSet::new());
        let mut start = rendered.start;
        for line in sources.slice(rendered).split_inclusive(|&byte| byte == b'\n').take(MAX_LINES) {
            let indent = line.len() - line.trim_ascii_start().len();
            let text =
                Span { start: start + indent as u32, end: start + line.len() as u32, ..rendered };
            start += line.len() as u32;
            let made = self.place(text, sources, tracer).primary.filter(|_| indent < line.len());
            let number = |span: Span| sources.line_column(span.file, span.start).line;
            lines.extend(made.filter(|span| known.insert((span.file, number(*span)))));
        }
        lines
    }

    /// The values that decided that a text was written at all: what the conditions and loops around it
    /// looked at, innermost first.
    pub fn conditions(
        &self,
        rendered: Span,
        sources: &Sources,
        tracer: &Tracer,
    ) -> Vec<ValueSource> {
        let pieces = self.pieces(first_line(rendered, sources), sources);
        let said = pieces.iter().find(|piece| !piece.is_quote).or(pieces.first());
        let origin = said.map(|piece| Origin { at: piece.at, src: piece.src });
        origin.map_or_else(Vec::new, |origin| tracer.conditions(origin))
    }

    /// What wrote the bytes of a span, piece by piece; at the end of a text, its last piece.
    fn pieces(&self, span: Span, sources: &Sources) -> Vec<Piece> {
        let runs = self.runs.get(&span.file).map_or(&[][..], Vec::as_slice);
        let last = runs.len().saturating_sub(1);
        let first = runs.partition_point(|&(end, _)| end <= span.start).min(last);
        let before = first.checked_sub(1).and_then(|before| runs.get(before));
        let mut start = before.map_or(0, |&(end, _)| end);
        let mut pieces = Vec::new();
        for &(end, origin) in runs.get(first..).unwrap_or_default() {
            let run = Span { file: span.file, start, end };
            pieces.push(Piece::new(run, origin, span, sources));
            start = end;
            if start >= span.end {
                break;
            }
        }
        pieces
    }
}

/// The first line of what a span covers, at least one byte.
fn first_line(span: Span, sources: &Sources) -> Span {
    let text = sources.slice(span);
    let length = memchr::memchr(b'\n', text).unwrap_or(text.len()).max(1);
    Span { end: span.start + length as u32, ..span }
}

/// Bytes that one action or one line of literal text wrote.
struct Piece {
    at: Option<(Span, CallId)>,
    src: Src,
    /// How many of the bytes asked for.
    length: u32,
    is_quote: bool,
}

impl Piece {
    /// The part of a run that lies in a span. Literal text leads to the very bytes, not to its line.
    fn new(run: Span, origin: Origin, wanted: Span, sources: &Sources) -> Piece {
        let start = wanted.start.clamp(run.start, run.end);
        let part = Span { start, end: wanted.end.clamp(start, run.end), ..run };
        let exact = |at: Span| {
            let is_literal = part.start < part.end && sources.slice(at) == sources.slice(run);
            let moved = |offset: u32| at.start + (offset - run.start);
            match is_literal {
                true => Span { start: moved(part.start), end: moved(part.end), ..at },
                false => at,
            }
        };
        let text = sources.slice(part);
        Piece {
            at: origin.at.map(|(at, call)| (without_margins(exact(at), sources), call)),
            src: origin.src,
            length: part.end - part.start,
            is_quote: text.iter().all(|byte| b"\"' ".contains(byte)),
        }
    }
}

/// A span without the space around its text; a span of nothing but space stays.
fn without_margins(span: Span, sources: &Sources) -> Span {
    let text = sources.slice(span);
    let (start, end) = (text.trim_ascii_start().len(), text.trim_ascii_end().len());
    if start == 0 {
        return span;
    }
    let start = span.start + (text.len() - start) as u32;
    Span { start, end: span.start + end as u32, ..span }
}

/// Where a piece was written, outermost first: in the chart file, in the templates entered from there.
struct Chain {
    steps: Vec<(Span, CallId)>,
    length: u32,
}

fn chains<'a>(pieces: impl Iterator<Item = &'a Piece>, tracer: &Tracer) -> Vec<Chain> {
    let chain = |piece: &Piece| {
        let inwards = std::iter::successors(piece.at, |&(_, call)| tracer.site(call));
        let mut steps: Vec<(Span, CallId)> = inwards.collect();
        steps.reverse();
        Chain { steps, length: piece.length }
    };
    pieces.map(chain).filter(|chain| !chain.steps.is_empty()).collect()
}

/// How deep the innermost call is that all pieces were written in.
fn innermost(chains: &[Chain], tracer: &Tracer) -> Option<usize> {
    let shared = |depth: usize| {
        let mut calls = chains.iter().map(|chain| Some(tracer.entered(chain.steps.get(depth)?.1)));
        let first = calls.next().flatten();
        first.is_some() && calls.all(|call| call == first)
    };
    (0..).take_while(|&depth| shared(depth)).last()
}

/// What the call at a depth wrote: the longest piece, with those beside it on its line.
fn written_at(depth: usize, chains: &[Chain], sources: &Sources) -> Option<(Span, CallId)> {
    let longest = chains.iter().rev().max_by_key(|chain| chain.length)?;
    let &(longest, call) = longest.steps.get(depth)?;
    let line = |span: Span| sources.line_column(span.file, span.start).line;
    let steps = chains.iter().filter_map(|chain| chain.steps.get(depth));
    let beside = steps
        .map(|&(span, _)| span)
        .filter(|span| span.file == longest.file && line(*span) == line(longest));
    Some((whole_action(beside.fold(longest, Span::to), sources), call))
}

/// A span with the delimiters of the action that it is in: a call knows only its own words.
fn whole_action(span: Span, sources: &Sources) -> Span {
    let text = sources.text(span.file);
    let before = text.get(..span.start as usize).unwrap_or_default().trim_ascii_end();
    let after = text.get(span.end as usize..).unwrap_or_default();
    let opening = [&b"{{-"[..], b"{{"].into_iter().find(|opening| before.ends_with(opening));
    let closing = |closing: &&[u8]| after.trim_ascii_start().starts_with(closing);
    let closing = [&b"-}}"[..], b"}}"].into_iter().find(closing);
    let start = opening.map_or(span.start, |opening| (before.len() - opening.len()) as u32);
    let end = closing.map_or(span.end, |closing| {
        span.end + (after.len() - after.trim_ascii_start().len() + closing.len()) as u32
    });
    Span { start, end, ..span }
}

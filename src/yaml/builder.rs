//! Events into the nodes of a document.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::decode::{self, Facts, MAX_JSON_DEPTH};
use super::error::{Error, Problem};
use super::input::{Input, Places};
use super::node::{Document, NodeData, Shape};
use super::parser::{Event, Parser, Props, Scalar};
use super::resolve::{Resolved, resolve};
use super::scanner::{Piece, Scanner, Stop, StoppedBy};
use crate::source::{FileId, Span};

/// Reads the documents of one text.
pub(super) struct Builder<'a> {
    file: FileId,
    /// What the strings of documents are slices of.
    text: Arc<[u8]>,
    places: &'a Places,
    fault: Option<usize>,
    parser: Parser<'a>,
    /// For how many nodes a document makes room from the start.
    nodes: usize,
}

/// A document under construction.
struct Draft<'a> {
    nodes: Vec<NodeData>,
    children: Vec<u32>,
    /// The collections that are open.
    frames: Vec<Frame>,
    /// The children of the open collections, which move to `children` when theirs is closed.
    open: Vec<u32>,
    root: u32,
    anchors: FxHashMap<&'a str, u32>,
    facts: Facts,
}

struct Frame {
    node: u32,
    is_map: bool,
    /// Some key is not a string as it stands: it needs [`decode`].
    odd: bool,
    merges: bool,
    /// Where its children start in [`Draft::open`].
    first: usize,
}

impl<'a> Builder<'a> {
    /// `text` is the file that `input` was made of.
    pub(super) fn new(file: FileId, text: &Arc<[u8]>, input: &'a Input<'a>) -> Builder<'a> {
        let text = match input.places {
            Places::Shifted(_) => Arc::clone(text),
            Places::Decoded(_) => input.text.as_bytes().into(),
        };
        Builder {
            file,
            text,
            places: &input.places,
            fault: input.fault.map(|fault| fault.offset),
            parser: Parser::new(Scanner::new(&input.text, input.fault)),
            nodes: 0,
        }
    }

    /// The text holds one document, or little besides.
    pub(super) fn expect_one(&mut self) {
        /// About how many bytes a node takes in files that people write.
        const BYTES_PER_NODE: usize = 20;
        self.nodes = self.parser.scanner.text().len() / BYTES_PER_NODE;
    }

    /// The next document, None at the end of the stream.
    pub(super) fn document(&mut self) -> Result<Option<Document>, Box<Error>> {
        if matches!(self.event()?, Event::StreamEnd) {
            return Ok(None);
        }
        self.contents().map(Some)
    }

    fn contents(&mut self) -> Result<Document, Box<Error>> {
        let mut draft = Draft {
            nodes: Vec::with_capacity(self.nodes),
            children: Vec::with_capacity(self.nodes),
            frames: Vec::new(),
            open: Vec::new(),
            root: 0,
            anchors: FxHashMap::default(),
            facts: Facts::default(),
        };
        loop {
            match self.event()? {
                Event::Scalar { scalar, props } => self.scalar(&mut draft, scalar, props),
                Event::Alias { name, start, end } => self.alias(&mut draft, name, start, end)?,
                Event::SequenceStart { start, props } => {
                    self.open(&mut draft, start, &props, false);
                }
                Event::MappingStart { start, props } => self.open(&mut draft, start, &props, true),
                Event::End { bracket } => self.close(&mut draft, bracket),
                Event::DocumentEnd | Event::DocumentStart | Event::StreamEnd => break,
            }
        }
        let document = Document {
            file: self.file,
            text: Arc::clone(&self.text),
            unescaped: std::mem::take(&mut self.parser.scanner.unescaped),
            nodes: draft.nodes,
            children: draft.children,
            root: draft.root,
            duplicates: Vec::new(),
        };
        decode::decode(document, draft.facts)
    }

    fn event(&mut self) -> Result<Event, Box<Error>> {
        self.parser.next().map_err(|stop| self.error(stop))
    }

    fn scalar(&mut self, draft: &mut Draft<'a>, scalar: Scalar, props: Props) {
        let Scalar { text: piece, plain, start, end } = scalar;
        let text = self.parser.scanner.piece(piece);
        let node = draft.nodes.len() as u32;
        let is_exclamation = props.tag.as_deref() == Some(b"!");
        let merge_tag = || props.tag.as_deref() == Some(b"tag:yaml.org,2002:merge");
        let shape = match &props.tag {
            None if plain => self.shape(resolve(text), piece, &mut draft.facts),
            _ => self.string(piece),
        };
        let merges = text == "<<"
            && ((plain && props.tag.is_none()) || is_exclamation || merge_tag())
            && draft.next_is_key();
        if merges {
            draft.facts.merge_keys.push(node);
        }
        let tagged = props.tag.is_some();
        if let Some(tag) = props.tag {
            draft.facts.tags.push((node, tag));
        }
        let odd = tagged || !matches!(shape, Shape::Borrowed { .. } | Shape::Owned { .. });
        draft.nodes.push(NodeData {
            start: self.places.in_file(start),
            end: self.places.in_file(end),
            shape,
        });
        self.anchor(draft, props.anchor, node);
        draft.attach(node, odd, merges);
    }

    fn shape(&self, resolved: Resolved, piece: Piece, facts: &mut Facts) -> Shape {
        match resolved {
            Resolved::Null => Shape::Null,
            Resolved::Bool(value) => Shape::Bool(value),
            Resolved::Int(value) => Shape::Int(value),
            Resolved::Uint(value) => Shape::Uint(value),
            Resolved::Float(value) => {
                facts.not_finite |= !value.is_finite();
                Shape::Float(value)
            }
            Resolved::String => self.string(piece),
        }
    }

    fn string(&self, piece: Piece) -> Shape {
        let Piece { start, end, unescaped } = piece;
        if unescaped {
            return Shape::Owned { start, end };
        }
        match self.places {
            Places::Shifted(base) => Shape::Borrowed { start: base + start, end: base + end },
            Places::Decoded(_) => Shape::Borrowed { start, end },
        }
    }

    fn alias(
        &self,
        draft: &mut Draft<'a>,
        name: Piece,
        start: u32,
        end: u32,
    ) -> Result<(), Box<Error>> {
        let text = self.parser.scanner.piece(name);
        let Some(&target) = draft.anchors.get(text) else {
            return Err(Box::new(Error {
                problem: Problem::UnknownAnchor(text.to_owned()),
                line: None,
                span: span(self.file, self.places, start, end),
            }));
        };
        draft.facts.aliases = true;
        let node = draft.nodes.len() as u32;
        draft.nodes.push(NodeData {
            start: self.places.in_file(start),
            end: self.places.in_file(end),
            shape: Shape::Alias(target),
        });
        draft.attach(node, true, false);
        Ok(())
    }

    fn open(&self, draft: &mut Draft<'a>, start: u32, props: &Props, is_map: bool) {
        let node = draft.nodes.len() as u32;
        let start = self.places.in_file(start);
        draft.nodes.push(NodeData { start, end: start, shape: Shape::Null });
        self.anchor(draft, props.anchor, node);
        draft.attach(node, true, false);
        let first = draft.open.len();
        draft.frames.push(Frame { node, is_map, odd: false, merges: false, first });
        draft.facts.deep |= draft.frames.len() > MAX_JSON_DEPTH;
    }

    fn close(&self, draft: &mut Draft<'a>, bracket: Option<u32>) {
        let Some(frame) = draft.frames.pop() else { return };
        let first = draft.children.len() as u32;
        let last = draft.open[frame.first..].last().copied();
        draft.children.extend(draft.open.drain(frame.first..));
        let count = draft.children.len() as u32 - first;
        let last_end = last.map(|node| draft.nodes[node as usize].end);
        let node = &mut draft.nodes[frame.node as usize];
        node.end = match bracket {
            Some(end) => self.places.in_file(end),
            None => last_end.unwrap_or(node.end),
        };
        if !frame.is_map {
            node.shape = Shape::Seq { first, len: count };
            return;
        }
        node.shape = Shape::Map { first, len: count / 2, sorted: false };
        draft.facts.map(frame.node, frame.odd, frame.merges);
    }

    fn anchor(&self, draft: &mut Draft<'a>, anchor: Option<Piece>, node: u32) {
        if let Some(Piece { start, end, .. }) = anchor {
            let name = self.parser.scanner.text().get(start as usize..end as usize);
            draft.anchors.insert(name.unwrap_or_default(), node);
        }
    }

    fn error(&self, stop: Stop) -> Box<Error> {
        let line = match (self.parser.scanner.line(stop.offset), stop.by) {
            (0, _) | (_, StoppedBy::Reader) => None,
            (line, StoppedBy::Scanner) => Some(line + 1),
            (line, StoppedBy::Parser) => Some(line),
        };
        let mut span = span(self.file, self.places, stop.offset, stop.offset);
        if let (StoppedBy::Reader, Some(fault)) = (stop.by, self.fault) {
            span = Span { start: fault as u32, end: fault as u32, ..span };
        }
        Box::new(Error { problem: Problem::Syntax(stop.problem), line, span })
    }
}

impl Draft<'_> {
    /// Whether the next node will be the key of an open mapping.
    fn next_is_key(&self) -> bool {
        self.frames
            .last()
            .is_some_and(|frame| frame.is_map && (self.open.len() - frame.first).is_multiple_of(2))
    }

    fn attach(&mut self, node: u32, odd: bool, merges: bool) {
        let is_key = self.next_is_key();
        match self.frames.last_mut() {
            None => self.root = node,
            Some(frame) => {
                frame.odd |= odd && is_key;
                frame.merges |= merges;
                self.open.push(node);
            }
        }
    }
}

fn span(file: FileId, places: &Places, start: u32, end: u32) -> Span {
    Span { file, start: places.in_file(start), end: places.in_file(end) }
}

//! Tokens into events: libyaml's grammar (go-yaml's `parserc.go`) as a machine of states, so that
//! no input is too deep for it.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "each place of a grammar names the tokens that it takes; all others are mistakes"
)]

use super::scanner::{Piece, Scanner, Stop, StoppedBy, Tag, Token, TokenKind};

/// What the parser found next.
#[derive(Clone, Debug)]
pub(super) enum Event {
    StreamEnd,
    DocumentStart,
    DocumentEnd,
    Alias {
        name: Piece,
        start: u32,
        end: u32,
    },
    Scalar {
        scalar: Scalar,
        props: Props,
    },
    SequenceStart {
        start: u32,
        props: Props,
    },
    MappingStart {
        start: u32,
        props: Props,
    },
    /// The end of a sequence or mapping; for one in brackets, the offset behind the bracket.
    End {
        bracket: Option<u32>,
    },
}

#[derive(Copy, Clone, Debug)]
pub(super) struct Scalar {
    pub(super) text: Piece,
    /// Without quotes or block indicator.
    pub(super) plain: bool,
    pub(super) start: u32,
    pub(super) end: u32,
}

/// Anchor and tag of a node.
#[derive(Clone, Debug, Default)]
pub(super) struct Props {
    pub(super) anchor: Option<Piece>,
    pub(super) tag: Option<Box<[u8]>>,
    /// Where the first of them stands.
    pub(super) start: Option<u32>,
}

#[derive(Copy, Clone, Debug)]
enum State {
    ImplicitDocumentStart,
    DocumentStart,
    DocumentContent,
    DocumentEnd,
    BlockNode,
    BlockSequenceFirstEntry,
    BlockSequenceEntry,
    IndentlessSequenceEntry,
    BlockMappingFirstKey,
    BlockMappingKey,
    BlockMappingValue,
    FlowSequenceFirstEntry,
    FlowSequenceEntry,
    FlowSequenceEntryMappingKey,
    FlowSequenceEntryMappingValue,
    FlowSequenceEntryMappingEnd,
    FlowMappingFirstKey,
    FlowMappingKey,
    FlowMappingValue,
    FlowMappingEmptyValue,
    End,
}

/// What kind of node may stand at a place.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Context {
    Block,
    /// A value of a block mapping, whose sequence need not be indented.
    BlockOrIndentless,
    Flow,
}

pub(super) struct Parser<'a> {
    pub(super) scanner: Scanner<'a>,
    state: State,
    /// Where to go on when the open nodes are complete.
    states: Vec<State>,
    tag_directives: Vec<Tag>,
}

impl<'a> Parser<'a> {
    pub(super) fn new(scanner: Scanner<'a>) -> Parser<'a> {
        Parser {
            scanner,
            state: State::ImplicitDocumentStart,
            states: Vec::new(),
            tag_directives: Vec::new(),
        }
    }

    pub(super) fn next(&mut self) -> Result<Event, Stop> {
        match self.state {
            State::ImplicitDocumentStart => self.document_start(true),
            State::DocumentStart => self.document_start(false),
            State::DocumentContent => self.document_content(),
            State::DocumentEnd => self.document_end(),
            State::BlockNode => self.node(Context::Block),
            State::BlockSequenceFirstEntry => self.first(Parser::block_sequence_entry),
            State::BlockSequenceEntry => self.block_sequence_entry(),
            State::IndentlessSequenceEntry => self.indentless_sequence_entry(),
            State::BlockMappingFirstKey => self.first(Parser::block_mapping_key),
            State::BlockMappingKey => self.block_mapping_key(),
            State::BlockMappingValue => self.block_mapping_value(),
            State::FlowSequenceFirstEntry => self.first(|parser| parser.flow_sequence_entry(true)),
            State::FlowSequenceEntry => self.flow_sequence_entry(false),
            State::FlowSequenceEntryMappingKey => self.flow_sequence_entry_mapping_key(),
            State::FlowSequenceEntryMappingValue => self.flow_sequence_entry_mapping_value(),
            State::FlowSequenceEntryMappingEnd => self.flow_sequence_entry_mapping_end(),
            State::FlowMappingFirstKey => self.first(|parser| parser.flow_mapping_key(true)),
            State::FlowMappingKey => self.flow_mapping_key(false),
            State::FlowMappingValue => self.flow_mapping_value(),
            State::FlowMappingEmptyValue => self.flow_mapping_empty_value(),
            State::End => Ok(Event::StreamEnd),
        }
    }

    /// Takes the token that opens a collection, then goes on with its first entry.
    fn first(&mut self, entry: fn(&mut Self) -> Result<Event, Stop>) -> Result<Event, Stop> {
        self.scanner.peek()?;
        self.scanner.take();
        entry(self)
    }

    fn take_and_peek(&mut self) -> Result<Token, Stop> {
        self.scanner.take();
        self.scanner.peek()
    }

    fn pop_state(&mut self) -> State {
        self.states.pop().unwrap_or(State::End)
    }

    fn document_start(&mut self, implicit: bool) -> Result<Event, Stop> {
        let mut token = self.scanner.peek()?;
        while !implicit && token.kind == TokenKind::DocumentEnd {
            token = self.take_and_peek()?;
        }
        let explicit = matches!(
            token.kind,
            TokenKind::VersionDirective | TokenKind::TagDirective | TokenKind::DocumentStart
        );
        if token.kind == TokenKind::StreamEnd {
            self.state = State::End;
            return Ok(Event::StreamEnd);
        }
        self.directives()?;
        self.states.push(State::DocumentEnd);
        if implicit && !explicit {
            self.state = State::BlockNode;
            return Ok(Event::DocumentStart);
        }
        let token = self.scanner.peek()?;
        if token.kind != TokenKind::DocumentStart {
            return Err(stop("did not find expected <document start>", token));
        }
        self.scanner.take();
        self.state = State::DocumentContent;
        Ok(Event::DocumentStart)
    }

    fn directives(&mut self) -> Result<(), Stop> {
        let mut versions = 0;
        loop {
            let token = self.scanner.peek()?;
            match token.kind {
                TokenKind::VersionDirective => {
                    versions += 1;
                    if versions > 1 {
                        return Err(stop("found duplicate %YAML directive", token));
                    }
                    if (token.text.start, token.text.end) != (1, 1) {
                        return Err(stop("found incompatible YAML document", token));
                    }
                }
                TokenKind::TagDirective => {
                    let tag = self.scanner.tag(token);
                    if self.tag_directives.iter().any(|known| known.handle == tag.handle) {
                        return Err(stop("found duplicate %TAG directive", token));
                    }
                    self.tag_directives.push(tag);
                }
                _ => break,
            }
            self.scanner.take();
        }
        Ok(())
    }

    fn document_content(&mut self) -> Result<Event, Stop> {
        let token = self.scanner.peek()?;
        if matches!(
            token.kind,
            TokenKind::VersionDirective
                | TokenKind::TagDirective
                | TokenKind::DocumentStart
                | TokenKind::DocumentEnd
                | TokenKind::StreamEnd
        ) {
            self.state = self.pop_state();
            return Ok(empty(token.start));
        }
        self.node(Context::Block)
    }

    fn document_end(&mut self) -> Result<Event, Stop> {
        if self.scanner.peek()?.kind == TokenKind::DocumentEnd {
            self.scanner.take();
        }
        self.tag_directives.clear();
        self.state = State::DocumentStart;
        Ok(Event::DocumentEnd)
    }

    fn node(&mut self, context: Context) -> Result<Event, Stop> {
        let mut token = self.scanner.peek()?;
        if token.kind == TokenKind::Alias {
            self.state = self.pop_state();
            self.scanner.take();
            return Ok(Event::Alias { name: token.text, start: token.start, end: token.end });
        }
        let mut props = Props::default();
        if matches!(token.kind, TokenKind::Anchor | TokenKind::Tag) {
            (token, props) = self.properties(token)?;
        }
        let start = token.start;
        let block = context != Context::Flow;
        let (state, event) = match token.kind {
            TokenKind::BlockEntry if context == Context::BlockOrIndentless => {
                (State::IndentlessSequenceEntry, Event::SequenceStart { start, props })
            }
            TokenKind::Plain | TokenKind::Quoted => {
                self.scanner.take();
                let plain = token.kind == TokenKind::Plain;
                let scalar = Scalar { text: token.text, plain, start, end: token.end };
                (self.pop_state(), Event::Scalar { scalar, props })
            }
            TokenKind::FlowSequenceStart => {
                (State::FlowSequenceFirstEntry, Event::SequenceStart { start, props })
            }
            TokenKind::FlowMappingStart => {
                (State::FlowMappingFirstKey, Event::MappingStart { start, props })
            }
            TokenKind::BlockSequenceStart if block => {
                (State::BlockSequenceFirstEntry, Event::SequenceStart { start, props })
            }
            TokenKind::BlockMappingStart if block => {
                (State::BlockMappingFirstKey, Event::MappingStart { start, props })
            }
            _ if props.anchor.is_some() || props.tag.is_some() => {
                let at = props.start.unwrap_or(start);
                let scalar = Scalar {
                    text: Piece::default(),
                    plain: props.tag.is_none(),
                    start: at,
                    end: at,
                };
                (self.pop_state(), Event::Scalar { scalar, props })
            }
            _ => return Err(stop("did not find expected node content", token)),
        };
        self.state = state;
        Ok(event)
    }

    /// An anchor and a tag, in either order, and the token that follows them.
    fn properties(&mut self, first: Token) -> Result<(Token, Props), Stop> {
        let mut props = Props { start: Some(first.start), ..Props::default() };
        let mut tag = None;
        let mut token = first;
        loop {
            match token.kind {
                TokenKind::Anchor if props.anchor.is_none() => props.anchor = Some(token.text),
                TokenKind::Tag if tag.is_none() => tag = Some(token),
                _ => break,
            }
            token = self.take_and_peek()?;
        }
        if let Some(tag) = tag {
            props.tag = self.resolve_tag(tag)?;
        }
        Ok((token, props))
    }

    /// The whole tag: its handle replaced by what a directive says.
    fn resolve_tag(&self, token: Token) -> Result<Option<Box<[u8]>>, Stop> {
        let Tag { handle, rest } = self.scanner.tag(token);
        if handle.is_empty() {
            return Ok((!rest.is_empty()).then(|| rest.into()));
        }
        let declared = self.tag_directives.iter().find(|known| known.handle == handle);
        let prefix: &[u8] = match declared {
            Some(directive) => &directive.rest,
            None if handle == b"!" => b"!",
            None if handle == b"!!" => b"tag:yaml.org,2002:",
            None => b"",
        };
        let whole = [prefix, &rest].concat();
        if whole.is_empty() || (declared.is_none() && prefix.is_empty()) {
            return Err(stop("found undefined tag handle", token));
        }
        Ok(Some(whole.into()))
    }

    fn block_sequence_entry(&mut self) -> Result<Event, Stop> {
        let token = self.scanner.peek()?;
        match token.kind {
            TokenKind::BlockEntry => {
                let next = self.take_and_peek()?;
                if matches!(next.kind, TokenKind::BlockEntry | TokenKind::BlockEnd) {
                    self.state = State::BlockSequenceEntry;
                    return Ok(empty(token.end));
                }
                self.states.push(State::BlockSequenceEntry);
                self.node(Context::Block)
            }
            TokenKind::BlockEnd => Ok(self.block_end()),
            _ => Err(stop("did not find expected '-' indicator", token)),
        }
    }

    fn block_end(&mut self) -> Event {
        self.state = self.pop_state();
        self.scanner.take();
        Event::End { bracket: None }
    }

    fn indentless_sequence_entry(&mut self) -> Result<Event, Stop> {
        let token = self.scanner.peek()?;
        if token.kind != TokenKind::BlockEntry {
            self.state = self.pop_state();
            return Ok(Event::End { bracket: None });
        }
        let next = self.take_and_peek()?;
        if next.kind == TokenKind::BlockEntry || is_block_mapping_token(next) {
            self.state = State::IndentlessSequenceEntry;
            return Ok(empty(token.end));
        }
        self.states.push(State::IndentlessSequenceEntry);
        self.node(Context::Block)
    }

    fn block_mapping_key(&mut self) -> Result<Event, Stop> {
        let token = self.scanner.peek()?;
        match token.kind {
            TokenKind::Key => {
                let next = self.take_and_peek()?;
                if is_block_mapping_token(next) {
                    self.state = State::BlockMappingValue;
                    return Ok(empty(token.end));
                }
                self.states.push(State::BlockMappingValue);
                self.node(Context::BlockOrIndentless)
            }
            TokenKind::BlockEnd => Ok(self.block_end()),
            _ => Err(stop("did not find expected key", token)),
        }
    }

    fn block_mapping_value(&mut self) -> Result<Event, Stop> {
        let token = self.scanner.peek()?;
        if token.kind != TokenKind::Value {
            self.state = State::BlockMappingKey;
            return Ok(empty(token.start));
        }
        let next = self.take_and_peek()?;
        if is_block_mapping_token(next) {
            self.state = State::BlockMappingKey;
            return Ok(empty(token.end));
        }
        self.states.push(State::BlockMappingKey);
        self.node(Context::BlockOrIndentless)
    }

    fn flow_sequence_entry(&mut self, first: bool) -> Result<Event, Stop> {
        let mut token = self.scanner.peek()?;
        if token.kind != TokenKind::FlowSequenceEnd && !first {
            if token.kind != TokenKind::FlowEntry {
                return Err(stop("did not find expected ',' or ']'", token));
            }
            token = self.take_and_peek()?;
        }
        match token.kind {
            TokenKind::Key => {
                self.scanner.take();
                self.state = State::FlowSequenceEntryMappingKey;
                Ok(Event::MappingStart { start: token.start, props: Props::default() })
            }
            TokenKind::FlowSequenceEnd => Ok(self.flow_end(token)),
            _ => {
                self.states.push(State::FlowSequenceEntry);
                self.node(Context::Flow)
            }
        }
    }

    fn flow_end(&mut self, token: Token) -> Event {
        self.state = self.pop_state();
        self.scanner.take();
        Event::End { bracket: Some(token.end) }
    }

    /// libyaml takes the token behind a `?` without a key, whatever it is.
    fn flow_sequence_entry_mapping_key(&mut self) -> Result<Event, Stop> {
        let token = self.scanner.peek()?;
        if matches!(
            token.kind,
            TokenKind::Value | TokenKind::FlowEntry | TokenKind::FlowSequenceEnd
        ) {
            self.scanner.take();
            self.state = State::FlowSequenceEntryMappingValue;
            return Ok(empty(token.end));
        }
        self.states.push(State::FlowSequenceEntryMappingValue);
        self.node(Context::Flow)
    }

    fn flow_sequence_entry_mapping_value(&mut self) -> Result<Event, Stop> {
        let token = self.scanner.peek()?;
        if token.kind == TokenKind::Value {
            let next = self.take_and_peek()?;
            if !matches!(next.kind, TokenKind::FlowEntry | TokenKind::FlowSequenceEnd) {
                self.states.push(State::FlowSequenceEntryMappingEnd);
                return self.node(Context::Flow);
            }
        }
        self.state = State::FlowSequenceEntryMappingEnd;
        Ok(empty(token.start))
    }

    fn flow_sequence_entry_mapping_end(&mut self) -> Result<Event, Stop> {
        self.scanner.peek()?;
        self.state = State::FlowSequenceEntry;
        Ok(Event::End { bracket: None })
    }

    fn flow_mapping_key(&mut self, first: bool) -> Result<Event, Stop> {
        let mut token = self.scanner.peek()?;
        if token.kind != TokenKind::FlowMappingEnd && !first {
            if token.kind != TokenKind::FlowEntry {
                return Err(stop("did not find expected ',' or '}'", token));
            }
            token = self.take_and_peek()?;
        }
        match token.kind {
            TokenKind::Key => {
                let next = self.take_and_peek()?;
                if is_flow_mapping_token(next) {
                    self.state = State::FlowMappingValue;
                    return Ok(empty(next.start));
                }
                self.states.push(State::FlowMappingValue);
                self.node(Context::Flow)
            }
            TokenKind::FlowMappingEnd => Ok(self.flow_end(token)),
            _ => {
                self.states.push(State::FlowMappingEmptyValue);
                self.node(Context::Flow)
            }
        }
    }

    fn flow_mapping_value(&mut self) -> Result<Event, Stop> {
        let mut token = self.scanner.peek()?;
        if token.kind == TokenKind::Value {
            token = self.take_and_peek()?;
            if !matches!(token.kind, TokenKind::FlowEntry | TokenKind::FlowMappingEnd) {
                self.states.push(State::FlowMappingKey);
                return self.node(Context::Flow);
            }
        }
        self.state = State::FlowMappingKey;
        Ok(empty(token.start))
    }

    fn flow_mapping_empty_value(&mut self) -> Result<Event, Stop> {
        let token = self.scanner.peek()?;
        self.state = State::FlowMappingKey;
        Ok(empty(token.start))
    }
}

/// A token before which a key or value of a block mapping is missing.
fn is_block_mapping_token(token: Token) -> bool {
    matches!(token.kind, TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd)
}

fn is_flow_mapping_token(token: Token) -> bool {
    matches!(token.kind, TokenKind::Value | TokenKind::FlowEntry | TokenKind::FlowMappingEnd)
}

/// A node of which nothing is written.
fn empty(offset: u32) -> Event {
    let scalar = Scalar { text: Piece::default(), plain: true, start: offset, end: offset };
    Event::Scalar { scalar, props: Props::default() }
}

fn stop(problem: &'static str, token: Token) -> Stop {
    Stop { problem, offset: token.start, by: StoppedBy::Parser }
}

//! The parser (`text/template/parse/parse.go`).
//!
//! Open blocks and open parentheses lie in lists, not on the machine's stack: no nesting can
//! exhaust it. After a problem the parser goes on behind the action that has it.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a token or node other than those that are asked for is refused, whichever it is"
)]

use std::borrow::Cow;
use std::sync::Arc;

use bstr::ByteSlice;
use rustc_hash::FxHashMap;

use crate::source::{FileId, Span};
use crate::template::lex::{Lexer, Token, TokenKind};
use crate::template::literal::unquote;
use crate::template::tree::{Literal, Name, Node};
use crate::template::{
    Branch, Define, NodeId, NodeRange, Problem, ProblemKind, Shape, Tree, number,
};

/// Gives the number of a function in the caller's table; None if there is none of that name.
pub type Functions<'a> = &'a dyn Fn(&[u8]) -> Option<u16>;

/// How deep parentheses may be nested: Go's own limit.
const MAX_PARENS: usize = 10_000;

/// How many bytes of text usually make a node: room for so many nodes is made at once.
const TEXT_PER_NODE: usize = 10;
const MAX_LIKELY_NODES: usize = 4096;

/// Parses a text under the name that Go's messages will show.
pub fn parse(file: FileId, name: &str, text: Arc<[u8]>, functions: Functions<'_>) -> Tree {
    let likely_nodes = (text.len() / TEXT_PER_NODE).min(MAX_LIKELY_NODES);
    let tree = Tree {
        file,
        name: name.into(),
        text: Arc::clone(&text),
        nodes: Vec::with_capacity(likely_nodes),
        children: Vec::with_capacity(likely_nodes),
        names: Vec::with_capacity(likely_nodes / 2),
        numbers: Vec::new(),
        strings: Vec::with_capacity(likely_nodes / 8),
        defines: Vec::new(),
        problems: Vec::new(),
    };
    let mut parser = Parser {
        lexer: Lexer::new(&text),
        tokens: [Token { kind: TokenKind::Eof, start: 0, end: 0 }; 3],
        peeked: 0,
        reached: 0,
        tree,
        functions,
        pending: Vec::new(),
        around: Vec::new(),
        open: Vec::new(),
        variables: Vec::new(),
        variables_from: 0,
        ranges: 0,
        action: None,
        defined: FxHashMap::default(),
    };
    parser.open_block(Opener::File, 0);
    parser.file();
    parser.tree
}

struct Parser<'a> {
    lexer: Lexer<'a>,
    /// Tokens that were looked at; the first `peeked` are to be read again, from the back.
    tokens: [Token; 3],
    peeked: usize,
    /// Start of the last token that the lexer gave: Go's messages name its line.
    reached: u32,
    tree: Tree,
    functions: Functions<'a>,
    /// Nodes whose list is still open.
    pending: Vec<NodeId>,
    /// The pipelines around the parentheses that are open.
    around: Vec<OpenPipe>,
    open: Vec<Open>,
    variables: Vec<Name>,
    /// Where the variables of the current definition start.
    variables_from: usize,
    /// Loops around the current place, inside its definition.
    ranges: usize,
    /// The left delimiter of the action being read, for faults in it.
    action: Option<u32>,
    /// Indices of `tree.defines`.
    defined: FxHashMap<Box<[u8]>, usize>,
}

/// A block whose end is not read yet.
struct Open {
    opener: Opener,
    start: u32,
    /// The list being read starts there in `pending`.
    nodes: usize,
    variables: usize,
    /// The first part, once `else` was read.
    then: Option<NodeId>,
    /// Opened by `else if` or `else with`: ends with the block around it.
    chained: bool,
}

#[derive(Copy, Clone)]
enum Opener {
    File,
    Define(Definition),
    /// Of the action around the definition: the pipe, the place of the node, and how far Go had
    /// read.
    Block {
        definition: Definition,
        pipe: NodeId,
        pos: u32,
        reached: u32,
    },
    If(NodeId),
    With(NodeId),
    Range(NodeId),
}

/// What is restored after a definition, and its name in `strings`.
#[derive(Copy, Clone)]
struct Definition {
    name: u32,
    clause: Span,
    variables_from: usize,
    ranges: usize,
}

/// A pipeline whose end is not read yet.
struct OpenPipe {
    context: &'static str,
    end: TokenKind,
    start: u32,
    pos: u32,
    variables: NodeRange,
    assigns: bool,
    /// Its commands, and the operands of the command being read, start there in `pending`.
    commands: usize,
    operands: usize,
    command_pos: u32,
}

/// A problem was reported; the action is given up.
struct Broken;

type Parsed<T> = Result<T, Broken>;

impl Parser<'_> {
    fn next(&mut self) -> Token {
        if self.peeked > 0 {
            self.peeked -= 1;
        } else {
            self.tokens[0] = self.lexer.next();
            self.reached = self.tokens[0].start;
        }
        self.tokens[self.peeked]
    }

    fn backup(&mut self) {
        self.peeked += 1;
    }

    fn peek(&mut self) -> Token {
        if self.peeked == 0 {
            self.next();
            self.backup();
        }
        self.tokens[self.peeked - 1]
    }

    fn next_non_space(&mut self) -> Token {
        loop {
            let token = self.next();
            if token.kind != TokenKind::Space {
                return token;
            }
        }
    }

    fn peek_non_space(&mut self) -> Token {
        let token = self.next_non_space();
        self.backup();
        token
    }

    fn expect(&mut self, kind: TokenKind, context: &'static str) -> Parsed<Token> {
        let token = self.next_non_space();
        if token.kind == kind { Ok(token) } else { Err(self.unexpected(token, context)) }
    }

    fn span(&self, start: u32, end: u32) -> Span {
        Span { file: self.tree.file, start, end }
    }

    fn slice(&self, token: Token) -> &[u8] {
        self.tree.slice(token.start, token.end)
    }

    fn report(&mut self, kind: ProblemKind, start: u32, end: u32) -> Broken {
        let span = self.span(start, end);
        self.tree.problems.push(Problem { kind, span, reached: self.reached });
        Broken
    }

    fn unexpected(&mut self, token: Token, context: &'static str) -> Broken {
        let Token { kind, start, end } = token;
        if kind != TokenKind::Error {
            return self.report(ProblemKind::Unexpected { token: kind, context }, start, end);
        }
        let line = |at: u32| self.tree.line_column(at).0;
        let action = self.action.filter(|&action| line(action) != line(start));
        let fault = self.lexer.fault;
        self.report(ProblemKind::Fault { fault, action }, start, end)
    }

    fn node(&mut self, pos: u32, start: u32, end: u32, shape: Shape) -> NodeId {
        self.tree.nodes.push(Node { pos, start, end, shape });
        NodeId(self.tree.nodes.len() as u32 - 1)
    }

    fn token_node(&mut self, token: Token, shape: Shape) -> NodeId {
        self.node(token.start, token.start, token.end, shape)
    }

    /// Moves the pending nodes from `from` on into a list of their own.
    fn take_pending(&mut self, from: usize) -> NodeRange {
        let start = self.tree.children.len() as u32;
        self.tree.children.extend_from_slice(self.pending.get(from..).unwrap_or_default());
        self.pending.truncate(from);
        NodeRange { start, end: self.tree.children.len() as u32 }
    }

    /// The whole text: nodes, until all blocks are closed by its end.
    fn file(&mut self) {
        loop {
            let token = self.next_non_space();
            let step = match token.kind {
                TokenKind::Eof => return self.end_of_file(),
                TokenKind::Text => {
                    let shape = Shape::Text { start: token.start, end: token.end };
                    let text = self.token_node(token, shape);
                    self.pending.push(text);
                    Ok(())
                }
                TokenKind::LeftDelim => {
                    let around = self.open.len();
                    let step = self.action(token);
                    if !self.has_opened(around) {
                        self.action = None;
                    }
                    step
                }
                _ => Err(self.unexpected(token, "input")),
            };
            if step.is_err() {
                self.action = None;
                self.recover(token);
            }
        }
    }

    /// Whether `if`, `with` or `range` was opened inside so many blocks. To Go such an action lasts
    /// until the next one inside it ends.
    fn has_opened(&self, around: usize) -> bool {
        self.open.len() > around
            && self.open.last().is_some_and(|open| {
                !open.chained
                    && matches!(open.opener, Opener::If(_) | Opener::With(_) | Opener::Range(_))
            })
    }

    /// Leaves the action that has a problem.
    fn recover(&mut self, first: Token) {
        let fault = self.tokens[0].kind == TokenKind::Error;
        if fault || self.lexer.is_in_action() {
            self.lexer.recover(self.tokens[0].end);
        }
        self.peeked = 0;
        let end = self.lexer.offset().max(first.end);
        let broken = self.node(first.start, first.start, end, Shape::Broken);
        self.pending.push(broken);
    }

    fn end_of_file(&mut self) {
        let end = self.tree.text.len() as u32;
        if self.open.len() > 1 {
            self.report(ProblemKind::UnexpectedEof, end, end);
        }
        while let Some(open) = self.open.pop() {
            self.close_block(open, end);
        }
    }

    /// One action; its left delimiter is read.
    fn action(&mut self, delim: Token) -> Parsed<()> {
        let token = self.next_non_space();
        if token.kind == TokenKind::Define && self.open.len() == 1 {
            return self.define(delim);
        }
        self.action = Some(delim.start);
        match token.kind {
            TokenKind::Block => self.block(delim),
            TokenKind::Break => self.jump(token, Shape::Break, "{{break}}"),
            TokenKind::Continue => self.jump(token, Shape::Continue, "{{continue}}"),
            TokenKind::Else => self.otherwise(delim),
            TokenKind::End => self.end(delim),
            TokenKind::If => self.control(delim, "if", Opener::If, false),
            TokenKind::Range => self.control(delim, "range", Opener::Range, false),
            TokenKind::With => self.control(delim, "with", Opener::With, false),
            TokenKind::Template => self.template(delim),
            _ => {
                self.backup();
                let pos = self.peek().start;
                let pipe = self.pipeline("command", TokenKind::RightDelim)?;
                self.push_action(delim, pos, Shape::Action(pipe));
                Ok(())
            }
        }
    }

    /// Adds the node of an action that is read to its end.
    fn push_action(&mut self, delim: Token, pos: u32, shape: Shape) {
        let end = self.lexer_end();
        let node = self.node(pos, delim.start, end, shape);
        self.pending.push(node);
    }

    /// Where the last token ended.
    fn lexer_end(&self) -> u32 {
        self.tokens[0].end
    }

    fn jump(&mut self, token: Token, shape: Shape, context: &'static str) -> Parsed<()> {
        self.expect(TokenKind::RightDelim, context)?;
        if self.ranges == 0 {
            let is_continue = matches!(shape, Shape::Continue);
            return Err(self.report(
                ProblemKind::OutsideRange { is_continue },
                token.start,
                token.end,
            ));
        }
        let node = self.token_node(token, shape);
        self.pending.push(node);
        Ok(())
    }

    fn template(&mut self, delim: Token) -> Parsed<()> {
        const CONTEXT: &str = "template clause";
        let token = self.next_non_space();
        let name = self.template_name(token, CONTEXT)?;
        let mut pipe = None;
        if self.next_non_space().kind != TokenKind::RightDelim {
            self.backup();
            pipe = Some(self.pipeline(CONTEXT, TokenKind::RightDelim)?);
        }
        self.push_action(delim, token.start, Shape::Template { name, pipe });
        Ok(())
    }

    fn template_name(&mut self, token: Token, context: &'static str) -> Parsed<u32> {
        match token.kind {
            TokenKind::String | TokenKind::RawString => self.literal(token),
            _ => Err(self.unexpected(token, context)),
        }
    }

    fn literal(&mut self, token: Token) -> Parsed<u32> {
        let literal = match unquote(self.slice(token)) {
            Some(Cow::Borrowed(_)) => {
                Literal::Plain(Name { start: token.start + 1, end: token.end - 1 })
            }
            Some(Cow::Owned(text)) => Literal::Changed(text.into()),
            None => {
                return Err(self.report(ProblemKind::InvalidString, token.start, token.end));
            }
        };
        self.tree.strings.push(literal);
        Ok(self.tree.strings.len() as u32 - 1)
    }

    fn define(&mut self, delim: Token) -> Parsed<()> {
        const CONTEXT: &str = "define clause";
        let token = self.next_non_space();
        let name = self.template_name(token, CONTEXT)?;
        self.expect(TokenKind::RightDelim, CONTEXT)?;
        let definition = self.definition(name, delim);
        self.open_block(Opener::Define(definition), delim.start);
        Ok(())
    }

    fn block(&mut self, delim: Token) -> Parsed<()> {
        const CONTEXT: &str = "block clause";
        let token = self.next_non_space();
        let name = self.template_name(token, CONTEXT)?;
        let pipe = self.pipeline(CONTEXT, TokenKind::RightDelim)?;
        let reached = self.reached;
        let definition = self.definition(name, delim);
        let opener = Opener::Block { definition, pipe, pos: token.start, reached };
        self.open_block(opener, delim.start);
        Ok(())
    }

    /// Starts a definition: it sees no variables and no loops of what is around it.
    fn definition(&mut self, name: u32, delim: Token) -> Definition {
        let clause = self.span(delim.start, self.lexer_end());
        let around =
            Definition { name, clause, variables_from: self.variables_from, ranges: self.ranges };
        self.variables_from = self.variables.len();
        self.ranges = 0;
        around
    }

    fn open_block(&mut self, opener: Opener, start: u32) {
        self.open.push(Open {
            opener,
            start,
            nodes: self.pending.len(),
            variables: self.variables.len(),
            then: None,
            chained: false,
        });
    }

    /// `if`, `with` or `range`. A problem in the pipeline opens the block all the same, so that its
    /// `end` finds it.
    fn control(
        &mut self,
        delim: Token,
        context: &'static str,
        opener: fn(NodeId) -> Opener,
        chained: bool,
    ) -> Parsed<()> {
        let variables = self.variables.len();
        let pipe = self.pipeline(context, TokenKind::RightDelim);
        let known = match pipe {
            Ok(pipe) => pipe,
            Err(Broken) => self.node(delim.start, delim.start, delim.end, Shape::Broken),
        };
        let opener = opener(known);
        self.ranges += usize::from(matches!(opener, Opener::Range(_)));
        self.open_block(opener, delim.start);
        if let Some(open) = self.open.last_mut() {
            open.variables = variables;
            open.chained = chained;
        }
        pipe.map(drop)
    }

    fn otherwise(&mut self, delim: Token) -> Parsed<()> {
        let peek = self.peek_non_space();
        let chains = matches!(peek.kind, TokenKind::If | TokenKind::With);
        if !chains {
            self.expect(TokenKind::RightDelim, "else")?;
        }
        let opener = match self.open.last() {
            Some(Open { then: None, opener, .. }) => *opener,
            Some(Open { then: Some(_), .. }) => {
                return Err(self.report(ProblemKind::ExpectedEnd, delim.start, delim.end));
            }
            None => Opener::File,
        };
        match (opener, peek.kind) {
            (Opener::File | Opener::Define(_) | Opener::Block { .. }, _) => {
                return Err(self.unexpected_end(delim, opener, true));
            }
            (Opener::If(_), TokenKind::If) | (Opener::With(_), TokenKind::With) => {}
            _ if chains => {
                self.else_list(delim);
                self.action = None;
                self.next_non_space();
                return Err(self.unexpected(peek, "input"));
            }
            _ => {}
        }
        self.else_list(delim);
        if !chains {
            return Ok(());
        }
        self.action = None;
        self.next_non_space();
        match opener {
            Opener::With(_) => self.control(delim, "with", Opener::With, true),
            _ => self.control(delim, "if", Opener::If, true),
        }
    }

    /// Closes the first part of a block and starts the second.
    fn else_list(&mut self, delim: Token) {
        let Some(mut open) = self.open.pop() else { return };
        self.ranges -= usize::from(matches!(open.opener, Opener::Range(_)));
        open.then = Some(self.list(&open, delim.start));
        self.open.push(open);
    }

    fn end(&mut self, delim: Token) -> Parsed<()> {
        self.expect(TokenKind::RightDelim, "end")?;
        let end = self.lexer_end();
        loop {
            match self.open.pop() {
                Some(open) if !matches!(open.opener, Opener::File) => {
                    let chained = open.chained;
                    self.close_block(open, end);
                    if !chained {
                        return Ok(());
                    }
                }
                file => {
                    self.open.extend(file);
                    return Err(self.unexpected_end(delim, Opener::File, false));
                }
            }
        }
    }

    fn unexpected_end(&mut self, delim: Token, opener: Opener, is_else: bool) -> Broken {
        let context = match opener {
            Opener::Define(_) => Some("define clause"),
            Opener::Block { reached, .. } => {
                self.reached = reached;
                Some("block clause")
            }
            Opener::File | Opener::If(_) | Opener::With(_) | Opener::Range(_) => None,
        };
        let end = self.lexer_end();
        self.report(ProblemKind::UnexpectedEnd { is_else, context }, delim.start, end)
    }

    /// The list of nodes that a block has read.
    fn list(&mut self, open: &Open, end: u32) -> NodeId {
        let nodes = self.take_pending(open.nodes);
        self.node(open.start, open.start, end, Shape::List(nodes))
    }

    fn close_block(&mut self, open: Open, end: u32) {
        let list = self.list(&open, end);
        self.variables.truncate(open.variables);
        match open.opener {
            Opener::File => {
                let name = self.tree.name.clone().into_bytes();
                self.add_define(name.into(), list, self.span(0, 0));
            }
            Opener::Define(definition) => self.close_definition(definition, list),
            Opener::Block { definition, pipe, pos, .. } => {
                self.close_definition(definition, list);
                let shape = Shape::Template { name: definition.name, pipe: Some(pipe) };
                let node = self.node(pos, open.start, definition.clause.end, shape);
                self.pending.push(node);
            }
            Opener::If(pipe) => self.close_branch(&open, pipe, list, end, Shape::If),
            Opener::With(pipe) => self.close_branch(&open, pipe, list, end, Shape::With),
            Opener::Range(pipe) => {
                self.ranges -= usize::from(open.then.is_none());
                self.close_branch(&open, pipe, list, end, Shape::Range);
            }
        }
    }

    fn close_branch(
        &mut self,
        open: &Open,
        pipe: NodeId,
        list: NodeId,
        end: u32,
        shape: fn(Branch) -> Shape,
    ) {
        let branch = match open.then {
            Some(then) => Branch { pipe, then, otherwise: Some(list) },
            None => Branch { pipe, then: list, otherwise: None },
        };
        let pos = self.tree.pos(pipe);
        let node = self.node(pos, open.start, end, shape(branch));
        self.pending.push(node);
    }

    fn close_definition(&mut self, definition: Definition, body: NodeId) {
        let name = self.tree.string(definition.name).into();
        self.variables_from = definition.variables_from;
        self.ranges = definition.ranges;
        self.add_define(name, body, definition.clause);
    }

    /// Adds a definition as `Tree.add` does: within one text a name has one body that is not empty.
    fn add_define(&mut self, name: Box<[u8]>, body: NodeId, clause: Span) {
        let empty = self.is_empty(body);
        let define = Define { name, body, empty, clause };
        match self.defined.get(&define.name) {
            None => {
                self.defined.insert(define.name.clone(), self.tree.defines.len());
                self.tree.defines.push(define);
            }
            Some(&earlier) if self.tree.defines[earlier].empty => {
                self.tree.defines[earlier] = define;
            }
            Some(_) if empty => {}
            Some(_) => {
                let kind = ProblemKind::MultipleDefinition { name: define.name };
                self.report(kind, clause.start, clause.end);
            }
        }
    }

    /// `IsEmptyTree`: nothing but space and comments.
    fn is_empty(&self, body: NodeId) -> bool {
        let Shape::List(nodes) = self.tree.shape(body) else { return true };
        self.tree.children(nodes).iter().all(|&node| match self.tree.shape(node) {
            Shape::Text { start, end } => is_blank(self.tree.slice(start, end)),
            _ => false,
        })
    }

    /// A pipeline up to `end`, which is read too.
    fn pipeline(&mut self, context: &'static str, end: TokenKind) -> Parsed<NodeId> {
        let pending = self.pending.len();
        let pipe = self.nested_pipelines(context, end);
        if pipe.is_err() {
            self.pending.truncate(pending);
        }
        pipe
    }

    /// A pipeline and all that stand in its parentheses.
    fn nested_pipelines(&mut self, context: &'static str, end: TokenKind) -> Parsed<NodeId> {
        let start = self.peek_non_space().start;
        let mut pipe = self.open_pipe(context, end, start)?;
        self.around.clear();
        let mut state = State::BetweenCommands;
        loop {
            let token = match state {
                State::AfterOperand => self.next(),
                State::BetweenCommands | State::BeforeOperand => self.next_non_space(),
            };
            state = match (state, token.kind) {
                (State::BetweenCommands, kind) if kind == pipe.end => {
                    let closed = self.close_pipe(&pipe, token)?;
                    let Some(outer) = self.around.pop() else { return Ok(closed) };
                    pipe = outer;
                    self.operand(closed)?;
                    State::AfterOperand
                }
                (State::BetweenCommands, kind) if starts_operand(kind) => {
                    self.backup();
                    pipe.operands = self.pending.len();
                    pipe.command_pos = token.start;
                    State::BeforeOperand
                }
                (State::BetweenCommands, _) => return Err(self.unexpected(token, pipe.context)),
                (State::BeforeOperand, TokenKind::LeftParen) => {
                    if self.around.len() == MAX_PARENS {
                        return Err(self.report(ProblemKind::TooDeep, token.start, token.end));
                    }
                    let inner = self.open_pipe(PARENTHESES, TokenKind::RightParen, token.start)?;
                    self.around.push(std::mem::replace(&mut pipe, inner));
                    State::BetweenCommands
                }
                (State::BeforeOperand, _) => {
                    if let Some(term) = self.term(token)? {
                        self.operand(term)?;
                    }
                    State::AfterOperand
                }
                (State::AfterOperand, TokenKind::Space) => State::BeforeOperand,
                (State::AfterOperand, TokenKind::Pipe) => self.close_command(&pipe),
                (State::AfterOperand, TokenKind::RightDelim | TokenKind::RightParen) => {
                    self.backup();
                    self.close_command(&pipe)
                }
                (State::AfterOperand, _) => return Err(self.unexpected(token, "operand")),
            };
        }
    }

    /// The start of a pipeline, with the variables that it sets.
    fn open_pipe(&mut self, context: &'static str, end: TokenKind, start: u32) -> Parsed<OpenPipe> {
        let pos = self.peek_non_space().start;
        let names = self.tree.names.len() as u32;
        let mut pipe = OpenPipe {
            context,
            end,
            start,
            pos,
            variables: NodeRange { start: names, end: names },
            assigns: false,
            commands: self.pending.len(),
            operands: 0,
            command_pos: pos,
        };
        while self.variable(&mut pipe)? {}
        Ok(pipe)
    }

    /// Reads `$x :=`, `$x =` or `$x,`; true if another variable may follow.
    fn variable(&mut self, pipe: &mut OpenPipe) -> Parsed<bool> {
        let variable = self.peek_non_space();
        if variable.kind != TokenKind::Variable {
            return Ok(false);
        }
        self.next();
        let after = self.peek();
        let next = self.peek_non_space();
        match next.kind {
            TokenKind::Assign | TokenKind::Declare => {
                pipe.assigns = next.kind == TokenKind::Assign;
                self.next_non_space();
                self.set_variable(pipe, variable);
                Ok(false)
            }
            TokenKind::Other if self.slice(next) == b"," => {
                self.next_non_space();
                self.set_variable(pipe, variable);
                self.second_variable(pipe, next)
            }
            _ => {
                // No declaration: all that was read is read again.
                self.tokens[1] = after;
                self.peeked = if after.kind == TokenKind::Space { 3 } else { 2 };
                self.tokens[self.peeked - 1] = variable;
                Ok(false)
            }
        }
    }

    fn set_variable(&mut self, pipe: &mut OpenPipe, variable: Token) {
        let name = Name { start: variable.start, end: variable.end };
        self.tree.names.push(name);
        pipe.variables.end += 1;
        self.variables.push(name);
    }

    /// What follows the comma behind a variable.
    fn second_variable(&mut self, pipe: &OpenPipe, comma: Token) -> Parsed<bool> {
        if pipe.context != "range" || pipe.variables.len() > 1 {
            let kind = ProblemKind::TooManyDeclarations { context: pipe.context };
            return Err(self.report(kind, comma.start, comma.end));
        }
        let next = self.peek_non_space();
        match next.kind {
            TokenKind::Variable | TokenKind::RightDelim | TokenKind::RightParen => Ok(true),
            _ => Err(self.report(ProblemKind::RangeOnlyVariables, next.start, next.end)),
        }
    }

    fn close_command(&mut self, pipe: &OpenPipe) -> State {
        let end = self.pending.last().map_or(pipe.command_pos, |&last| self.tree.span(last).end);
        let start = self.pending.get(pipe.operands).map(|&first| self.tree.span(first).start);
        let operands = self.take_pending(pipe.operands);
        let start = start.unwrap_or(pipe.command_pos);
        let command = self.node(pipe.command_pos, start, end, Shape::Command(operands));
        self.pending.push(command);
        State::BetweenCommands
    }

    /// `checkPipeline`, and the node.
    fn close_pipe(&mut self, pipe: &OpenPipe, end: Token) -> Parsed<NodeId> {
        let parenthesized = pipe.end == TokenKind::RightParen;
        let last = self.pending.last().filter(|_| self.pending.len() > pipe.commands);
        let Some(&last) = last else {
            let kind = ProblemKind::MissingValue { context: pipe.context };
            return Err(self.report(kind, pipe.start, end.end));
        };
        if let Some((stage, command)) = self.not_executable(pipe) {
            let span = self.tree.span(command);
            return Err(self.report(ProblemKind::NonExecutable { stage }, span.start, span.end));
        }
        let end = if parenthesized { end.end } else { self.tree.span(last).end };
        let commands = self.take_pending(pipe.commands);
        let &OpenPipe { variables, assigns, .. } = pipe;
        Ok(self.node(pipe.pos, pipe.start, end, Shape::Pipe { variables, assigns, commands }))
    }

    /// The first command behind a bar that is a constant, and its one-based number.
    fn not_executable(&self, pipe: &OpenPipe) -> Option<(usize, NodeId)> {
        let commands = self.pending.get(pipe.commands..)?;
        let constant = |command: &NodeId| match self.tree.shape(*command) {
            Shape::Command(operands) => self
                .tree
                .children(operands)
                .first()
                .is_some_and(|&first| is_literal(self.tree.shape(first))),
            _ => false,
        };
        let found = commands.iter().skip(1).position(constant)?;
        Some((found + 2, commands[found + 1]))
    }

    /// A term with the fields behind it, as the next operand of the command.
    fn operand(&mut self, term: NodeId) -> Parsed<()> {
        let first = self.peek();
        let operand = if first.kind == TokenKind::Field { self.chain(term, first)? } else { term };
        self.pending.push(operand);
        Ok(())
    }

    fn chain(&mut self, term: NodeId, first: Token) -> Parsed<NodeId> {
        let from = self.tree.names.len() as u32;
        let mut end = first.end;
        while self.peek().kind == TokenKind::Field {
            let field = self.next();
            self.tree.names.push(Name { start: field.start + 1, end: field.end });
            end = field.end;
        }
        let fields = NodeRange { start: from, end: self.tree.names.len() as u32 };
        let start = self.tree.span(term).start;
        let joined = |names: NodeRange| NodeRange { start: names.start, end: fields.end };
        let shape = match self.tree.shape(term) {
            Shape::Field(names) => Shape::Field(joined(names)),
            Shape::Variable(names) => Shape::Variable(joined(names)),
            shape if is_literal(shape) => {
                let kind = ProblemKind::DotAfterTerm { term };
                return Err(self.report(kind, start, end));
            }
            _ => Shape::Chain { of: term, fields },
        };
        Ok(self.node(first.start, start, end, shape))
    }

    /// The term that starts with `token`; None, and the token unread, if none does.
    fn term(&mut self, token: Token) -> Parsed<Option<NodeId>> {
        let shape = match token.kind {
            TokenKind::Identifier => self.function(token)?,
            TokenKind::Dot => Shape::Dot,
            TokenKind::Nil => Shape::Nil,
            TokenKind::Variable => self.use_variable(token)?,
            TokenKind::Field => Shape::Field(self.name(token.start + 1, token.end)),
            TokenKind::Bool => Shape::Bool(self.slice(token) == b"true"),
            TokenKind::Char | TokenKind::Complex | TokenKind::Number => self.number(token)?,
            TokenKind::String | TokenKind::RawString => Shape::Str(self.literal(token)?),
            _ => {
                self.backup();
                return Ok(None);
            }
        };
        Ok(Some(self.token_node(token, shape)))
    }

    fn name(&mut self, start: u32, end: u32) -> NodeRange {
        self.tree.names.push(Name { start, end });
        let names = self.tree.names.len() as u32;
        NodeRange { start: names - 1, end: names }
    }

    fn function(&mut self, token: Token) -> Parsed<Shape> {
        match (self.functions)(self.slice(token)) {
            Some(function) => Ok(Shape::Function(function)),
            None => Err(self.report(ProblemKind::UndefinedFunction, token.start, token.end)),
        }
    }

    fn use_variable(&mut self, token: Token) -> Parsed<Shape> {
        let name = self.slice(token);
        let visible = self.variables.get(self.variables_from..).unwrap_or_default();
        let is_it = |known: &Name| self.tree.slice(known.start, known.end) == name;
        if name == b"$" || visible.iter().rev().any(is_it) {
            return Ok(Shape::Variable(self.name(token.start, token.end)));
        }
        Err(self.report(ProblemKind::UndefinedVariable, token.start, token.end))
    }

    fn number(&mut self, token: Token) -> Parsed<Shape> {
        match number::parse(self.slice(token), token.kind) {
            Ok(number) => {
                self.tree.numbers.push(number);
                Ok(Shape::Number(self.tree.numbers.len() as u32 - 1))
            }
            Err(fault) => Err(self.report(ProblemKind::Number(fault), token.start, token.end)),
        }
    }
}

const PARENTHESES: &str = "parenthesized pipeline";

/// Where in a pipeline the parser is.
#[derive(Copy, Clone)]
enum State {
    BetweenCommands,
    BeforeOperand,
    AfterOperand,
}

fn starts_operand(kind: TokenKind) -> bool {
    use TokenKind::{
        Bool, Char, Complex, Dot, Field, Identifier, LeftParen, Nil, Number, RawString, String,
        Variable,
    };
    matches!(
        kind,
        Bool | Char
            | Complex
            | Dot
            | Field
            | Identifier
            | Number
            | Nil
            | RawString
            | String
            | Variable
            | LeftParen
    )
}

/// What can neither have fields nor take an argument.
fn is_literal(shape: Shape) -> bool {
    matches!(shape, Shape::Bool(_) | Shape::Str(_) | Shape::Number(_) | Shape::Nil | Shape::Dot)
}

/// Nothing but what Unicode calls space.
fn is_blank(text: &[u8]) -> bool {
    text.chars().all(char::is_whitespace)
}

//! What is wrong with a template's syntax, as data and in Go's words.

use crate::source::Span;
use crate::template::lex::{Fault, TokenKind};
use crate::template::literal::{quote, quote_start};
use crate::template::number::NumberFault;
use crate::template::{NodeId, Tree};
use crate::value::printable::is_printable;

/// A mistake in the syntax.
#[derive(Clone, Debug)]
pub struct Problem {
    pub kind: ProblemKind,
    /// The text that is wrong.
    pub span: Span,
    /// Where Go's parser had read to: the offset whose line its message names.
    pub(crate) reached: u32,
}

#[derive(Clone, Debug)]
pub enum ProblemKind {
    /// No token; if the action around it starts on another line, its offset.
    Fault {
        fault: Fault,
        action: Option<u32>,
    },
    /// A token that may not stand where it does.
    Unexpected {
        token: TokenKind,
        context: &'static str,
    },
    UnexpectedEof,
    /// `end` without a block; `else` if `is_else`. In a definition, which clause opened it.
    UnexpectedEnd {
        is_else: bool,
        context: Option<&'static str>,
    },
    /// A second `else`.
    ExpectedEnd,
    /// A pipeline without a command.
    MissingValue {
        context: &'static str,
    },
    /// A pipe into something that cannot take an argument; counts commands from one.
    NonExecutable {
        stage: usize,
    },
    TooManyDeclarations {
        context: &'static str,
    },
    RangeOnlyVariables,
    OutsideRange {
        is_continue: bool,
    },
    UndefinedFunction,
    UndefinedVariable,
    /// A field of a literal.
    DotAfterTerm {
        term: NodeId,
    },
    Number(NumberFault),
    /// A string literal with a wrong escape.
    InvalidString,
    TooDeep,
    /// A name that the file has defined already.
    MultipleDefinition {
        name: Box<[u8]>,
    },
}

impl Problem {
    /// The line that Go names.
    pub fn line(&self, tree: &Tree) -> usize {
        tree.line_column(self.reached).0
    }

    /// The message in Go's words, without its place.
    pub fn message(&self, tree: &Tree) -> String {
        let text = tree.slice(self.span.start, self.span.end);
        match &self.kind {
            ProblemKind::Fault { fault, action } => self.fault(tree, *fault, *action),
            ProblemKind::Unexpected { token, context } => {
                format!("unexpected {} in {context}", token_text(*token, text))
            }
            ProblemKind::UnexpectedEof => "unexpected EOF".into(),
            ProblemKind::UnexpectedEnd { is_else, context } => {
                let word = if *is_else { "else" } else { "end" };
                let within = context.map(|context| format!(" in {context}")).unwrap_or_default();
                format!("unexpected {{{{{word}}}}}{within}")
            }
            ProblemKind::ExpectedEnd => "expected end; found {{else}}".into(),
            ProblemKind::MissingValue { context } => format!("missing value for {context}"),
            ProblemKind::NonExecutable { stage } => {
                format!("non executable command in pipeline stage {stage}")
            }
            ProblemKind::TooManyDeclarations { context } => {
                format!("too many declarations in {context}")
            }
            ProblemKind::RangeOnlyVariables => "range can only initialize variables".into(),
            ProblemKind::OutsideRange { is_continue } => {
                let word = if *is_continue { "continue" } else { "break" };
                format!("{{{{{word}}}}} outside {{{{range}}}}")
            }
            ProblemKind::UndefinedFunction => format!("function {} not defined", quote(text)),
            ProblemKind::UndefinedVariable => format!("undefined variable {}", quote(text)),
            ProblemKind::DotAfterTerm { term } => {
                format!("unexpected . after term {}", quote(&tree.print(*term)))
            }
            ProblemKind::Number(fault) => number_fault(*fault, text),
            ProblemKind::InvalidString => "invalid syntax".into(),
            ProblemKind::TooDeep => "max expression depth exceeded".into(),
            ProblemKind::MultipleDefinition { name } => {
                format!("template: multiple definition of template {}", quote(name))
            }
        }
    }

    fn fault(&self, tree: &Tree, fault: Fault, action: Option<u32>) -> String {
        let text = tree.slice(self.span.start, self.span.end);
        let message = match fault {
            Fault::UnclosedComment => "unclosed comment".into(),
            Fault::CommentEndsEarly => "comment ends before closing delimiter".into(),
            Fault::UnclosedAction => "unclosed action".into(),
            Fault::UnclosedParen => "unclosed left paren".into(),
            Fault::UnexpectedParen => "unexpected right paren".into(),
            Fault::ExpectedDeclare => "expected :=".into(),
            Fault::UnterminatedChar => "unterminated character constant".into(),
            Fault::UnterminatedString => "unterminated quoted string".into(),
            Fault::UnterminatedRawString => "unterminated raw quoted string".into(),
            Fault::BadNumber => format!("bad number syntax: {}", quote(text)),
            Fault::BadCharacter(c) => format!("bad character {}", code_point(c)),
            Fault::UnrecognizedCharacter(c) => {
                format!("unrecognized character in action: {}", code_point(c))
            }
        };
        let Some(action) = action else { return message };
        let in_action = if fault == Fault::UnclosedAction { "" } else { " in action" };
        format!("{message}{in_action} started at {}:{}", tree.name, tree.line_column(action).0)
    }
}

/// `item.String` of `parse/lex.go`.
fn token_text(token: TokenKind, text: &[u8]) -> String {
    if token == TokenKind::Eof {
        "EOF".into()
    } else if token.is_keyword() {
        format!("<{}>", String::from_utf8_lossy(text))
    } else if text.len() > 10 {
        format!("{}...", quote_start(text))
    } else {
        quote(text)
    }
}

fn number_fault(fault: NumberFault, text: &[u8]) -> String {
    match fault {
        NumberFault::Illegal => format!("illegal number syntax: {}", quote(text)),
        NumberFault::Overflow => format!("integer overflow: {}", quote(text)),
        NumberFault::MalformedChar => {
            format!("malformed character constant: {}", String::from_utf8_lossy(text))
        }
        NumberFault::InvalidChar => "invalid syntax".into(),
        NumberFault::Complex => "syntax error scanning complex number".into(),
    }
}

/// Go's `%#U`.
fn code_point(c: char) -> String {
    let code = c as u32;
    if is_printable(c) { format!("U+{code:04X} '{c}'") } else { format!("U+{code:04X}") }
}

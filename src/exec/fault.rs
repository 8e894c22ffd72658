//! What can go wrong while a template runs, as data and in the words of text/template.

use crate::program::{Code, LiteralFault, MistakeKind, count};
use crate::template::{NodeId, Shape, Tree, quote};
use crate::value::Exceeded;
use crate::value::runes::lossy;

/// Why execution ends.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// A field of a nil interface.
    NilPointer {
        field: Box<str>,
    },
    /// A field of what has none of that name.
    NoField {
        field: Box<str>,
        ty: Box<str>,
    },
    /// In strict mode: a key that the map does not have.
    MissingKey {
        field: Box<str>,
    },
    /// In strict mode: a field of nothing at all.
    NilData {
        field: Box<str>,
    },
    /// Arguments for the entry of a map.
    EntryWithArguments {
        field: Box<str>,
    },
    /// Arguments for the field of a struct.
    FieldWithArguments {
        field: Box<str>,
    },
    /// The wrong number of arguments for a method.
    Count {
        name: Box<str>,
        want: usize,
        at_least: bool,
        got: usize,
    },
    WrongType {
        expected: &'static str,
        found: Box<str>,
    },
    /// Nothing at all where a value of the type is asked for.
    InvalidValue {
        expected: &'static str,
    },
    /// A literal as an argument of a method.
    Literal(LiteralFault),
    /// `range` over a value that it cannot iterate over, as `%v` prints it.
    NotIterable {
        value: String,
    },
    /// A field of a Go struct that templates may not see.
    UnexportedField {
        field: Box<str>,
        ty: Box<str>,
    },
    /// `range` over a number with two variables.
    TwoVariables {
        value: String,
    },
    UndefinedTemplate {
        name: Box<[u8]>,
    },
    /// `template` calls within each other beyond Go's limit.
    TemplateDepth {
        max: usize,
    },
    /// What was known when the template was compiled.
    Mistake(MistakeKind),
    /// A function failed.
    Function {
        name: &'static str,
        cause: Cause,
    },
    /// text/template refuses to call the function.
    Uncallable(String),
    /// A limit of ours.
    Limit(Limit),
}

/// Why a function failed.
#[derive(Clone, Debug)]
pub(crate) enum Cause {
    /// It says so itself.
    Text(String),
    /// `fail` or `required`: the chart's own message.
    Chart(String),
    /// `include` of a name that no template has.
    NoTemplate { name: Box<[u8]> },
    /// `include` of one template within itself beyond Helm's limit.
    Recursion { name: Box<[u8]> },
    /// `tpl` of a text with a syntax error: the text, and what Go says of it.
    Syntax { text: Box<[u8]>, problem: String },
}

/// What a render used up.
#[derive(Clone, Debug)]
pub(crate) enum Limit {
    Output(usize),
    Steps(u64),
    Depth(usize),
    TplDepth(usize),
    Memory(usize),
    /// A value that is to be printed.
    Print(Exceeded),
    /// A function's own.
    Function {
        name: &'static str,
        text: String,
    },
}

/// The name that the root template of Helm's engine has, and with it all that `tpl` runs.
pub(crate) const ROOT: &str = "gotpl";

impl Fault {
    /// The variable of a node, which the code that would declare it has not reached.
    pub(crate) fn undefined_variable(code: &Code, node: NodeId) -> Fault {
        let mut name = Box::default();
        if let Shape::Variable(names) = code.tree.shape(node) {
            name = code.tree.names(names).next().unwrap_or_default().into();
        }
        Fault::Mistake(MistakeKind::UndefinedVariable { name })
    }

    /// Go's message without place and chain; nodes are those of `tree`.
    pub(crate) fn text(&self, tree: &Tree) -> String {
        match self {
            Fault::NilPointer { field } => format!("nil pointer evaluating interface {{}}.{field}"),
            Fault::NoField { field, ty } => format!("can't evaluate field {field} in type {ty}"),
            Fault::UnexportedField { field, ty } => {
                format!("{field} is an unexported field of struct type {ty}")
            }
            Fault::MissingKey { field } => format!("map has no entry for key {}", quoted(field)),
            Fault::NilData { field } => format!("nil data; no entry for key {}", quoted(field)),
            Fault::EntryWithArguments { field } => {
                format!("{field} is not a method but has arguments")
            }
            Fault::FieldWithArguments { field } => {
                format!("{field} has arguments but cannot be invoked as function")
            }
            Fault::Count { name, want, at_least, got } => count(name, *want, *at_least, *got),
            Fault::WrongType { expected, found } => {
                format!("wrong type for value; expected {expected}; got {found}")
            }
            Fault::InvalidValue { expected } => format!("invalid value; expected {expected}"),
            Fault::Literal(fault) => fault.text(tree),
            Fault::NotIterable { value } => format!("range can't iterate over {value}"),
            Fault::TwoVariables { value } => {
                format!("can't use {value} to iterate over more than one variable")
            }
            Fault::UndefinedTemplate { name } => format!("template {} not defined", quote(name)),
            Fault::TemplateDepth { max } => format!("exceeded maximum template depth ({max})"),
            Fault::Mistake(mistake) => mistake.text(tree),
            Fault::Function { name, cause } => format!("error calling {name}: {}", cause.text()),
            Fault::Uncallable(text) => text.clone(),
            Fault::Limit(limit) => limit.text(),
        }
    }

    /// What went wrong in one line, for people who do not need Go's chain.
    pub(crate) fn message(&self, tree: &Tree) -> String {
        if let Fault::Function { cause: Cause::Chart(message), .. } = self {
            return message.clone();
        }
        if let Fault::Function { cause: Cause::NoTemplate { name }, .. } = self {
            return format!("template {} not defined", quote(name));
        }
        self.text(tree)
    }
}

impl Cause {
    /// The text of Go's error.
    pub(crate) fn text(&self) -> String {
        match self {
            Cause::Text(text) | Cause::Chart(text) => text.clone(),
            Cause::NoTemplate { name } => {
                format!("template: no template {} associated with template \"{ROOT}\"", quote(name))
            }
            Cause::Recursion { name } => format!(
                "rendering template has a nested reference name: {}: unable to execute template",
                lossy(name)
            ),
            Cause::Syntax { text, problem } => {
                format!("cannot parse template {}: {problem}", quote(text))
            }
        }
    }
}

impl Limit {
    fn text(&self) -> String {
        match self {
            Limit::Output(max) => format!("the output is larger than {max} bytes"),
            Limit::Steps(max) => format!("more than {max} rounds of loops and calls"),
            Limit::Depth(max) => format!("more than {max} calls of templates within each other"),
            Limit::TplDepth(max) => format!("more than {max} texts of `tpl` within each other"),
            Limit::Memory(max) => format!("the values take more than {max} bytes of memory"),
            Limit::Print(exceeded) => exceeded.to_string(),
            Limit::Function { name, text } => format!("error calling {name}: {text}"),
        }
    }
}

fn quoted(text: &str) -> String {
    quote(text.as_bytes())
}

//! Literals as values of the type that is asked for (`evalArg` and `idealConstant` in
//! `text/template/exec.go`).

use crate::funcs::{NamedKind, Type};
use crate::program::mistake::LiteralFault;
use crate::template::{NodeId, Number, Shape, Tree};
use crate::value::{Data, Rare, Value};

/// The name of a parameter's type as Go prints it.
pub(crate) fn type_name(ty: Type) -> &'static str {
    match ty {
        Type::Any => "interface {}",
        Type::Bool => "bool",
        Type::Int => "int",
        Type::Uint32 => "uint32",
        Type::Float64 => "float64",
        Type::String => "string",
        Type::Map => "map[string]interface {}",
        Type::List => "[]interface {}",
        Type::Time => "time.Time",
        Type::Certificate => "sprig.certificate",
        Type::Named(name, _) => name,
    }
}

/// Whether `nil` can be an argument (`canBeNil`).
pub(crate) fn can_be_nil(ty: Type) -> bool {
    match ty {
        Type::Any | Type::Map | Type::List => true,
        Type::Named(_, kind) => kind != NamedKind::Int,
        Type::Bool
        | Type::Int
        | Type::Uint32
        | Type::Float64
        | Type::String
        | Type::Time
        | Type::Certificate => false,
    }
}

/// A literal node as an argument of a parameter of that type; None if the node is no literal.
pub(crate) fn argument(tree: &Tree, node: NodeId, ty: Type) -> Option<Result<Value, LiteralFault>> {
    let found = Literal::of(tree, node)?;
    Some(match found {
        Literal::Nil if can_be_nil(ty) => Ok(Value::NIL),
        Literal::Nil => Err(LiteralFault::Nil { ty: type_name(ty) }),
        Literal::Bool(_) | Literal::Number(_) | Literal::Str(_) => typed(tree, node, found, ty),
    })
}

/// A literal node as a value of the type that its own spelling tells.
pub(crate) fn ideal(tree: &Tree, node: NodeId) -> Option<Result<Value, LiteralFault>> {
    Some(Literal::of(tree, node)?.ideal(tree, node))
}

#[derive(Copy, Clone)]
enum Literal<'a> {
    Nil,
    Bool(bool),
    Number(Number),
    Str(&'a [u8]),
}

impl<'a> Literal<'a> {
    fn of(tree: &'a Tree, node: NodeId) -> Option<Literal<'a>> {
        match tree.shape(node) {
            Shape::Nil => Some(Literal::Nil),
            Shape::Bool(value) => Some(Literal::Bool(value)),
            Shape::Number(index) => Some(Literal::Number(tree.number(index))),
            Shape::Str(index) => Some(Literal::Str(tree.string(index))),
            Shape::List(_)
            | Shape::Text { .. }
            | Shape::Action(_)
            | Shape::If(_)
            | Shape::With(_)
            | Shape::Range(_)
            | Shape::Template { .. }
            | Shape::Break
            | Shape::Continue
            | Shape::Pipe { .. }
            | Shape::Command(_)
            | Shape::Function(_)
            | Shape::Dot
            | Shape::Field(_)
            | Shape::Variable(_)
            | Shape::Chain { .. }
            | Shape::Broken => None,
        }
    }

    fn ideal(self, tree: &Tree, node: NodeId) -> Result<Value, LiteralFault> {
        match self {
            Literal::Nil => Ok(Value::NIL),
            Literal::Bool(value) => Ok(value.into()),
            Literal::Str(text) => Ok(Value::text(text)),
            Literal::Number(number) => ideal_number(tree, node, number),
        }
    }

    fn number(self) -> Number {
        match self {
            Literal::Number(number) => number,
            Literal::Nil | Literal::Bool(_) | Literal::Str(_) => Number::default(),
        }
    }
}

fn typed(tree: &Tree, node: NodeId, literal: Literal<'_>, ty: Type) -> Result<Value, LiteralFault> {
    let number = literal.number();
    let (what, value) = match ty {
        Type::Any => return literal.ideal(tree, node),
        Type::Bool => ("bool", as_bool(literal)),
        Type::String => ("string", as_text(literal)),
        Type::Int => ("integer", number.int.map(Value::int)),
        Type::Uint32 => ("unsigned integer", number.uint.map(uint32)),
        Type::Float64 => ("float", number.float.map(Value::from)),
        Type::Named(name, NamedKind::Int) => {
            ("integer", number.int.map(|int| sized(name, int.into())))
        }
        Type::Map | Type::List | Type::Time | Type::Certificate | Type::Named(..) => {
            return Err(LiteralFault::Unfit { found: node, ty: type_name(ty) });
        }
    };
    value.ok_or(LiteralFault::Expected { what, found: node })
}

fn as_bool(literal: Literal<'_>) -> Option<Value> {
    let Literal::Bool(value) = literal else { return None };
    Some(value.into())
}

fn as_text(literal: Literal<'_>) -> Option<Value> {
    let Literal::Str(text) = literal else { return None };
    Some(Value::text(text))
}

/// Go sets the value and lets what does not fit fall off.
fn uint32(value: u64) -> Value {
    sized("uint32", i128::from(value as u32))
}

fn sized(name: &'static str, value: i128) -> Value {
    Rare::Sized(name, value).into()
}

/// `idealConstant`: the spelling decides between int, float and complex.
fn ideal_number(tree: &Tree, node: NodeId, number: Number) -> Result<Value, LiteralFault> {
    let span = tree.span(node);
    let text = tree.slice(span.start, span.end);
    if let Some((real, imaginary)) = number.complex {
        return Ok(Rare::Complex(real, imaginary).into());
    }
    match number {
        Number { float: Some(float), .. } if looks_like_float(text) => Ok(float.into()),
        Number { int: Some(int), .. } => Ok(Data::Int(int).into()),
        _ => Err(LiteralFault::Overflow { found: node }),
    }
}

fn looks_like_float(text: &[u8]) -> bool {
    let holds = |set: &[u8]| text.iter().any(|byte| set.contains(byte));
    let rune = text.starts_with(b"'");
    let hex_int = (text.starts_with(b"0x") || text.starts_with(b"0X")) && !holds(b"pP");
    !rune && !hex_int && holds(b".eEpP")
}

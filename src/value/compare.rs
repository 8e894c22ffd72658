//! `eq` and `lt` of text/template, which the other comparisons are made of.
//!
//! After `text/template/funcs.go`: values of one basic kind compare, integers whatever their
//! size and sign; equality is also known to what Go's `==` compares.

use crate::value::runes::lossy;
use std::cmp::Ordering;
use std::fmt;
use std::rc::Rc;

use crate::value::print::{self, Flags};
use crate::value::{Data, Exceeded, Kind, List, Map, Rare, Struct, Value};

/// Why two values cannot be compared, in Go's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompareError(String);

impl fmt::Display for CompareError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How much of a value that cannot be compared an error may quote.
const MAX_QUOTED: usize = 1 << 20;

/// A basic kind with its value.
#[derive(Copy, Clone)]
enum Basic<'a> {
    Bool(bool),
    Complex(f64, f64),
    /// Of any size and sign.
    Int(i128),
    Float(f64),
    String(&'a [u8]),
}

fn basic(value: &Value) -> Option<Basic<'_>> {
    match &value.data {
        Data::Bool(value) => Some(Basic::Bool(*value)),
        Data::Int(value) | Data::Int64(value) => Some(Basic::Int(i128::from(*value))),
        Data::Float(value) => Some(Basic::Float(*value)),
        Data::Str(text) => Some(Basic::String(text)),
        Data::Nil | Data::List(_) | Data::Map(_) => None,
        Data::Rare(rare) => match &**rare {
            Rare::Complex(re, im) => Some(Basic::Complex(*re, *im)),
            Rare::Sized(_, value) => Some(Basic::Int(*value)),
            Rare::Bytes(_) | Rare::Struct(_) | Rare::Files(_) | Rare::Time(_) => None,
        },
    }
}

/// `a == b` as `eq` has it for two arguments.
pub fn eq(a: &Value, b: &Value) -> Result<bool, CompareError> {
    match (basic(a), basic(b)) {
        (Some(Basic::String(a)), Some(Basic::String(b))) => Ok(a == b),
        (Some(Basic::Int(a)), Some(Basic::Int(b))) => Ok(a == b),
        (Some(Basic::Bool(a)), Some(Basic::Bool(b))) => Ok(a == b),
        (Some(Basic::Float(a)), Some(Basic::Float(b))) => Ok(a == b),
        (Some(Basic::Complex(ar, ai)), Some(Basic::Complex(br, bi))) => Ok(ar == br && ai == bi),
        (None, None) => eq_others(a, b),
        _ if a.is_nil() || b.is_nil() => Ok(false),
        _ => Err(incompatible(a, b)),
    }
}

/// `a < b`
pub fn lt(a: &Value, b: &Value) -> Result<bool, CompareError> {
    let (Some(basic_a), Some(basic_b)) = (basic(a), basic(b)) else {
        return Err(invalid());
    };
    match (basic_a, basic_b) {
        (Basic::String(a), Basic::String(b)) => Ok(a < b),
        (Basic::Int(a), Basic::Int(b)) => Ok(a < b),
        (Basic::Float(a), Basic::Float(b)) => Ok(a.partial_cmp(&b) == Some(Ordering::Less)),
        (Basic::Bool(_), Basic::Bool(_)) | (Basic::Complex(..), Basic::Complex(..)) => {
            Err(invalid())
        }
        _ => Err(incompatible(a, b)),
    }
}

/// Equality of what has no basic kind: nil, and Go's `==`.
fn eq_others(a: &Value, b: &Value) -> Result<bool, CompareError> {
    let (kind_a, kind_b) = (a.kind(), b.kind());
    if kind_a != kind_b && kind_a != Kind::Invalid && kind_b != Kind::Invalid {
        return Err(not_comparable_types(a, b));
    }
    if is_nil(a) || is_nil(b) {
        return Ok(is_nil(a) == is_nil(b));
    }
    match (&a.data, &b.data) {
        (Data::Rare(a), Data::Rare(b)) if matches!(kind_b, Kind::Struct | Kind::Pointer) => {
            Ok(Rc::ptr_eq(a, b) || same_struct(a, b))
        }
        _ => Err(not_comparable_type(b)),
    }
}

/// A nil, or a nil slice.
fn is_nil(value: &Value) -> bool {
    value.is_nil()
        || value.as_list().is_some_and(List::is_nil)
        || value.as_map().is_some_and(Map::is_nil)
}

/// Go's `==` of two structs; pointers are the same or not.
fn same_struct(a: &Rare, b: &Rare) -> bool {
    match (a, b) {
        (Rare::Time(a), Rare::Time(b)) => a == b,
        (Rare::Struct(a), Rare::Struct(b)) => {
            let same_field = |(one, other): (&(&str, Value), &(&str, Value))| {
                eq(&one.1, &other.1).unwrap_or(false)
            };
            !is_pointer(a)
                && a.type_name == b.type_name
                && a.fields.iter().zip(&b.fields).all(same_field)
        }
        _ => false,
    }
}

fn is_pointer(value: &Struct) -> bool {
    value.type_name.starts_with('*')
}

fn invalid() -> CompareError {
    CompareError("invalid type for comparison".to_owned())
}

fn incompatible(a: &Value, b: &Value) -> CompareError {
    let (a, b) = (a.type_name(), b.type_name());
    CompareError(format!("incompatible types for comparison: {a} and {b}"))
}

fn not_comparable_types(a: &Value, b: &Value) -> CompareError {
    let (type_a, type_b) = (a.type_name(), b.type_name());
    quoted(|| {
        let (a, b) = (in_words(a, 's')?, in_words(b, 'v')?);
        Ok(format!("non-comparable types {a}: {type_a}, {type_b}: {b}"))
    })
}

fn not_comparable_type(value: &Value) -> CompareError {
    quoted(|| Ok(format!("non-comparable type {}: {}", in_words(value, 's')?, value.type_name())))
}

fn quoted(message: impl FnOnce() -> Result<String, Exceeded>) -> CompareError {
    CompareError(message().unwrap_or_else(|exceeded| exceeded.to_string()))
}

fn in_words(value: &Value, verb: char) -> Result<String, Exceeded> {
    let mut out = Vec::new();
    print::format(&mut out, value, verb, Flags::default(), MAX_QUOTED)?;
    Ok(lossy(&out))
}

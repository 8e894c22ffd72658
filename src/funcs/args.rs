//! Arguments as the Rust types that a function asks for.
//!
//! The machine checked the arguments against [`Func::params`](super::Func::params), so nothing can
//! be wrong with them here: an argument of another type reads as the zero value of its type.

use crate::origin::Src;
use crate::value::{Data, List, Map, Rare, Value};

/// An argument that may be anything.
pub(crate) fn any(args: &[Value], index: usize) -> &Value {
    args.get(index).unwrap_or(&Value::NIL)
}

pub(crate) fn text(args: &[Value], index: usize) -> &[u8] {
    match &any(args, index).data {
        Data::Str(text) => text,
        Data::Nil | Data::Bool(_) | Data::Int(_) | Data::Int64(_) | Data::Float(_) => &[],
        Data::List(_) | Data::Map(_) | Data::Rare(_) => &[],
    }
}

/// A text whose bytes go on into the result, and its source.
pub(crate) fn traced(args: &[Value], index: usize) -> (&[u8], Src) {
    (text(args, index), any(args, index).src)
}

/// An `int`, `int64` or other integer.
pub(crate) fn int(args: &[Value], index: usize) -> i64 {
    match &any(args, index).data {
        Data::Int(int) | Data::Int64(int) => *int,
        Data::Rare(rare) => match **rare {
            Rare::Sized(_, int) => int as i64,
            Rare::Complex(..) | Rare::Bytes(_) | Rare::Struct(_) => 0,
            Rare::Files(_) | Rare::Time(_) => 0,
        },
        Data::Nil | Data::Bool(_) | Data::Float(_) | Data::Str(_) => 0,
        Data::List(_) | Data::Map(_) => 0,
    }
}

pub(crate) fn bool(args: &[Value], index: usize) -> bool {
    matches!(any(args, index).data, Data::Bool(true))
}

/// None also for a nil map.
pub(crate) fn map(args: &[Value], index: usize) -> Option<&Map> {
    match &any(args, index).data {
        Data::Map(map) => Some(map),
        Data::Nil | Data::Bool(_) | Data::Int(_) | Data::Int64(_) | Data::Float(_) => None,
        Data::Str(_) | Data::List(_) | Data::Rare(_) => None,
    }
}

/// None also for a nil list.
pub(crate) fn list(args: &[Value], index: usize) -> Option<&List> {
    match &any(args, index).data {
        Data::List(list) => Some(list),
        Data::Nil | Data::Bool(_) | Data::Int(_) | Data::Int64(_) | Data::Float(_) => None,
        Data::Str(_) | Data::Map(_) | Data::Rare(_) => None,
    }
}

/// The value of one of the rare Go types.
pub(crate) fn rare(args: &[Value], index: usize) -> Option<&Rare> {
    match &any(args, index).data {
        Data::Rare(rare) => Some(rare),
        Data::Nil | Data::Bool(_) | Data::Int(_) | Data::Int64(_) | Data::Float(_) => None,
        Data::Str(_) | Data::List(_) | Data::Map(_) => None,
    }
}

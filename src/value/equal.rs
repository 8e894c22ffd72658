//! Go's `reflect.DeepEqual`, which `deepEqual`, `has`, `uniq` and `without` ask.

use std::rc::Rc;

use crate::value::{Data, Exceeded, List, MAX_DEPTH, Map, Rare, Struct, Value};

/// Whether both have the same type and the same contents. An `int` differs from a `float64`, a
/// nil slice from an empty one; what is one and the same is equal, even if it holds a NaN.
pub fn deep_equal(a: &Value, b: &Value) -> Result<bool, Exceeded> {
    equal(a, b, 0)
}

fn equal(a: &Value, b: &Value, depth: usize) -> Result<bool, Exceeded> {
    if depth > MAX_DEPTH {
        return Err(Exceeded::Depth);
    }
    Ok(match (&a.data, &b.data) {
        (Data::Nil, Data::Nil) => true,
        (Data::Bool(a), Data::Bool(b)) => a == b,
        (Data::Int(a), Data::Int(b)) | (Data::Int64(a), Data::Int64(b)) => a == b,
        (Data::Float(a), Data::Float(b)) => a == b,
        (Data::Str(a), Data::Str(b)) => a == b,
        (Data::List(a), Data::List(b)) => return equal_lists(a, b, depth),
        (Data::Map(a), Data::Map(b)) => return equal_maps(a, b, depth),
        (Data::Rare(a), Data::Rare(b)) => return equal_rare(a, b, depth),
        _ => false,
    })
}

fn equal_lists(a: &List, b: &List, depth: usize) -> Result<bool, Exceeded> {
    let (items_a, items_b) = (a.as_slice(), b.as_slice());
    if a.kind != b.kind || a.is_nil() != b.is_nil() || items_a.len() != items_b.len() {
        return Ok(false);
    }
    if a.is_same(b) {
        return Ok(true);
    }
    all(items_a.iter().zip(items_b), depth)
}

fn equal_maps(a: &Map, b: &Map, depth: usize) -> Result<bool, Exceeded> {
    if a.kind != b.kind || a.len() != b.len() {
        return Ok(false);
    }
    if a.is_same(b) {
        return Ok(true);
    }
    let (a, b) = (a.borrow(), b.borrow());
    if !a.keys().eq(b.keys()) {
        return Ok(false);
    }
    all(a.values().zip(b.values()), depth)
}

fn equal_rare(a: &Rc<Rare>, b: &Rc<Rare>, depth: usize) -> Result<bool, Exceeded> {
    Ok(match (&**a, &**b) {
        (Rare::Complex(ar, ai), Rare::Complex(br, bi)) => ar == br && ai == bi,
        (Rare::Sized(name_a, a), Rare::Sized(name_b, b)) => name_a == name_b && a == b,
        (Rare::Bytes(a), Rare::Bytes(b)) => a == b,
        (Rare::Files(a), Rare::Files(b)) => a == b,
        (Rare::Time(a), Rare::Time(b)) => a == b,
        (Rare::Struct(a), Rare::Struct(b)) => return equal_structs(a, b, depth),
        _ => false,
    })
}

fn equal_structs(a: &Struct, b: &Struct, depth: usize) -> Result<bool, Exceeded> {
    if a.type_name != b.type_name {
        return Ok(false);
    }
    all(a.fields.iter().map(|field| &field.1).zip(b.fields.iter().map(|field| &field.1)), depth)
}

fn all<'a>(
    mut pairs: impl Iterator<Item = (&'a Value, &'a Value)>,
    depth: usize,
) -> Result<bool, Exceeded> {
    pairs.try_fold(true, |same, (a, b)| Ok(same && equal(a, b, depth + 1)?))
}

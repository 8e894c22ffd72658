//! When two values are the same to the API server (`apiequality.Semantic`).

use super::super::Version;
use super::super::quantity::Quantity;
use super::super::types::{Scalar, Shape, Struct, Type};
use super::tree::{Data, Keys, Tree};

/// Whether two values of a type are equal: what is not set equals Go's zero value, `1Gi` equals
/// `1024Mi`, and the order of keys means nothing.
///
/// Go tells a pointer that is nil from one to a zero value; the tables do not know pointers, so
/// that a change between the two goes unseen here.
pub(super) fn equal(
    a: Option<&Tree<'_>>,
    b: Option<&Tree<'_>>,
    shape: Shape,
    version: Version,
) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(one), None) | (None, Some(one)) => one.is_zero(),
        (Some(a), Some(b)) => equal_values(a, b, shape, version),
    }
}

pub(super) const ANY: Shape = Shape::One(Type::Scalar(Scalar::Any));

pub(super) fn shape_of(of: Struct, field: &str, version: Version) -> Shape {
    of.field(field, version).map_or(ANY, |field| field.shape)
}

fn equal_values(a: &Tree<'_>, b: &Tree<'_>, shape: Shape, version: Version) -> bool {
    match (&a.data, &b.data) {
        (Data::Map(_), Data::Map(_)) => equal_maps(a, b, shape, version),
        (Data::List(left), Data::List(right)) => {
            let item = match shape {
                Shape::List(item) => Shape::One(item),
                Shape::One(_) | Shape::Map(_) | Shape::MapOfLists(_) => ANY,
            };
            left.len() == right.len()
                && left.iter().zip(right).all(|(a, b)| equal(Some(a), Some(b), item, version))
        }
        _ if shape == Shape::One(Type::Scalar(Scalar::Quantity)) => quantity(a) == quantity(b),
        _ => (a.as_str(), a.as_i64(), a.as_bool()) == (b.as_str(), b.as_i64(), b.as_bool()),
    }
}

fn equal_maps(a: &Tree<'_>, b: &Tree<'_>, shape: Shape, version: Version) -> bool {
    let (in_a, in_b) = (Keys::of(Some(a)), Keys::of(Some(b)));
    let is_struct = matches!(shape, Shape::One(Type::Struct(_)));
    // A key of a map is there or not; a field that is not set has its zero value.
    let lacks = |value: &Tree<'_>| is_struct && value.is_zero();
    let equal_entry = |key: &str, value: &Tree<'_>| match in_b.get(key) {
        Some(other) => equal_values(value, other, entry_shape(shape, key, version), version),
        None => lacks(value),
    };
    a.entries().iter().all(|(key, value)| equal_entry(&key.text, value))
        && b.entries().iter().all(|(key, value)| in_a.has(&key.text) || lacks(value))
}

/// The shape of what stands under a key of a value of that shape.
fn entry_shape(shape: Shape, key: &str, version: Version) -> Shape {
    match shape {
        Shape::One(Type::Struct(of)) => shape_of(of, key, version),
        Shape::Map(item) => Shape::One(item),
        Shape::MapOfLists(item) => Shape::List(item),
        Shape::One(Type::Scalar(_)) | Shape::List(_) => ANY,
    }
}

pub(super) fn quantity(value: &Tree<'_>) -> Option<Quantity> {
    match &value.data {
        Data::Scalar(node) => Quantity::read(Some(*node)).ok(),
        Data::Text(text) => Quantity::parse(text).ok(),
        Data::Int(number) => Some(Quantity::units(*number)),
        Data::Null | Data::Bool(_) | Data::List(_) | Data::Map(_) => None,
    }
}

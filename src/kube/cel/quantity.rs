//! Quantities in CEL (`library/quantity.go`).

use std::any::Any;
use std::cmp::Ordering;

use cel::common::types::{CelBool, CelDouble, CelInt, CelString, Type};
use cel::common::value::{StaticVal, Val};
use cel::{DeclarationError, Env, ExecutionError, add_member_overload, add_overload};

use crate::kube::quantity::Quantity;

static TYPE: Type = Type::new_unspecified_type("kubernetes.Quantity");

/// An amount, as `quantity('1.5Gi')` makes it.
#[derive(Copy, Clone, Debug)]
struct Amount(Quantity);

impl Val for Amount {
    fn get_type(&self) -> &Type {
        &TYPE
    }

    fn cel_type() -> &'static Type {
        &TYPE
    }

    fn equals(&self, other: &dyn Val) -> bool {
        other.downcast_ref::<Amount>().is_some_and(|other| other.0 == self.0)
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v> {
        Box::new(*self)
    }

    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }
}

impl StaticVal for Amount {}

pub(super) fn extension(env: &mut Env) -> Result<(), DeclarationError> {
    env.add_type(TYPE.to_owned())?;
    add_overload!(env, fn quantity: (CelString) -> Result<Amount>)?;
    add_overload!(env, fn is_quantity: (CelString) -> CelBool)?;
    add_member_overload!(env, fn is_integer: (Amount) -> CelBool)?;
    add_member_overload!(env, fn as_integer: (Amount) -> Result<CelInt>)?;
    add_member_overload!(env, fn as_approximate_float: (Amount) -> CelDouble)?;
    add_member_overload!(env, fn sign: (Amount) -> CelInt)?;
    add_member_overload!(env, fn is_greater_than: (Amount, Amount) -> CelBool)?;
    add_member_overload!(env, fn is_less_than: (Amount, Amount) -> CelBool)?;
    add_member_overload!(env, fn compare_to: (Amount, Amount) -> CelInt)?;
    add_member_overload!(env, fn add: (Amount, Amount) -> Amount)?;
    add_member_overload!(env, fn add_int: (Amount, CelInt) -> Amount, name = "add")?;
    add_member_overload!(env, fn sub: (Amount, Amount) -> Amount)?;
    add_member_overload!(env, fn sub_int: (Amount, CelInt) -> Amount, name = "sub")?;
    Ok(())
}

fn quantity(text: &CelString<'_>) -> Result<Amount, ExecutionError> {
    let parsed = Quantity::parse(text.inner());
    parsed.map(Amount).map_err(|error| ExecutionError::function_error("quantity", error.message()))
}

fn is_quantity(text: &CelString<'_>) -> CelBool {
    CelBool::from(Quantity::parse(text.inner()).is_ok())
}

fn is_integer(this: &Amount) -> CelBool {
    CelBool::from(this.0 == Quantity::units(this.0.value()))
}

fn as_integer(this: &Amount) -> Result<CelInt, ExecutionError> {
    let whole = this.0.value();
    if this.0 == Quantity::units(whole) {
        return Ok(CelInt::from(whole));
    }
    Err(ExecutionError::function_error("asInteger", "cannot convert value to integer"))
}

fn as_approximate_float(this: &Amount) -> CelDouble {
    CelDouble::from(this.0.approximate())
}

fn sign(this: &Amount) -> CelInt {
    order(this.0.cmp(&Quantity::ZERO))
}

fn is_greater_than(this: &Amount, other: &Amount) -> CelBool {
    CelBool::from(this.0 > other.0)
}

fn is_less_than(this: &Amount, other: &Amount) -> CelBool {
    CelBool::from(this.0 < other.0)
}

fn compare_to(this: &Amount, other: &Amount) -> CelInt {
    order(this.0.cmp(&other.0))
}

fn add(this: &Amount, other: &Amount) -> Amount {
    Amount(this.0 + other.0)
}

fn add_int(this: &Amount, other: &CelInt) -> Amount {
    Amount(this.0 + Quantity::units(*other.inner()))
}

fn sub(this: &Amount, other: &Amount) -> Amount {
    Amount(this.0 - other.0)
}

fn sub_int(this: &Amount, other: &CelInt) -> Amount {
    Amount(this.0 - Quantity::units(*other.inner()))
}

pub(super) fn order(ordering: Ordering) -> CelInt {
    CelInt::from(ordering as i64)
}

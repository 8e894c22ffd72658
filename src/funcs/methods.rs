//! The methods of the Go objects that templates meet: `.Files.Get`, `(semver "1.2.3").Major`, ….
//!
//! A method is a [`Func`] whose first argument is its receiver. As in Go's reflection, the receiver
//! is not among [`Func::params`].

use crate::funcs::Func;
use crate::funcs::go::time;
use crate::funcs::sprig::semver;
use crate::value::{Data, Rare, Struct, Value};

/// The method of that name, if the value's Go type has one.
pub fn find(receiver: &Value, name: &str) -> Option<&'static Func> {
    of(receiver).iter().copied().flatten().find(|method| method.name == name)
}

/// All methods of the value's Go type. What only a pointer has, an addressable struct has too.
fn of(receiver: &Value) -> &'static [&'static [Func]] {
    let Data::Rare(rare) = &receiver.data else { return &[] };
    match &**rare {
        Rare::Struct(value) => of_struct(value),
        Rare::Time(_) => &[time::METHODS],
        Rare::Sized("time.Duration", _) => &[time::DURATION_METHODS],
        Rare::Sized("time.Month", _) => &[time::MONTH_METHODS],
        Rare::Sized("time.Weekday", _) => &[time::WEEKDAY_METHODS],
        Rare::Files(_) | Rare::Sized(..) => &[],
        Rare::Complex(..) | Rare::Bytes(_) => &[],
    }
}

fn of_struct(value: &Struct) -> &'static [&'static [Func]] {
    match value.type_name {
        "*semver.Version" => &[semver::METHODS, semver::POINTER_METHODS],
        "*time.Location" => &[time::LOCATION_METHODS],
        "semver.Version" if value.addressable => &[semver::METHODS, semver::POINTER_METHODS],
        "semver.Version" => &[semver::METHODS],
        _ => &[],
    }
}

//! The methods of the Go objects that templates meet: `.Files.Get`, `(semver "1.2.3").Major`, ….
//!
//! A method is a [`Func`] whose first argument is its receiver. As in Go's reflection, the receiver
//! is not among [`Func::params`].

use crate::funcs::Func;
use crate::funcs::go::time;
use crate::funcs::helm::{capabilities, files, values};
use crate::funcs::sprig::semver;
use crate::value::{Data, ListKind, MapKind, Rare, Struct, Value};

/// The method of that name, if the value's Go type has one.
pub fn find(receiver: &Value, name: &[u8]) -> Option<&'static Func> {
    of(receiver).iter().copied().flatten().find(|method| method.name.as_bytes() == name)
}

/// Whether `.` and `.Values`, which are `common.Values`, have a method of that name.
pub(crate) fn has_scope(name: &[u8]) -> bool {
    values::METHODS.iter().any(|method| method.name.as_bytes() == name)
}

/// All methods of the value's Go type. What only a pointer has, an addressable struct has too.
fn of(receiver: &Value) -> &'static [&'static [Func]] {
    match &receiver.data {
        Data::Map(map) if map.kind == MapKind::Values => &[values::METHODS],
        Data::List(list) if list.kind == ListKind::VersionSet => {
            &[capabilities::VERSION_SET_METHODS]
        }
        Data::Rare(rare) => of_rare(rare),
        Data::Map(_) | Data::List(_) => &[],
        Data::Nil | Data::Bool(_) | Data::Int(_) | Data::Int64(_) => &[],
        Data::Float(_) | Data::Str(_) => &[],
    }
}

fn of_rare(rare: &Rare) -> &'static [&'static [Func]] {
    match rare {
        Rare::Struct(value) => of_struct(value),
        Rare::Files(_) => &[files::METHODS],
        Rare::Time(_) => &[time::METHODS],
        Rare::Sized("time.Duration", _) => &[time::DURATION_METHODS],
        Rare::Sized("time.Month", _) => &[time::MONTH_METHODS],
        Rare::Sized("time.Weekday", _) => &[time::WEEKDAY_METHODS],
        Rare::Sized(..) | Rare::Complex(..) | Rare::Bytes(_) => &[],
    }
}

fn of_struct(value: &Struct) -> &'static [&'static [Func]] {
    match value.type_name {
        "*semver.Version" => &[semver::METHODS, semver::POINTER_METHODS],
        "semver.Version" if value.addressable => &[semver::METHODS, semver::POINTER_METHODS],
        "semver.Version" => &[semver::METHODS],
        "*time.Location" => &[time::LOCATION_METHODS],
        "*common.Capabilities" => &[capabilities::METHODS],
        "*common.KubeVersion" => &[capabilities::KUBE_VERSION_METHODS],
        "common.KubeVersion" if value.addressable => &[capabilities::KUBE_VERSION_METHODS],
        _ => &[],
    }
}

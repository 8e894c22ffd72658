//! The methods of what `.Capabilities` holds (`pkg/chart/common/capabilities.go`).

use crate::funcs::{Func, FuncError, Type, args};
use crate::value::{Rare, Struct, Value};

/// The methods of `*common.Capabilities`. Nothing changes what they point to, so a copy is the
/// same.
pub(crate) const METHODS: &[Func] = &[Func {
    name: "Copy",
    params: &[],
    variadic: false,
    call: |_, args| Ok(args::any(args, 0).clone()),
}];

/// The methods of `*common.KubeVersion`.
pub(crate) const KUBE_VERSION_METHODS: &[Func] = &[
    Func {
        name: "String",
        params: &[],
        variadic: false,
        call: |_, args| field(args, "normalizedVersion"),
    },
    Func {
        name: "GitVersion",
        params: &[],
        variadic: false,
        call: |_, args| field(args, "Version"),
    },
];

/// The methods of `common.VersionSet`.
pub(crate) const VERSION_SET_METHODS: &[Func] = &[Func {
    name: "Has",
    params: &[Type::String],
    variadic: false,
    call: |_, args| Ok(has(args)),
}];

fn field(args: &[Value], name: &str) -> Result<Value, FuncError> {
    let fields = match args::rare(args, 0) {
        Some(Rare::Struct(Struct { fields, .. })) => fields.as_slice(),
        _ => &[],
    };
    let field = fields.iter().find(|(field, _)| *field == name);
    Ok(field.map_or(Value::NIL, |(_, value)| value.clone()))
}

fn has(args: &[Value]) -> Value {
    let wanted = args::text(args, 1);
    let versions = args::list(args, 0).map_or(&[][..], |list| list.as_slice());
    versions.iter().any(|version| version.as_str() == Some(wanted)).into()
}

//! Types and kinds: Sprig's `reflect.go`.

use crate::funcs::{Ctx, Func, FuncError, Type, args};
use crate::value::{Value, deep_equal};

pub(crate) const FUNCS: &[Func] = &[
    Func::new("deepEqual", &[Type::Any, Type::Any], equal),
    Func::new("kindIs", &[Type::String, Type::Any], kind_is),
    Func::new("kindOf", &[Type::Any], kind_of),
    Func::new("typeIs", &[Type::String, Type::Any], type_is),
    Func::new("typeIsLike", &[Type::String, Type::Any], type_is_like),
    Func::new("typeOf", &[Type::Any], type_of),
];

fn equal(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok(deep_equal(args::any(args, 0), args::any(args, 1))?.into())
}

fn type_is(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok((args::text(args, 0) == args::any(args, 1).type_name().as_bytes()).into())
}

/// The type, or what it points to.
fn type_is_like(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let (wanted, found) = (args::text(args, 0), args::any(args, 1).type_name().as_bytes());
    Ok((wanted == found || Some(wanted) == found.strip_prefix(b"*")).into())
}

fn type_of(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok(args::any(args, 0).type_name().into())
}

fn kind_is(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok((args::text(args, 0) == args::any(args, 1).kind().name().as_bytes()).into())
}

fn kind_of(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok(args::any(args, 0).kind().name().into())
}

#[cfg(test)]
mod tests {
    use crate::funcs::testing::check_text as check;
    use crate::value::{Rare, Value};

    #[test]
    fn types_and_kinds() {
        for (value, type_name, kind) in [
            (Value::NIL, "<nil>", "invalid"),
            (Value::int(1), "int", "int"),
            (1.5.into(), "float64", "float64"),
            (Value::from(Vec::new()), "[]interface {}", "slice"),
            (Rare::Sized("time.Month", 1).into(), "time.Month", "int"),
            (Rare::Sized("time.Duration", 1).into(), "time.Duration", "int64"),
            (Rare::Sized("uint32", 1).into(), "uint32", "uint32"),
            (Rare::Bytes(Vec::new()).into(), "[]uint8", "slice"),
        ] {
            check("typeOf", std::slice::from_ref(&value), type_name);
            check("kindOf", std::slice::from_ref(&value), kind);
            check("typeIs", &[type_name.into(), value.clone()], "true");
            check("kindIs", &[kind.into(), value], "true");
        }
    }
}

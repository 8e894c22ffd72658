//! `eq`, `ne`, `lt`, `le`, `gt`, `ge` and `not` (`text/template/funcs.go`).

use crate::funcs::{Ctx, Func, FuncError, Type, args};
use crate::value::{self, CompareError, Value};

pub(crate) const FUNCS: &[Func] = &[
    Func::variadic("eq", &[Type::Any, Type::Any], eq),
    Func::new("ge", &[Type::Any, Type::Any], ge),
    Func::new("gt", &[Type::Any, Type::Any], gt),
    Func::new("le", &[Type::Any, Type::Any], le),
    Func::new("lt", &[Type::Any, Type::Any], lt),
    Func::new("ne", &[Type::Any, Type::Any], ne),
    Func::new("not", &[Type::Any], not),
];

impl From<CompareError> for FuncError {
    fn from(error: CompareError) -> FuncError {
        FuncError::Failed(error.to_string())
    }
}

/// Whether the first argument equals any of the others.
fn eq(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let Some((first, others @ [_, ..])) = args.split_first() else {
        return Err(FuncError::new("missing argument for comparison"));
    };
    for other in others {
        if value::eq(first, other)? {
            return Ok(true.into());
        }
    }
    Ok(false.into())
}

fn ne(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok((!value::eq(args::any(args, 0), args::any(args, 1))?).into())
}

fn lt(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok(value::lt(args::any(args, 0), args::any(args, 1))?.into())
}

fn le(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok(less_or_equal(args)?.into())
}

fn gt(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok((!less_or_equal(args)?).into())
}

fn ge(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok((!value::lt(args::any(args, 0), args::any(args, 1))?).into())
}

fn less_or_equal(args: &[Value]) -> Result<bool, CompareError> {
    let (a, b) = (args::any(args, 0), args::any(args, 1));
    Ok(value::lt(a, b)? || value::eq(a, b)?)
}

fn not(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok((!args::any(args, 0).is_true()).into())
}

//! Defaults, emptiness and JSON: Sprig's `defaults.go`.

use crate::funcs::{Ctx, Func, FuncError, Type, args};
use crate::value::Value;
use crate::value::json::{self, Style};

pub(crate) const FUNCS: &[Func] = &[
    Func::variadic("all", &[Type::Any], all),
    Func::variadic("any", &[Type::Any], any),
    Func::variadic("coalesce", &[Type::Any], coalesce),
    Func::variadic("default", &[Type::Any, Type::Any], default),
    Func::new("empty", &[Type::Any], empty),
    Func::new("mustFromJson", &[Type::String], must_from_json),
    Func::new("mustToPrettyJson", &[Type::Any], must_to_pretty_json),
    Func::new("mustToRawJson", &[Type::Any], to_raw_json),
    Func::new("ternary", &[Type::Any, Type::Any, Type::Bool], ternary),
    Func::new("toPrettyJson", &[Type::Any], to_pretty_json),
    Func::new("toRawJson", &[Type::Any], to_raw_json),
];

impl From<json::Error> for FuncError {
    fn from(error: json::Error) -> FuncError {
        match error {
            json::Error::Exceeded(exceeded) => exceeded.into(),
            json::Error::UnsupportedValue(_)
            | json::Error::UnsupportedType(_)
            | json::Error::Method(..) => FuncError::Failed(error.to_string()),
        }
    }
}

/// The second argument, or the first if that is empty.
fn default(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let given = args.get(1).filter(|given| given.is_true());
    Ok(given.unwrap_or(args::any(args, 0)).clone())
}

fn empty(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok((!args::any(args, 0).is_true()).into())
}

/// The first argument that is not empty.
fn coalesce(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok(args.iter().find(|arg| arg.is_true()).cloned().unwrap_or(Value::NIL))
}

fn all(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok(args.iter().all(Value::is_true).into())
}

fn any(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok(args.iter().any(Value::is_true).into())
}

fn ternary(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok(args::any(args, if args::bool(args, 2) { 0 } else { 1 }).clone())
}

/// A value without JSON gives an empty text.
fn to_pretty_json(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    or_empty(json::encode(args::any(args, 0), Style::Pretty, ctx.env.max_text))
}

fn must_to_pretty_json(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok(Value::text(json::encode(args::any(args, 0), Style::Pretty, ctx.env.max_text)?))
}

fn to_raw_json(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok(Value::text(json::encode(args::any(args, 0), Style::Raw, ctx.env.max_text)?))
}

/// The text of a value's JSON; Go's errors are swallowed, limits are not.
pub(in crate::funcs) fn or_empty(
    encoded: Result<Vec<u8>, json::Error>,
) -> Result<Value, FuncError> {
    match encoded.map_err(FuncError::from) {
        Ok(text) => Ok(Value::text(text)),
        Err(FuncError::Limit(limit)) => Err(FuncError::Limit(limit)),
        Err(_) => Ok(Value::text("")),
    }
}

fn must_from_json(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    match json::decode(args::text(args, 0)) {
        Ok(json::Decoded { value, error: None }) => Ok(value),
        Ok(json::Decoded { error: Some(error), .. }) | Err(error) => Err(FuncError::Failed(error)),
    }
}

#[cfg(test)]
mod tests {
    use crate::funcs::testing::check_text as check;
    use crate::value::Value;

    #[test]
    fn emptiness() {
        check("default", &["d".into(), "".into()], "d");
        check("default", &["d".into(), "x".into()], "x");
        check("default", &["d".into()], "d");
        check("coalesce", &[Value::NIL, 0.0.into(), "x".into()], "x");
        check("coalesce", &[], "<no value>");
        check("all", &[], "true");
        check("any", &[Value::NIL, Value::int(1)], "true");
        check("ternary", &["a".into(), "b".into(), false.into()], "b");
        check("empty", &[" ".into()], "false");
    }

    #[test]
    fn json() {
        check("toRawJson", &["<&>".into()], "\"<&>\"");
        check("toPrettyJson", &[f64::NAN.into()], "");
        check("toRawJson", &[f64::NAN.into()], "error: json: unsupported value: NaN");
        check("mustFromJson", &["{\"a\": [1, null]}".into()], "map[a:[1 <nil>]]");
        check(
            "mustFromJson",
            &["1e400".into()],
            "error: json: cannot unmarshal number 1e400 into Go value of type float64",
        );
    }
}

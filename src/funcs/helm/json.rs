//! Helm's own `toJson` and `fromJson` (`pkg/engine/funcs.go`).

use crate::funcs::sprig::defaults::or_empty;
use crate::funcs::{Ctx, Func, FuncError, Type, args};
use crate::value::json::{self, Decoded, Style};
use crate::value::{Kind, List, ListKind, Map, MapKind, Value};

pub(crate) const FUNCS: &[Func] = &[
    Func::new("fromJson", &[Type::String], from_json),
    Func::new("fromJsonArray", &[Type::String], from_json_array),
    Func::new("mustToJson", &[Type::Any], must_to_json),
    Func::new("toJson", &[Type::Any], to_json),
];

/// A value without JSON gives an empty text.
fn to_json(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    or_empty(json::encode(args::any(args, 0), Style::Compact, ctx.env.max_text))
}

fn must_to_json(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok(Value::text(json::encode(args::any(args, 0), Style::Compact, ctx.env.max_text)?))
}

/// An object; what is wrong with the text stands under `Error`.
fn from_json(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let (value, error) = decoded(args::text(args, 0), Kind::Map, MapKind::Any.type_name());
    let map = match value.as_map() {
        Some(map) => map.clone(),
        // `null` makes the map nil.
        None if error.is_none() => Map::nil(MapKind::Any),
        None => Map::new(MapKind::Any),
    };
    if let Some(error) = error {
        map.insert(&b"Error"[..], error);
    }
    Ok(map.into())
}

/// An array; what is wrong with the text is its only item.
fn from_json_array(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let (value, error) = decoded(args::text(args, 0), Kind::Slice, ListKind::Any.type_name());
    Ok(match (value.as_list(), error) {
        (_, Some(error)) => Value::from(vec![error.into()]),
        (Some(list), None) => list.clone().into(),
        (None, None) => List::nil(ListKind::Any).into(),
    })
}

/// The value of a text and what is wrong with it. `null` suits any type.
fn decoded(text: &[u8], wanted: Kind, type_name: &str) -> (Value, Option<String>) {
    match json::decode(text) {
        Err(error) => (Value::NIL, Some(error)),
        Ok(Decoded { value, error }) if value.kind() == wanted => (value, error),
        Ok(Decoded { value, error: None }) if value.is_nil() => (value, None),
        Ok(Decoded { value, .. }) => (Value::NIL, Some(json::mismatch(&value, type_name))),
    }
}

#[cfg(test)]
mod tests {
    use crate::funcs::testing::{call, check_text};

    #[track_caller]
    fn check(name: &str, text: &str, expected: &str) {
        check_text(name, &[text.into()], expected);
    }

    #[test]
    fn objects() {
        check("fromJson", r#"{"a": {"b": [1.5, "x"]}}"#, "map[a:map[b:[1.5 x]]]");
        check("fromJson", "", "map[Error:unexpected end of JSON input]");
        check(
            "fromJson",
            "[1]",
            "map[Error:json: cannot unmarshal array into Go value of type map[string]interface {}]",
        );
        check(
            "fromJson",
            "1e400",
            "map[Error:json: cannot unmarshal number into Go value of type map[string]interface {}]",
        );
        check(
            "fromJson",
            r#"{"a": 1e400, "b": 2}"#,
            "map[Error:json: cannot unmarshal number 1e400 into Go value of type float64 a:<nil> b:2]",
        );
        let null = call("fromJson", &["null".into()]).unwrap();
        check_text("toJson", &[null], "null");
    }

    #[test]
    fn arrays() {
        check("fromJsonArray", "[1, null]", "[1 <nil>]");
        check(
            "fromJsonArray",
            "{}",
            "[json: cannot unmarshal object into Go value of type []interface {}]",
        );
        let null = call("fromJsonArray", &["null".into()]).unwrap();
        check_text("toJson", &[null], "null");
    }
}

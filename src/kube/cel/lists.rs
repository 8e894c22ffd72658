//! Lists and sets in CEL (`library/lists.go`, and `ext.Sets` of cel-go).

use std::cmp::Ordering;

use cel::common::types::{DYN_TYPE, LIST_TYPE};
use cel::common::value::{CowVal, Val};
use cel::{DeclarationError, Env, ExecutionError, Value};

pub(super) fn extension(env: &mut Env) -> Result<(), DeclarationError> {
    let mut on_list = |name: &str, with_item: bool, function| {
        let item = if with_item { vec![DYN_TYPE] } else { Vec::new() };
        let id = format!("list.{name}");
        env.add_member_overload(name, &id, LIST_TYPE, item, function)
    };
    on_list("isSorted", false, is_sorted)?;
    on_list("sum", false, sum)?;
    on_list("min", false, min)?;
    on_list("max", false, max)?;
    on_list("indexOf", true, index_of)?;
    on_list("lastIndexOf", true, last_index_of)?;
    let lists = || vec![LIST_TYPE, LIST_TYPE];
    env.add_overload("sets.contains", "list_sets_contains_list", lists(), contains)?;
    env.add_overload("sets.equivalent", "list_sets_equivalent_list", lists(), equivalent)?;
    env.add_overload("sets.intersects", "list_sets_intersects_list", lists(), intersects)?;
    Ok(())
}

type Outcome<'b, 'v> = Result<CowVal<'b, 'v>, ExecutionError>;

fn argument(arguments: &[CowVal<'_, '_>], index: usize) -> Result<Value, ExecutionError> {
    let argument = arguments.get(index);
    let argument =
        argument.ok_or_else(|| ExecutionError::invalid_argument_count(index + 1, index))?;
    Value::try_from(argument.as_ref())
}

fn list(arguments: &[CowVal<'_, '_>], index: usize) -> Result<Vec<Value>, ExecutionError> {
    let found = argument(arguments, index)?;
    let Value::List(items) = &found else {
        let got = found.type_of().to_string();
        return Err(ExecutionError::UnexpectedType { got, want: "list".to_owned() });
    };
    Ok(items.to_vec())
}

fn owned<'b, 'v>(value: Value) -> Outcome<'b, 'v> {
    let value: Box<dyn Val> = value.try_into()?;
    Ok(CowVal::Owned(value))
}

fn is_sorted<'b, 'v>(arguments: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    let items = list(&arguments, 0)?;
    owned(Value::Bool(items.is_sorted_by(|a, b| a.partial_cmp(b) != Some(Ordering::Greater))))
}

/// Of an empty list it is the whole number zero.
fn sum<'b, 'v>(arguments: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    let mut total = None;
    for item in list(&arguments, 0)? {
        total = Some(match total {
            None => item,
            Some(total) => plus(total, item)?,
        });
    }
    owned(total.unwrap_or(Value::Int(0)))
}

fn plus(total: Value, item: Value) -> Result<Value, ExecutionError> {
    match (&total, &item) {
        (Value::Int(a), Value::Int(b)) => {
            let overflow = || ExecutionError::Overflow("sum", total.clone(), item.clone());
            a.checked_add(*b).map(Value::Int).ok_or_else(overflow)
        }
        (Value::Float(a), Value::Float(b)) => Ok(Value::Float(a + b)),
        _ => Err(ExecutionError::UnsupportedBinaryOperator("sum", total, item)),
    }
}

fn min<'b, 'v>(arguments: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    extreme(&arguments, "min", Ordering::Less)
}

fn max<'b, 'v>(arguments: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    extreme(&arguments, "max", Ordering::Greater)
}

fn extreme<'b, 'v>(arguments: &[CowVal<'b, 'v>], name: &str, wanted: Ordering) -> Outcome<'b, 'v> {
    let better = |a: Value, b: Value| if b.partial_cmp(&a) == Some(wanted) { b } else { a };
    let best = list(arguments, 0)?.into_iter().reduce(better);
    let empty = || ExecutionError::function_error(name, format!("{name} called on empty list"));
    owned(best.ok_or_else(empty)?)
}

fn index_of<'b, 'v>(arguments: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    let (items, wanted) = (list(&arguments, 0)?, argument(&arguments, 1)?);
    owned(position(items.iter().position(|item| *item == wanted)))
}

fn last_index_of<'b, 'v>(arguments: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    let (items, wanted) = (list(&arguments, 0)?, argument(&arguments, 1)?);
    owned(position(items.iter().rposition(|item| *item == wanted)))
}

fn position(index: Option<usize>) -> Value {
    Value::Int(index.and_then(|index| i64::try_from(index).ok()).unwrap_or(-1))
}

fn contains<'b, 'v>(arguments: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    let (all, some) = (list(&arguments, 0)?, list(&arguments, 1)?);
    owned(Value::Bool(some.iter().all(|item| all.contains(item))))
}

fn equivalent<'b, 'v>(arguments: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    let (a, b) = (list(&arguments, 0)?, list(&arguments, 1)?);
    let same = a.iter().all(|item| b.contains(item)) && b.iter().all(|item| a.contains(item));
    owned(Value::Bool(same))
}

fn intersects<'b, 'v>(arguments: Vec<CowVal<'b, 'v>>) -> Outcome<'b, 'v> {
    let (a, b) = (list(&arguments, 0)?, list(&arguments, 1)?);
    owned(Value::Bool(a.iter().any(|item| b.contains(item))))
}

//! Values and functions of Go templates for minijinja.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use minijinja::value::{Rest, ValueKind};
use minijinja::{Environment, Error, ErrorKind};

use crate::funcs::{self, Ctx, Env, Func, FuncError, Type};
use crate::program::Unit;
use crate::value::{Data, List, Map, MapKind, Rare, Value, print};

/// What a template sees: the scope of Go templates, and its own name as `Template`.
pub(super) fn scope(unit: &Unit) -> minijinja::Value {
    let mut scope: BTreeMap<String, minijinja::Value> = unit
        .scope
        .borrow()
        .iter()
        .map(|(key, value)| (String::from_utf8_lossy(key).into_owned(), to_jinja(value, 0)))
        .collect();
    let template = BTreeMap::from([("Name", unit.name.clone()), ("BasePath", unit.base.clone())]);
    scope.insert("Template".to_owned(), template.into());
    scope.into()
}

/// Deeper values are cut off: a dictionary may hold itself.
const DEPTH: usize = 200;

fn to_jinja(value: &Value, depth: usize) -> minijinja::Value {
    if depth > DEPTH {
        return minijinja::Value::UNDEFINED;
    }
    match &value.data {
        Data::Nil => ().into(),
        Data::Bool(bool) => (*bool).into(),
        Data::Int(int) | Data::Int64(int) => (*int).into(),
        // Numbers of values files are floats in Helm; a template wants to count with them.
        Data::Float(float) if float.fract() == 0.0 && float.abs() < 9e15 => (*float as i64).into(),
        Data::Float(float) => (*float).into(),
        Data::Str(text) => String::from_utf8_lossy(text).into_owned().into(),
        Data::List(list) => list.as_slice().iter().map(|item| to_jinja(item, depth + 1)).collect(),
        Data::Map(map) => entries(map, depth),
        Data::Rare(rare) => rare_to_jinja(rare, value, depth),
    }
}

fn entries(map: &Map, depth: usize) -> minijinja::Value {
    let borrowed = map.borrow();
    let entry = |(key, value): (&crate::value::Text, &Value)| {
        (String::from_utf8_lossy(key).into_owned(), to_jinja(value, depth + 1))
    };
    borrowed.iter().map(entry).collect::<BTreeMap<_, _>>().into()
}

fn rare_to_jinja(rare: &Rare, value: &Value, depth: usize) -> minijinja::Value {
    match rare {
        Rare::Struct(one) => {
            let field = |(name, value): &(&'static str, Value)| (*name, to_jinja(value, depth + 1));
            one.fields.iter().map(field).collect::<BTreeMap<_, _>>().into()
        }
        Rare::Files(files) => {
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            files
                .iter()
                .map(|(path, bytes)| (text(path), text(bytes)))
                .collect::<BTreeMap<_, _>>()
                .into()
        }
        Rare::Complex(..) | Rare::Sized(..) | Rare::Bytes(_) | Rare::Time(_) => {
            let mut text = Vec::new();
            // What is longer than the limit is cut off there.
            let _ = print::write(&mut text, value, 1 << 20);
            String::from_utf8_lossy(&text).into_owned().into()
        }
    }
}

fn from_jinja(value: &minijinja::Value) -> Value {
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => Value::NIL,
        ValueKind::Bool => Value::from(value.is_true()),
        ValueKind::Number => match i64::try_from(value.clone()) {
            Ok(int) if value.is_integer() => Value::int(int),
            _ => Value::from(f64::try_from(value.clone()).unwrap_or(f64::NAN)),
        },
        ValueKind::Seq | ValueKind::Iterable => {
            let items =
                value.try_iter().into_iter().flatten().map(|item| from_jinja(&item)).collect();
            Value::from(List::new(items))
        }
        ValueKind::Map => {
            let map = Map::new(MapKind::Any);
            for key in value.try_iter().into_iter().flatten() {
                let item = value.get_item(&key).unwrap_or_default();
                map.insert(key.to_string().into_bytes(), from_jinja(&item));
            }
            Value::from(map)
        }
        _ => Value::text(value.to_string()),
    }
}

/// Makes every function a function and a filter.
pub(super) fn add_functions(environment: &mut Environment<'static>, env: &Env) {
    let calls = Arc::new(AtomicU64::new(0));
    for func in funcs::all() {
        let (env_here, calls_here) = (env.clone(), Arc::clone(&calls));
        environment.add_function(func.name, move |args: Rest<minijinja::Value>| {
            call(func, &args, &env_here, &calls_here)
        });
        let (env_here, calls_here) = (env.clone(), Arc::clone(&calls));
        environment.add_filter(
            func.name,
            move |piped: minijinja::Value, mut args: Rest<minijinja::Value>| {
                args.push(piped);
                call(func, &args, &env_here, &calls_here)
            },
        );
    }
}

fn call(
    func: &'static Func,
    args: &[minijinja::Value],
    env: &Env,
    calls: &AtomicU64,
) -> Result<minijinja::Value, Error> {
    let refuse =
        |text: String| Error::new(ErrorKind::InvalidOperation, format!("{}: {text}", func.name));
    let (least, most) = match func.params.len() {
        params if func.variadic => (params.saturating_sub(1), usize::MAX),
        params => (params, params),
    };
    if !(least..=most).contains(&args.len()) {
        return Err(refuse(format!("{} arguments are too few or too many", args.len())));
    }
    let fitted: Result<Vec<Value>, String> = args
        .iter()
        .enumerate()
        .map(|(nth, arg)| {
            fit(from_jinja(arg), func.params.get(nth).or(func.params.last()).copied())
        })
        .collect();
    // Random functions give the same in a render that is repeated: a call is told by its rank.
    let rank = calls.fetch_add(1, Ordering::Relaxed);
    let mut random = env.random(rank, 0);
    let mut ctx = Ctx { env, random: &mut random, tracer: None, work: 0 };
    match (func.call)(&mut ctx, &fitted.map_err(refuse)?) {
        Ok(value) => Ok(to_jinja(&value, 0)),
        Err(FuncError::Failed(text) | FuncError::Uncallable(text) | FuncError::Limit(text)) => {
            Err(refuse(text))
        }
    }
}

/// The argument in the shape that a function relies on.
fn fit(value: Value, wanted: Option<Type>) -> Result<Value, String> {
    let Some(wanted) = wanted else { return Ok(value) };
    Ok(match (wanted, value.data) {
        (Type::Int, Data::Int(int) | Data::Int64(int)) => Value::int(int),
        (Type::Int64, Data::Int(int) | Data::Int64(int)) => Value::int64(int),
        (Type::Float64, Data::Int(int) | Data::Int64(int)) => Value::from(int as f64),
        (Type::Float64, Data::Float(float)) => Value::from(float),
        (Type::Bool, data @ Data::Bool(_))
        | (Type::String, data @ Data::Str(_))
        | (Type::Map, data @ Data::Map(_))
        | (Type::List, data @ Data::List(_))
        | (Type::Any, data) => Value::from(data),
        (wanted, data) => {
            let found = Value::from(data);
            return Err(format!("an argument is {}, not {}", found.type_name(), name(wanted)));
        }
    })
}

fn name(wanted: Type) -> &'static str {
    match wanted {
        Type::Any => "a value",
        Type::Bool => "true or false",
        Type::Int | Type::Int64 | Type::Uint32 => "an integer",
        Type::Float64 => "a number",
        Type::String => "a string",
        Type::Map => "a map",
        Type::List => "a list",
        Type::Time => "a time",
        Type::Certificate => "a certificate",
        Type::Named(name, _) => name,
    }
}

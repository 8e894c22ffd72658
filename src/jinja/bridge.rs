//! Values and functions of Go templates for minijinja.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use minijinja::value::{Rest, ValueKind};
use minijinja::{Environment, Error, ErrorKind};

use super::files::{self, Files};
use super::meter::{self, Meter, NODE};
use crate::funcs::{self, Ctx, Env, Func, FuncError, Type, methods};
use crate::program::Unit;
use crate::value::{Data, List, Map, MapKind, Rare, Text, Value, print};

/// What the templates of a chart see: the scope of Go templates.
pub(super) type Scope = BTreeMap<String, minijinja::Value>;

/// Converted once for all templates of a chart: they share what they see.
pub(super) fn scope(unit: &Unit) -> Scope {
    let scope = unit.scope.borrow();
    let entry = |(key, value): (&Text, &Value)| {
        (String::from_utf8_lossy(key).into_owned(), to_jinja(value, 0))
    };
    scope.iter().map(entry).collect()
}

/// The scope with the template's own name as `Template`.
pub(super) fn of_template(scope: &Scope, unit: &Unit) -> minijinja::Value {
    let mut scope = scope.clone();
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
    let entry = |(key, value): (&Text, &Value)| {
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
        Rare::Files(files) => minijinja::Value::from_object(Files::new(files)),
        Rare::Complex(..) | Rare::Sized(..) | Rare::Bytes(_) | Rare::Time(_) => {
            let mut text = Vec::new();
            // What is longer than the limit is cut off there.
            let _ = print::write(&mut text, value, 1 << 20);
            String::from_utf8_lossy(&text).into_owned().into()
        }
    }
}

/// A value as functions know it. Lists may be lazy and far longer than they look: what is copied is counted.
fn from_jinja(value: &minijinja::Value, meter: &Meter) -> Result<Value, Error> {
    meter.count(NODE)?;
    Ok(match value.kind() {
        ValueKind::Undefined | ValueKind::None => Value::NIL,
        ValueKind::Bool => Value::from(value.is_true()),
        ValueKind::Number => match i64::try_from(value.clone()) {
            Ok(int) if value.is_integer() => Value::int(int),
            _ => Value::from(f64::try_from(value.clone()).unwrap_or(f64::NAN)),
        },
        ValueKind::Seq | ValueKind::Iterable => {
            let items = value.try_iter()?.map(|item| from_jinja(&item, meter));
            Value::from(List::new(items.collect::<Result<_, _>>()?))
        }
        ValueKind::Map => {
            let map = Map::new(MapKind::Any);
            for key in value.try_iter()? {
                let item = value.get_item(&key).unwrap_or_default();
                map.insert(key.to_string().into_bytes(), from_jinja(&item, meter)?);
            }
            Value::from(map)
        }
        _ => {
            meter.weigh(value)?;
            Value::text(value.to_string())
        }
    })
}

/// minijinja's filters that make text of any value without a bound, and have no use in YAML.
const UNBOUNDED: [&str; 5] = ["batch", "e", "escape", "format", "pprint"];

/// Makes every function a function and a filter.
pub(super) fn add_functions(environment: &mut Environment<'static>, env: &Env, bytes: &Meter) {
    let caller = Caller { env: env.clone(), calls: Arc::default(), meter: bytes.clone() };
    for func in funcs::all() {
        let here = caller.clone();
        environment.add_function(func.name, move |args: Rest<minijinja::Value>| {
            here.call(func, None, &args)
        });
        let here = caller.clone();
        let filter = move |piped: minijinja::Value, mut args: Rest<minijinja::Value>| {
            args.push(piped);
            here.call(func, None, &args)
        };
        if func.name == "toJson" {
            environment.add_filter("tojson", filter.clone());
        }
        environment.add_filter(func.name, filter);
    }
    UNBOUNDED.iter().for_each(|name| environment.remove_filter(name));
    let here = bytes.clone();
    environment.add_filter("string", move |value: minijinja::Value| {
        here.weigh(&value).map(|()| value.to_string())
    });
    let here = bytes.clone();
    environment.add_filter(meter::FILTER, move |value: minijinja::Value| {
        here.weigh(&value).map(|()| value)
    });
    environment.set_unknown_method_callback(move |_, value, method, args| {
        let receiver = files::receiver(value).filter(|_| !value.is_undefined());
        let found = receiver
            .as_ref()
            .and_then(|receiver| Some((receiver, methods::find(receiver, method.as_bytes())?)));
        match found {
            Some((receiver, func)) => caller.call(func, Some(receiver), args),
            None => Err(Error::from(ErrorKind::UnknownMethod)),
        }
    });
}

/// Calls functions for templates.
#[derive(Clone)]
struct Caller {
    env: Env,
    /// How many calls there were.
    calls: Arc<AtomicU64>,
    meter: Meter,
}

impl Caller {
    /// Calls a function, or a method of `receiver`.
    fn call(
        &self,
        func: &'static Func,
        receiver: Option<&Value>,
        args: &[minijinja::Value],
    ) -> Result<minijinja::Value, Error> {
        let refuse = |text: String| {
            Error::new(ErrorKind::InvalidOperation, format!("{}: {text}", func.name))
        };
        let (least, most) = match func.params.len() {
            params if func.variadic => (params.saturating_sub(1), usize::MAX),
            params => (params, params),
        };
        if !(least..=most).contains(&args.len()) {
            return Err(refuse(format!("{} arguments are too few or too many", args.len())));
        }
        let mut fitted: Vec<Value> = receiver.into_iter().cloned().collect();
        for (nth, arg) in args.iter().enumerate() {
            let wanted = func.params.get(nth).or(func.params.last()).copied();
            fitted.push(fit(from_jinja(arg, &self.meter)?, wanted).map_err(refuse)?);
        }
        // Random functions give the same in a render that is repeated: a call is told by its rank.
        let rank = self.calls.fetch_add(1, Ordering::Relaxed);
        let mut random = self.env.random(rank, 0);
        let mut ctx = Ctx { env: &self.env, random: &mut random, tracer: None, work: 0 };
        match (func.call)(&mut ctx, &fitted) {
            Ok(value) => {
                let value = to_jinja(&value, 0);
                self.meter.weigh(&value).map(|()| value)
            }
            Err(FuncError::Failed(text) | FuncError::Uncallable(text) | FuncError::Limit(text)) => {
                Err(refuse(text))
            }
        }
    }
}

/// The argument in the shape that a function relies on.
fn fit(value: Value, wanted: Option<Type>) -> Result<Value, String> {
    let Some(wanted) = wanted else { return Ok(value) };
    Ok(match (wanted, value.data) {
        (Type::Int, Data::Int(int) | Data::Int64(int)) => Value::int(int),
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
        Type::Int | Type::Uint32 => "an integer",
        Type::Float64 => "a number",
        Type::String => "a string",
        Type::Map => "a map",
        Type::List => "a list",
        Type::Time => "a time",
        Type::Certificate => "a certificate",
        Type::Named(name, _) => name,
    }
}

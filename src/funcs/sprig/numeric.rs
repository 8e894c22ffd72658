//! Numbers: Sprig's `numeric.go`, and the arithmetic in its function map.
//!
//! Whatever is given becomes a number as [`cast`] has it; nothing is refused.

use crate::funcs::sprig::decimal::Decimal;
use crate::funcs::{Ctx, Func, FuncError, Type, args};
use crate::value::cast::{self, IntError, to_float, to_int};
use crate::value::float::{ldexp, write_int};
use crate::value::{Exceeded, List, ListKind, MAX_ITEMS, Value, print};

pub(crate) const FUNCS: &[Func] = &[
    Func::variadic("add", &[Type::Any], add),
    Func::new("add1", &[Type::Any], add1),
    Func::new("add1f", &[Type::Any], add1f),
    Func::variadic("addf", &[Type::Any], addf),
    Func::new("atoi", &[Type::String], atoi),
    Func::variadic("biggest", &[Type::Any, Type::Any], max),
    Func::new("ceil", &[Type::Any], ceil),
    Func::new("div", &[Type::Any, Type::Any], div),
    Func::variadic("divf", &[Type::Any, Type::Any], divf),
    Func::new("float64", &[Type::Any], float64),
    Func::new("floor", &[Type::Any], floor),
    Func::new("int", &[Type::Any], int),
    Func::new("int64", &[Type::Any], int64),
    Func::variadic("max", &[Type::Any, Type::Any], max),
    Func::variadic("maxf", &[Type::Any, Type::Any], maxf),
    Func::variadic("min", &[Type::Any, Type::Any], min),
    Func::variadic("minf", &[Type::Any, Type::Any], minf),
    Func::new("mod", &[Type::Any, Type::Any], modulo),
    Func::variadic("mul", &[Type::Any, Type::Any], mul),
    Func::variadic("mulf", &[Type::Any, Type::Any], mulf),
    Func::variadic("round", &[Type::Any, Type::Int, Type::Float64], round),
    Func::variadic("seq", &[Type::Int], seq),
    Func::new("sub", &[Type::Any, Type::Any], sub),
    Func::variadic("subf", &[Type::Any, Type::Any], subf),
    Func::new("toDecimal", &[Type::Any], to_decimal),
    Func::new("until", &[Type::Int], until),
    Func::new("untilStep", &[Type::Int, Type::Int, Type::Int], until_step),
];

fn int(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok(Value::int(to_int(args::any(args, 0))))
}

fn int64(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok(Value::int64(to_int(args::any(args, 0))))
}

fn float64(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok(to_float(args::any(args, 0)).into())
}

fn atoi(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok(Value::int(match cast::parse_int(args::text(args, 0), 10) {
        Ok(value) | Err(IntError::Range(value)) => value,
        Err(IntError::Syntax) => 0,
    }))
}

/// Reads the digits of a Unix mode as octal.
fn to_decimal(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let mut text = Vec::new();
    print::write(&mut text, args::any(args, 0), ctx.env.max_text)?;
    Ok(Value::int64(cast::parse_int(&text, 8).unwrap_or(0)))
}

fn add(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok(Value::int64(args.iter().map(to_int).fold(0, i64::wrapping_add)))
}

fn add1(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok(Value::int64(to_int(args::any(args, 0)).wrapping_add(1)))
}

fn sub(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let [a, b] = two_ints(args);
    Ok(Value::int64(a.wrapping_sub(b)))
}

fn mul(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok(Value::int64(args.iter().map(to_int).fold(1, i64::wrapping_mul)))
}

fn div(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let [a, b] = two_ints(args);
    non_zero(b)?;
    Ok(Value::int64(a.wrapping_div(b)))
}

fn modulo(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let [a, b] = two_ints(args);
    non_zero(b)?;
    Ok(Value::int64(a.wrapping_rem(b)))
}

fn two_ints(args: &[Value]) -> [i64; 2] {
    [0, 1].map(|index| to_int(args::any(args, index)))
}

fn non_zero(divisor: i64) -> Result<(), FuncError> {
    if divisor == 0 { Err(FuncError::new("runtime error: integer divide by zero")) } else { Ok(()) }
}

fn max(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok(Value::int64(args.iter().map(to_int).max().unwrap_or(0)))
}

fn min(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok(Value::int64(args.iter().map(to_int).min().unwrap_or(0)))
}

/// `math.Max`: infinity wins over NaN, and NaN over numbers.
fn maxf(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let larger = |a: f64, b: f64| match () {
        () if a == f64::INFINITY || b == f64::INFINITY => f64::INFINITY,
        () if a.is_nan() || b.is_nan() => f64::NAN,
        () if a == 0.0 && b == 0.0 => {
            if a.is_sign_negative() {
                b
            } else {
                a
            }
        }
        () => {
            if a > b {
                a
            } else {
                b
            }
        }
    };
    Ok(args.iter().map(to_float).reduce(larger).unwrap_or(0.0).into())
}

/// `math.Min`: negative infinity wins over NaN, and NaN over numbers.
fn minf(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let smaller = |a: f64, b: f64| match () {
        () if a == f64::NEG_INFINITY || b == f64::NEG_INFINITY => f64::NEG_INFINITY,
        () if a.is_nan() || b.is_nan() => f64::NAN,
        () if a == 0.0 && b == 0.0 => {
            if a.is_sign_negative() {
                a
            } else {
                b
            }
        }
        () => {
            if a < b {
                a
            } else {
                b
            }
        }
    };
    Ok(args.iter().map(to_float).reduce(smaller).unwrap_or(0.0).into())
}

fn floor(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok(to_float(args::any(args, 0)).floor().into())
}

fn ceil(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok(to_float(args::any(args, 0)).ceil().into())
}

/// Rounds up from a fraction of `.5`, or of the third argument; down otherwise, so that negative
/// numbers go away from zero.
fn round(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let round_on = args.get(2).map_or(0.5, to_float);
    let power = power_of_ten(args::int(args, 1));
    let scaled = power * to_float(args::any(args, 0));
    let fraction = if scaled.is_infinite() { f64::NAN } else { scaled.fract() };
    let rounded = if fraction >= round_on { scaled.ceil() } else { scaled.floor() };
    Ok((rounded / power).into())
}

/// Go's `math.Pow(10, places)`, by squaring as Go does it: the last digit differs from the exact
/// power's beyond 1e22, and `round` shows it.
fn power_of_ten(places: i64) -> f64 {
    if places == 0 {
        return 1.0;
    }
    if places == 1 {
        return 10.0;
    }
    // 10 = 0.625 × 2⁴
    let (mut square, mut square_exponent) = (0.625_f64, 4_i32);
    let (mut power, mut exponent) = (1.0_f64, 0_i32);
    let mut rest = (places as f64).abs() as u64;
    while rest != 0 {
        if square_exponent.abs() > 1 << 12 {
            exponent += square_exponent;
            break;
        }
        if rest & 1 == 1 {
            power *= square;
            exponent += square_exponent;
        }
        square *= square;
        square_exponent <<= 1;
        if square < 0.5 {
            square += square;
            square_exponent -= 1;
        }
        rest >>= 1;
    }
    if places < 0 { ldexp(1.0 / power, -exponent) } else { ldexp(power, exponent) }
}

fn add1f(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    with_decimals([to_float(args::any(args, 0)), 1.0], |a, b| Ok(a.add(b)))
}

fn addf(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    with_decimals(std::iter::once(0.0).chain(args.iter().map(to_float)), |a, b| Ok(a.add(b)))
}

fn subf(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    with_decimals(args.iter().map(to_float), |a, b| Ok(a.sub(b)))
}

fn mulf(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    with_decimals(args.iter().map(to_float), |a, b| Ok(a.mul(b)))
}

fn divf(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    with_decimals(args.iter().map(to_float), |a, b| a.div(b))
}

/// Folds the numbers as exact decimals (`execDecimalOp`).
fn with_decimals(
    numbers: impl IntoIterator<Item = f64>,
    operation: fn(Decimal, &Decimal) -> Result<Decimal, FuncError>,
) -> Result<Value, FuncError> {
    let mut numbers = numbers.into_iter();
    let mut total = Decimal::from_float(numbers.next().unwrap_or(0.0))?;
    for number in numbers {
        total = operation(total, &Decimal::from_float(number)?)?;
    }
    Ok(total.to_float().into())
}

fn until(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let count = args::int(args, 0);
    ints(steps(0, count, if count < 0 { -1 } else { 1 })?)
}

fn until_step(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    ints(steps(args::int(args, 0), args::int(args, 1), args::int(args, 2))?)
}

fn ints(numbers: impl Iterator<Item = i64>) -> Result<Value, FuncError> {
    Ok(Value::from(List::typed(ListKind::Ints, numbers.map(Value::int).collect())))
}

/// The numbers from `start` to before `stop`; none if `step` leads away from it.
fn steps(start: i64, stop: i64, step: i64) -> Result<impl Iterator<Item = i64>, FuncError> {
    let distance = stop.abs_diff(start);
    let counts = if stop < start { step < 0 } else { step > 0 };
    let count = if counts { distance.div_ceil(step.unsigned_abs()) } else { 0 };
    if count > MAX_ITEMS as u64 {
        return Err(Exceeded::Items.into());
    }
    Ok((0..count as i64).map(move |index| start.wrapping_add(step.wrapping_mul(index))))
}

/// Like the command `seq`: `seq LAST`, `seq FIRST LAST`, `seq FIRST STEP LAST`.
fn seq(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let given: Vec<i64> = (0..args.len()).map(|index| args::int(args, index)).collect();
    let (start, step, end) = match *given.as_slice() {
        [end] => (1, None, end),
        [start, end] => (start, None, end),
        [start, step, end] => (start, Some(step), end),
        _ => return Ok("".into()),
    };
    let direction = if end < start { -1 } else { 1 };
    if step.is_some_and(|step| direction < 0 && step > 0) {
        return Ok("".into());
    }
    let mut text = Vec::new();
    for number in steps(start, end.wrapping_add(direction), step.unwrap_or(direction))? {
        if !text.is_empty() {
            text.push(b' ');
        }
        write_int(&mut text, number);
    }
    Ok(Value::text(text))
}

#[cfg(test)]
mod tests {
    use crate::funcs::testing::check_text as check;
    use crate::value::Value;

    fn int(value: i64) -> Value {
        Value::int(value)
    }

    #[test]
    fn integers() {
        check("add", &[1.9.into(), "2".into(), Value::NIL, true.into()], "4");
        check("add", &[int(i64::MAX), int(1)], "-9223372036854775808");
        check("div", &[int(-7), int(2)], "-3");
        check("div", &[int(1), int(0)], "error: runtime error: integer divide by zero");
        check("mod", &[int(-7), int(3)], "-1");
        check("max", &[int(1), "5".into(), 3.7.into()], "5");
        check("atoi", &["99999999999999999999".into()], "9223372036854775807");
        check("atoi", &["0x10".into()], "0");
        check("toDecimal", &["0777".into()], "511");
        check("toDecimal", &["9".into()], "0");
    }

    #[test]
    fn floats() {
        check("addf", &[0.1.into(), 0.2.into()], "0.3");
        check("divf", &[int(1), int(3)], "0.3333333333333333");
        check("divf", &[int(1), int(0)], "error: decimal division by 0");
        check("mulf", &[1.5.into(), int(2), int(2)], "6");
        check("subf", &[int(7), 2.1.into()], "4.9");
        check("addf", &["nan".into()], "error: Cannot create a Decimal from NaN");
        check("maxf", &[int(1), 2.5.into()], "2.5");
        check("round", &[123.5.into(), int(0)], "124");
        check("round", &[(-1.5).into(), int(0)], "-2");
        check("round", &[123.5555.into(), int(3)], "123.556");
        check("round", &[123.4.into(), int(0), 0.3.into()], "124");
        check("round", &[1e21.into(), int(2)], "9.999999999999999e+20");
        check("round", &[1.5.into(), int(400)], "NaN");
        check("floor", &[(-1.5).into()], "-2");
    }

    #[test]
    fn sequences() {
        check("until", &[int(3)], "[0 1 2]");
        check("until", &[int(-2)], "[0 -1]");
        check("untilStep", &[int(3), int(6), int(2)], "[3 5]");
        check("untilStep", &[int(3), int(6), int(-2)], "[]");
        check("until", &[int(1 << 40)], "limit: the value has too many items");
        check(
            "untilStep",
            &[int(i64::MIN), int(i64::MAX), int(i64::MAX)],
            "[-9223372036854775808 -1 9223372036854775806]",
        );
        check("seq", &[int(-3)], "1 0 -1 -2 -3");
        check("seq", &[int(0), int(2), int(10)], "0 2 4 6 8 10");
        check("seq", &[int(0), int(-2), int(-5)], "0 -2 -4");
        check("seq", &[int(5), int(1), int(0)], "");
        check("seq", &[], "");
    }
}

//! Random texts and numbers: from Sprig's `strings.go`, `crypto.go` and `functions.go`. All
//! randomness comes from [`Ctx::random`], so that a seeded render repeats itself.

use rand_core::Rng;

use crate::funcs::{Ctx, Func, FuncError, Type, args};
use crate::value::{Data, Exceeded, Value};

pub(crate) const FUNCS: &[Func] = &[
    func("randAlphaNum", &[Type::Int], |ctx, args| text(ctx, args, ALPHA_NUM)),
    func("randAlpha", &[Type::Int], |ctx, args| text(ctx, args, &ALPHA_NUM[10..])),
    func("randNumeric", &[Type::Int], |ctx, args| text(ctx, args, &ALPHA_NUM[..10])),
    func("randAscii", &[Type::Int], |ctx, args| text(ctx, args, ASCII)),
    func("randBytes", &[Type::Int], rand_bytes),
    func("randInt", &[Type::Int, Type::Int], rand_int),
    func("uuidv4", &[], uuidv4),
];

type Call = fn(&mut Ctx<'_>, &[Value]) -> Result<Value, FuncError>;

const fn func(name: &'static str, params: &'static [Type], call: Call) -> Func {
    Func { name, params, variadic: false, call }
}

const ALPHA_NUM: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The printable characters of ASCII, from the space on.
const ASCII: &[u8; 95] = &{
    let mut ascii = [b' '; 95];
    let mut index = 0;
    while index < ascii.len() {
        ascii[index] += index as u8;
        index += 1;
    }
    ascii
};

/// A text of letters out of `alphabet`. Sprig ignores the error that a negative length is.
fn text(ctx: &mut Ctx<'_>, args: &[Value], alphabet: &[u8]) -> Result<Value, FuncError> {
    let len = usize::try_from(args::int(args, 0)).unwrap_or(0);
    if len > ctx.env.max_text {
        return Err(Exceeded::Size.into());
    }
    let letters = (0..len).map(|_| alphabet[below(ctx, alphabet.len() as u64) as usize]);
    Ok(Value::text(letters.collect::<Vec<u8>>()))
}

fn rand_bytes(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let Ok(len) = usize::try_from(args::int(args, 0)) else {
        return Err(FuncError::new("runtime error: makeslice: len out of range"));
    };
    if len > ctx.env.max_text {
        return Err(Exceeded::Size.into());
    }
    let mut bytes = vec![0; len];
    ctx.random.fill_bytes(&mut bytes);
    Ok(data_encoding::BASE64.encode(&bytes).into())
}

/// A number from the first argument up to below the second.
fn rand_int(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let (min, max) = (args::int(args, 0), args::int(args, 1));
    let count = u64::try_from(max.wrapping_sub(min)).ok().filter(|&count| count > 0);
    let count = count.ok_or_else(|| FuncError::new("invalid argument to Intn"))?;
    Ok(Data::Int(min.wrapping_add(below(ctx, count) as i64)).into())
}

fn uuidv4(ctx: &mut Ctx<'_>, _: &[Value]) -> Result<Value, FuncError> {
    let mut bytes = [0; 16];
    ctx.random.fill_bytes(&mut bytes);
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let digits = data_encoding::HEXLOWER.encode(&bytes);
    let groups = [0..8, 8..12, 12..16, 16..20, 20..32].map(|range| &digits[range]);
    Ok(groups.join("-").into())
}

/// A number below `count`, each as likely as the others.
fn below(ctx: &mut Ctx<'_>, count: u64) -> u64 {
    // The largest multiple of `count`; what lies beyond would favour small numbers.
    let limit = u64::MAX - u64::MAX % count;
    loop {
        let random = ctx.random.next_u64();
        if random < limit {
            return random % count;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::funcs::go::regexp;
    use crate::funcs::testing::{call, check_text};

    /// Checks the form of a random text, and that the same seed makes it again.
    #[track_caller]
    fn check(name: &str, args: &[i64], form: &str) {
        let args: Vec<Value> = args.iter().map(|&arg| Data::Int(arg).into()).collect();
        let made = call(name, &args).unwrap();
        let text = made.as_str().unwrap();
        let form = regexp::compile(form.as_bytes()).unwrap();
        assert!(form.search(text).unwrap().is_match(), "{made:?}");
        assert_eq!(call(name, &args).unwrap().as_str(), Some(text));
    }

    #[test]
    fn texts() {
        check("randAlphaNum", &[200], "^[0-9A-Za-z]{200}$");
        check("randAlpha", &[200], "^[A-Za-z]{200}$");
        check("randNumeric", &[200], "^[0-9]{200}$");
        check("randAscii", &[200], "^[ -~]{200}$");
        check("randAlpha", &[-1], "^$");
        check("randBytes", &[16], "^[0-9A-Za-z+/]{22}==$");
        let uuid = "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$";
        check("uuidv4", &[], uuid);
    }

    #[test]
    fn numbers() {
        let int = |int: i64| Data::Int(int).into();
        check_text("randInt", &[int(5), int(6)], "5");
        check_text("randInt", &[int(5), int(5)], "error: invalid argument to Intn");
        let negative = "error: runtime error: makeslice: len out of range";
        check_text("randBytes", &[int(-1)], negative);
    }
}

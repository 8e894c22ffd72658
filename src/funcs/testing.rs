//! What the tests of function families share: a call by name, in a context without a render.

use rand_core::SeedableRng;

use crate::funcs::{self, Ctx, Env, FuncError, Random};
use crate::value::Value;
use crate::value::print;

/// Calls a function with arguments of the right types, as the machine would.
pub(crate) fn call(name: &str, args: &[Value]) -> Result<Value, FuncError> {
    let func = funcs::find(name).unwrap_or_else(|| panic!("no function `{name}`"));
    let mut random = Random::seed_from_u64(0);
    let env = Env { max_text: 1 << 20, ..Env::default() };
    (func.call)(&mut Ctx { env: &env, random: &mut random, tracer: None, work: 0 }, args)
}

/// Checks what `{{ name args… }}` prints, or the text of its error.
#[track_caller]
pub(crate) fn check_text(name: &str, args: &[Value], expected: &str) {
    let found = match call(name, args) {
        Ok(value) => {
            let mut out = Vec::new();
            print::output(&mut out, &value, 1 << 20).unwrap();
            String::from_utf8_lossy(&out).into_owned()
        }
        Err(FuncError::Failed(text) | FuncError::Uncallable(text)) => format!("error: {text}"),
        Err(FuncError::Limit(text)) => format!("limit: {text}"),
    };
    assert_eq!(found, expected, "{name} {args:?}");
}

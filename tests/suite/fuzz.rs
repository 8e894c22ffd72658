//! How the properties on inputs that nobody wrote are run: a fixed few by `cargo test`, others and
//! more of them with `PROPTEST_CASES=100000 CHARTC_FUZZ_SEED=1 cargo test --test suite`.

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};

/// Runs a property on a fixed sequence of inputs, which the environment may vary.
pub(crate) fn check<T: std::fmt::Debug>(inputs: impl Strategy<Value = T>, holds: impl Fn(T)) {
    let runner = TestRunner::new(config(400)).run(&inputs, |input| {
        holds(input);
        Ok(())
    });
    if let Err(found) = runner {
        panic!("{found}");
    }
}

/// `cases` inputs, or as many as the environment asks for.
pub(crate) fn config(cases: u32) -> Config {
    let asked = |name| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let cases =
        asked("PROPTEST_CASES").and_then(|cases| u32::try_from(cases).ok()).unwrap_or(cases);
    let rng_seed = RngSeed::Fixed(asked("CHARTC_FUZZ_SEED").unwrap_or(0));
    Config { cases, rng_seed, failure_persistence: None, ..Config::default() }
}

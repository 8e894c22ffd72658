//! Regular expressions in CEL (`library/regex.go`); `matches` is part of the language.

use cel::common::types::{CelInt, CelList, CelString};
use cel::common::value::Val;
use cel::{DeclarationError, Env, ExecutionError, add_member_overload};
use regex::Regex;

pub(super) fn extension(env: &mut Env) -> Result<(), DeclarationError> {
    add_member_overload!(env, fn find: (CelString, CelString) -> Result<CelString>)?;
    add_member_overload!(env, fn find_all: (CelString, CelString) -> Result<CelList>)?;
    add_member_overload!(env, fn find_some: (CelString, CelString, CelInt) -> Result<CelList>,
        name = "findAll")?;
    Ok(())
}

fn compile(pattern: &CelString<'_>) -> Result<Regex, ExecutionError> {
    Regex::new(pattern.inner()).map_err(|error| ExecutionError::function_error("find", error))
}

fn find(
    this: &CelString<'_>,
    pattern: &CelString<'_>,
) -> Result<CelString<'static>, ExecutionError> {
    let found = compile(pattern)?.find(this.inner()).map_or("", |found| found.as_str()).to_owned();
    Ok(CelString::from(found))
}

fn find_all(
    this: &CelString<'_>,
    pattern: &CelString<'_>,
) -> Result<CelList<'static>, ExecutionError> {
    find_some(this, pattern, &CelInt::from(-1))
}

/// At most so many; all of them if the number is negative.
fn find_some(
    this: &CelString<'_>,
    pattern: &CelString<'_>,
    limit: &CelInt,
) -> Result<CelList<'static>, ExecutionError> {
    let limit = usize::try_from(*limit.inner()).unwrap_or(usize::MAX);
    let regex = compile(pattern)?;
    let found = regex.find_iter(this.inner()).take(limit);
    let texts = found.map(|one| Box::new(CelString::from(one.as_str().to_owned())) as Box<dyn Val>);
    Ok(CelList::from(texts.collect::<Vec<_>>()))
}

//! Sprig, family by family.

use crate::funcs::Func;

pub(crate) mod date;
pub(crate) mod regex;
pub mod semver;

pub(crate) const FAMILIES: &[&[Func]] = &[date::FUNCS, regex::FUNCS, semver::FUNCS];

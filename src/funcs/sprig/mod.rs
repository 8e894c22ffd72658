//! Sprig, family by family.

use crate::funcs::Func;

pub mod semver;

pub(crate) const FAMILIES: &[&[Func]] = &[semver::FUNCS];

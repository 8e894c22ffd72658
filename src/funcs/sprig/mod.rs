//! Sprig, family by family.

use crate::funcs::Func;

pub(crate) const FAMILIES: &[&[Func]] = &[];

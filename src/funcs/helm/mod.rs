//! The functions that Helm adds to Sprig's.

use crate::funcs::Func;

mod json;

pub(crate) const FAMILIES: &[&[Func]] = &[json::FUNCS];

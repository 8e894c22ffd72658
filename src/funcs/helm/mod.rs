//! The functions that Helm adds to Sprig's.

use crate::funcs::Func;

mod json;
mod yaml;

pub(crate) const FAMILIES: &[&[Func]] = &[json::FUNCS, yaml::FUNCS];

//! The functions that Helm adds to Sprig's, and the methods of what it gives to templates.

use crate::funcs::Func;

mod json;
pub(crate) mod toml;
mod yaml;

pub(crate) const FAMILIES: &[&[Func]] = &[json::FUNCS, toml::FUNCS, yaml::FUNCS];

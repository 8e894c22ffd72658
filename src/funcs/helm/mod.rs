//! The functions that Helm adds to Sprig's, and the methods of what it gives to templates.

use crate::funcs::Func;

pub(crate) mod capabilities;
pub(crate) mod files;
mod glob;
mod json;
mod toml;
pub(crate) mod values;
mod yaml;

pub(crate) const FAMILIES: &[&[Func]] = &[json::FUNCS, toml::FUNCS, yaml::FUNCS];

//! Sprig, family by family.

use crate::funcs::Func;

pub(crate) mod date;
pub(crate) mod hello;
pub(crate) mod network;
pub(crate) mod path;
pub(crate) mod random;
pub(crate) mod regex;
pub mod semver;
pub(crate) mod url;

pub(crate) const FAMILIES: &[&[Func]] = &[
    date::FUNCS,
    hello::FUNCS,
    network::FUNCS,
    path::FUNCS,
    random::FUNCS,
    regex::FUNCS,
    semver::FUNCS,
    url::FUNCS,
];

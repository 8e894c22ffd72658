//! Sprig, family by family.

use crate::funcs::Func;

mod crypto;
pub(crate) mod date;
mod decimal;
pub(crate) mod defaults;
mod dict;
mod digest;
pub(crate) mod encoding;
mod goutils;
pub(crate) mod hello;
mod list;
mod mergo;
pub(crate) mod network;
mod numeric;
pub(crate) mod path;
pub(crate) mod random;
mod reflect;
pub(crate) mod regex;
pub mod semver;
pub(crate) mod strings;
pub(crate) mod url;
mod xstrings;

pub(crate) const FAMILIES: &[&[Func]] = &[
    crypto::FUNCS,
    date::FUNCS,
    defaults::FUNCS,
    dict::FUNCS,
    digest::FUNCS,
    encoding::FUNCS,
    goutils::FUNCS,
    hello::FUNCS,
    list::FUNCS,
    network::FUNCS,
    numeric::FUNCS,
    path::FUNCS,
    random::FUNCS,
    reflect::FUNCS,
    regex::FUNCS,
    semver::FUNCS,
    strings::FUNCS,
    url::FUNCS,
    xstrings::FUNCS,
];

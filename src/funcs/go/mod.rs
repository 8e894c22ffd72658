//! text/template's own functions, and the parts of Go's `fmt`, `strings` and `unicode` behind them.

use crate::funcs::Func;

mod compare;
mod escape;
mod index;
mod print;
pub(crate) mod regexp;
pub(crate) mod time;
pub(crate) mod unicode;
pub(crate) mod url;

pub(crate) const FAMILIES: &[&[Func]] =
    &[compare::FUNCS, escape::FUNCS, index::FUNCS, print::FUNCS];

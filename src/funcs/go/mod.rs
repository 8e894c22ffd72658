//! text/template's own functions, and the parts of Go's `fmt` and `strconv` behind them.

use crate::funcs::Func;

pub(crate) const FAMILIES: &[&[Func]] = &[];

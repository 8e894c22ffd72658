//! The functions that Helm adds to Sprig's.

use crate::funcs::Func;

pub(crate) const FAMILIES: &[&[Func]] = &[];

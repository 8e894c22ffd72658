//! The functions that Helm adds to Sprig's.

use crate::funcs::Func;

pub(crate) const FAMILIES: &[&[Func]] = &[];

/// The methods that templates can reach, by the Go type of their receiver as `%T` prints it.
pub(crate) const METHODS: &[(&str, &[Func])] = &[];

//! Pairs two lists of objects and describes the changes.

//! Rendered text into objects that know their places.

mod object;

pub use object::{Object, Objects};

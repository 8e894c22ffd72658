//! Rendered text into objects that know their places.

mod object;
mod read;

pub use object::{Object, Objects};
pub use read::read_stream;

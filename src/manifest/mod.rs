//! Rendered text into objects that know their places.

mod annotation;
mod collect;
mod head;
mod object;
mod order;
mod print;
mod read;
mod split;

pub use annotation::{Accepting, annotations};
pub use collect::{
    Broken, Manifest, Manifests, Reason, Rendered, collect, invalid_output, is_notes, is_partial,
};
pub use object::{Object, Objects};
pub use print::{Printed, print, show_only, with_hooks};
pub use read::read_stream;
pub use split::split;

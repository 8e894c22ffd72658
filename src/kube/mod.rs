//! Kubernetes: types, the check of an object against its type, the API server's own validation.

pub mod field;
pub mod names;
pub mod quantity;
mod decode;
mod lifecycle;
mod nearest;
mod types;
mod version;

pub use version::Version;

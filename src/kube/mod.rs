//! Kubernetes: types, the check of an object against its type, the API server's own validation.

mod version;

pub use version::Version;

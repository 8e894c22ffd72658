//! Every test that lies outside `src`, in one binary.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test may read files, and one that cannot has failed"
)]

mod tidy;

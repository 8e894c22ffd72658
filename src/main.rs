//! The `chartc` binary.

fn main() {}

//! Generates what is generated, and checks it.

fn main() {}

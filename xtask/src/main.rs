//! Generates what is generated, and checks it.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a development tool reads and writes the tree, and talks to its user"
)]

mod schemas;

use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask schemas [--check]";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."));
    let outcome = match words.as_slice() {
        ["schemas"] => schemas::run(root, false),
        ["schemas", "--check"] => schemas::run(root, true),
        _ => Err(USAGE.to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

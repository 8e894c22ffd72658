//! The `chartc` binary.
#![expect(clippy::print_stderr, reason = "a failure of the program itself is told on stderr")]

use std::panic;
use std::process::ExitCode;

/// A mistake in the program ends like its other failures, with exit code 2, and asks to be reported.
fn main() -> ExitCode {
    panic::set_hook(Box::new(|failure| {
        eprintln!("error: chartc has a bug: {failure}");
        eprintln!("Please report it, with the command line and, if you can, the chart.");
    }));
    panic::catch_unwind(|| chartc::cli::run(std::env::args_os())).unwrap_or(ExitCode::from(2))
}

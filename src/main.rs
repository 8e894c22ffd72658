//! The `chartc` binary.
#![expect(clippy::print_stderr, reason = "a failure of the program itself is told on stderr")]

use std::panic;
use std::process::ExitCode;

/// A render makes and drops many small values: this takes a fifth off the time of a small chart.
/// Without huge pages, which would double the memory of short runs.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A mistake in the program ends like its other failures, with exit code 2, and asks to be reported.
fn main() -> ExitCode {
    panic::set_hook(Box::new(|failure| {
        eprintln!("error: chartc has a bug: {failure}");
        eprintln!("Please report it, with the command line and, if you can, the chart.");
    }));
    panic::catch_unwind(|| chartc::cli::run(std::env::args_os())).unwrap_or(ExitCode::from(2))
}

//! The `chartc` binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    chartc::cli::run(std::env::args_os())
}

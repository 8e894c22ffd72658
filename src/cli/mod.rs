//! Arguments, one file per subcommand, the only access to disk, clock, environment and terminal.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is the edge of the program"
)]

mod atomic;
mod completions;
mod output;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

/// Compiles and checks Helm charts.
#[derive(Parser)]
#[command(name = "chartc", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Prints a completion script for a shell
    Completions(completions::Args),
}

/// How a run ended.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
enum Exit {
    Clean = 0,
    /// Something was found, or a golden file differs.
    Findings = 1,
    /// The run could not do what it was asked to.
    Failed = 2,
}

/// Why a run could not do what it was asked to: for people, complete.
#[derive(Debug)]
struct Failure(String);

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Failure {
        Failure(error.to_string())
    }
}

/// Runs the program with its arguments; the first is the program's own name.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = Cli::parse_from(args);
    let done = match cli.command {
        Command::Completions(args) => completions::run(&args, &mut Cli::command()),
    };
    match done {
        Ok(exit) => ExitCode::from(exit as u8),
        Err(Failure(text)) => {
            eprintln!("error: {text}");
            ExitCode::from(Exit::Failed as u8)
        }
    }
}

//! Arguments, one file per subcommand, the only access to disk, clock, environment and terminal.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is the edge of the program"
)]

mod atomic;
mod cases;
mod check;
mod completions;
mod crds;
mod diff;
mod disk;
mod explain;
mod golden;
mod golden_files;
mod helm;
mod helm_lint;
mod init;
mod kubeconfig;
mod lookup;
mod output;
mod parallel;
mod pflag;
mod rules;
mod run;
mod settings;
mod symlink;
mod targets;
mod template;
mod values;
mod values_flags;
mod why;

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
    /// Checks charts: values, render, Kubernetes, policy, golden files
    Check(check::Args),
    /// Renders a chart as `helm template` does
    Template(template::Args),
    /// Checks without the golden stage
    Lint(check::LintArgs),
    /// Compares with golden files only; --update writes them
    Golden(golden::Args),
    /// Says which template line, calls and values made a field
    Why(why::Args),
    /// Compares two renders, and says what the API server would refuse of an upgrade
    Diff(diff::Args),
    /// Prints the merged values of a chart, and where each was set
    Values(values::Args),
    /// Prints the page of a rule
    Explain(explain::Args),
    /// Lists the rules
    Rules(rules::Args),
    /// Writes chartc.yaml, a pre-commit and a CI stanza for the charts it finds
    Init(init::Args),
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
    /// Golden files differ, but no object does anything else.
    OnlyNoise = 3,
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
    let args: Vec<OsString> = args.into_iter().collect();
    match args.as_slice() {
        [program, rest @ ..] if helm::is_meant(program) => return helm::run(rest),
        // It reads its arguments itself, so the others' need not be set up.
        [_, command, rest @ ..] if command == "template" => {
            return template::run(&template::texts(rest), "chartc");
        }
        _ => {}
    }
    let cli = Cli::parse_from(args);
    let done = match cli.command {
        Command::Check(args) => check::run(&args),
        Command::Template(args) => return template::run(&template::texts(&args.args), "chartc"),
        Command::Lint(args) => check::lint(&args),
        Command::Values(args) => values::run(&args),
        Command::Golden(args) => golden::run(&args),
        Command::Why(args) => why::run(&args),
        Command::Diff(args) => diff::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Rules(args) => rules::run(&args),
        Command::Init(args) => init::run(&args),
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

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

use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand};

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
    Check(Late<check::Args>),
    /// Renders a chart as `helm template` does
    Template(Late<template::Args>),
    /// Checks without the golden stage
    Lint(Late<check::LintArgs>),
    /// Compares with golden files only; --update writes them
    Golden(Late<golden::Args>),
    /// Says which template line, calls and values made a field
    Why(Late<why::Args>),
    /// Compares two renders, and says what the API server would refuse of an upgrade
    Diff(Late<diff::Args>),
    /// Prints the merged values of a chart, and where each was set
    Values(Late<values::Args>),
    /// Prints the page of a rule
    Explain(Late<explain::Args>),
    /// Lists the rules
    Rules(Late<rules::Args>),
    /// Writes chartc.yaml, a pre-commit and a CI stanza for the charts it finds
    Init(Late<init::Args>),
    /// Prints a completion script for a shell
    Completions(Late<completions::Args>),
}

/// The arguments of a command, set up only when it is the one that was called: to set up those of
/// all of them takes a third of the time of a short run.
struct Late<A>(A);

impl<A: clap::Args> clap::Args for Late<A> {
    fn augment_args(command: clap::Command) -> clap::Command {
        command.defer(|command| {
            // Comments on types, which derived code takes for texts, are not the command's.
            let about = command.get_about().cloned().unwrap_or_default();
            A::augment_args(command).about(about)
        })
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        Self::augment_args(command)
    }
}

impl<A: clap::Args> FromArgMatches for Late<A> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Late<A>, clap::Error> {
        A::from_arg_matches(matches).map(Late)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.0.update_from_arg_matches(matches)
    }
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
        Command::Check(Late(args)) => check::run(&args),
        Command::Template(Late(args)) => {
            return template::run(&template::texts(&args.args), "chartc");
        }
        Command::Lint(Late(args)) => check::lint(&args),
        Command::Values(Late(args)) => values::run(&args),
        Command::Golden(Late(args)) => golden::run(&args),
        Command::Why(Late(args)) => why::run(&args),
        Command::Diff(Late(args)) => diff::run(&args),
        Command::Explain(Late(args)) => explain::run(&args),
        Command::Rules(Late(args)) => rules::run(&args),
        Command::Init(Late(args)) => init::run(&args),
        Command::Completions(Late(args)) => completions::run(&args, &mut Cli::command()),
    };
    match done {
        Ok(exit) => ExitCode::from(exit as u8),
        Err(Failure(text)) => {
            eprintln!("error: {text}");
            ExitCode::from(Exit::Failed as u8)
        }
    }
}
